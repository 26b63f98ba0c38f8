#include "bus/local.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

#include "bus/bus_recorders.hpp"

namespace ohm::bus {
namespace {

using testing::ApiRecorder;
using testing::call_of;
using testing::WorkerRecorder;

const Partition first{0};

class LocalBusTest : public ::testing::Test {
protected:
    void begin(LocalBus::Options options) {
        bus = std::make_unique<LocalBus>(std::move(options));
        bus->set_owners(worker, api);
        bus->start();
    }
    WorkerRecorder worker;
    ApiRecorder api;
    std::unique_ptr<LocalBus> bus;
};

TEST_F(LocalBusTest, GathersWhileDeliveriesAreUnacknowledged) {
    begin({.partition_count = 1, .deliveries = 2});
    bus->api().attach(first);
    ASSERT_EQ(api.attached.seen().size(), 1u);
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(bus->worker().post(first, call_of("A", "x")));
    ASSERT_EQ(api.deliveries.seen().size(), 2u);
    bus->api().acknowledge(first, 1, api.deliveries.seen()[0].tag);
    ASSERT_EQ(api.deliveries.seen().size(), 3u);
    EXPECT_EQ(api.deliveries.seen()[2].batch.envelopes.items.size(), 8u);
}

TEST_F(LocalBusTest, RefusesAtTheBoundAndTellsWhenThereIsRoom) {
    begin({.partition_count = 1, .waiting_envelopes = 3, .deliveries = 1});
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(bus->worker().post(first, call_of("A", "x")));
    Envelope refused = call_of("A", "kept");
    EXPECT_FALSE(bus->worker().post(first, std::move(refused)));
    EXPECT_EQ(refused.frame, "kept");
    EXPECT_TRUE(worker.rooms.seen().empty());
    bus->api().attach(first);
    EXPECT_EQ(worker.rooms.seen().size(), 1u);
    EXPECT_TRUE(bus->worker().post(first, std::move(refused)));
}

TEST_F(LocalBusTest, BoundsBytesToo) {
    begin({.partition_count = 1, .waiting_bytes = 1000});
    ASSERT_TRUE(bus->worker().post(first, call_of("A", std::string(900, 'x'))));
    EXPECT_FALSE(bus->worker().post(first, call_of("A", std::string(900, 'x'))));
}

TEST_F(LocalBusTest, ABatchHasOneSender) {
    begin({.worker = "w1", .api = "a1", .partition_count = 1});
    ASSERT_TRUE(bus->worker().post(first, call_of("A", "1")));
    ASSERT_TRUE(bus->api().post(first, call_of("A", "2")));
    ASSERT_TRUE(bus->worker().post(first, call_of("A", "3")));
    bus->api().attach(first);
    ASSERT_EQ(api.deliveries.seen().size(), 3u);
    EXPECT_EQ(api.deliveries.seen()[0].batch.sender, "w1");
    EXPECT_EQ(api.deliveries.seen()[1].batch.sender, "a1");
    EXPECT_EQ(api.deliveries.seen()[2].batch.seq, 2u);
    EXPECT_THAT(api.frames.seen(), ::testing::ElementsAre("1", "2", "3"));
}

TEST_F(LocalBusTest, AfterStopNothingIsAccepted) {
    begin({.partition_count = 1});
    bus->stop();
    EXPECT_FALSE(bus->worker().post(first, call_of("A", "x")));
    EXPECT_FALSE(bus->api().is_up());
    EXPECT_EQ(worker.downs.seen().size(), 1u);
}

// An api that acknowledges from another thread than those that post.
TEST_F(LocalBusTest, KeepsEachSendersOrderUnderManyThreads) {
    constexpr int senders = 4, each = 20'000;
    begin({.partition_count = 1});
    bus->api().attach(first);
    std::vector<std::thread> threads;
    for (int sender = 0; sender < senders; ++sender)
        threads.emplace_back([this, sender] {
            for (int i = 0; i < each;) {
                Envelope envelope = call_of("S" + std::to_string(sender), std::to_string(i));
                if (bus->worker().post(first, std::move(envelope))) ++i;
            }
        });
    std::vector<int> next(senders, 0);
    int seen = 0;
    for (std::size_t d = 0; seen < senders * each; ++d) {
        ASSERT_TRUE(api.deliveries.until_count(d + 1));
        const Delivery& delivery = api.deliveries.seen()[d];
        for (const Envelope& envelope : delivery.batch.envelopes) {
            const int sender = envelope.station[1] - '0';
            ASSERT_EQ(envelope.frame, std::to_string(next.at(static_cast<std::size_t>(sender))++));
            ++seen;
        }
        bus->api().acknowledge(first, delivery.attachment, delivery.tag);
    }
    for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace ohm::bus
