// The baseline of the load tests: a WebSocket echo server that does nothing else, and a client that
// keeps one message in flight on each of its sockets, sends at a rate, or holds idle ones. The same
// client beats as OCPP 1.6 stations, so that a worker and the echo are asked alike.
//
//   net_echo serve PORT THREADS     prints RSS per connection and CPU per message each second
//   net_echo load PORT SOCKETS SECONDS [SOURCE [BYTES]]   messages, one in flight per socket
//   net_echo paced PORT SOCKETS SECONDS SOURCE RATE       200-byte messages, RATE a second in turn
//   net_echo beats PORT SOCKETS SECONDS SOURCE PREFIX PASSWORD [RATE]   Heartbeats of stations
//                                   PREFIX000001, …, that the worker's api has accepted before
//   net_echo idle PORT SOCKETS SECONDS [SOURCE]           opens sockets from SOURCE, holds them
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "net/client.hpp"

namespace {

using namespace ohm;
using namespace ohm::net;

double cpu_us() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto us = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
    };
    return us(usage.ru_utime) + us(usage.ru_stime);
}

long rss_bytes() {
    std::ifstream file{"/proc/self/statm"};
    long size = 0;
    long resident = 0;
    file >> size >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

class Echo final : public Server::Owner {
public:
    Echo(std::uint16_t port, bool reports)
        : server_{loop_,
                  *this,
                  {.address = "127.0.0.1",
                   .port = port,
                   .share_port = true,
                   .header_bytes = limits::http_header_bytes,
                   .body_bytes = 0,
                   .message_bytes = limits::frame_bytes,
                   .write_buffer_bytes = limits::write_buffer_bytes}} {
        if (reports) loop_.every(seconds{1}, [this] { report(); });
    }
    void run() { loop_.run(); }

    void on_request(SocketId socket, Request&&, const Peer&) override {
        server_.respond(socket, {.status = 404});
    }
    void on_upgrade(SocketId socket, Request&&, const Peer&) override {
        server_.accept(socket, "");
    }
    void on_message(SocketId socket, std::string_view message, bool) override {
        ++messages_;
        server_.send_text(socket, message);
    }
    void on_pong(SocketId) override {}
    void on_closed(SocketId, const Closed&) override {}

private:
    // Of this thread's connections and messages, but of the process's CPU and memory: exact with
    // one thread.
    void report() {
        const std::size_t count = server_.connection_count();
        const double cpu = cpu_us();
        const std::uint64_t messages = messages_ - messages_before_;
        std::printf("connections %zu rss_kb %ld messages/s %" PRIu64 " cpu_us/message %.2f\n",
                    count, rss_bytes() / 1024, messages,
                    messages == 0 ? 0.0 : (cpu - cpu_before_) / static_cast<double>(messages));
        std::fflush(stdout);
        messages_before_ = messages_;
        cpu_before_ = cpu;
    }

    SystemClock clock_;
    Loop loop_{clock_};
    Server server_;
    std::uint64_t messages_ = 0;
    std::uint64_t messages_before_ = 0;
    double cpu_before_ = 0;
};

struct Plan {
    Endpoint endpoint;
    int sockets = 1;
    bool busy = false;  // one message in flight on each
    double rate = 0;    // messages a second over all; 0: as busy says
    std::string message = std::string(200, 'm');
    std::string prefix;  // of stations; "": sockets of the echo
    std::string password;
};

class Load final : public WebSocketClient::Owner {
public:
    explicit Load(Plan plan) : plan_{std::move(plan)} {}

    // At most this many handshakes at once: the listener's backlog is bounded.
    static constexpr int handshakes_max = 200;

    void run(seconds time) {
        connect_more();
        loop_.every(seconds{1}, [this] { report(); });
        if (plan_.rate > 0) loop_.every(milliseconds{1}, [this] { send_due(); });
        loop_.after(time, [this] { loop_.stop(); });
        loop_.run();
    }

    void on_open(SocketId socket, std::string_view) override {
        ++open_;
        sockets_.push_back(socket);
        connect_more();
        if (plan_.busy && plan_.rate == 0) client_.send_text(socket, plan_.message);
    }
    void on_refused(SocketId, int status, std::string_view detail) override {
        std::fprintf(stderr, "refused: %d %.*s\n", status, static_cast<int>(detail.size()),
                     detail.data());
        ++open_;
        connect_more();
    }
    void on_message(SocketId socket, std::string_view) override {
        ++messages_;
        if (plan_.rate == 0) client_.send_text(socket, plan_.message);
    }
    void on_closed(SocketId, const Closed& closed) override {
        std::fprintf(stderr, "closed: %s\n", closed.detail.c_str());
    }

private:
    void connect_more() {
        for (; started_ < plan_.sockets && started_ - open_ < handshakes_max; ++started_)
            client_.connect(plan_.endpoint, "/" + id(started_), headers());
    }
    std::string id(int number) const {
        const std::string digits = std::to_string(number + 1);
        return plan_.prefix.empty() ? "bench"
                                    : plan_.prefix + std::string(6 - digits.size(), '0') + digits;
    }
    std::vector<Header> headers() const {
        if (plan_.prefix.empty()) return {};
        return {{"sec-websocket-protocol", "ocpp1.6"},
                {"authorization", "Basic " + to_base64(id(started_) + ":" + plan_.password)}};
    }
    // Once all are open, so that connecting is no part of what is measured.
    void send_due() {
        if (open_ < plan_.sockets || sockets_.empty()) return;
        const Mono now = clock_.mono();
        if (began_ == Mono{}) began_ = now;
        const double elapsed_s = static_cast<double>((now - began_).count()) / 1e6;
        for (; sent_ < static_cast<std::uint64_t>(elapsed_s * plan_.rate); ++sent_)
            client_.send_text(sockets_[sent_ % sockets_.size()], plan_.message);
    }
    void report() {
        const double cpu = cpu_us();
        const std::uint64_t messages = messages_ - messages_before_;
        std::printf("open %d rss_kb %ld messages/s %" PRIu64 " cpu_us/message %.2f\n", open_,
                    rss_bytes() / 1024, messages,
                    messages == 0 ? 0.0 : (cpu - cpu_before_) / static_cast<double>(messages));
        std::fflush(stdout);
        messages_before_ = messages_;
        cpu_before_ = cpu;
    }

    const Plan plan_;
    std::vector<SocketId> sockets_;
    Mono began_{};
    std::uint64_t sent_ = 0;
    SystemClock clock_;
    Loop loop_{clock_};
    WebSocketClient client_{loop_, *this, {.message_bytes = limits::frame_bytes}};
    int started_ = 0;
    int open_ = 0;
    std::uint64_t messages_ = 0;
    std::uint64_t messages_before_ = 0;
    double cpu_before_ = 0;
};

int serve(std::uint16_t port, int threads) {
    std::vector<std::thread> others;
    for (int i = 1; i < threads; ++i) others.emplace_back([port] { Echo{port, false}.run(); });
    Echo{port, true}.run();
    return 0;
}

int run(const std::vector<std::string>& words) {
    if (words.size() < 4) {
        std::fputs("net_echo serve PORT THREADS | load PORT SOCKETS SECONDS | idle ...\n", stderr);
        return 2;
    }
    const auto port = static_cast<std::uint16_t>(std::atoi(words[2].c_str()));
    const int count = std::atoi(words[3].c_str());
    if (words[1] == "serve") return serve(port, count);
    const auto word = [&](std::size_t index) {
        return index < words.size() ? words[index] : std::string{};
    };
    const seconds time{words.size() > 4 ? std::atoi(words[4].c_str()) : 10};
    Plan plan{.endpoint = {.host = "127.0.0.1", .port = port}, .sockets = count};
    plan.endpoint.source_address = word(5);
    plan.busy = words[1] != "idle";
    if (words[1] == "load" && !word(6).empty())
        plan.message = std::string(static_cast<std::size_t>(std::atoi(word(6).c_str())), 'm');
    if (words[1] == "paced") plan.rate = std::atof(word(6).c_str());
    if (words[1] == "beats") {
        plan.message = R"([2,"1","Heartbeat",{}])";
        plan.prefix = word(6);
        plan.password = word(7);
        plan.rate = std::atof(word(8).c_str());
    }
    Load{std::move(plan)}.run(time);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv, argv + argc});
    } catch (const Fault& fault) {
        std::fprintf(stderr, "%s\n", fault.what());
        return 1;
    }
}
