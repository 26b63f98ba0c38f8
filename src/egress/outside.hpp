// How the outside is asked: a request, the answer or why there is none. The product asks by Egress,
// tests by a script.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "base/time.hpp"
#include "egress/guard.hpp"

namespace ohm::egress {

struct Request {
    std::string url;
    Source source = Source::stations;
    std::string body = {};                  // POST; none: GET
    std::vector<std::string> headers = {};  // `Name: value`
    milliseconds timeout = limits::egress_timeout;
    std::size_t answer_bytes_max = limits::egress_answer_bytes;
};
struct Answer {
    int status = 0;  // 0: there is none, and `failure` says why
    std::string body = {};
    std::string_view failure = {};  // a word of ours
};
namespace failure {
constexpr std::string_view url_refused = "url_refused", address_refused = "address_refused",
                           timed_out = "timed_out", unreachable = "unreachable",
                           too_large = "too_large", tls = "tls_failed", busy = "busy",
                           stopped = "stopped";
}

// What asks the outside world; a script in tests.
class Outside {
public:
    using Done = std::function<void(Answer&&)>;
    virtual ~Outside() = default;
    // `done` is called once: on the thread that waits for answers, or from inside where the request
    // is refused at once.
    virtual void ask(Request&& request, Done done) = 0;
};

}  // namespace ohm::egress
