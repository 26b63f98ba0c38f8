// How the whole is doing now, for everybody who looks at it: counted at most so often, and never
// twice at once, however many look. With very many stations that count is a long read, and then it
// is done less often. On the HTTP loop; it reads on a reader's thread.
#pragma once

#include <optional>
#include <vector>

#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"
#include "base/time.hpp"

namespace ohm::api::rest {

struct StatusCount {
    std::string status;
    std::int64_t count = 0;
    FIELDS(status, count)
};
struct SessionsNow {
    std::int64_t running = 0;
    // Of the last 24 hours, by whole hours.
    std::int64_t started = 0, ended = 0, charged = 0, first_tries = 0, first_tries_charged = 0;
    std::int64_t suspect = 0;
    FIELDS(running, started, ended, charged, first_tries, first_tries_charged, suspect)
};
struct PowerNow {
    Instant at;
    wire::Number power_w;
    std::int64_t sessions = 0;  // that it is the sum of
    FIELDS(at, power_w, sessions)
};
struct WholeNowShown {
    Instant at;
    std::int64_t stations = 0, online = 0, faulted = 0;
    List<StatusCount> connectors;
    Nullable<SessionsNow> sessions;  // null without transactions:read
    Nullable<PowerNow> power;        // null where it is not known
    Nullable<std::int64_t> commands_waiting;
    FIELDS(at, stations, online, faulted, connectors, sessions, power, commands_waiting)
};

class WholeNow {
public:
    explicit WholeNow(const Clock& clock) : clock_{clock} {}
    void ask(const SharedExchange& exchange, Service& service);

private:
    void take(Service& service, WholeNowShown&& shown, Micros took);

    const Clock& clock_;
    std::optional<WholeNowShown> known_;
    Mono fresh_until_{};
    std::vector<SharedExchange> waiting_;  // no more than there are requests
};

void show_whole_now(const SharedExchange& exchange, Service& service);

}  // namespace ohm::api::rest
