// Batches: what leaves when, and what happens when the store or a message is bad. Who may connect
// is in connections_test.cpp, commands and operators in their own.
#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;
using testing::Words;

class Batches : public ShardTest {
protected:
    // Stations S0 … S9, online under epoch 1.
    void ten_stations() {
        for (int i = 0; i < 10; ++i) add_station(name(i));
        std::vector<bus::Envelope> all{worker_beat()};
        for (int i = 0; i < 10; ++i)
            all.push_back(connect_of(name(i), static_cast<std::uint64_t>(1 + i)));
        handle(std::move(all));
        bus.sent.clear();
        events->clear();
    }
    static std::string name(int i) { return "S" + std::to_string(i); }
    std::vector<bus::Envelope> ten_boots(int poisoned) {
        std::vector<bus::Envelope> all;
        for (int i = 0; i < 10; ++i)
            all.push_back(call_of(name(i), 1, 1, boot(i == poisoned ? "POISON" : "V")));
        return all;
    }
};

TEST_F(Batches, an_answer_leaves_after_its_commit) {
    put_online("CP1");
    handle({call_of("CP1", 1, 2, boot("W"))});
    ASSERT_GE(events->size(), 2u);
    EXPECT_EQ(events->front(), "commit");
    EXPECT_EQ(sent_of("reply"), 1u);
    EXPECT_EQ(bus.acknowledged, tag);
    EXPECT_EQ(text("select vendor from charge_points"), "W");
}

TEST_F(Batches, while_the_store_is_away_nobody_is_answered_and_the_batch_is_kept) {
    put_online("CP1");
    const auto before = bus.acknowledged;
    sql.away = true;
    deliver({call_of("CP1", 1, 2, boot())});
    EXPECT_FALSE(run());
    for (int i = 0; i < 5; ++i) {
        EXPECT_FALSE(shard->tick());
        EXPECT_FALSE(shard->step());
    }
    EXPECT_TRUE(shard->away_since());
    EXPECT_GT(shard->retry_after(), milliseconds{100});
    EXPECT_EQ(bus.sent.size(), 0u);
    EXPECT_EQ(bus.acknowledged, before);
    sql.away = false;
    EXPECT_TRUE(run());
    EXPECT_EQ(sent_of("reply"), 1u);
    EXPECT_EQ(bus.acknowledged, tag);
    EXPECT_FALSE(shard->away_since());
    EXPECT_EQ(count("boots"), 2);
    EXPECT_EQ(count("quarantine"), 0);
}

TEST_F(Batches, reads_that_fail_put_the_batch_back) {
    put_online("CP1");
    build();
    sql.queries_away = true;
    deliver({connect_of("CP1", 9)});
    EXPECT_TRUE(run());  // the station is in memory: nothing had to be read
    deliver({connect_of("UNKNOWN", 10)});
    EXPECT_FALSE(run());
    EXPECT_EQ(sent_of("refuse"), 0u);
    sql.queries_away = false;
    EXPECT_TRUE(run());
    EXPECT_EQ(sent_of("refuse"), 1u);
}

TEST_F(Batches, a_commit_with_unknown_outcome_is_repeated_harmlessly) {
    put_online("CP1");
    sql.lose_answer = true;
    deliver({call_of("CP1", 1, 2, boot()), connect_of("CP1", 5)});
    EXPECT_FALSE(run());
    EXPECT_EQ(bus.sent.size(), 0u);
    EXPECT_TRUE(run());
    EXPECT_EQ(count("boots"), 2);
    EXPECT_EQ(sent_of("reply"), 1u);
    EXPECT_EQ(sent_of("accept"), 2u);  // of the boot, and of the new connection
    EXPECT_EQ(number("select epoch from station_state"), 2);
}

TEST_F(Batches, bad_data_costs_one_message_only) {
    ten_stations();
    sql.poison = "POISON";
    handle(ten_boots(6));
    sql.poison.clear();
    EXPECT_EQ(count("quarantine"), 1);
    EXPECT_EQ(text("select id_text from quarantine"), "s6");
    EXPECT_EQ(count("boots"), 9);
    std::map<std::string, Words> replies;
    for (const auto& [queue, envelope] : bus.sent)
        if (envelope.kind.is("reply")) replies[envelope.station].push_back(envelope.frame);
    ASSERT_EQ(replies.size(), 10u);
    for (const auto& [station, frames_out] : replies) {
        ASSERT_EQ(frames_out.size(), 1u) << station;
        EXPECT_EQ(frames_out[0].substr(0, 3), station == "s6" ? "[4," : "[3,") << station;
    }
    EXPECT_NE(replies["s6"][0].find("InternalError"), std::string::npos);
    EXPECT_EQ(bus.acknowledged, tag);
    // The failure is told only after its record is safe.
    const auto kept = std::find(events->begin(), events->end(), "commit quarantine");
    ASSERT_NE(kept, events->end());
    handle({call_of("S6", 1, 2, boot())});  // and the station goes on
    EXPECT_EQ(count("boots"), 10);
    EXPECT_EQ(shard->figures().quarantined, 1u);
}

