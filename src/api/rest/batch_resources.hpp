// Batches of commands as they are written and shown. For batch_order.cpp and batches.cpp.
#pragma once

#include "api/rest/resources.hpp"
#include "api/rest/station_filter.hpp"
#include "base/limits.hpp"

namespace ohm::api::rest {

struct BatchFilter {  // as the parameters of the list of stations
    Optional<wire::Text<200>> vendor, model, firmware_version, location_id;
    Optional<OcppVersionName> ocpp_version;
    Optional<Connectivity> connectivity;
    Optional<wire::Text<100>> q;
    Optional<List<wire::Text<40, 1>, 1, 20>> status;
    Optional<SecurityProfile> security_profile;
    Optional<wire::Text<200>> worker;
    Optional<Int<silent_min_least, silent_min_most>> silent_min;
    Optional<bool> has_active_session;
    FIELDS(vendor, model, firmware_version, location_id, ocpp_version, connectivity, q, status,
           security_profile, worker, silent_min, has_active_session)
};
struct BatchSelect {
    Optional<List<wire::Text<255, 1>, 1, 10000>> station_ids;
    Optional<BatchFilter> filter;  // {}: all stations
    FIELDS(station_ids, filter)
};
struct BatchWrite {
    wire::Text<40, 1> command;  // "call" for a raw one, whose parameters name version and action
    Optional<Any> params;       // as in the body of the command itself
    BatchSelect select;
    Optional<Int<1, limits::batch_concurrency>> concurrency;  // open at once; absent: 20
    Optional<Int<1, limits::batch_rate>> rate;                // a second; absent: 20
    Optional<Int<1, 100>> abort_on_failure_pct;               // absent: it goes on
    Optional<OneOf<"idle">> only;                             // not where a transaction runs
    Optional<bool> dry_run;
    FIELDS(command, params, select, concurrency, rate, abort_on_failure_pct, only, dry_run)
};
struct BatchProgress {
    std::int64_t total = 0, waiting = 0, refused = 0, cancelled = 0, open = 0, accepted = 0,
                 other = 0, failed = 0, percent = 0;  // of the stations that are through
    std::int64_t queued = 0;                          // of the open ones: not sent yet
    std::int64_t expired = 0;                         // of the failed ones
    FIELDS(total, waiting, refused, cancelled, open, accepted, other, failed, percent, queued,
           expired)
};
struct BatchStations {                                   // whom a batch would meet now
    std::int64_t online = 0, offline = 0, charging = 0;  // charging: a session runs there
    FIELDS(online, offline, charging)
};
struct BatchShown {
    NullableText id;  // null: a dry run
    std::string command;
    Nullable<Any> params, select;
    OneOf<"running", "cancelling", "finished", "cancelled", "aborted", "interrupted", "dry_run">
        state;
    NullableText reason;
    std::int64_t concurrency = 0, rate = 0;
    Nullable<std::int64_t> abort_on_failure_pct;
    NullableText only, retry_of;
    BatchProgress progress;
    NullableText requested_by;
    Nullable<Instant> created_at, finished_at;
    Optional<BatchStations> stations;         // of a dry run
    Optional<List<std::string>> station_ids;  // of a dry run
    FIELDS(id, command, params, select, state, reason, concurrency, rate, abort_on_failure_pct,
           only, retry_of, progress, requested_by, created_at, finished_at, stations, station_ids)
};
struct BatchItemShown {
    std::int64_t item = 0;
    std::string station_id, state;  // waiting, ordered, refused, cancelled
    NullableText command_id, command_state, result, code, detail;
    Nullable<Instant> at, expires_at;  // until when a command that is queued waits for its station
    NullableText status;               // the station's own word
    Nullable<std::int64_t> rtt_ms;
    Nullable<CallErrorShown> error;
    Nullable<Any> response;  // with ?expand=response
    FIELDS(item, station_id, state, command_id, command_state, result, code, detail, at, expires_at,
           status, rtt_ms, error, response)
};

}  // namespace ohm::api::rest
