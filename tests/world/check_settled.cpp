#include "check_settled.hpp"

namespace ohm::world {
namespace {

std::string name_of(ocpp::Version version, sim::ConnectorStatus status) {
    switch (status) {
        case sim::ConnectorStatus::available: return "Available";
        case sim::ConnectorStatus::occupied:
            return version == ocpp::Version::v16 ? "Preparing" : "Occupied";
        case sim::ConnectorStatus::charging:
            return version == ocpp::Version::v16 ? "Charging" : "Occupied";
        case sim::ConnectorStatus::finishing:
            return version == ocpp::Version::v16 ? "Finishing" : "Occupied";
        case sim::ConnectorStatus::unavailable: return "Unavailable";
        case sim::ConnectorStatus::faulted: break;
    }
    return "Faulted";
}

void check_connection(Lab& lab, const Fleet& fleet, std::size_t number, Findings& findings) {
    const sim::Station& station = fleet.station(number);
    const auto rows = lab.truth().query(
        "select s.connection, s.worker, s.incarnation, s.override_status from station_state s join "
        "charge_points c on c.station_no = s.station_no where c.id = $1",
        {station.id()});
    if (rows.size() != 1) return findings.add(station.id() + " has no row");
    const bool online = !store::is_null(rows[0][0]);
    const bool truly = lab.net().is_sound(fleet.link(number));
    if (!truly && fleet.is_powered(number)) findings.add(station.id() + " has not come back");
    if (online != truly)
        return findings.add(station.id() + (online ? " is a ghost" : " is on line and not shown"));
    if (!online) return;
    bool held = false;
    for (const std::size_t i : lab.live_workers())
        held = held || (lab.worker(i)->name() == store::as_text(rows[0][1]) &&
                        lab.worker(i)->incarnation().bytes() == store::as_bytes(rows[0][2]));
    if (!held) findings.add(station.id() + " is believed on a worker that is dead");
}

void check_statuses(Lab& lab, const Fleet& fleet, std::size_t number, Findings& findings) {
    const sim::Station& station = fleet.station(number);
    if (!station.is_idle()) findings.add(station.id() + " still has something to say");
    for (int i = 1; i <= station.behaviour().connectors; ++i) {
        const auto rows = lab.truth().query(
            "select k.status from connectors k join charge_points c on c.station_no = k.station_no "
            "where c.id = $1 and k.evse = $2",
            {station.id(), std::int64_t{i}});
        const std::string stored = rows.empty() ? "nothing" : store::as_text(rows[0][0]);
        const std::string truly = name_of(station.version(), station.status(i));
        if (stored != truly)
            findings.add(station.id() + " connector " + std::to_string(i) + " is " + truly +
                         ", stored is " + stored);
    }
}

}  // namespace

void check_settled(Lab& lab, const Fleet& fleet, Findings& findings) {
    for (std::size_t i = 0; i < fleet.size(); ++i) {
        check_connection(lab, fleet, i, findings);
        if (fleet.is_powered(i)) check_statuses(lab, fleet, i, findings);
    }
    const auto quarantined = lab.truth().query("select kind, error from quarantine");
    for (const store::Row& row : quarantined)
        findings.add("in quarantine: " + store::as_text(row[0]) + ": " + store::as_text(row[1]));
    const std::size_t sockets = lab.net().link_count();
    if (sockets > fleet.size())
        findings.add(std::to_string(sockets) + " links are left for " +
                     std::to_string(fleet.size()) + " stations");
}

}  // namespace ohm::world
