// Effects, waiting and secrets over the end of an owner: what a shard must find again in rows.
#include "api/commands/commands.hpp"
#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;

class Following : public ShardTest {
protected:
    bus::OperatorBody command(const std::string& name, const std::string& parameters,
                              bool queue = false) {
        CommandCreate create;
        create.command.value = name;
        create.parameters.json = parameters;
        if (queue) create.options.emplace().queue = true;
        return order(operation::send_command, "CP1", wire::encode(create));
    }
    bus::Envelope answer_of(const bus::OperatorBody& of, const std::string& payload) {
        bus::AnswerBody body;
        body.command_id = of.operation_id;
        body.frame = R"([3,"m",)" + payload + "]";
        return bus::make_envelope("answer", "cp1", body);
    }
    std::string effect(const bus::OperatorBody& of) {
        const auto rows = sql.query("select effect_state from commands where id = $1",
                                    {store::Bytes{of.operation_id}});
        return rows.empty() ? "(none)" : store::as_text(rows[0][0]);
    }
    std::string state(const bus::OperatorBody& of) {
        const auto rows = sql.query("select state, failed_reason from commands where id = $1",
                                    {store::Bytes{of.operation_id}});
        if (rows.empty()) return "(none)";
        const std::string reason = store::as_text(rows[0][1]);
        return store::as_text(rows[0][0]) + (reason.empty() ? "" : ":" + reason);
    }
    static constexpr const char* accepted = R"({"status":"Accepted"})";
};

TEST_F(Following, a_new_owner_knows_what_is_pending) {
    put_online("CP1");
    const auto reset = command("reset", R"({"type":"immediate"})");
    const auto start = command("start-transaction", R"({"token":{"uid":"T"}})");
    do_order(reset);
    handle({answer_of(reset, accepted)});
    do_order(start);
    handle({answer_of(start, accepted)});
    EXPECT_EQ(effect(reset), "pending");
    handle({closed_of("CP1", 1)});
    build(2);
    handle({worker_beat(), connect_of("CP1", 2)});
    handle({call_of("CP1", 2, 1, boot())});
    EXPECT_EQ(effect(reset), "confirmed");
    EXPECT_EQ(effect(start), "pending");
    build(3);
    pass(seconds{181});
    EXPECT_EQ(effect(start), "missed");
    EXPECT_GT(number("select max(effect_at) from commands"), 0);
}

TEST_F(Following, an_offline_station_with_a_pending_effect_is_looked_after) {
    put_online("CP1");
    const auto reset = command("reset", R"({"type":"immediate"})");
    do_order(reset);
    handle({answer_of(reset, accepted), closed_of("CP1", 1)});
    build(2);
    pass(seconds{605});
    EXPECT_EQ(effect(reset), "missed");
}

TEST_F(Following, the_oldest_effect_gives_way) {
    put_online("CP1");
    std::vector<bus::OperatorBody> all;
    for (std::size_t i = 0; i <= limits::effects_per_station; ++i) {
        all.push_back(command("start-transaction", R"({"token":{"uid":"T"}})"));
        ASSERT_EQ(do_order(all.back()), 202);
        handle({answer_of(all.back(), accepted)});
    }
    EXPECT_EQ(effect(all.front()), "missed");
    EXPECT_EQ(effect(all.back()), "pending");
    EXPECT_EQ(count("commands where effect_state = 'pending'"),
              static_cast<std::int64_t>(limits::effects_per_station));
}

TEST_F(Following, what_waits_is_found_by_a_new_owner_and_goes_once) {
    put_online("CP1");
    handle({closed_of("CP1", 1)});
    const auto waiting = command("clear-cache", "{}", true);
    EXPECT_EQ(do_order(waiting), 202);
    build(2);
    handle({worker_beat(), connect_of("CP1", 2)});
    EXPECT_EQ(sent_of("command"), 1u);
    build(3);
    pass(seconds{2});
    EXPECT_EQ(sent_of("command"), 1u);
    handle({answer_of(waiting, accepted)});
    EXPECT_EQ(state(waiting), "answered");
}

TEST_F(Following, a_secret_that_waits_does_not_outlive_its_owner) {
    put_online("CP1");
    handle({closed_of("CP1", 1)});
    const auto waiting =
        command("set-variables",
                R"({"variables":[{"variable":"AuthorizationKey","value":"s3cret"}]})", true);
    EXPECT_EQ(do_order(waiting), 202);
    EXPECT_EQ(count("commands where request like '%s3cret%' or parameters like '%s3cret%'"), 0);
    build(2);
    handle({worker_beat(), connect_of("CP1", 2)});
    EXPECT_EQ(sent_of("command"), 0u);
    EXPECT_EQ(state(waiting), "failed:secret_not_kept");
}

