// All orders of a session's messages, each also twice where that may be: one record, one energy.
#include "domain/transaction.hpp"

#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <numeric>
#include <set>

namespace ohm::domain {
namespace {

using Kind = TransactionEvent::Kind;

// One message: an event and the registers that it carries.
struct Message {
    TransactionEvent event;
    std::optional<RegisterReading> reading;
};

// As the store does: a key that is there is not folded in again; readings are.
class Ledger {
public:
    void take(const Message& message) {
        if (seen_.insert(message.event.seq).second) fold(record_, message.event);
        if (message.reading) fold(record_, *message.reading, message.event.at);
    }
    const Transaction& record() const { return record_; }

private:
    std::set<std::int64_t> seen_;
    Transaction record_;
};

std::string shown(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : "-";
}
std::string shown(const Transaction& t) {
    std::string out;
    for (const auto& number :
         {t.started_at, t.ended_at, t.evse, t.connector, t.remote_start_id, t.reservation_id,
          t.time_charging_s, t.phases_used, t.cable_max_a, t.lowest_mwh, t.highest_mwh,
          energy_mwh(t), std::optional{t.event_count}, std::optional{t.seq_min},
          std::optional{t.seq_max}, std::optional{t.end_seq}})
        out += shown(number) + " ";
    for (const auto& text :
         {t.token, t.token_type, t.group, t.stop_token, t.charging_state, t.trigger, t.stop_reason})
        out += text + "|";
    for (const auto& reading : {t.begin, t.end})
        if (reading) out += " " + std::to_string(reading->mwh) + "@" + std::to_string(reading->at);
    for (const std::string_view word : evidence(t)) (out += " ") += word;
    for (const std::int64_t right : t.decided_by) out += " " + std::to_string(right);
    return out + (is_incomplete(t) ? " incomplete" : "") + (t.offline ? " offline" : "");
}

std::vector<Message> session() {
    std::vector<Message> out(7);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].event.seq = static_cast<std::int64_t>(i) + 3;  // numbers need not begin at 0
        out[i].event.at = static_cast<std::int64_t>(i) * 60;
        out[i].event.trigger = "T" + std::to_string(i);
    }
    out[0].event.kind = Kind::started;
    out[0].event.evse = 1;
    out[0].reading = {1'000, Moment::begin};
    out[1].event.token = "DEADBEEF";
    out[1].event.token_type = "ISO14443";
    out[1].event.connector = 2;
    out[1].event.remote_start_id = 7;
    out[2].event.charging_state = "Charging";
    out[2].event.token = "OTHER";
    out[3].reading = {5'000, Moment::between};
    out[3].event.offline = true;
    out[4].reading = {9'000, Moment::between};
    out[4].event.time_charging_s = 100;
    out[5].event.charging_state = "SuspendedEV";
    out[5].event.token = "FRIEND";
    out[5].event.stops_by_token = true;
    out[6].event.kind = Kind::ended;
    out[6].event.stop_reason = "EVDisconnected";
    out[6].reading = {12'000, Moment::end};
    return out;
}

TEST(Fold, gives_one_record_for_all_orders) {
    const std::vector<Message> messages = session();
    std::vector<std::size_t> order(messages.size());
    std::iota(order.begin(), order.end(), 0u);
    Ledger first;
    for (const Message& message : messages) first.take(message);
    const std::string wanted = shown(first.record());
    EXPECT_EQ(energy_mwh(first.record()), 11'000);
    EXPECT_EQ(first.record().token, "DEADBEEF");
    EXPECT_EQ(first.record().stop_token, "FRIEND");
    EXPECT_EQ(evidence(first.record()), std::vector<std::string_view>{"token_changed"});
    std::size_t orders = 0;
    do {
        Ledger ledger;
        for (const std::size_t i : order) ledger.take(messages[i]);
        ASSERT_EQ(shown(ledger.record()), wanted);
        ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_EQ(orders, 5'040u);
}

// Each message once or twice, in all orders: 4 messages, every multiset of at most two of each.
TEST(Fold, gives_one_record_however_often_messages_come) {
    const std::vector<Message> all = session();
    const std::vector<Message> messages{all[0], all[1], all[4], all[6]};
    std::map<std::string, std::size_t> records;
    for (std::size_t twice = 0; twice < 16; ++twice) {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < messages.size(); ++i)
            order.insert(order.end(), (twice >> i & 1) ? 2 : 1, i);
        std::sort(order.begin(), order.end());
        do {
            Ledger ledger;
            for (const std::size_t i : order) ledger.take(messages[i]);
            ++records[shown(ledger.record())];
        } while (std::next_permutation(order.begin(), order.end()));
    }
    ASSERT_EQ(records.size(), 1u) << records.begin()->first << "\n" << records.rbegin()->first;
    EXPECT_GT(records.begin()->second, 4'000u);
}

// And of every subset: what is known depends on which messages came, never on when.
TEST(Fold, gives_one_record_for_each_set_of_messages) {
    const std::vector<Message> all = session();
    for (std::size_t subset = 1; subset < 128; ++subset) {
        std::vector<std::size_t> order;
        for (std::size_t i = 0; i < all.size(); ++i)
            if (subset >> i & 1) order.push_back(i);
        if (order.size() > 5) continue;
        std::string wanted;
        do {
            Ledger ledger;
            for (const std::size_t i : order) ledger.take(all[i]);
            const std::string record = shown(ledger.record());
            if (wanted.empty()) wanted = record;
            ASSERT_EQ(record, wanted) << "subset " << subset;
        } while (std::next_permutation(order.begin(), order.end()));
    }
}

TEST(Fold, knows_what_is_missing) {
    const std::vector<Message> all = session();
    Ledger ledger;
    ledger.take(all[6]);
    EXPECT_FALSE(is_incomplete(ledger.record()));
    EXPECT_EQ(evidence(ledger.record()), std::vector<std::string_view>{"start_missing"});
    ledger.take(all[0]);
    EXPECT_TRUE(is_incomplete(ledger.record()));
    EXPECT_EQ(evidence(ledger.record()), std::vector<std::string_view>{"seq_gap"});
    EXPECT_EQ(ledger.record().stop_reason, "EVDisconnected");
}

TEST(Fold, says_when_something_comes_behind_the_end) {
    Ledger ledger;
    for (const Message& message : session()) ledger.take(message);
    Message late;
    late.event.seq = 10;
    ledger.take(late);
    EXPECT_EQ(evidence(ledger.record()),
              (std::vector<std::string_view>{"events_after_end", "token_changed"}));
    EXPECT_EQ(ledger.record().ended_at, 360);
}

TEST(Fold, a_stop_without_reason_is_local) {
    Transaction t;
    fold(t, {.kind = Kind::ended, .seq = 1});
    EXPECT_EQ(t.stop_reason, "Local");
}

TEST(Energy, needs_two_readings) {
    Transaction t;
    EXPECT_EQ(energy_mwh(t), std::nullopt);
    fold_start_register(t, 100, 0);
    EXPECT_EQ(energy_mwh(t), std::nullopt);
    fold(t, RegisterReading{250}, 10);
    EXPECT_EQ(energy_mwh(t), 150);
}

TEST(Energy, of_a_single_sample_is_nothing) {
    Transaction t;
    fold(t, RegisterReading{900, Moment::end}, 180);
    EXPECT_EQ(energy_mwh(t), std::nullopt);
    fold(t, RegisterReading{900, Moment::begin}, 0);
    EXPECT_EQ(energy_mwh(t), 0);
    Transaction short_one;
    fold_start_register(short_one, 5, 7);
    fold_stop_register(short_one, 5, 7);
    EXPECT_EQ(energy_mwh(short_one), 0);
}

TEST(Energy, start_and_stop_outrank_samples) {
    Transaction t;
    fold(t, RegisterReading{50'000}, 5);
    fold_stop_register(t, 40'000, 20);
    fold_start_register(t, 10'000, 0);
    EXPECT_EQ(energy_mwh(t), 30'000);
}

TEST(Energy, is_never_negative_and_says_so) {
    Transaction t;
    fold_start_register(t, 10'000, 0);
    fold_stop_register(t, -1'000, 20);
    EXPECT_EQ(energy_mwh(t), 0);
    EXPECT_EQ(evidence(t), std::vector<std::string_view>{"register_backwards"});
    fold(t, RegisterReading{16'000}, 10);
    EXPECT_EQ(energy_mwh(t), 6'000);
}

TEST(Energy, of_extreme_registers_is_nothing) {
    Transaction t;
    fold_start_register(t, INT64_MIN, 0);
    fold_stop_register(t, INT64_MAX, 0);
    EXPECT_EQ(energy_mwh(t), std::nullopt);
}

TEST(Energy, a_register_that_fell_meanwhile_is_flagged) {
    Transaction t;
    fold(t, {.kind = Kind::started});
    fold_start_register(t, 10'000, 0);
    fold(t, RegisterReading{2'000}, 5);
    fold_stop_register(t, 11'000, 9);
    EXPECT_EQ(energy_mwh(t), 1'000);
    EXPECT_EQ(evidence(t), std::vector<std::string_view>{"register_backwards"});
}

Transaction measured(std::int64_t start_mwh, std::int64_t stop_mwh) {
    constexpr std::int64_t hour_us = 3'600'000'000;
    Transaction t;
    fold(t, TransactionEvent{.kind = Kind::started, .seq = 0, .at = hour_us});
    fold_start_register(t, start_mwh, hour_us);
    fold(t, TransactionEvent{.kind = Kind::ended, .seq = 1, .at = 2 * hour_us});
    fold_stop_register(t, stop_mwh, 2 * hour_us);
    return t;
}
using Words = std::vector<std::string_view>;

TEST(Energy, of_a_meter_that_counts_from_zero_behind_a_register_of_its_life) {
    const Transaction t = measured(900'000'000, 7'300'000);
    EXPECT_EQ(energy_mwh(t), 7'300'000);
    EXPECT_EQ(evidence(t), Words{"session_register"});
}

TEST(Energy, of_a_register_that_merely_fell_is_not_all_that_it_says) {
    for (const std::int64_t stop : {899'000'000L, 450'000'001L}) {
        const Transaction t = measured(900'000'000, stop);
        EXPECT_EQ(energy_mwh(t), 0);
        EXPECT_EQ(evidence(t), Words{"register_backwards"});
    }
    EXPECT_EQ(energy_mwh(measured(900'000'000'000, 300'000'001)), 0) << "more than a session";
    Transaction between = measured(900'000'000, 7'300'000);
    fold(between, RegisterReading{.mwh = 905'000'000}, 5'000'000'000);
    EXPECT_EQ(energy_mwh(between), 5'000'000) << "what was measured above the start counts";
}

TEST(Energy, beyond_any_power_is_flagged) {
    EXPECT_EQ(evidence(measured(0, 3'900'000'000)), Words{});
    EXPECT_EQ(evidence(measured(0, 4'100'000'000)), Words{"energy_implausible"});
}

TEST(Energy, of_a_meter_without_register_is_the_sum_of_its_intervals) {
    Transaction t;
    EXPECT_EQ(energy_rule(t), "");
    fold_start_register(t, 0, 0);
    fold_stop_register(t, 0, 100);
    for (const std::int64_t at : {20, 10, 20, 30}) fold_interval(t, 500, at);
    fold_interval(t, -7, 40);  // no meter counts backwards
    EXPECT_EQ(energy_mwh(t), 1'500);
    EXPECT_EQ(energy_rule(t), "intervals");
    fold_stop_register(t, 900, 200);
    EXPECT_EQ(energy_mwh(t), 900);
    EXPECT_EQ(energy_rule(t), "registers");
}

TEST(Fold, a_guessed_end_gives_way_to_the_true_one) {
    for (const bool guessed_first : {true, false}) {
        Transaction t;
        fold(t, {.kind = Kind::started, .seq = 0, .at = 10});
        for (const bool guessed : {guessed_first, !guessed_first}) {
            fold(t, {.kind = Kind::ended,
                     .seq = guessed ? 2 : 1,
                     .at = guessed ? 50 : 60,
                     .guessed = guessed,
                     .stop_reason = guessed ? "PowerLoss" : "Remote"});
            fold_stop_register(t, guessed ? 70 : 80, guessed ? 50 : 60, guessed);
        }
        EXPECT_EQ(t.ended_at, 60);
        EXPECT_EQ(t.stop_reason, "Remote");
        EXPECT_EQ(t.end->mwh, 80);
        EXPECT_FALSE(is_incomplete(t));
    }
}

}  // namespace
}  // namespace ohm::domain
