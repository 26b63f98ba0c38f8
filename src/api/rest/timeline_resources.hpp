// What REST shows of a transaction in the order in which it became known.
#pragma once

#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"

namespace ohm::api::rest {

struct TimelineItemShown {
    Instant at;  // when it was known here
    OneOf<"authorization", "started", "updated", "ended", "conflict", "meter", "command", "event",
          "closed">
        kind;
    Nullable<Instant> said_at;  // by the station's clock
    NullableText what;          // trigger reason, action, command, name of the event
    NullableText result;        // of an authorization or a command
    Nullable<std::int64_t> seq_no;
    Nullable<wire::Number> energy_wh;  // of a meter reading: since the first one
    NullableText reference;            // cmd_…, of a command
    Nullable<Any> payload;             // what the station said
    FIELDS(at, kind, said_at, what, result, seq_no, energy_wh, reference, payload)
};

net::Response show_timeline(const Exchange& exchange, ReadSources& sources);

const std::vector<Route>& timeline_routes();
const std::vector<Component>& timeline_components();

}  // namespace ohm::api::rest
