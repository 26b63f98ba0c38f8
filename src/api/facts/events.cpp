#include "api/facts/events.hpp"

#include "api/facts/quirks.hpp"
#include "api/facts/tables.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "domain/fact_time.hpp"

namespace ohm::api {
namespace {

constexpr std::int64_t no_request = -1;  // the station named none

std::int64_t hash_of(std::string_view text) { return static_cast<std::int64_t>(fnv1a(text)); }

std::int64_t hash_of_frame(const Handler& handler, std::int64_t index) {
    const bus::Envelope& envelope = handler.work.envelope;
    return hash_of(std::to_string(envelope.epoch) + ":" + std::to_string(envelope.frame_no) + ":" +
                   std::to_string(index));
}

std::string bounded(std::string payload) {
    if (payload.size() <= limits::fact_payload_bytes) return payload;
    return "{\"bytes\":" + std::to_string(payload.size()) + "}";
}

struct Noted {
    std::int64_t hash = 0, at = 0, received_at = 0;
};

void add(Batch& batch, const Station& station, const Noted& noted, EventFact&& fact) {
    batch.unit.add(
        tables::station_event,
        {station.no.value, std::string{fact.kind}, fact.said_at.value_or(0), noted.hash, noted.at,
         noted.received_at, tables::text_or_null(ocpp::short_name(station.version)),
         to_storable(fact.name, limits::event_name_bytes), tables::int_or_null(fact.evse),
         tables::int_or_null(fact.connector), tables::int_or_null(fact.request_id),
         tables::int_or_null(fact.severity), tables::int_or_null(fact.monitor_id),
         bounded(std::move(fact.payload))});
}

}  // namespace

std::int64_t plausible_time(Handler& handler, std::int64_t said) {
    const std::int64_t received = handler.received_at();
    if (domain::is_plausible_time(said, received)) return said;
    note_quirk(handler, "time_implausible", "");
    return received;
}

void note_event(Handler& handler, EventFact&& fact) {
    const std::int64_t hash = fact.said_at ? hash_of(fact.name + '\n' + fact.payload)
                                           : hash_of_frame(handler, fact.index);
    const std::int64_t at =
        fact.said_at ? plausible_time(handler, *fact.said_at) : handler.received_at();
    add(handler.work.batch, handler.station, {hash, at, handler.received_at()}, std::move(fact));
}

void note_security(Batch& batch, const Station& station, SecurityFact&& fact) {
    add(batch, station, {hash_of(fact.told_by), fact.at, fact.at},
        {.kind = "security",
         .name = std::string{fact.name},
         .severity = fact.severity,
         .said_at = fact.said_at,
         .payload = std::move(fact.payload)});
}

void note_progress(Handler& handler, ProgressFact&& fact) {
    // Kept as it was said; what is ordered goes on as if it had not been.
    if (handler.left_out("/status") || handler.left_out("/requestId"))
        return note_event(handler, {.kind = fact.kind,
                                    .name = "unknown",
                                    .request_id = fact.request_id,
                                    .payload = std::string{handler.payload()}});
    store::Unit& unit = handler.work.batch.unit;
    const std::int64_t request = fact.request_id.value_or(no_request);
    // Compared with when a file was ordered, which is this clock's: a worker only knows it roughly.
    const std::int64_t at = handler.work.now_us();
    const std::string status{fact.status};
    unit.add(tables::new_progress,
             {handler.station.no.value, std::string{fact.kind}, request, status, at, at});
    // Idle only answers a trigger: it does not undo how the last one ended.
    if (status != "Idle")
        unit.add(tables::progress, {handler.station.no.value, std::string{fact.kind}, request,
                                    status, at, bounded(fact.payload)});
    note_event(handler, {.kind = fact.kind,
                         .name = status,
                         .request_id = fact.request_id,
                         .payload = std::move(fact.payload)});
}

}  // namespace ohm::api
