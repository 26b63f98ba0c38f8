#include "sim/processes.hpp"

#include <array>
#include <csignal>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/test_csms.hpp"

namespace ohm::sim {
namespace {

// The test itself waits in run_processes, so its CSMS is a process of its own.
class OtherCsms {
public:
    OtherCsms() {
        std::array<int, 2> pipe{};
        if (::pipe(pipe.data()) != 0) return;
        pid_ = ::fork();
        if (pid_ == 0) serve(pipe[1]);
        ::close(pipe[1]);
        if (::read(pipe[0], &port_, sizeof port_) != sizeof port_) port_ = 0;
        ::close(pipe[0]);
    }
    ~OtherCsms() {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    OtherCsms(const OtherCsms&) = delete;
    OtherCsms& operator=(const OtherCsms&) = delete;
    std::uint16_t port() const { return port_; }

private:
    [[noreturn]] static void serve(int descriptor) {
        ::alarm(60);  // never outlives a test that was killed
        const SystemClock clock;
        net::Loop loop{clock};
        const TestCsms csms{loop};
        const std::uint16_t port = csms.server.port();
        if (::write(descriptor, &port, sizeof port) != sizeof port) ::_exit(1);
        while (true) loop.turn(milliseconds{100});
    }
    pid_t pid_ = 0;
    std::uint16_t port_ = 0;
};

TEST(Processes, BeginTogetherAndAddUp) {
    const OtherCsms csms;
    ASSERT_NE(csms.port(), 0);
    ProcessSettings settings{.fleet = {}, .processes = 3};
    settings.fleet.count = 31;
    settings.fleet.targets.all[0].endpoint.host = "127.0.0.1";
    settings.fleet.targets.all[0].endpoint.port = csms.port();
    settings.fleet.duration = seconds{1};
    settings.fleet.load = {.mix = Mix::status, .rate = 60};
    const Outcome outcome = run_processes(settings);
    EXPECT_EQ(outcome.children_failed, 0u);
    EXPECT_EQ(outcome.report.stations, 31u);
    EXPECT_EQ(outcome.report.accepted, 31u);
    EXPECT_EQ(outcome.report.total.connects, 31u);
    EXPECT_EQ(outcome.report.unanswered, 0u);
    Histogram latency;
    latency.add(outcome.report.latency);
    EXPECT_GT(latency.count(), 20u);
    EXPECT_LE(latency.count(), 90u);
    EXPECT_GT(outcome.report.cpu_us, 0u);
}

TEST(Processes, AChildThatFailsIsCounted) {
    ProcessSettings settings{.fleet = {}, .processes = 2};
    settings.fleet.count = 2;
    settings.fleet.targets.all[0].endpoint.host = "127.0.0.1";
    settings.fleet.targets.all[0].endpoint.port = 1;
    settings.fleet.ledger_file = "/nonexistent/ledger";
    const Outcome outcome = run_processes(settings);
    EXPECT_EQ(outcome.children_failed, 2u);
    EXPECT_EQ(outcome.report.accepted, 0u);
}

}  // namespace
}  // namespace ohm::sim
