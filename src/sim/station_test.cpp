#include "sim/station.hpp"

#include <gtest/gtest.h>
#include <memory>

namespace ohm::sim {
namespace {

using ocpp::Version;
using Event = Entry::Event;

struct Noted {
    Event event;
    std::uint64_t key;
    std::string action, message_id, body;
    int attempt;
};

// A CSMS that does what the test says, and the ledger beside it.
class Script : public Station::Outside, public Ledger {
public:
    void connect(Station&) override { ++connects; }
    void send(Station&, std::string_view frame) override { sent.emplace_back(frame); }
    void close(Station&, std::uint16_t code, std::string_view) override { closes.push_back(code); }
    void note(const Entry& entry) override {
        noted.push_back({entry.event, entry.key, std::string{entry.action},
                         std::string{entry.message_id}, std::string{entry.body}, entry.attempt});
    }
    std::vector<Noted> all(Event event) const {
        std::vector<Noted> out;
        for (const Noted& one : noted)
            if (one.event == event) out.push_back(one);
        return out;
    }

    int connects = 0;
    std::vector<std::string> sent;
    std::vector<std::uint16_t> closes;
    std::vector<Noted> noted;
};

class StationTest : public testing::Test {
protected:
    Station& make(Version version) {
        station_ = std::make_unique<Station>(
            0, "CP1", version, behaviour, Station::Surroundings{script, script, random, decoder});
        return *station_;
    }
    Now now() const { return {clock.mono(), clock.utc()}; }
    void advance(Micros by) {
        clock.advance(by);
        station_->on_tick(now());
    }
    // Advances to what is due next; false where nothing is.
    bool advance_to_due() {
        if (station_->next_due() == Mono::max()) return false;
        advance(std::max(Micros{0}, station_->next_due() - clock.mono()));
        return true;
    }
    void open(std::string_view subprotocol) { station_->on_open(subprotocol, now()); }
    ocpp::Head last() const { return ocpp::read_head(script.sent.back()); }
    void answer(std::string_view payload) {
        station_->on_message(ocpp::call_result(last().raw_id, payload), now());
    }
    void receive(std::string_view frame) { station_->on_message(frame, now()); }
    static std::string boot_answer(std::string_view status, int interval) {
        return R"({"currentTime":"2026-01-01T00:00:00Z","interval":)" + std::to_string(interval) +
               R"(,"status":")" + std::string{status} + "\"}";
    }
    void boot(Version version) {
        make(version);
        station_->start(now());
        open(ocpp::subprotocol(version));
        answer(boot_answer("Accepted", 300));
        while (!station_->is_idle()) answer("{}");
        script.sent.clear();
    }