TEST_F(Following, no_secret_is_logged_and_none_goes_to_quarantine) {
    put_online("CP1");
    const auto change = command(
        "set-variables", R"({"variables":[{"variable":"AuthorizationKey","value":"s3cret"}]})");
    do_order(change);
    EXPECT_NE(bus::body_of<bus::CommandBody>(last("command"))->frame.find("s3cret"),
              std::string::npos);
    for (const store::LoggedFrame& frame : frames)
        EXPECT_EQ(frame.frame.find("s3cret"), std::string::npos) << frame.frame;
    auto hopeless = change;
    hopeless.request = ++request;
    hopeless.operation_id = Ulid{9, 9}.bytes();
    sql.poison = "clear-cache";
    hopeless.parameters.replace(hopeless.parameters.find("set-variables"), 13, "clear-cache");
    do_order(hopeless);
    for (const auto& row : sql.query("select frame from quarantine"))
        EXPECT_EQ(store::as_bytes(row[0]).find("s3cret"), std::string::npos);
}

TEST_F(Following, urgent_commands_go_before_others_that_wait) {
    put_online("CP1");
    const auto out = command("clear-cache", "{}"), later = command("clear-cache", "{}"),
               stop = command("stop-transaction", R"({"transaction_id":"1"})");
    do_order(out), do_order(later), do_order(stop);
    handle({answer_of(out, accepted)});
    EXPECT_EQ(bus::body_of<bus::CommandBody>(last("command"))->command_id, stop.operation_id);
    handle({answer_of(stop, accepted)});
    EXPECT_EQ(bus::body_of<bus::CommandBody>(last("command"))->command_id, later.operation_id);
}

TEST_F(Following, a_heartbeat_that_is_asked_for_comes_here) {
    put_online("CP1");
    const auto accepts = [&] {
        return bus::body_of<bus::AcceptBody>(last("accept"))->boot_accepted;
    };
    const auto trigger = command("trigger-message", R"({"message":"Heartbeat"})");
    do_order(trigger);
    EXPECT_FALSE(accepts());
    handle({answer_of(trigger, R"({"status":"Rejected"})")});
    EXPECT_TRUE(accepts());
    const auto again = command("trigger-message", R"({"message":"Heartbeat"})");
    do_order(again);
    handle({answer_of(again, accepted)});
    EXPECT_FALSE(accepts());
    handle({call_of("CP1", 1, 5, R"([2,"h","Heartbeat",{}])")});
    EXPECT_EQ(effect(again), "confirmed");
    EXPECT_TRUE(accepts());
}

TEST_F(Following, inventories_are_asked_for_a_few_at_a_time) {
    options.inventory_on_boot = true;
    build(2);
    handle({worker_beat()});
    constexpr int stations = 12;
    for (int i = 1; i <= stations; ++i) {
        const std::string id = "S" + std::to_string(i);
        add_station(id);
        handle({connect_of(id, static_cast<std::uint64_t>(i))});
        handle({call_of(id, 1, 1, boot())});
    }
    EXPECT_EQ(sent_of("command"), 0u);
    pass(milliseconds{250});
    EXPECT_EQ(sent_of("command"), 5u);
    build(3);  // what is due is in rows
    handle({worker_beat()});
    pass(seconds{2});
    EXPECT_EQ(sent_of("command"), static_cast<std::size_t>(stations));
    EXPECT_EQ(count("commands where action = 'GetConfiguration' and requested_by = 'system'"),
              stations);
}

TEST_F(Following, numbers_of_commands_are_never_given_twice) {
    put_online("CP1");
    const auto one =
        command("reserve-now", R"({"token":{"uid":"T"},"expires_at":"2030-01-01T00:00:00Z"})");
    do_order(one);
    handle({answer_of(one, accepted)});
    build(2);
    const auto two =
        command("reserve-now", R"({"token":{"uid":"U"},"expires_at":"2030-01-01T00:00:00Z"})");
    do_order(two);
    EXPECT_EQ(count("commands"), 2);
    EXPECT_EQ(sql.query("select distinct request from commands").size(), 2u);
}

}  // namespace
}  // namespace ohm::api
