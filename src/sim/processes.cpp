#include "sim/processes.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {
namespace {

constexpr char go = 'g';
constexpr int quiet_lines_every = 5;  // seconds, where stderr is no terminal

volatile std::sig_atomic_t signals_received = 0;
void on_signal(int) { signals_received = signals_received + 1; }

void catch_signals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// ---- the child ----

// `go` begins the load; the end of the pipe, which is also the parent's, ends it.
class Orders final : public net::Loop::Watcher {
public:
    Orders(net::Loop& loop, int descriptor, Fleet& fleet)
        : loop_{loop}, descriptor_{descriptor}, fleet_{fleet} {
        loop_.watch(descriptor_, EPOLLIN, *this);
    }
    ~Orders() override {
        if (!ended_) loop_.forget(descriptor_);
    }
    void on_ready(std::uint32_t) override {
        char order = 0;
        const auto count = ::read(descriptor_, &order, 1);
        if (count < 0 && errno == EINTR) return;
        if (count == 1 && order == go) return fleet_.begin_load();
        ended_ = true;
        loop_.forget(descriptor_);
        fleet_.finish();
    }

private:
    net::Loop& loop_;
    const int descriptor_;
    Fleet& fleet_;
    bool ended_ = false;
};

void run_fleet(const FleetSettings& settings, int up, int down) {
    const SystemClock clock;
    net::Loop loop{clock};
    Fleet fleet{loop, settings};
    Orders orders{loop, down, fleet};
    const auto report = [&] {
        if (!write_all(up, wire::encode(fleet.report()) + "\n")) fleet.finish();
    };
    const net::TimerId timer = loop.every(seconds{1}, report);
    fleet.start();
    while (!fleet.is_done()) loop.turn(milliseconds{100});
    loop.cancel(timer);
    report();
}

[[noreturn]] void be_child(const FleetSettings& settings, int up, int down) {
    static_cast<void>(std::signal(SIGINT, SIG_IGN));  // the parent tells when to end
    static_cast<void>(std::signal(SIGTERM, SIG_DFL));
    int code = 0;
    try {
        run_fleet(settings, up, down);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "ohmstead sim: %s\n", error.what());
        code = 1;
    }
    // Not exit(): what the parent registered to be done at its end is not the child's to do.
    std::fflush(nullptr);
    ::_exit(code);
}

// ---- the parent ----

struct Child {
    pid_t pid = 0;
    int from = -1, to = -1;  // our ends of the pipes
    std::string waiting;
    Report report;
    Mono heard_at{};
    bool failed = false;
};

class Parent {
public:
    explicit Parent(const ProcessSettings& settings) : settings_{settings} {}
    ~Parent() {
        for (Child& child : children_) {
            close_orders(child);
            if (child.from >= 0) end(child, true);
        }
    }
    Outcome run() {
        started_at_ = clock_.mono();
        catch_signals();
        for (std::size_t i = 0; i < settings_.processes; ++i) fork_child(i);
        while (std::any_of(children_.begin(), children_.end(),
                           [](const Child& child) { return child.from >= 0; })) {
            listen();
            begin_when_ready();
            obey_signals();
            check_silence();
            show();
        }
        if (is_terminal_) std::fputc('\n', stderr);
        const auto failed = std::count_if(children_.begin(), children_.end(),
                                          [](const Child& child) { return child.failed; });
        return {sum(), static_cast<std::size_t>(failed)};
    }

private:
    void fork_child(std::size_t index) {
        std::array<int, 2> up{}, down{};
        if (::pipe2(up.data(), O_CLOEXEC) != 0 || ::pipe2(down.data(), O_CLOEXEC) != 0)
            throw Fault{Fault::Kind::fatal, std::string{"pipe: "} + std::strerror(errno)};
        const pid_t pid = ::fork();
        if (pid < 0) throw Fault{Fault::Kind::fatal, std::string{"fork: "} + std::strerror(errno)};
        if (pid == 0) {
            for (const Child& sibling : children_) ::close(sibling.from), ::close(sibling.to);
            ::close(up[0]);
            ::close(down[1]);
            be_child(share_of(settings_, index), up[1], down[0]);
        }
        ::close(up[1]);
        ::close(down[0]);
        Child& child = children_.emplace_back();
        child.pid = pid;
        child.from = up[0];
        child.to = down[1];
        child.heard_at = clock_.mono();
        ::fcntl(child.from, F_SETFL, O_NONBLOCK);
    }

