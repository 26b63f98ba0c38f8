// What operators order: one effect for one key, refusals that change nothing.
#include "api/station_operations.hpp"

#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;
using testing::Words;

class Operating : public ShardTest {
protected:
    bus::OperatorBody create_order(const std::string& id, const std::string& key = "",
                                   const std::string& fingerprint = "f") {
        StationCreate create;
        create.id.value = id;
        auto body = order(operation::create_station, id, wire::encode(create));
        body.idempotency_key = key;
        body.fingerprint = fingerprint;
        return body;
    }
    static StationCreate row(const std::string& id, const std::string& name = "") {
        StationCreate create;
        create.id.value = id;
        if (!name.empty()) create.name.emplace().value = name;
        return create;
    }
    Words import(std::vector<StationCreate> rows, bool update = false) {
        StationImport all;
        all.rows.items = std::move(rows);
        all.update = update;
        EXPECT_EQ(do_order(order(operation::import_stations, "X", wire::encode(all))), 200);
        ImportAnswer answer;
        wire::Decoder decoder;
        EXPECT_FALSE(decoder.decode(answers.back().body, answer));
        Words results;
        for (const auto& item : answer.items.items)
            results.push_back(std::string{item.result.name()});
        return results;
    }
};

TEST_F(Operating, the_same_key_gives_the_same_answer_and_one_effect) {
    EXPECT_EQ(do_order(create_order("CP1", "k")), 201);
    const std::string first = answers.back().body;
    EXPECT_EQ(do_order(create_order("CP1", "k")), 201);
    EXPECT_NE(answers.back().body.find(R"("replayed":true)"), std::string::npos);
    EXPECT_NE(first.find(R"("replayed":false)"), std::string::npos);
    EXPECT_EQ(do_order(create_order("CP2", "k", "other")), 422);
    EXPECT_EQ(count("charge_points"), 1);
}

TEST_F(Operating, the_same_key_twice_in_one_batch_is_one_effect) {
    const auto one = create_order("CP1", "k"), two = create_order("CP1", "k");
    ask(one), ask(two);
    run();
    EXPECT_EQ(answer_to(one), 201);
    EXPECT_EQ(answer_to(two), 201);
    EXPECT_EQ(count("charge_points"), 1);
}

TEST_F(Operating, a_refusal_uses_no_key_up) {
    add_station("CP1");
    EXPECT_EQ(do_order(create_order("CP1", "k")), 409);
    EXPECT_EQ(do_order(order(operation::delete_station, "CP1")), 200);
    EXPECT_EQ(do_order(create_order("CP1", "k")), 201);
}

TEST_F(Operating, a_generated_password_is_shown_once_and_kept_nowhere) {
    const auto shown = [&] {
        const std::string& body = answers.back().body;
        const auto at = body.find(R"("password":")") + 12;
        return body.substr(at, body.find('"', at) - at);
    };
    EXPECT_EQ(do_order(create_order("CP1", "k1")), 201);
    const std::string created = shown();
    StationImport all;
    all.rows.items.push_back(row("CP2"));
    auto import_order = order(operation::import_stations, "CP2", wire::encode(all));
    import_order.idempotency_key = "k2";
    EXPECT_EQ(do_order(import_order), 200);
    const std::string imported = shown();
    EXPECT_EQ(created.size(), 40u);
    EXPECT_EQ(imported.size(), 40u);
    ASSERT_EQ(count("idempotency_keys"), 2);
    for (const auto& stored : sql.query("select body from idempotency_keys")) {
        EXPECT_EQ(store::as_text(stored[0]).find(created), std::string::npos);
        EXPECT_EQ(store::as_text(stored[0]).find(imported), std::string::npos);
    }
    EXPECT_EQ(count("charge_points where password_hash like '%" + created + "%'"), 0);
}