    ManualClock clock{utc_from_micros(1'767'225'600'000'000)};  // 2026-01-01T00:00:00Z
    SeededRandom random{7};
    wire::Decoder decoder;
    Behaviour behaviour;
    Script script;
    std::unique_ptr<Station> station_;
};

TEST_F(StationTest, BootsAndReportsEveryConnectorIn16) {
    Station& station = make(Version::v16);
    station.start(now());
    EXPECT_EQ(script.connects, 1);
    EXPECT_TRUE(script.sent.empty());
    open("ocpp1.6");
    ASSERT_EQ(script.sent.size(), 1u);
    EXPECT_EQ(script.sent[0], R"([2,"1","BootNotification",{"chargePointVendor":"Ohmstead",)"
                              R"("chargePointModel":"Simulated","chargePointSerialNumber":"CP1",)"
                              R"("firmwareVersion":"1.0"}])");
    answer(boot_answer("Accepted", 60));
    for (int connector = 0; connector <= 2; ++connector) {
        EXPECT_EQ(last().action, "StatusNotification");
        EXPECT_EQ(last().rest, R"({"connectorId":)" + std::to_string(connector) +
                                   R"(,"errorCode":"NoError","status":"Available",)"
                                   R"("timestamp":"2026-01-01T00:00:00Z"})");
        answer("{}");
    }
    EXPECT_EQ(script.sent.size(), 4u);
    EXPECT_TRUE(station.is_idle());
    EXPECT_EQ(station.next_due() - clock.mono(), seconds{60});
    advance(seconds{60});
    EXPECT_EQ(script.sent.back(), R"([2,"5","Heartbeat",{}])");
}

TEST_F(StationTest, BootsAndReportsEveryEvseIn201) {
    make(Version::v201).start(now());
    open("ocpp2.0.1");
    ASSERT_EQ(script.sent.size(), 1u);
    EXPECT_EQ(script.sent[0],
              R"([2,"1","BootNotification",{"chargingStation":{"serialNumber":"CP1",)"
              R"("model":"Simulated","vendorName":"Ohmstead","firmwareVersion":"1.0"},)"
              R"("reason":"PowerUp"}])");
    answer(boot_answer("Accepted", 60));
    for (int evse = 1; evse <= 2; ++evse) {
        EXPECT_EQ(last().rest,
                  R"({"timestamp":"2026-01-01T00:00:00Z","connectorStatus":"Available","evseId":)" +
                      std::to_string(evse) + R"(,"connectorId":1})");
        answer("{}");
    }
    EXPECT_EQ(script.sent.size(), 3u);
}

TEST_F(StationTest, KeepsQuietUntilAcceptedAndBootsAgainAfterTheInterval) {
    Station& station = make(Version::v16);
    station.start(now());
    open("ocpp1.6");
    answer(boot_answer("Rejected", 40));
    station.report_status(1, ConnectorStatus::occupied, {}, now());
    EXPECT_EQ(script.sent.size(), 1u);
    advance(seconds{39});
    EXPECT_EQ(script.sent.size(), 1u);
    advance(seconds{1});
    ASSERT_EQ(script.sent.size(), 2u);
    EXPECT_EQ(last().action, "BootNotification");
    answer(boot_answer("Accepted", 0));
    EXPECT_EQ(last().action, "StatusNotification");
}

TEST_F(StationTest, APendingStationSendsOnlyWhatWasTriggered) {
    Station& station = make(Version::v201);
    station.start(now());
    open("ocpp2.0.1");
    answer(boot_answer("Pending", 100));
    station.report_status(1, ConnectorStatus::occupied, {}, now());
    EXPECT_EQ(script.sent.size(), 1u);
    receive(R"([2,"t","TriggerMessage",{"requestedMessage":"Heartbeat"}])");
    ASSERT_EQ(script.sent.size(), 3u);
    EXPECT_EQ(script.sent[1], R"([3,"t",{"status":"Accepted"}])");
    EXPECT_EQ(last().action, "Heartbeat");
    answer(R"({"currentTime":"2026-01-01T00:00:00Z"})");
    EXPECT_EQ(script.sent.size(), 3u);
}

TEST_F(StationTest, ARejectedStationRefusesCommands) {
    make(Version::v201).start(now());
    open("ocpp2.0.1");
    answer(boot_answer("Rejected", 100));
    receive(R"([2,"r","Reset",{"type":"Immediate"}])");
    EXPECT_EQ(script.sent.back(), R"([4,"r","SecurityError","not accepted by the CSMS yet",{}])");
    EXPECT_TRUE(script.closes.empty());
}

TEST_F(StationTest, BacksOffLongerAfterEachFailureAndStartsOverAfterASuccess) {
    behaviour.retry_wait_minimum = seconds{10};
    behaviour.retry_random_range = seconds{4};
    behaviour.retry_repeat_times = 3;
    Station& station = make(Version::v16);
    station.start(now());
    const auto expect_wait = [&](int base_s) {
        station.on_closed(now());
        const Micros wait = station.next_due() - clock.mono();
        EXPECT_GE(wait, seconds{base_s});
        EXPECT_LE(wait, seconds{base_s + 4});
        const int before = script.connects;
        advance(wait - Micros{1});
        EXPECT_EQ(script.connects, before);
        advance(Micros{1});
        EXPECT_EQ(script.connects, before + 1);
    };
    for (const int base_s : {10, 20, 40, 80, 80}) expect_wait(base_s);
    open("ocpp1.6");
    for (const int base_s : {10, 20}) expect_wait(base_s);
}

TEST_F(StationTest, ClosesWhereTheSubprotocolIsAnother) {
    make(Version::v16).start(now());
    open("ocpp2.0.1");
    EXPECT_EQ(script.closes, std::vector<std::uint16_t>{1002});
    EXPECT_TRUE(script.sent.empty());
}

TEST_F(StationTest, NeverHasTwoCallsOutstanding) {
    boot(Version::v16);
    for (int i = 0; i < 3; ++i) station_->beat({}, now());
    EXPECT_EQ(script.sent.size(), 1u);
    answer(R"({"currentTime":"2026-01-01T00:00:00Z"})");
    EXPECT_EQ(script.sent.size(), 2u);
    receive(R"([3,"some other id",{}])");  // changes nothing
    EXPECT_EQ(script.sent.size(), 2u);
    EXPECT_EQ(script.all(Event::stray).size(), 1u);
}

TEST_F(StationTest, BoundsItsQueue) {
    behaviour.calls_queued_max = 3;
    boot(Version::v16);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(station_->beat({}, now()));
    EXPECT_FALSE(station_->beat({}, now()));
    EXPECT_EQ(script.all(Event::dropped).size(), 1u);
}

TEST_F(StationTest, RepeatsTheSameContentAfterATimeOut) {
    behaviour.call_timeout = seconds{30};
    behaviour.call_retry_interval = seconds{10};
    behaviour.call_attempts = 2;
    boot(Version::v16);
    station_->report_status(1, ConnectorStatus::occupied, {}, now());
    const ocpp::Head first = ocpp::read_head(script.sent.back());
    const std::string content{first.rest};
    advance(seconds{30});
    EXPECT_EQ(script.sent.size(), 1u);
    advance(seconds{9});
    EXPECT_EQ(script.sent.size(), 1u);
    advance(seconds{1});
    ASSERT_EQ(script.sent.size(), 2u);
    EXPECT_EQ(last().rest, content);
    EXPECT_NE(last().id, first.id);
    const auto sent = script.all(Event::sent);
    EXPECT_EQ(sent[sent.size() - 1].key, sent[sent.size() - 2].key);
    EXPECT_EQ(sent.back().attempt, 2);
    advance(seconds{30});  // the last attempt
    ASSERT_EQ(script.all(Event::dropped).size(), 1u);
    EXPECT_EQ(script.all(Event::dropped)[0].key, sent.back().key);
    EXPECT_TRUE(station_->is_idle());
}

TEST_F(StationTest, MayReuseTheMessageId) {
    behaviour.reuses_message_id = true;
    boot(Version::v16);
    station_->report_status(1, ConnectorStatus::occupied, {}, now());
    advance(seconds{30});
    advance(seconds{10});
    ASSERT_EQ(script.sent.size(), 2u);
    EXPECT_EQ(script.sent[0], script.sent[1]);
}

TEST_F(StationTest, ABootIsNeverGivenUp) {
    behaviour.call_attempts = 1;
    make(Version::v16).start(now());
    open("ocpp1.6");
    for (int i = 0; i < 5; ++i) {
        advance(behaviour.call_timeout);
        advance(behaviour.boot_retry);
    }
    EXPECT_EQ(script.sent.size(), 6u);
    EXPECT_TRUE(script.all(Event::dropped).empty());
}

TEST_F(StationTest, SendsWhatWasNotAnsweredOnTheNextConnectionWithoutABoot) {
    boot(Version::v201);
    station_->report_status(2, ConnectorStatus::occupied, {}, now());
    const std::string content{last().rest};
    station_->on_closed(now());
    ASSERT_TRUE(advance_to_due());
    open("ocpp2.0.1");
    ASSERT_EQ(script.sent.size(), 2u);
    EXPECT_EQ(last().action, "StatusNotification");
    EXPECT_EQ(last().rest, content);
}

TEST_F(StationTest, MayBootOnEveryConnection) {
    behaviour.boots_on_reconnect = true;
    boot(Version::v16);
    station_->on_closed(now());
    ASSERT_TRUE(advance_to_due());
    open("ocpp1.6");
    EXPECT_EQ(last().action, "BootNotification");
}

TEST_F(StationTest, AResetIsAcceptedThenItRebootsAndSaysWhy) {
    boot(Version::v201);
    receive(R"([2,"r1","Reset",{"type":"Immediate"}])");
    EXPECT_EQ(script.sent.back(), R"([3,"r1",{"status":"Accepted"}])");
    ASSERT_EQ(script.closes.size(), 1u);
    EXPECT_EQ(station_->next_due(), Mono::max());
    const int before = script.connects;
    station_->on_closed(now());
    advance(behaviour.reboot_takes - Micros{1});
    EXPECT_EQ(script.connects, before);
    advance(Micros{1});
    EXPECT_EQ(script.connects, before + 1);
    open("ocpp2.0.1");
    EXPECT_EQ(last().action, "BootNotification");
    EXPECT_NE(last().rest.find(R"("reason":"RemoteReset")"), std::string_view::npos);
    ASSERT_EQ(script.all(Event::command).size(), 1u);
    EXPECT_EQ(script.all(Event::command)[0].message_id, "r1");
    EXPECT_EQ(script.all(Event::answered)[0].body, R"({"status":"Accepted"})");
}

TEST_F(StationTest, AnswersEveryKindOfCommandOf16) {
    boot(Version::v16);
    const auto ask = [&](std::string_view action, std::string_view payload) {
        script.sent.clear();
        receive(ocpp::call("c", action, payload));
        return script.sent.front();
    };
    EXPECT_EQ(ask("UnlockConnector", R"({"connectorId":2})"), R"([3,"c",{"status":"Unlocked"}])");
    EXPECT_EQ(ask("UnlockConnector", R"({"connectorId":3})"),
              R"([3,"c",{"status":"UnlockFailed"}])");
    EXPECT_EQ(ask("TriggerMessage", R"({"requestedMessage":"BootNotification"})"),
              R"([3,"c",{"status":"Rejected"}])");
    EXPECT_EQ(ask("TriggerMessage", R"({"requestedMessage":"MeterValues","connectorId":1})"),
              R"([3,"c",{"status":"NotImplemented"}])");
    EXPECT_EQ(ask("GetConfiguration", R"({"key":["HeartbeatInterval","Nonsense"]})"),
              R"([3,"c",{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,)"
              R"("value":"300"}],"unknownKey":["Nonsense"]}])");
    EXPECT_EQ(ask("ClearCache", "{}"),
              R"([4,"c","NotImplemented","this station does not know ClearCache",{}])");
    EXPECT_TRUE(
        ask("Reset", R"({"type":"Warm"})").starts_with(R"([4,"c","PropertyConstraintViolation")"));
    EXPECT_EQ(ask("TriggerMessage", R"({"requestedMessage":"StatusNotification","connectorId":1})"),
              R"([3,"c",{"status":"Accepted"}])");
    ASSERT_EQ(script.sent.size(), 2u);
    EXPECT_EQ(last().action, "StatusNotification");
}

TEST_F(StationTest, AnswersGetVariablesOf201) {
    boot(Version::v201);
    receive(ocpp::call("c", "GetVariables",
                       R"({"getVariableData":[{"component":{"name":"OCPPCommCtrlr"},)"
                       R"("variable":{"name":"HeartbeatInterval"}},)"
                       R"({"component":{"name":"X"},"variable":{"name":"Y"}}]})"));
    EXPECT_EQ(script.sent.back(),
              R"([3,"c",{"getVariableResult":[{"attributeStatus":"Accepted",)"
              R"("attributeValue":"300","component":{"name":"OCPPCommCtrlr"},)"
              R"("variable":{"name":"HeartbeatInterval"}},)"
              R"({"attributeStatus":"UnknownComponent","component":{"name":"X"},)"
              R"("variable":{"name":"Y"}}]}])");
}

TEST_F(StationTest, DeviatesAsTold) {
    behaviour.deviations["Reset"] = {Deviation::Kind::rejects, {}};
    behaviour.deviations["UnlockConnector"] = {Deviation::Kind::answers_late, seconds{40}};
    behaviour.deviations["ClearCache"] = {Deviation::Kind::call_error, {}};
    behaviour.deviations["*"] = {Deviation::Kind::never_answers, {}};
    boot(Version::v16);
    receive(R"([2,"a","Reset",{"type":"Soft"}])");
    EXPECT_EQ(script.sent.back(), R"([3,"a",{"status":"Rejected"}])");
    EXPECT_TRUE(script.closes.empty());
    receive(R"([2,"b","ClearCache",{}])");
    EXPECT_EQ(script.sent.back(), R"([4,"b","InternalError","this station was told to fail",{}])");
    receive(R"([2,"c","GetConfiguration",{}])");
    receive(R"([2,"d","UnlockConnector",{"connectorId":1}])");
    EXPECT_EQ(script.sent.size(), 2u);
    advance(seconds{39});
    EXPECT_EQ(script.sent.size(), 2u);
    advance(seconds{1});
    ASSERT_EQ(script.sent.size(), 3u);
    EXPECT_EQ(script.sent.back(), R"([3,"d",{"status":"Unlocked"}])");
    EXPECT_EQ(script.all(Event::command).size(), 4u);
    EXPECT_EQ(script.all(Event::answered).size(), 3u);
}

TEST_F(StationTest, TheLedgerTellsAckedFromRefused) {
    boot(Version::v16);
    script.noted.clear();
    station_->report_status(1, ConnectorStatus::faulted, {}, now());
    answer("{}");
    station_->report_status(1, ConnectorStatus::available, {}, now());
    receive(ocpp::call_error(last().raw_id, "InternalError", "no"));
    ASSERT_EQ(script.noted.size(), 4u);
    EXPECT_EQ(script.noted[0].event, Event::sent);
    EXPECT_EQ(script.noted[1].event, Event::acked);
    EXPECT_EQ(script.noted[0].key, script.noted[1].key);
    EXPECT_EQ(script.noted[1].body, "{}");
    EXPECT_EQ(script.noted[3].event, Event::refused);
    EXPECT_EQ(script.noted[2].key, script.noted[3].key);
    EXPECT_NE(script.noted[1].key, script.noted[3].key);
    receive("not json");
    EXPECT_EQ(script.noted.back().event, Event::unreadable);
}

TEST_F(StationTest, StopsForGood) {
    boot(Version::v16);
    station_->stop(now());
    EXPECT_EQ(script.closes.size(), 1u);
    station_->on_closed(now());
    EXPECT_EQ(station_->next_due(), Mono::max());
    const int before = script.connects;
    advance(minutes{60});
    EXPECT_EQ(script.connects, before);
}

TEST_F(StationTest, ATickWithNothingDueNeverStandsStill) {
    boot(Version::v16);
    station_->report_status(1, ConnectorStatus::occupied, {}, now());
    for (int i = 0; i < 100; ++i) {
        const Mono due = station_->next_due();
        if (due == Mono::max()) break;
        ASSERT_GT(due, clock.mono());
        ASSERT_TRUE(advance_to_due());
    }
}

TEST(LedgerLine, IsJson) {
    const Entry entry{.event = Event::acked,
                      .station = "CP\"1",
                      .key = 3,
                      .action = "Heartbeat",
                      .message_id = "9",
                      .body = R"({ "currentTime" : 1 })",
                      .attempt = 1,
                      .at = {Mono{}, utc_from_micros(1)}};
    EXPECT_EQ(to_json_line(entry),
              R"({"at":"1970-01-01T00:00:00.000001Z","event":"acked","station":"CP\"1","key":3,)"
              R"("attempt":1,"action":"Heartbeat","message_id":"9","body":{"currentTime":1}})"
              "\n");
}

}  // namespace
}  // namespace ohm::sim