TEST_F(Batches, every_place_in_a_batch_can_be_the_bad_one) {
    ten_stations();
    sql.poison = "POISON";
    for (int i = 0; i < 10; ++i) {
        bus.sent.clear();
        handle(ten_boots(i));
        EXPECT_EQ(sent_of("reply"), 10u) << i;
        EXPECT_EQ(count("quarantine"), i + 1);
    }
}

TEST_F(Batches, a_handler_that_throws_costs_its_message_only) {
    ten_stations();
    // Only SELECTs that fail can throw between the handlers: what they need is broken for one.
    add_station("X");
    build();
    sql.before_query = [](std::string_view text) {
        if (text.find("from locations") != std::string_view::npos) throw Bug{"broken"};
    };
    StationCreate create;
    create.id.value = "NEW";
    create.location_id.emplace().value = "L1";
    const auto bad = order(operation::create_station, "NEW", wire::encode(create));
    deliver(ten_boots(-1));
    ask(bad);
    run();
    EXPECT_EQ(sent_of("reply"), 10u);
    EXPECT_EQ(answer_to(bad), 500);
    EXPECT_EQ(count("quarantine"), 1);
}

TEST_F(Batches, text_that_the_store_refuses_in_a_read_blocks_nobody) {
    ten_stations();
    auto bad = order(operation::disconnect_station, "S1");
    bad.idempotency_key = std::string{"k\0x", 3};
    deliver(ten_boots(-1));
    ask(bad);
    ASSERT_TRUE(run());
    EXPECT_EQ(sent_of("reply"), 10u);
    EXPECT_EQ(answer_to(bad), 500);
    EXPECT_EQ(count("quarantine"), 1);
}

TEST_F(Batches, quarantine_never_meets_the_wrong_message) {
    ten_stations();
    sql.poison = "POISON";
    deliver({call_of("S1", 1, 1, boot("POISON"))});
    EXPECT_TRUE(shard->step());  // alone and bad: next it would be quarantined
    shard->on_detached({0});     // but the bus takes it back
    shard->on_attached({0}, ++attachment);
    deliver({call_of("S2", 1, 1, boot())});
    ASSERT_TRUE(run());
    EXPECT_EQ(count("quarantine"), 0);
    EXPECT_EQ(last("reply").frame.substr(0, 3), "[3,");
}

TEST_F(Batches, quarantine_holds_no_passwords) {
    add_station("CP1", 1, "correct horse battery");
    handle({worker_beat()});
    sql.poison = "192.0.2.7";  // the address of every connection
    auto connect = connect_of("CP1", 1, "correct horse battery");
    handle({connect});
    sql.poison = "NAME-POISON";
    StationCreate create;
    create.id.value = "CP2";
    create.name.emplace().value = "NAME-POISON";
    create.password.emplace().value = "another secret word";
    const auto bad = order(operation::create_station, "CP2", wire::encode(create));
    EXPECT_EQ(do_order(bad), 500);
    sql.poison.clear();
    ASSERT_EQ(count("quarantine"), 2);
    for (const auto& row : sql.query("select frame from quarantine")) {
        EXPECT_EQ(store::as_bytes(row[0]).find("secret word"), std::string::npos);
        EXPECT_EQ(store::as_bytes(row[0]).find("battery"), std::string::npos);
    }
}

// What a rolled back batch did to stations that no message of it names is done again.
TEST_F(Batches, a_rolled_back_restart_still_ends_the_old_connections) {
    ten_stations();
    sql.poison = "POISON";
    worker.incarnation = {2, 1};
    handle({worker_beat(), call_of("S3", 1, 1, boot("POISON"))});
    EXPECT_EQ(count("station_state where connection is not null"), 0);
    EXPECT_EQ(count("quarantine"), 1);
}