TEST_F(Operating, an_import_takes_the_good_rows_and_names_the_bad) {
    add_station("OLD");
    auto no_such_location = row("L");
    no_such_location.location_id.emplace().value = "nowhere";
    EXPECT_EQ(import({row("A"), row("old"), row("a/.."), no_such_location, row("B"), row("a")}),
              (Words{"created", "exists", "refused", "refused", "created", "exists"}));
    EXPECT_EQ(count("charge_points"), 3);
    EXPECT_EQ(count("station_state"), 3);
}

TEST_F(Operating, an_import_that_updates_keeps_what_it_does_not_name) {
    EXPECT_EQ(import({row("A", "first")}), Words{"created"});
    auto changed = row("A");
    changed.call_timeout_s = Int<1, 600>{99};
    auto again = row("B");
    again.note.emplace().value = "second time";
    EXPECT_EQ(import({changed, row("B", "named"), again}, true),
              (Words{"updated", "created", "updated"}));
    EXPECT_EQ(text("select name from charge_points where id = 'A'"), "first");
    EXPECT_EQ(number("select call_timeout_s from charge_points where id = 'A'"), 99);
    EXPECT_EQ(text("select name from charge_points where id = 'B'"), "named");
    EXPECT_EQ(text("select note from charge_points where id = 'B'"), "second time");
}

TEST_F(Operating, an_archived_identity_can_be_created_again) {
    put_online("CP1");
    EXPECT_EQ(do_order(order(operation::delete_station, "CP1")), 200);
    EXPECT_EQ(sent_of("kick"), 1u);
    EXPECT_EQ(do_order(order(operation::delete_station, "CP1")), 404);
    add_station("CP1");
    EXPECT_EQ(count("charge_points where id = 'CP1'"), 2);
    handle({connect_of("CP1", 4)});
    EXPECT_EQ(sent_of("accept"), 1u);
    EXPECT_EQ(number("select epoch from station_state s join charge_points c on c.station_no = "
                     "s.station_no where c.archived_at is null"),
              1);
}

TEST_F(Operating, nobody_gets_into_a_station_that_is_removed_in_the_same_batch) {
    put_online("CP1");
    const auto removal = order(operation::delete_station, "CP1"), again = create_order("CP1");
    ask(removal);
    deliver({connect_of("CP1", 7)});
    ask(again);
    run();
    EXPECT_EQ(answer_to(removal), 200);
    EXPECT_EQ(answer_to(again), 409);
    EXPECT_EQ(sent_of("accept"), 0u);
    EXPECT_EQ(sent_of("refuse"), 1u);
    EXPECT_EQ(count("station_state where connection is not null"), 0);
    EXPECT_EQ(do_order(create_order("CP1")), 201);
}

TEST_F(Operating, a_change_is_made_only_to_the_version_that_was_read) {
    add_station("CP1");
    auto change = order(operation::patch_station, "CP1", R"({"name":"one"})");
    change.if_match = "\"1.0\"";
    EXPECT_EQ(do_order(change), 200);
    auto late = order(operation::patch_station, "CP1", R"({"name":"two"})");
    late.if_match = "\"1.0\"";
    EXPECT_EQ(do_order(late), 412);
    EXPECT_EQ(text("select name from charge_points"), "one");
}

TEST_F(Operating, an_order_whose_deadline_has_passed_has_no_effect) {
    auto late = create_order("CP1");
    late.deadline_at = micros(clock.utc()) - 1;
    EXPECT_EQ(do_order(late), 0);
    EXPECT_EQ(count("charge_points"), 0);
}

TEST_F(Operating, new_credentials_count_at_once) {
    add_station("CP1", 1, "old password of it");
    handle({connect_of("CP1", 1, "old password of it")});
    EXPECT_EQ(sent_of("accept"), 1u);
    EXPECT_EQ(
        do_order(order(operation::set_credentials, "CP1", R"({"password":"new password of it"})")),
        200);
    handle({connect_of("CP1", 2, "old password of it")});
    EXPECT_EQ(sent_of("accept"), 1u);
    handle({connect_of("CP1", 3, "new password of it")});
    EXPECT_EQ(sent_of("accept"), 2u);
}

}  // namespace
}  // namespace ohm::api
