// The baseline of the load tests: a WebSocket echo server that does nothing else, and a client that
// keeps one message in flight on each of its sockets, or holds idle ones.
//
//   net_echo serve PORT THREADS            prints RSS per connection and CPU per message each
//   second net_echo load PORT SOCKETS SECONDS     200-byte messages, one in flight per socket
//   net_echo idle PORT SOCKETS SECONDS [SOURCE]   opens sockets from SOURCE and holds them
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

class Load final : public WebSocketClient::Owner {
public:
    Load(const Endpoint& endpoint, int sockets, bool busy)
        : endpoint_{endpoint}, sockets_{sockets}, busy_{busy} {}

    // At most this many handshakes at once: the listener's backlog is bounded.
    static constexpr int handshakes_max = 200;

    void run(seconds time) {
        connect_more();
        loop_.every(seconds{1}, [this] { report(); });
        loop_.after(time, [this] { loop_.stop(); });
        loop_.run();
    }

    void on_open(SocketId socket, std::string_view) override {
        ++open_;
        connect_more();
        if (busy_) client_.send_text(socket, message_);
    }
    void on_refused(SocketId, int status, std::string_view detail) override {
        std::fprintf(stderr, "refused: %d %.*s\n", status, static_cast<int>(detail.size()),
                     detail.data());
        ++open_;
        connect_more();
    }
    void on_message(SocketId socket, std::string_view) override {
        ++messages_;
        client_.send_text(socket, message_);
    }
    void on_closed(SocketId, const Closed& closed) override {
        std::fprintf(stderr, "closed: %s\n", closed.detail.c_str());
    }

private:
    void connect_more() {
        for (; started_ < sockets_ && started_ - open_ < handshakes_max; ++started_)
            client_.connect(endpoint_, "/bench", {});
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

    Endpoint endpoint_;
    int sockets_;
    bool busy_;
    SystemClock clock_;
    Loop loop_{clock_};
    WebSocketClient client_{loop_, *this, {.message_bytes = limits::frame_bytes}};
    std::string message_ = std::string(200, 'm');
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
    Endpoint endpoint{.host = "127.0.0.1", .port = port};
    if (words.size() > 5) endpoint.source_address = words[5];
    const seconds time{words.size() > 4 ? std::atoi(words[4].c_str()) : 10};
    Load{endpoint, count, words[1] == "load"}.run(time);
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
