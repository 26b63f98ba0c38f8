// Charging through a shard: what a lost commit, a restart, a full memory and an operator do to it.
// What stations are answered is in tests/transcripts.
#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;

class Charging : public ShardTest {
protected:
    Charging() { put_online("CP1"); }
    void add_token(const std::string& uid, const std::string& columns = "",
                   const std::string& values = "") {
        sql.query("insert into id_tokens (uid_key, uid, status, version, created_at, updated_at" +
                  columns + ") values ('" + to_lower(uid) + "', '" + uid +
                  "', 'Accepted', 1, 0, 0" + values + ")");
    }
    std::string start(int connector, const std::string& id_tag, int meter = 0) {
        return R"([2,"1","StartTransaction",{"connectorId":)" + std::to_string(connector) +
               R"(,"idTag":")" + id_tag + R"(","meterStart":)" + std::to_string(meter) +
               R"(,"timestamp":"2026-01-01T00:00:00Z"}])";
    }
    std::string stop(std::int64_t id, int meter) {
        return R"([2,"2","StopTransaction",{"transactionId":)" + std::to_string(id) +
               R"(,"meterStop":)" + std::to_string(meter) +
               R"(,"timestamp":"2026-01-01T01:00:00Z"}])";
    }
    std::string sample(int minute, int meter) {
        return sample_of(R"("transactionId":1,)", minute, meter);
    }
    std::string unnamed(int minute, int meter) { return sample_of("", minute, meter); }
    std::string sample_of(const std::string& id, int minute, int meter) {
        return R"([2,"3","MeterValues",{"connectorId":1,)" + id +
               R"("meterValue":[{"timestamp":"2026-01-01T00:0)" + std::to_string(minute) +
               R"(:00Z","sampledValue":[{"value":")" + std::to_string(meter) + R"("}]}]}])";
    }
    void say(const std::string& frame) { handle({call_of("CP1", 1, ++frame_no_, frame)}); }
    std::string answer() const { return last("reply").frame; }
    std::uint64_t frame_no_ = 10;
};

TEST_F(Charging, everybody_is_let_in_where_the_operator_says_so) {
    say(start(1, "NOBODY"));
    EXPECT_NE(answer().find("Invalid"), std::string::npos) << answer();
    options.accept_unknown_tokens = true;
    say(start(2, "NOBODY"));
    EXPECT_NE(answer().find("Accepted"), std::string::npos) << answer();
    EXPECT_EQ(count("unknown_tokens"), 1);
}

TEST_F(Charging, a_card_that_is_not_known_is_written_once_a_minute) {
    const auto present = [this] { say(R"([2,"a","Authorize",{"idTag":"NOBODY"}])"); };
    const auto seen_at = [this] { return number("select last_seen_at from unknown_tokens"); };
    present();
    const std::int64_t first = seen_at();
    clock.advance(seconds{59});
    present();
    EXPECT_EQ(seen_at(), first);
    clock.advance(seconds{1});
    present();
    EXPECT_EQ(seen_at(), first + Micros{minutes{1}}.count());
}

TEST_F(Charging, a_card_is_written_by_what_is_handled_again) {
    sql.poison = "POISON";
    handle({call_of("CP1", 1, 11, R"([2,"a","Authorize",{"idTag":"NOBODY"}])"),
            call_of("CP1", 1, 12, boot("POISON"))});
    EXPECT_EQ(count("quarantine"), 1);
    EXPECT_EQ(count("unknown_tokens"), 1);
}

TEST_F(Charging, a_commit_whose_answer_was_lost_counts_once) {
    add_token("A");
    sql.lose_answer = true;
    deliver({call_of("CP1", 1, ++frame_no_, start(1, "A"))});
    EXPECT_FALSE(run());
    EXPECT_EQ(sent_of("reply"), 0u);
    ASSERT_TRUE(run());
    EXPECT_EQ(sent_of("reply"), 1u);
    EXPECT_EQ(count("transactions"), 1);
    EXPECT_EQ(count("transaction_events"), 1);
    EXPECT_EQ(number("select event_count from transactions"), 1);
}