TEST_F(Batches, a_fenced_owner_drops_everything) {
    put_online("CP1");
    sql.fenced = true;
    deliver({call_of("CP1", 1, 2, boot())});
    ask(order(operation::disconnect_station, "CP1"));
    shard->step();
    EXPECT_EQ(sql.fenced_with.epochs, std::vector<std::int64_t>{1});
    EXPECT_FALSE(shard->owns({0}));
    EXPECT_EQ(lost, std::vector<Partition>{Partition{0}});
    EXPECT_EQ(bus.detached, 1u);
    EXPECT_EQ(bus.sent.size(), 0u);
    EXPECT_EQ(shard->figures().stations_loaded, 0u);
    sql.fenced = false;
    ASSERT_TRUE(run());
    EXPECT_EQ(sent_of("kick"), 0u);
    ASSERT_EQ(answers.back().status, 503u);  // the operator of this process is not left waiting
    EXPECT_EQ(shard->figures().stations_loaded, 0u);
}

TEST_F(Batches, what_is_not_owned_is_not_loaded) {
    put_online("CP1");
    shard->give_up({0});
    const auto asked = order(operation::disconnect_station, "CP1");
    EXPECT_EQ(do_order(asked), 503);
    EXPECT_EQ(shard->figures().stations_loaded, 0u);
    sql.query("update station_state set epoch = 41");  // another owner meanwhile
    shard->take_over({0}, 3);
    shard->on_attached({0}, ++attachment);
    handle({connect_of("CP1", 77)});
    EXPECT_EQ(number("select epoch from station_state"), 42);
}

TEST_F(Batches, giving_up_with_a_batch_that_waits_for_its_commit) {
    put_online("CP1");
    sql.away = true;
    deliver({call_of("CP1", 1, 2, boot("LOST"))});
    EXPECT_FALSE(run());
    shard->give_up({0});
    sql.away = false;
    EXPECT_TRUE(run());
    EXPECT_EQ(bus.sent.size(), 0u);
    EXPECT_NE(text("select vendor from charge_points"), "LOST");
}

TEST_F(Batches, a_partition_that_is_taken_again_under_a_new_epoch_is_read_again) {
    put_online("CP1");
    sql.query("update station_state set epoch = 41");
    shard->take_over({0}, 2);
    EXPECT_EQ(bus.detached, 1u);
    shard->on_attached({0}, ++attachment);
    handle({connect_of("CP1", 78)});
    EXPECT_EQ(number("select epoch from station_state"), 42);
    const auto before = bus.attached;
    shard->take_over({0}, 2);  // the same order again
    EXPECT_EQ(bus.attached, before);
}

TEST_F(Batches, a_load_that_breaks_off_leaves_no_half_station) {
    put_online("CP1");
    auto reset = order(operation::send_command, "CP1");
    CommandCreate create;
    create.command.value = "reset";
    create.parameters.json = R"({"type":"immediate"})";
    reset.parameters = wire::encode(create);
    EXPECT_EQ(do_order(reset), 202);
    shard->give_up({0});
    sql.before_query = [](std::string_view text) {
        if (text.find("from commands") != std::string_view::npos &&
            text.find("from charge_points") == std::string_view::npos)
            throw Fault{Fault::Kind::away, "lost"};
    };
    EXPECT_THROW(shard->take_over({0}, 2), Fault);
    sql.before_query = {};
    shard->take_over({0}, 2);
    shard->on_attached({0}, ++attachment);
    bus.sent.clear();
    reset.request = ++request;
    reset.operation_id = Ulid{8, 8}.bytes();
    EXPECT_EQ(do_order(reset), 202);
    EXPECT_EQ(sent_of("command"), 0u);  // the first one is still out
}

TEST_F(Batches, deliveries_of_an_older_attachment_are_dropped) {
    put_online("CP1");
    --attachment;
    deliver({call_of("CP1", 1, 2, boot())});
    EXPECT_FALSE(shard->has_work());
    ++attachment;
}

TEST_F(Batches, a_redelivered_call_gives_the_same_answer_and_its_rows_once) {
    put_online("CP1");
    const auto call = call_of("CP1", 1, 2, boot());
    handle({call});
    const std::string first = last("reply").frame;
    handle({call});
    EXPECT_EQ(last("reply").frame, first);
    EXPECT_EQ(count("boots"), 2);
}

TEST_F(Batches, a_station_cannot_fill_the_memory_with_connectors) {
    put_online("CP1");
    std::vector<bus::Envelope> all;
    const auto reports = limits::connectors_per_station + 50;
    for (std::size_t i = 1; i <= reports; ++i)
        all.push_back(call_of("CP1", 1, 1 + i,
                              R"([2,"s","StatusNotification",{"connectorId":)" + std::to_string(i) +
                                  R"(,"errorCode":"NoError","status":"Available"}])"));
    handle(std::move(all));
    EXPECT_EQ(sent_of("reply"), reports);
    EXPECT_EQ(count("connectors"), static_cast<std::int64_t>(limits::connectors_per_station));
}

}  // namespace
}  // namespace ohm::api
