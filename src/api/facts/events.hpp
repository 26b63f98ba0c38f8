// Facts in time that a station reports: each is a row of station_events, once, however often the
// message comes. Called by handlers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/dispatch.hpp"

namespace ohm::api {

struct EventFact {
    std::string_view kind;
    std::string name;  // what a list shows of it
    std::optional<std::int64_t> evse, connector, request_id, severity, monitor_id;
    // Said by the station: the same fact may come again on another connection. Absent: a fact of
    // this message, which its frame tells from others.
    std::optional<std::int64_t> said_at;
    std::int64_t index = 0;  // within the message
    std::string payload;     // JSON
};
void note_event(Handler& handler, EventFact&& fact);

// What befell a station here, rather than what it said.
struct SecurityFact {
    std::string_view name;
    std::int64_t severity = 0;
    std::string_view told_by;  // with `said_at` it tells this event from others
    std::int64_t said_at = 0, at = 0;
    std::string payload;  // JSON
};
void note_security(Batch& batch, const Station& station, SecurityFact&& fact);

// The newest word of an upload or an installation, and an event.
struct ProgressFact {
    std::string_view kind;
    std::optional<std::int64_t> request_id;
    std::string_view status;
    std::string payload;  // JSON of the whole message
};
void note_progress(Handler& handler, ProgressFact&& fact);

// When it happened: what the station said, or the time of receipt where that cannot be.
std::int64_t plausible_time(Handler& handler, std::int64_t said_at);

template <class T>
std::optional<std::int64_t> number_of(const std::optional<T>& integer) {
    if (!integer) return std::nullopt;
    return integer->value;
}
template <class T>
std::optional<std::int64_t> said_at(const T& time) {
    if (!time.known) return std::nullopt;
    return micros(time.at);
}

}  // namespace ohm::api
