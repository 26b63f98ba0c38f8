// Outgoing HTTP under guard: URLs that operators and stations name are asked by one thread, within
// time and size, without redirects, proxies and credentials, and only at addresses that are checked
// when the connection is made. libcurl inside. ask() from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/limits.hpp"
#include "base/mailbox.hpp"
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

class Egress final : public Outside {
public:
    struct Options {
        Rules rules;
        std::string ca_file;             // PEM, besides the system's; "": those of the system alone
        std::vector<std::string> names;  // NAME:PORT:ADDRESS, known without asking DNS
    };
    Egress(Options options, const Clock& clock);
    ~Egress() override;

    void start();
    void stop();  // what is not answered yet gets `stopped`
    void ask(Request&& request, Done done) override;

private:
    struct Exchange;
    struct Curl;
    void run();
    void take();
    void begin(std::unique_ptr<Exchange> exchange);
    void collect();
    void end_all();

    const Options options_;
    const Clock& clock_;
    std::unique_ptr<Curl> curl_;
    Mailbox<std::unique_ptr<Exchange>> mailbox_;
    std::vector<std::unique_ptr<Exchange>> arrived_;
    std::vector<std::unique_ptr<Exchange>> running_, waiting_;
    std::thread thread_;
};

}  // namespace ohm::egress