TEST_F(Charging, start_and_stop_may_come_in_one_batch_and_again_in_another) {
    add_token("A");
    handle({call_of("CP1", 1, 11, start(1, "A", 100)), call_of("CP1", 1, 12, start(1, "A", 100)),
            call_of("CP1", 1, 13, stop(1, 400)), call_of("CP1", 1, 14, stop(1, 400)),
            call_of("CP1", 1, 15, start(1, "A", 100))});
    EXPECT_EQ(sent_of("reply"), 5u);
    EXPECT_EQ(count("transactions"), 1);
    EXPECT_EQ(number("select energy_mwh from transactions"), 300'000);
    EXPECT_EQ(number("select conflicts from transactions"), 0);
    say(stop(1, 400));
    EXPECT_EQ(number("select event_count from transactions"), 2);
    EXPECT_EQ(count("orphan_stops"), 0);
}

TEST_F(Charging, a_new_owner_goes_on_where_the_old_one_was) {
    add_token("A");
    say(start(1, "A", 100));
    build(2);
    say(start(1, "A", 100));
    EXPECT_EQ(count("transactions"), 1);
    say(stop(1, 250));
    EXPECT_EQ(text("select state from transactions"), "ended");
    EXPECT_EQ(number("select energy_mwh from transactions"), 150'000);
    EXPECT_EQ(text("select token from transactions"), "A");
}

TEST_F(Charging, a_sample_writes_the_narrow_row_alone_and_a_new_owner_knows_it) {
    add_token("A");
    say(start(1, "A", 100));
    const std::int64_t version = number("select version from transactions");
    say(sample(1, 150));
    say(sample(2, 170));
    EXPECT_EQ(number("select version from transactions"), version);
    EXPECT_EQ(number("select version from open_transactions"), version + 2);
    EXPECT_EQ(number("select energy_mwh from open_transactions"), 70'000);
    EXPECT_EQ(text("select energy_rule from open_transactions"), "registers");
    build(2);
    say(stop(1, -1));  // says no register: the last sample is what there is
    EXPECT_EQ(number("select energy_mwh from transactions"), 70'000);
    EXPECT_EQ(number("select version from transactions"), version + 3);
    EXPECT_EQ(number("select (meter_to_at - meter_from_at) / 60000000 from transactions"), 2);
}

// Quirk F12.
TEST_F(Charging, samples_that_say_no_id_are_of_what_runs_and_cost_no_read) {
    add_token("A");
    say(start(1, "A", 100));
    build(2);
    say(unnamed(1, 150));  // reads what runs
    sql.queries_away = true;
    say(unnamed(2, 170));
    say(sample(3, 190));
    sql.queries_away = false;
    EXPECT_EQ(count("meter_values where length(transaction_id) > 0"), 3);
    EXPECT_EQ(number("select energy_mwh from open_transactions"), 90'000);
}

TEST_F(Charging, what_is_newer_decides_between_the_narrow_row_and_the_wide_one) {
    add_token("A");
    say(start(1, "A", 100));
    say(sample(1, 150));
    say(R"([2,"s","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Available",)"
        R"("timestamp":"2026-01-01T00:30:00Z"}])");
    EXPECT_EQ(number("select energy_mwh from transactions"), 50'000);
    EXPECT_LT(number("select version from open_transactions"),
              number("select version from transactions"));
    build(2);
    say(sample(2, 160));
    EXPECT_GT(number("select version from open_transactions"),
              number("select version from transactions"));
    EXPECT_EQ(number("select energy_mwh from open_transactions"), 60'000);
}

TEST_F(Charging, what_a_roll_back_forgets_is_read_again) {
    add_token("A");
    say(start(1, "A", 100));
    sql.poison = "POISON";
    handle({call_of("CP1", 1, 21, stop(1, 200)), call_of("CP1", 1, 22, boot("POISON"))});
    EXPECT_EQ(count("quarantine"), 1);
    EXPECT_EQ(number("select energy_mwh from transactions"), 100'000);
    EXPECT_EQ(number("select event_count from transactions"), 2);
    EXPECT_EQ(count("transaction_events"), 2);
}

TEST_F(Charging, the_limit_of_a_token_holds_within_one_batch) {
    add_token("A", ", concurrent_limit", ", 1");
    handle({call_of("CP1", 1, 11, start(1, "A")), call_of("CP1", 1, 12, start(2, "A"))});
    EXPECT_EQ(count("transactions where authorization_status = 'Accepted'"), 1);
    EXPECT_EQ(count("transactions where authorization_status = 'ConcurrentTx'"), 1);
    handle({call_of("CP1", 1, 13, stop(1, 1)), call_of("CP1", 1, 14, start(1, "A", 5))});
    EXPECT_EQ(count("transactions where authorization_status = 'Accepted'"), 2);
}

TEST_F(Charging, memory_of_open_transactions_is_bounded) {
    add_token("A");
    const auto many = static_cast<int>(limits::transactions_in_memory) + 10;
    for (int i = 1; i <= many; ++i) say(start(i, "A", i));
    EXPECT_EQ(count("transactions where state = 'active'"), many);
    say(stop(1, 11));  // the oldest is read when it is named
    EXPECT_EQ(number("select energy_mwh from transactions where ocpp_id = '1'"), 10'000);
    EXPECT_EQ(count("orphan_stops"), 0);
    build(2);
    say(start(many, "A", many + 1));
    EXPECT_EQ(count("transactions where superseded_at is not null"), 1);
}

TEST_F(Charging, a_batch_asks_each_table_once) {
    add_token("A");
    std::map<std::string, int> reads;
    sql.before_query = [&](std::string_view query) {
        for (const char* table : {" id_tokens", "from transaction_events", "update sequences"})
            if (query.find(table) != std::string_view::npos) ++reads[table];
    };
    std::vector<bus::Envelope> all;
    for (int i = 1; i <= 20; ++i)
        all.push_back(call_of("CP1", 1, static_cast<std::uint64_t>(100 + i), start(i, "A")));
    handle(std::move(all));
    EXPECT_EQ(reads[" id_tokens"], 1);
    EXPECT_EQ(reads["update sequences"], 1);
    EXPECT_EQ(count("transactions"), 20);
}

TEST_F(Charging, where_a_station_stands_is_read_once_and_for_bound_tokens_alone) {
    add_token("FREE");
    add_token("BOUND", ", locations", ", 'depot\n'");
    add_token("ELSEWHERE", ", locations", ", 'harbour\n'");
    sql.query(
        "insert into locations (location_no, id, name, created_at, updated_at) values (7, 'depot', "
        "'d', 0, 0)");
    sql.query("update charge_points set location_no = 7");
    int reads = 0;
    sql.before_query = [&](std::string_view query) {
        reads += query.find("join locations") != std::string_view::npos;
    };
    const auto present = [this](const std::string& token) {
        return call_of("CP1", 1, ++frame_no_,
                       R"([2,"a","Authorize",{"idTag":")" + token + R"("}])");
    };
    handle({present("FREE"), present("NOBODY")});
    EXPECT_EQ(reads, 0);
    handle({present("BOUND"), present("FREE"), present("BOUND"), present("ELSEWHERE")});
    EXPECT_EQ(reads, 1);
    EXPECT_EQ(count("authorizations where token = 'BOUND' and reason = 'known'"), 2);
    EXPECT_EQ(count("authorizations where token = 'ELSEWHERE' and reason = 'other_location'"), 1);
}

TEST_F(Charging, an_operator_closes_what_never_ends) {
    add_token("A");
    say(start(1, "A", 100));
    const auto wanted = [](const std::string& id) {
        return R"({"ocpp_id":")" + id + R"(","reason":"station was replaced"})";
    };
    EXPECT_EQ(do_order(order(operation::close_transaction, "CP1", wanted("7"))), 404);
    build(2);
    EXPECT_EQ(do_order(order(operation::close_transaction, "CP1", wanted("1"))), 200);
    EXPECT_EQ(text("select state from transactions"), "ended");
    EXPECT_EQ(text("select closed_reason from transactions"), "station was replaced");
    EXPECT_EQ(do_order(order(operation::close_transaction, "CP1", wanted("1"))), 409);
    // What the station still says of it is taken in.
    say(stop(1, 250));
    EXPECT_EQ(number("select energy_mwh from transactions"), 150'000);
    EXPECT_EQ(text("select stop_reason from transactions"), "Local");
}

TEST_F(Charging, numbers_are_positive_and_never_given_twice) {
    add_token("A");
    say(start(1, "A"));
    build(2);
    say(start(2, "A"));
    EXPECT_EQ(count("transactions"), 2);
    EXPECT_EQ(number("select count(distinct ocpp_id) from transactions"), 2);
    EXPECT_GT(number("select min(cast(ocpp_id as bigint)) from transactions"), 0);
}

}  // namespace
}  // namespace ohm::api