    void listen() {
        std::vector<pollfd> polled;
        for (const Child& child : children_) polled.push_back({child.from, POLLIN, 0});
        if (::poll(polled.data(), polled.size(), 200) <= 0) return;
        for (std::size_t i = 0; i < polled.size(); ++i)
            if (polled[i].revents != 0) receive(children_[i]);
    }

    void receive(Child& child) {
        std::array<char, 64 * 1024> bytes;
        const auto count = ::read(child.from, bytes.data(), bytes.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
        if (count <= 0) return end(child, !child.report.last);
        child.heard_at = clock_.mono();
        child.waiting.append(bytes.data(), static_cast<std::size_t>(count));
        if (child.waiting.size() > limits::sim_report_bytes) return end(child, true);
        for (auto at = child.waiting.find('\n'); at != std::string::npos;
             at = child.waiting.find('\n')) {
            Report report;
            if (decoder_.decode(child.waiting.substr(0, at), report)) return end(child, true);
            child.report = std::move(report);
            child.waiting.erase(0, at + 1);
        }
    }

    // Its pipe is closed, or it is not to be trusted any more.
    void end(Child& child, bool failed) {
        if (failed) ::kill(child.pid, SIGKILL);
        ::close(child.from);
        child.from = -1;
        close_orders(child);
        int status = 0;
        while (::waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {}
        child.failed = failed || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    static void close_orders(Child& child) {
        if (child.to >= 0) ::close(child.to);
        child.to = -1;
    }

    void begin_when_ready() {
        const bool all_ready =
            std::all_of(children_.begin(), children_.end(),
                        [](const Child& child) { return child.from < 0 || child.report.ready; });
        if (begun_ || !all_ready) return;
        begun_ = true;
        for (const Child& child : children_)
            if (child.to >= 0) write_all(child.to, {&go, 1});
    }

    void obey_signals() {
        if (signals_received == 0) return;
        for (Child& child : children_) close_orders(child);
        if (signals_received < 2) return;
        for (Child& child : children_)
            if (child.from >= 0) end(child, true);
    }

    void check_silence() {
        for (Child& child : children_)
            if (child.from >= 0 && clock_.mono() - child.heard_at > limits::sim_child_silence)
                end(child, true);
    }

    Report sum() const {
        Report all;
        for (const Child& child : children_) add(all, child.report);
        return all;
    }

    void show() {
        const auto running = std::chrono::duration_cast<seconds>(clock_.mono() - started_at_);
        const seconds every{is_terminal_ ? 1 : quiet_lines_every};
        if (running < shown_at_ + every) return;
        shown_at_ = running;
        Report now = sum();
        const std::string line = to_line(now, shown_, running);
        std::fprintf(stderr, is_terminal_ ? "\r%s\x1b[K" : "%s\n", line.c_str());
        std::fflush(stderr);
        shown_ = std::move(now);
    }

    const ProcessSettings& settings_;
    const SystemClock clock_;
    const bool is_terminal_ = ::isatty(STDERR_FILENO) != 0;
    wire::Decoder decoder_;
    std::vector<Child> children_;
    Report shown_;
    Mono started_at_{};
    seconds shown_at_{0};
    bool begun_ = false;
};

}  // namespace

FleetSettings share_of(const ProcessSettings& settings, std::size_t index) {
    const std::size_t count = settings.fleet.count;
    const std::size_t processes = settings.processes;
    const auto run_of = [&](std::size_t whole, std::size_t at) { return whole * at / processes; };
    FleetSettings share = settings.fleet;
    share.first = settings.fleet.first + run_of(count, index);
    share.count = run_of(count, index + 1) - run_of(count, index);
    const double part = static_cast<double>(share.count) / static_cast<double>(count);
    share.connect_rate = settings.fleet.connect_rate * part;
    share.load.rate = settings.fleet.load.rate * part;
    const std::size_t active = settings.fleet.load.active;
    if (active > 0)
        share.load.active =
            std::max<std::size_t>(1, run_of(active, index + 1) - run_of(active, index));
    return share;
}

Outcome run_processes(const ProcessSettings& settings) { return Parent{settings}.run(); }

}  // namespace ohm::sim
