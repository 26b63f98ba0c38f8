// An order that a worker drain: to whom it goes, when it is refused, and what its row says.
#include "api/drain.hpp"

#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

class Draining : public testing::ShardTest {
protected:
    void SetUp() override {
        deliver({worker_up(), worker_beat()});
        deliver(other, {worker_up()});
        deliver(other, {worker_beat()});
        ASSERT_TRUE(run());
        bus.sent.clear();
    }
    int drain(const std::string& name, bool force = false) {
        return do_order(order(operation::drain_worker, std::string{workers_key},
                              wire::encode(DrainOrder{{name}, force})));
    }
    static bus::Envelope draining_beat(std::uint64_t connections) {
        bus::WorkerBeatBody body;
        body.connections = connections;
        body.draining = true;
        return bus::make_envelope("worker_beat", "", body);
    }
    testing::TestWorker other{.name = "w2", .incarnation = Ulid{1, 2}};
};

TEST_F(Draining, goes_to_that_worker_alone) {
    EXPECT_EQ(drain("w"), 202);
    ASSERT_EQ(bus.sent.size(), 1u);
    EXPECT_EQ(bus.sent[0].first, worker.queue());
    EXPECT_TRUE(bus.sent[0].second.kind.is("drain"));
    EXPECT_EQ(bus::body_of<bus::DrainBody>(bus.sent[0].second)->worker, "w");
}

TEST_F(Draining, is_refused_for_who_is_unknown_or_silent) {
    EXPECT_EQ(drain("nobody"), 404);
    pass(seconds{20});  // w beats, w2 does not
    EXPECT_EQ(drain("w2"), 409);
    EXPECT_NE(answers.back().body.find("worker_silent"), std::string::npos);
    EXPECT_EQ(sent_of("drain"), 0u);
}

TEST_F(Draining, leaves_one_that_takes_stations) {
    EXPECT_EQ(drain("w2"), 202);
    EXPECT_EQ(drain("w"), 409);
    EXPECT_NE(answers.back().body.find("last_worker"), std::string::npos);
    EXPECT_EQ(sent_of("drain"), 1u);
    EXPECT_EQ(drain("w", true), 202);
    EXPECT_EQ(sent_of("drain"), 2u);
}

TEST_F(Draining, is_seen_in_its_row_at_once) {
    const std::string row =
        "select draining * 1000 + connections from bus_worker where worker = 'w'";
    handle({draining_beat(7)});
    EXPECT_EQ(number(row), 1007);
    clock.advance(seconds{2});
    handle({draining_beat(3)});
    EXPECT_EQ(number(row), 1003);
    handle({draining_beat(2)});  // another loop's, in the same second
    EXPECT_EQ(number(row), 1003);
}

}  // namespace
}  // namespace ohm::api
