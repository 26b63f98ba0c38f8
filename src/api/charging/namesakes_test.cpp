// Three sessions of one station under one id, as of a counter that begins anew after each boot:
// whatever order they are told in, and however often, each is itself. What stations are answered is
// in tests/transcripts.
#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;

class Namesakes : public ShardTest {
protected:
    Namesakes() {
        add_station("CP1");
        handle({worker_beat(), connect_of("CP1", 1, "", "ocpp2.0.1")});
        boot_again();
    }
    void boot_again() {
        say(R"([2,"b","BootNotification",{"reason":"PowerUp","chargingStation":)"
            R"({"vendorName":"v","model":"m"}}])");
    }
    void say(const std::string& frame) { handle({call_of("CP1", 1, ++frame_no_, frame)}); }
    // What it says of the session that began in that hour: the register goes 1 kWh an event.
    static std::string event(int hour, int seq, bool offline) {
        const std::string at =
            "2025-12-31T0" + std::to_string(hour) + ":" + std::to_string(seq) + "0:00Z";
        const std::string kind = seq == 0 ? "Started" : seq == last ? "Ended" : "Updated";
        return R"([2,"e","TransactionEvent",{"eventType":")" + kind + R"(","timestamp":")" + at +
               R"(","triggerReason":"Trigger","seqNo":)" + std::to_string(seq) +
               (offline ? R"(,"offline":true)" : "") +
               R"(,"transactionInfo":{"transactionId":"7"},"evse":{"id":1},"meterValue":[)"
               R"({"timestamp":")" +
               at + R"(","sampledValue":[{"value":)" + std::to_string(hour * 10'000 + seq * 1'000) +
               "}]}]}]";
    }
    void tell(int hour, bool offline) {
        for (int seq = 0; seq <= last; ++seq) say(event(hour, seq, offline));
    }
    void expect_each_once(const std::string& why) {
        EXPECT_EQ(count("transactions"), 3) << why;
        EXPECT_EQ(count("transactions where state = 'ended' and energy_mwh = 3000000 and "
                        "event_count = 4 and incomplete = 0 and said_id = '7'"),
                  3)
            << why;
        EXPECT_EQ(count("transaction_events"), 12) << why;
        EXPECT_EQ(count("transaction_conflicts"), 0) << why;
    }
    static constexpr int last = 3;
    std::uint64_t frame_no_ = 10;
};

TEST_F(Namesakes, in_order_with_a_boot_and_a_new_owner_between) {
    for (const int hour : {1, 2, 3}) {
        for (int seq = 0; seq <= last; ++seq) {
            say(event(hour, seq, false));
            build(static_cast<std::uint64_t>(hour * 10 + seq));
            say(event(hour, seq, false));
        }
        clock.advance(minutes{60});
        boot_again();
    }
    expect_each_once("told");
    for (const int hour : {2, 1, 3}) tell(hour, false);
    expect_each_once("told again");
}

TEST_F(Namesakes, what_was_kept_comes_behind_what_is_live) {
    boot_again();
    tell(3, false);
    tell(1, true);
    tell(2, true);
    expect_each_once("told");
    build(2);
    for (const int hour : {2, 3, 1}) tell(hour, hour != 3);
    expect_each_once("told again");
}

TEST_F(Namesakes, of_two_at_a_time_each_message_finds_its_own) {
    boot_again();
    for (int seq = 0; seq <= last; ++seq) {
        say(event(3, seq, false));
        say(event(1, seq, true));
    }
    tell(2, true);
    expect_each_once("told");
}

TEST_F(Namesakes, a_kept_one_without_its_start_until_late) {
    boot_again();
    tell(3, false);
    for (const int seq : {1, 2, 3, 0}) say(event(1, seq, true));
    for (const int seq : {3, 0, 2, 1}) say(event(2, seq, true));
    expect_each_once("told");
}

}  // namespace
}  // namespace ohm::api
