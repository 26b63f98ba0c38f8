#include "api/boot.hpp"

#include "api/charging/transactions.hpp"
#include "api/connections.hpp"
#include "api/facts/events.hpp"
#include "api/facts/quirks.hpp"
#include "api/tables.hpp"
#include "base/log.hpp"

namespace ohm::api {
namespace {

using tables::text_or_null;

// Tells the worker whether it may answer this connection's Heartbeats from now on.
void tell_worker(Handler& handler) {
    const Station& station = handler.station;
    const bus::AcceptBody body = news_for_worker(handler.work.shard, station, station.booted());
    bus::Envelope envelope = bus::make_envelope("accept", station.key, body);
    envelope.connection = station.holder.connection;
    envelope.epoch = station.epoch;
    envelope.ocpp_version = static_cast<std::uint64_t>(station.version);
    handler.work.send(station.holder, std::move(envelope));
}

// A status that was kept while offline and comes behind a younger one (quirk F10): the younger one
// stands. Only what is clearly late, and since the last boot: clocks are set back as well.
bool is_overtaken(const Handler& handler, std::int64_t younger_at, std::int64_t heard_at,
                  std::int64_t at) {
    constexpr std::int64_t late_us = Micros{minutes{1}}.count();
    const bool is_late = at < handler.received_at() - late_us;
    return is_late && at < younger_at && heard_at >= handler.station.boot_at;
}

// One that was asked for comes soon; any other is the station's own.
void take_asked_boot(Station& station) {
    constexpr std::int64_t soon_us = Micros{minutes{1}}.count();
    const bool was_asked_for = station.asked_boot == Station::AskedBoot::expected &&
                               station.boot_at < station.boot_asked_at + soon_us;
    station.asked_boot = was_asked_for ? Station::AskedBoot::came : Station::AskedBoot::none;
}

constexpr seconds retry_interval{60};

constexpr std::string_view word_of(BootDecision decision) {
    return decision == BootDecision::pending    ? "Pending"
           : decision == BootDecision::rejected ? "Rejected"
                                                : "Accepted";
}

BootAnswer answer_of(const Station& station, const ApiOptions& options) {
    if (station.boot_decision == BootDecision::accepted)
        return {station.boot_decision, options.heartbeat_interval.count()};
    const std::int64_t wanted = station.boot_retry_interval_s;
    return {station.boot_decision, wanted > 0 ? wanted : retry_interval.count()};
}

}  // namespace

BootAnswer take_boot(Handler& handler, const BootFacts& facts) {
    Station& station = handler.station;
    Work& work = handler.work;
    station.boot_status = word_of(station.boot_decision);
    station.boot_at = handler.received_at();
    station.clear_override();
    take_asked_boot(station);
    station.state_changed = true;
    work.batch.touch(station);
    work.batch.unit.add(
        tables::station_boot,
        {station.no.value, text_or_null(facts.vendor), text_or_null(facts.model),
         text_or_null(facts.serial_number), text_or_null(facts.firmware_version),
         text_or_null(facts.iccid), text_or_null(facts.imsi), text_or_null(facts.meter_type),
         text_or_null(facts.meter_serial_number), text_or_null(facts.charge_box_serial_number),
         text_or_null(facts.reason), handler.received_at()});
    work.batch.unit.add(
        tables::boot, {station.no.value, static_cast<std::int64_t>(work.envelope.epoch),
                       static_cast<std::int64_t>(work.envelope.frame_no), handler.received_at(),
                       text_or_null(facts.vendor), text_or_null(facts.model),
                       text_or_null(facts.serial_number), text_or_null(facts.firmware_version),
                       text_or_null(facts.reason), std::string{ocpp::short_name(station.version)}});
    tell_worker(handler);
    return answer_of(station, handler.options());
}

void take_station_status(Handler& handler, const StatusFacts& facts) {
    Station& station = handler.station;
    const std::int64_t at = plausible_time(handler, facts.at);
    if (is_overtaken(handler, station.reported.at, station.reported.at, at))
        return note_quirk(handler, "status_overtaken", "");
    station.news.status |=
        station.reported.status != facts.status || station.reported.error_code != facts.error_code;
    station.reported = {facts.status,    facts.error_code,        facts.info,
                        facts.vendor_id, facts.vendor_error_code, at};
    station.clear_override();
    station.state_changed = true;
    handler.work.batch.touch(station);
}

void take_connector_status(Handler& handler, std::int64_t evse, std::int64_t number,
                           const StatusFacts& facts) {
    Station& station = handler.station;
    if (!station.has_connector(evse, number) &&
        station.connectors.size() >= limits::connectors_per_station)
        return log::debug("connector_not_kept", {{"station", station.id}, {"evse", evse}});
    ConnectorState& connector = station.connector(evse, number);
    const std::int64_t at = plausible_time(handler, facts.at);
    if (is_overtaken(handler, connector.status_at, connector.received_at, at))
        return note_quirk(handler, "status_overtaken", "");
    connector.status_is_news |= connector.status != facts.status ||
                                connector.error_code != facts.error_code ||
                                connector.vendor_error_code != facts.vendor_error_code;
    connector.status = facts.status;
    connector.error_code = facts.error_code;
    connector.info = facts.info;
    connector.vendor_id = facts.vendor_id;
    connector.vendor_error_code = facts.vendor_error_code;
    connector.status_at = at;
    connector.received_at = handler.received_at();
    connector.override_since_at = 0;
    connector.changed = true;
    note_connector_status(handler, evse, facts.status == "Available", connector.status_at);
    station.clear_station_override();
    handler.work.batch.touch(station);
}

}  // namespace ohm::api
