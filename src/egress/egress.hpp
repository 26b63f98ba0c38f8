// Outgoing HTTP under guard: URLs that operators and stations name are asked by one thread, within
// time and size, without redirects, proxies and credentials, and only at addresses that are checked
// when the connection is made. libcurl inside. ask() from any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/mailbox.hpp"
#include "egress/outside.hpp"

namespace ohm::egress {

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
