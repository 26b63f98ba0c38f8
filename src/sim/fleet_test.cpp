#include "sim/fleet.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <unistd.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "net/test_certificates.hpp"
#include "sim/test_csms.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {
namespace {

class FleetTest : public testing::Test {
protected:
    FleetTest() {
        settings.count = settings.stations = 50;
        settings.targets.all[0].endpoint.host = "127.0.0.1";
        settings.targets.all[0].endpoint.port = csms.server.port();
        settings.connect_rate = 5'000;
        settings.duration = seconds{1};
        settings.behaviour.retry_wait_minimum = milliseconds{50};
        settings.behaviour.retry_random_range = milliseconds{50};
        settings.behaviour.reboot_takes = milliseconds{50};
    }
    // Turns the loop until it is so; fails the test after a while.
    template <class Condition>
    void until(Condition condition) {
        const Mono give_up = clock.mono() + seconds{20};
        while (!condition() && clock.mono() < give_up) loop.turn(milliseconds{10});
        ASSERT_TRUE(condition());
    }
    void until_ready(Fleet& fleet) {
        fleet.start();
        until([&] { return fleet.report().ready; });
    }

    SystemClock clock;
    net::Loop loop{clock};
    TestCsms csms{loop};
    FleetSettings settings;
};

TEST_F(FleetTest, FiftyStationsBootReportAndLeave) {
    Fleet fleet{loop, settings};
    until_ready(fleet);
    EXPECT_EQ(fleet.report().accepted, 50u);
    EXPECT_EQ(csms.received["BootNotification"], 50);
    EXPECT_EQ(csms.authorizations.size(), 50u);
    const std::string credentials = "SIM000007:" + settings.population.password(6);
    EXPECT_EQ(csms.authorizations["/SIM000007"], "Basic " + to_base64(credentials));
    fleet.finish();
    until([&] { return fleet.is_done(); });
    // 25 of OCPP 1.6 with connectors 0 to 2, 25 of 2.0.1 with two EVSEs.
    EXPECT_EQ(csms.received["StatusNotification"], 25 * 3 + 25 * 2);
    const Report report = fleet.report();
    EXPECT_TRUE(report.last);
    EXPECT_EQ(report.online, 50u);
    EXPECT_EQ(report.total.sent, 50u + 125u);
    EXPECT_EQ(report.total.answered, report.total.sent);
    EXPECT_EQ(report.unanswered, 0u);
    until([&] { return csms.closings.size() == 50; });
    EXPECT_EQ(csms.closings.front().code, 1001);
}

TEST_F(FleetTest, TheClosedLoopKeepsOneCallInFlight) {
    settings.load = {.mix = Mix::status, .active = 10};
    Fleet fleet{loop, settings};
    until_ready(fleet);
    fleet.begin_load();
    until([&] { return fleet.is_done(); });
    const Report report = fleet.report();
    EXPECT_GT(report.measured.sent, 20u);
    EXPECT_EQ(report.total.sent, report.total.answered);
    EXPECT_GE(report.measured_us, 900'000u);
    EXPECT_GT(report.cpu_us, 0u);
    Histogram latency;
    latency.add(report.latency);
    EXPECT_GT(latency.count(), 20u);
    EXPECT_LE(latency.count(), report.total.answered - 50);
}

TEST_F(FleetTest, TheOpenLoopSendsAtItsRate) {
    settings.load = {.mix = Mix::mixed, .rate = 200};
    settings.duration = seconds{2};
    Fleet fleet{loop, settings};
    until_ready(fleet);
    fleet.begin_load();
    until([&] { return fleet.is_done(); });
    const Report report = fleet.report();
    Histogram latency;
    latency.add(report.latency);
    // At most what was due; how much less, depends on the machine.
    EXPECT_LE(latency.count(), 440u);
    EXPECT_GE(latency.count(), 100u);
    EXPECT_GT(csms.received["Heartbeat"], 0);
    EXPECT_EQ(report.measured.missed, 0u);
}

TEST_F(FleetTest, TheWarmUpIsNotMeasured) {
    settings.load = {.mix = Mix::status, .rate = 200};
    settings.warm_up = settings.duration = seconds{1};
    Fleet fleet{loop, settings};
    until_ready(fleet);
    fleet.begin_load();
    until([&] { return fleet.report().total.sent > 50 + 125 + 20; });
    EXPECT_EQ(fleet.report().measured.sent, 0u);
    until([&] { return fleet.is_done(); });
    const Report report = fleet.report();
    Histogram latency;
    latency.add(report.latency);
    EXPECT_GT(report.measured.sent, 20u);
    EXPECT_GE(report.total.sent, report.measured.sent + 50 + 125 + 20);
    EXPECT_LE(latency.count(), report.measured.sent + 50);
}

TEST_F(FleetTest, ASilentCsmsLeavesMessagesUnanswered) {
    settings.load = {.mix = Mix::status};
    settings.behaviour.call_timeout = minutes{5};
    settings.count = 5;
    Fleet fleet{loop, settings};
    until_ready(fleet);
    until([&] { return fleet.report().unanswered == 0; });
    csms.is_silent = true;
    fleet.begin_load();
    until([&] { return fleet.is_done(); });
    EXPECT_EQ(fleet.report().unanswered, 5u);
    EXPECT_EQ(fleet.report().measured.answered, 0u);
}

TEST_F(FleetTest, TellsWhyItCouldNotConnect) {
    csms.refuse_with = 401;
    settings.count = 3;
    Fleet fleet{loop, settings};
    fleet.start();
    until([&] {
        const auto failures = fleet.report().failures;
        return !failures.items.empty() && failures.items[0].count >= 6;
    });
    EXPECT_EQ(fleet.report().failures.items[0].cause, "HTTP 401");
    EXPECT_EQ(fleet.report().online, 0u);
    csms.refuse_with = 0;  // they try again
    until([&] { return fleet.report().accepted == 3; });
}

TEST_F(FleetTest, ResetConnectionsComeBackWithoutABoot) {
    settings.count = 4;
    settings.drop_every = seconds{1};
    settings.duration = seconds{3};
    Fleet fleet{loop, settings};
    until_ready(fleet);
    fleet.begin_load();
    until([&] { return fleet.report().total.disconnects >= 4 && fleet.report().online == 4; });
    fleet.finish();
    until([&] { return fleet.is_done(); });
    EXPECT_EQ(csms.received["BootNotification"], 4);
    EXPECT_GE(fleet.report().total.connects, 8u);
}

TEST_F(FleetTest, AResetCommandMakesAStationBootAgain) {
    settings.count = 2;
    Fleet fleet{loop, settings};
    until_ready(fleet);
    csms.server.send_text(csms.sockets["/SIM000001"], R"([2,"r","Reset",{"type":"Hard"}])");
    until([&] { return csms.received["BootNotification"] == 3; });
    EXPECT_EQ(csms.answers, std::vector<std::string>{R"([3,"r",{"status":"Accepted"}])"});
    until([&] { return fleet.report().accepted == 2; });
    EXPECT_EQ(fleet.report().total.commands, 1u);
}

TEST_F(FleetTest, SpreadsOverSourceAddresses) {
    settings.count = 4;
    settings.first = limits::sim_connections_per_source - 2;
    settings.targets.sources = {"127.0.0.1", "127.0.0.2"};
    Fleet fleet{loop, settings};
    until_ready(fleet);
    EXPECT_EQ(csms.addresses["127.0.0.1"], 2);
    EXPECT_EQ(csms.addresses["127.0.0.2"], 2);
}

TEST_F(FleetTest, EachShowsItsOwnCertificate) {
    net::testing::Certificates certificates;
    certificates.make("ca", "Test CA", net::testing::KeyKind::ecdsa, "");
    certificates.make("server", "localhost", net::testing::KeyKind::ecdsa, "ca");
    settings.count = settings.stations = 3;
    for (std::size_t i = 0; i < 3; ++i) {
        const std::string id = settings.population.id(i);
        certificates.make(id, id, net::testing::KeyKind::ecdsa, "ca");
    }
    csms.server.use_tls({.certificate_file = certificates.certificate("server"),
                         .key_file = certificates.key("server"),
                         .client_ca_file = certificates.certificate("ca")});
    settings.population.security_profile = 3;
    settings.targets.all[0].endpoint.tls = true;
    settings.targets.all[0].endpoint.ca_file = "-";
    settings.targets.certificate_file = certificates.certificate("{id}");
    settings.targets.key_file = certificates.key("{id}");
    Fleet fleet{loop, settings};
    until_ready(fleet);
    EXPECT_EQ(fleet.report().accepted, 3u);
    EXPECT_EQ(csms.common_names["SIM000002"], 1);
    EXPECT_EQ(csms.authorizations["/SIM000002"], "");  // the certificate speaks for it
}

TEST_F(FleetTest, AStormComesAtOnce) {
    settings.arrival = Arrival::storm;
    settings.connect_rate = 0.1;  // which would take minutes
    Fleet fleet{loop, settings};
    until_ready(fleet);
    EXPECT_EQ(fleet.report().accepted, 50u);
}

TEST_F(FleetTest, ARushBeginsSlowly) {
    settings.arrival = Arrival::rush;
    settings.connect_rate = 50;
    Fleet fleet{loop, settings};
    fleet.start();
    std::array<std::size_t, 2> seen{};  // after the first and after the second half second
    for (std::size_t half = 0; half < seen.size(); ++half) {
        const Mono end = clock.mono() + milliseconds{500};
        while (clock.mono() < end) loop.turn(milliseconds{10});
        seen[half] = fleet.report().total.connects;
    }
    EXPECT_GT(seen[0], 0u);
    EXPECT_GT(seen[1] - seen[0], seen[0]);
    until([&] { return fleet.report().ready; });
    EXPECT_EQ(fleet.report().accepted, 50u);
}

TEST_F(FleetTest, AllDropAtOnceAndComeBackWithoutABoot) {
    settings.duration = seconds{10};
    settings.drop_all_after = seconds{1};
    Fleet fleet{loop, settings};
    until_ready(fleet);
    fleet.begin_load();
    until([&] { return fleet.report().recovering_us > 0; });
    const Report report = fleet.report();
    EXPECT_EQ(report.online, 50u);
    EXPECT_EQ(report.total.connects, 100u);
    EXPECT_EQ(csms.received["BootNotification"], 50);
}

TEST_F(FleetTest, TheMixBootBootsAgainAndAgain) {
    settings.load = {.mix = Mix::boot, .rate = 50};
    Fleet fleet{loop, settings};
    until_ready(fleet);
    fleet.begin_load();
    until([&] { return fleet.is_done(); });
    const Report report = fleet.report();
    const auto again = static_cast<std::uint64_t>(csms.received["BootNotification"]) - 50;
    EXPECT_GT(again, 40u);
    Histogram first_boots;
    first_boots.add(report.boot_latency);
    EXPECT_EQ(first_boots.count(), 50u);
    EXPECT_EQ(report.total.sent, report.total.answered);
    EXPECT_EQ(csms.received["StatusNotification"], 25 * 3 + 25 * 2);  // of the first boots only
}

TEST_F(FleetTest, StationsShareTheTargets) {
    TestCsms other{loop};
    settings.targets.all.push_back(settings.targets.all[0]);
    settings.targets.all[1].endpoint.port = other.server.port();
    settings.targets.all[1].path = "/ocpp/";
    Fleet fleet{loop, settings};
    until_ready(fleet);
    EXPECT_EQ(csms.authorizations.size(), 25u);
    EXPECT_EQ(other.authorizations.size(), 25u);
    EXPECT_EQ(other.authorizations.count("/ocpp/SIM000050"), 1u);
}

TEST_F(FleetTest, WritesALedgerThatAddsUp) {
    const std::string path = testing::TempDir() + "ohm_ledger_" + std::to_string(::getpid());
    settings.ledger_file = path;
    settings.count = 6;
    settings.load = {.mix = Mix::status, .rate = 50};
    Report report;
    {
        Fleet fleet{loop, settings};
        until_ready(fleet);
        fleet.begin_load();
        until([&] { return fleet.is_done(); });
        report = fleet.report();
    }
    std::ifstream file{path};
    std::map<std::string, std::size_t> events;
    for (std::string line; std::getline(file, line);) {
        ASSERT_TRUE(wire::minify(line)) << line;
        const auto at = line.find(R"("event":")") + 9;
        ++events[line.substr(at, line.find('"', at) - at)];
    }
    std::remove(path.c_str());
    EXPECT_EQ(events["sent"], report.total.sent);
    EXPECT_EQ(events["acked"], report.total.answered);
    EXPECT_EQ(events["sent"], events["acked"]);
}

TEST_F(FleetTest, ALedgerThatCannotBeOpenedIsAFault) {
    settings.ledger_file = "/nonexistent/ledger";
    EXPECT_THROW((Fleet{loop, settings}), Fault);
}

}  // namespace
}  // namespace ohm::sim
