#include "check_commits.hpp"

#include <cstdlib>

#include "base/time.hpp"

namespace ohm::world {
namespace {

// Of the station's own payloads, whose form is known.
std::string member(const std::string& json, const std::string& name) {
    const auto at = json.find("\"" + name + "\":");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 3;
    if (json[from] == '"') return json.substr(from + 1, json.find('"', from + 1) - from - 1);
    return json.substr(from, json.find_first_of(",}", from) - from);
}

}  // namespace

void CheckCommits::note(const sim::Entry& entry) {
    const std::pair<std::string, std::uint64_t> key{entry.station, entry.key};
    if (entry.event == sim::Entry::Event::sent) sent_[key] = entry.body;
    if (entry.event == sim::Entry::Event::acked) {
        ++checked_;
        if (entry.action == "StatusNotification") check_status(key.first, sent_[key]);
        if (entry.action == "BootNotification") check_boot(key.first);
        check_charging(entry, sent_[key]);
    }
    const bool over = entry.event == sim::Entry::Event::acked ||
                      entry.event == sim::Entry::Event::refused ||
                      entry.event == sim::Entry::Event::dropped;
    if (over) sent_.erase(key);
    if (entry.event == sim::Entry::Event::refused)
        findings_.add(key.first + "'s " + std::string{entry.action} +
                      " was refused: " + std::string{entry.body});
}

void CheckCommits::check_status(const std::string& station, const std::string& payload) {
    const bool v16 = payload.find("errorCode") != std::string::npos;
    const std::int64_t connector =
        std::strtoll(member(payload, v16 ? "connectorId" : "evseId").c_str(), nullptr, 10);
    const std::string status = member(payload, v16 ? "status" : "connectorStatus");
    const auto at = parse_rfc3339(member(payload, "timestamp"), TimeForm::strict);
    const auto rows =
        connector == 0
            ? truth_.query(
                  "select s.reported_status, s.reported_at from station_state s join "
                  "charge_points c on c.station_no = s.station_no where c.id = $1",
                  {station})
            : truth_.query(
                  "select k.status, k.status_at from connectors k join charge_points c on "
                  "c.station_no = k.station_no where c.id = $1 and k.evse = $2",
                  {station, connector});
    const bool stored = rows.size() == 1 && store::as_text(rows[0][0]) == status && at &&
                        store::as_int(rows[0][1]) / 1000 == micros(*at) / 1000;
    if (!stored)
        findings_.add(station + " was answered, and this is not stored: " + payload +
                      (rows.empty() ? "" : " but " + store::as_text(rows[0][0])));
}

void CheckCommits::expect_one(const std::string& station, const std::string& payload,
                              const std::string& query,
                              std::initializer_list<store::Value> values) {
    const auto count = store::as_int(truth_.query(query, values).at(0).at(0));
    if (count != 1)
        findings_.add(station + " was answered, and this is stored " + std::to_string(count) +
                      " times: " + payload);
}

void CheckCommits::check_charging(const sim::Entry& entry, const std::string& payload) {
    const std::string station{entry.station};
    const std::string of_station =
        " join charge_points c on c.station_no = t.station_no where c.id = $1 ";
    const auto at = parse_rfc3339(member(payload, "timestamp"), TimeForm::strict);
    const std::int64_t at_us = at ? micros(*at) : -1;
    const auto number = [](const std::string& text) {
        return std::int64_t{std::strtoll(text.c_str(), nullptr, 10)};
    };
    if (entry.action == "StartTransaction") {
        const std::string id = member(std::string{entry.body}, "transactionId");
        expect_one(station, payload,
                   "select count(*) from transactions t" + of_station +
                       "and started_at = $2 and begin_mwh = $3",
                   {station, at_us, number(member(payload, "meterStart")) * 1000});
        expect_one(station, payload + " as " + id,
                   "select count(*) from transactions t" + of_station + "and ocpp_id = $2",
                   {station, id});
    }
    if (entry.action == "StopTransaction")
        expect_one(station, payload,
                   "select count(*) from transactions t" + of_station +
                       "and ocpp_id = $2 and has_end = 1 and ended_at = $3",
                   {station, member(payload, "transactionId"), at_us});
    if (entry.action == "MeterValues")
        expect_one(station, payload,
                   "select count(*) from meter_values t" + of_station +
                       "and at = $2 and length(transaction_id) > 0",
                   {station, at_us});
    if (entry.action == "TransactionEvent")
        expect_one(station, payload,
                   "select count(*) from transaction_events t" + of_station +
                       "and ocpp_id = $2 and seq_no = $3",
                   {station, member(payload, "transactionId"), number(member(payload, "seqNo"))});
}

void CheckCommits::check_boot(const std::string& station) {
    const auto rows = truth_.query(
        "select s.boot_status, c.booted_at, (select count(*) from boots b where b.station_no = "
        "c.station_no) from charge_points c join station_state s on s.station_no = c.station_no "
        "where c.id = $1",
        {station});
    const bool stored = rows.size() == 1 && store::as_text(rows[0][0]) == "Accepted" &&
                        !store::is_null(rows[0][1]) && store::as_int(rows[0][2]) > 0;
    if (!stored) findings_.add(station + "'s boot was answered and is not stored");
}

}  // namespace ohm::world
