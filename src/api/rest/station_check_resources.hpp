// What REST shows of looking after one station: how far it has come on its way into service, how
// long its answer takes, and how much of the time it was there.
#pragma once

#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"

namespace ohm::api::rest {

using CheckStepId = OneOf<"connection", "subprotocol", "authentication", "boot", "status",
                          "configuration", "clock", "trigger">;
using CheckState = OneOf<"ok", "waiting", "failed">;  // from good to bad
using CheckFixId =
    OneOf<"accept", "trigger_boot", "trigger_status", "trigger_heartbeat", "read_configuration">;

struct CheckFixShown {  // a request that may mend it
    CheckFixId id;
    std::string method, path;
    Any body;
    FIELDS(id, method, path, body)
};
struct CheckStepShown {
    CheckStepId id;
    CheckState state;
    Nullable<Instant> since;
    NullableText cause;   // a word for programs; null: nothing is wrong, or its turn has not come
    NullableText detail;  // what there is to say beyond the cause
    NullableText remedy;
    Nullable<CheckFixShown> fix;
    FIELDS(id, state, since, cause, detail, remedy, fix)
};
struct StationCheckShown {
    std::string station_id;
    CheckState state;  // of all steps, the worst
    std::int64_t steps_ok = 0;
    Instant checked_at;
    List<CheckStepShown> steps;
    FIELDS(station_id, state, steps_ok, checked_at, steps)
};

struct PingShown {
    std::string station_id;
    bool answered = false;
    Nullable<std::int64_t> rtt_ms;  // from sending the question until its answer
    NullableText result;            // what it answered, or why it did not
    Nullable<Instant> sent_at;      // null: others of its commands are still before it
    std::string command_id;
    FIELDS(station_id, answered, rtt_ms, result, sent_at, command_id)
};

void ping_station(const SharedExchange& exchange, Service& service);
net::Response check_station(const Exchange& exchange, ReadSources& sources);

const std::vector<Route>& station_check_routes();
const std::vector<Component>& station_check_components();

}  // namespace ohm::api::rest
