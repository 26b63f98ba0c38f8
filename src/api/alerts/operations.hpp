// What is asked of the one writer of alerts, as data: what was found, what an operator does about
// an alert, a test of a rule. The writer is the owner of one partition, as for a station of that
// key.
#pragma once

#include <string>
#include <string_view>

#include "base/limits_alerts.hpp"
#include "wire/fields.hpp"

namespace ohm::api::alerts {

// In place of a station's identity, which it can never be.
constexpr std::string_view owner_key = "@alerts";

namespace operation {
constexpr std::string_view take_findings = "take_alert_findings";  // Findings → {}, 200
constexpr std::string_view act = "act_on_alert";                   // Act → Acted, 200
constexpr std::string_view test = "test_alert_rule";               // Test → {}, 200
}  // namespace operation

struct Found {
    std::string rule_id, kind, severity, subject;
    std::string station_id;  // "": of no station
    std::int64_t station_no = 0, evse = 0, connector = 0;
    std::int64_t since_at = 0, last_at = 0, count = 1;
    std::string what, worker;
    std::string ref;  // ULID text, or ""
    std::int64_t due_at = 0;
    std::int64_t group_from = 0;  // 0: never put together
    bool counts = false;
    FIELDS(rule_id, kind, severity, subject, station_id, station_no, evse, connector, since_at,
           last_at, count, what, worker, ref, due_at, group_from, counts)
};
// An open one, by rule and subject; `id` says which was meant.
struct Named {
    std::string rule_id, subject, id;
    std::string reason, by;  // of its end; by "": by itself
    FIELDS(rule_id, subject, id, reason, by)
};
struct Findings {
    wire::List<Found> found;
    wire::List<Named> ended, woken;
    FIELDS(found, ended, woken)
};
struct Act {
    wire::Text<26> id;  // ULID
    wire::OneOf<"ack", "snooze", "close"> act;
    wire::Optional<wire::Text<limits::alert_note_characters>> note;
    wire::Optional<wire::Int<1, limits::alert_snooze_s_max>> seconds;  // snooze
    FIELDS(id, act, note, seconds)
};
struct Acted {
    std::string id;  // ULID text: of the alert, or of the group that answers for it
    bool replayed = false;
    FIELDS(id, replayed)
};
struct Test {
    std::string rule_id, kind, severity;
    FIELDS(rule_id, kind, severity)
};

}  // namespace ohm::api::alerts
