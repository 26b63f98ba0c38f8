// What workers and apis may rely on, against the local bus and against a real RabbitMQ. The broker
// is found by OHM_TEST_RABBITMQ_PORT (and _HOST); tests/lab/rabbitmq.sh starts one.
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <set>
#include <sys/socket.h>
#include <unistd.h>

#include "base/secret.hpp"
#include "base/text.hpp"
#include "bus/bus_recorders.hpp"
#include "bus/local.hpp"
#include "bus/rabbitmq.hpp"

namespace ohm::bus {
namespace {

using testing::ApiRecorder;
using testing::call_of;
using ::testing::ElementsAre;
using testing::WorkerRecorder;

const Partition p0{0}, p1{1};

std::string environment(const char* name, const std::string& otherwise) {
    const char* value = std::getenv(name);
    return value ? value : otherwise;
}
std::uint16_t broker_port() {
    return static_cast<std::uint16_t>(
        parse_int(environment("OHM_TEST_RABBITMQ_PORT", "0")).value_or(0));
}
Broker test_broker() {
    return {.host = environment("OHM_TEST_RABBITMQ_HOST", "127.0.0.1"), .port = broker_port()};
}

// An operator's hand on the broker: removes a queue, whoever consumes from it.
void delete_queue(const Broker& broker, const std::string& name) {
    amqp_connection_state_t state = amqp_new_connection();
    amqp_socket_t* socket = amqp_tcp_socket_new(state);
    ASSERT_EQ(amqp_socket_open(socket, broker.host.c_str(), broker.port), AMQP_STATUS_OK);
    ASSERT_EQ(
        amqp_login(state, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest").reply_type,
        AMQP_RESPONSE_NORMAL);
    amqp_channel_open(state, 1);
    amqp_queue_delete(state, 1, amqp_cstring_bytes(name.c_str()), 0, 0);
    EXPECT_EQ(amqp_get_rpc_reply(state).reply_type, AMQP_RESPONSE_NORMAL);
    amqp_connection_close(state, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(state);
}

// A worker or an api with its own bus and its record.
struct RabbitWorker {
    RabbitWorker(const std::string& id, const Broker& broker)
        : bus{{.broker = broker, .id = id, .incarnation = secret::random_bytes(16)}, owner} {
        bus.start();
    }
    bool up() { return owner.ups.until_count(1); }
    WorkerRecorder owner;
    RabbitMqWorkerBus bus;
};
struct RabbitApi {
    RabbitApi(const std::string& id, RabbitMqOptions options)
        : bus{[&] {
                  options.id = id;
                  options.incarnation = secret::random_bytes(16);
                  options.on_fatal = [this](const Fault& fault) { fatals.add(fault.what()); };
                  return options;
              }(),
              owner} {
        bus.start();
    }
    bool up() { return owner.ups.until_count(1); }
    bool attach(Partition partition, std::size_t attachments = 1) {
        bus.attach(partition);
        return owner.attached.until_count(attachments);
    }
    void acknowledge_all() {
        const Delivery& last = owner.deliveries.seen().back();
        bus.acknowledge(last.partition, last.attachment, last.tag);
    }
    ApiRecorder owner;
    testing::Record<std::string> fatals;
    RabbitMqApiBus bus;
};

// ---- the same for both ----

class World {
public:
    virtual ~World() = default;
    virtual WorkerBus& worker() = 0;
    virtual ApiBus& api() = 0;
    virtual WorkerRecorder& worker_owner() = 0;
    virtual ApiRecorder& api_owner() = 0;
};

class LocalWorld final : public World {
public:
    LocalWorld() : bus_{{.incarnation = std::string(16, 'i'), .partition_count = 2}} {
        bus_.set_owners(worker_owner_, api_owner_);
        bus_.start();
    }
    WorkerBus& worker() override { return bus_.worker(); }
    ApiBus& api() override { return bus_.api(); }
    WorkerRecorder& worker_owner() override { return worker_owner_; }
    ApiRecorder& api_owner() override { return api_owner_; }

private:
    WorkerRecorder worker_owner_;
    ApiRecorder api_owner_;
    LocalBus bus_;
};

class RabbitWorld final : public World {
public:
    RabbitWorld() {
        for (const char* queue : {"ohm.u.0", "ohm.u.1"}) delete_queue(test_broker(), queue);
        api_ = std::make_unique<RabbitApi>(
            "a1", RabbitMqOptions{.broker = test_broker(), .partition_count = 2});
        EXPECT_TRUE(api_->up());
        worker_ = std::make_unique<RabbitWorker>("w1", test_broker());
        EXPECT_TRUE(worker_->up());
    }
    WorkerBus& worker() override { return worker_->bus; }
    ApiBus& api() override { return api_->bus; }
    WorkerRecorder& worker_owner() override { return worker_->owner; }
    ApiRecorder& api_owner() override { return api_->owner; }

private:
    std::unique_ptr<RabbitApi> api_;
    std::unique_ptr<RabbitWorker> worker_;
};

// Without a broker: a failure where the services are required, else nothing to see.
bool broker_missing() {
    if (broker_port() != 0) return false;
    EXPECT_NE(environment("OHM_TEST_REQUIRE_SERVICES", "0"), "1") << "OHM_TEST_RABBITMQ_PORT";
    return true;
}
#define NEEDS_BROKER() \
    if (broker_missing()) GTEST_SKIP() << "OHM_TEST_RABBITMQ_PORT is not set"

class BusContract : public ::testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (std::string{GetParam()} == "Local") {
            world = std::make_unique<LocalWorld>();
            return;
        }
        NEEDS_BROKER();
        world = std::make_unique<RabbitWorld>();
    }
    void attach(Partition partition) {
        world->api().attach(partition);
        ASSERT_TRUE(world->api_owner().attached.until_count(1));
    }
    void post(Partition partition, const std::string& frame) {
        ASSERT_TRUE(world->worker().post(partition, call_of("S", frame)));
    }
    std::unique_ptr<World> world;
};
INSTANTIATE_TEST_SUITE_P(Buses, BusContract, ::testing::Values("Local", "RabbitMq"),
                         [](const auto& bus) { return std::string{bus.param}; });

TEST_P(BusContract, CarriesAnEnvelopeWhole) {
    attach(p1);
    Envelope envelope = call_of("STATION", std::string{"\0raw\xff", 5});
    envelope.kind = "answer";
    envelope.connection = 7, envelope.epoch = 8, envelope.frame_no = 9;
    envelope.ocpp_version = 201, envelope.received_at = -5;
    ASSERT_TRUE(world->worker().post(p1, std::move(envelope)));
    ASSERT_TRUE(world->api_owner().deliveries.until_count(1));
    const Delivery& delivery = world->api_owner().deliveries.seen()[0];
    EXPECT_EQ(delivery.partition, p1);
    EXPECT_EQ(delivery.batch.reply_queue, world->worker_owner().ups.seen()[0].queue);
    EXPECT_EQ(delivery.batch.n, world->worker_owner().ups.seen()[0].n);
    EXPECT_EQ(delivery.batch.incarnation.size(), 16u);
    const Envelope& came = delivery.batch.envelopes.items.at(0);
    EXPECT_TRUE(came.kind.is("answer"));
    EXPECT_EQ(came.station, "STATION");
    EXPECT_EQ(came.connection + came.epoch + came.frame_no, 24u);
    EXPECT_EQ(came.received_at, -5);
    EXPECT_EQ(came.frame, (std::string{"\0raw\xff", 5}));
}

TEST_P(BusContract, KeepsTheOrder) {
    attach(p0);
    constexpr int count = 20'000;
    std::size_t acknowledged = 0;
    const auto acknowledge = [&] {
        const auto& seen = world->api_owner().deliveries.seen();
        for (; acknowledged < seen.size(); ++acknowledged)
            world->api().acknowledge(p0, seen[acknowledged].attachment, seen[acknowledged].tag);
    };
    const SystemClock clock;
    const Mono end = clock.mono() + testing::patience;
    for (int i = 0; i < count && clock.mono() < end;) {
        if (world->worker().post(p0, call_of("S" + std::to_string(i % 50), std::to_string(i)))) ++i;
        if (i % 100 == 0) acknowledge();
    }
    while (world->api_owner().frames.seen().size() < count && clock.mono() < end) acknowledge();
    const auto& frames = world->api_owner().frames.seen();
    ASSERT_EQ(frames.size(), static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i)
        ASSERT_EQ(frames[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST_P(BusContract, AnswersReachTheWorkerInOrder) {
    const std::string queue = world->worker_owner().ups.seen()[0].queue;
    for (int i = 0; i < 100; ++i) {
        std::vector<Envelope> envelopes;
        envelopes.push_back(call_of("S", std::to_string(2 * i)));
        envelopes.push_back(call_of("S", std::to_string(2 * i + 1)));
        world->api().send(queue, std::move(envelopes));
    }
    ASSERT_TRUE(world->worker_owner().envelopes.until_count(200));
    for (std::size_t i = 0; i < 200; ++i)
        EXPECT_EQ(world->worker_owner().envelopes.seen()[i].frame, std::to_string(i));
}

TEST_P(BusContract, BroadcastsReachWorkersAndApis) {
    world->api().broadcast_to_workers(call_of("", "to workers"));
    world->api().broadcast_to_apis(call_of("", "to apis"));
    ASSERT_TRUE(world->worker_owner().envelopes.until_count(1));
    EXPECT_EQ(world->worker_owner().envelopes.seen()[0].frame, "to workers");
    ASSERT_TRUE(world->api_owner().envelopes.until_count(1));
    EXPECT_EQ(world->api_owner().envelopes.seen()[0].frame, "to apis");
}

TEST_P(BusContract, WhatIsUnacknowledgedComesAgainFirst) {
    attach(p0);
    post(p0, "1");
    ASSERT_TRUE(world->api_owner().frames.until_count(1));
    post(p0, "2");
    ASSERT_TRUE(world->api_owner().frames.until_count(2));
    const Delivery first = world->api_owner().deliveries.seen()[0];
    world->api().detach(p0);
    ASSERT_TRUE(world->api_owner().detached.until_count(1));
    world->api().acknowledge(p0, first.attachment, first.tag);  // too late: not heeded
    post(p0, "3");
    world->api().attach(p0);
    ASSERT_TRUE(world->api_owner().attached.until_count(2));
    EXPECT_GT(world->api_owner().attached.seen()[1].attachment, first.attachment);
    ASSERT_TRUE(world->api_owner().frames.until_count(5));
    EXPECT_THAT(world->api_owner().frames.seen(), ElementsAre("1", "2", "1", "2", "3"));
}

TEST_P(BusContract, AcknowledgedOnesDoNotComeAgain) {
    attach(p0);
    post(p0, "1");
    ASSERT_TRUE(world->api_owner().frames.until_count(1));
    const Delivery first = world->api_owner().deliveries.seen()[0];
    world->api().acknowledge(p0, first.attachment, first.tag);
    world->api().detach(p0);
    ASSERT_TRUE(world->api_owner().detached.until_count(1));
    world->api().attach(p0);
    post(p0, "2");
    ASSERT_TRUE(world->api_owner().frames.until_count(2));
    EXPECT_THAT(world->api_owner().frames.seen(), ElementsAre("1", "2"));
}

TEST_P(BusContract, AnUnknownQueueIsReported) {
    std::vector<Envelope> envelopes;
    envelopes.push_back(call_of("S", "x"));
    world->api().send("ohm.w.gone.1", std::move(envelopes));
    ASSERT_TRUE(world->api_owner().unreachable.until_count(1));
    EXPECT_EQ(world->api_owner().unreachable.seen()[0], "ohm.w.gone.1");
}

TEST_P(BusContract, AnApiPostsToTheOwnerOfAPartitionAndIsAnswered) {
    attach(p1);
    ASSERT_TRUE(world->api().post(p1, call_of("S", "operator")));
    ASSERT_TRUE(world->api_owner().deliveries.until_count(1));
    const UpBatch& batch = world->api_owner().deliveries.seen()[0].batch;
    EXPECT_EQ(batch.envelopes.items.at(0).frame, "operator");
    EXPECT_EQ(batch.reply_queue, world->api_owner().ups.seen()[0]);
    std::vector<Envelope> answer;
    answer.push_back(call_of("S", "answer"));
    world->api().send(batch.reply_queue, std::move(answer));
    ASSERT_TRUE(world->api_owner().envelopes.until_count(1));
    EXPECT_EQ(world->api_owner().envelopes.seen()[0].frame, "answer");
}

TEST_P(BusContract, LargeEnvelopesPassBothWays) {
    attach(p0);
    const std::string large(200 * 1024, 'L');
    post(p0, "before");
    post(p0, large);
    post(p0, "after");
    ASSERT_TRUE(world->api_owner().frames.until_count(3));
    EXPECT_EQ(world->api_owner().frames.seen()[1], large);
    EXPECT_EQ(world->api_owner().frames.seen()[2], "after");
    std::vector<Envelope> down;
    for (const char* frame : {"before", "", "after"}) down.push_back(call_of("S", frame));
    down[1].frame = large;
    world->api().send(world->worker_owner().ups.seen()[0].queue, std::move(down));
    ASSERT_TRUE(world->worker_owner().envelopes.until_count(3));
    EXPECT_EQ(world->worker_owner().envelopes.seen()[1].frame, large);
    EXPECT_EQ(world->worker_owner().envelopes.seen()[2].frame, "after");
}

TEST_P(BusContract, APartitionWithoutReaderRefusesAtTheBoundThenLosesNothing) {
    int posted = 0;
    const SystemClock clock;
    // On the broker a queue takes what comes; only what nobody may take yet fills the bound.
    if (std::string{GetParam()} == "RabbitMq") delete_queue(test_broker(), "ohm.u.0");
    const Mono end = clock.mono() + testing::patience;
    Envelope refused;
    for (bool more = true; more && clock.mono() < end; posted += more) {
        refused = call_of("S", std::to_string(posted));
        more = world->worker().post(p0, std::move(refused));
    }
    ASSERT_EQ(refused.frame, std::to_string(posted));  // still ours
    attach(p0);
    std::size_t acknowledged = 0;
    // A reader that comes between a refusal and its repetition sees a later batch first, and then
    // both in order: what counts is everything from the first frame on.
    const auto from_the_first = [&] {
        std::vector<std::string> frames;
        for (const std::string& frame : world->api_owner().frames.seen())
            if (!frames.empty() || frame == "0") frames.push_back(frame);
        return frames;
    };
    while (from_the_first().size() < static_cast<std::size_t>(posted) && clock.mono() < end) {
        const auto& seen = world->api_owner().deliveries.seen();
        for (; acknowledged < seen.size(); ++acknowledged)
            world->api().acknowledge(p0, seen[acknowledged].attachment, seen[acknowledged].tag);
    }
    const std::vector<std::string> frames = from_the_first();
    ASSERT_GE(frames.size(), static_cast<std::size_t>(posted));
    for (int i = 0; i < posted; ++i)
        ASSERT_EQ(frames[static_cast<std::size_t>(i)], std::to_string(i));
    ASSERT_TRUE(world->worker_owner().rooms.until_count(1));
    EXPECT_TRUE(world->worker().post(p0, std::move(refused)));
}

// ---- RabbitMQ alone ----

class RabbitMqContract : public ::testing::Test {
protected:
    void SetUp() override {
        NEEDS_BROKER();
        for (const char* queue : {"ohm.u.0", "ohm.u.1", "ohm.u.9"})
            delete_queue(test_broker(), queue);
    }
    std::unique_ptr<RabbitApi> make_api(const std::string& id, RabbitMqOptions options) {
        options.broker = test_broker();
        auto api = std::make_unique<RabbitApi>(id, options);
        EXPECT_TRUE(api->up());
        return api;
    }
    std::unique_ptr<RabbitApi> make_api(const std::string& id) {
        return make_api(id, {.partition_count = 2});
    }
    std::unique_ptr<RabbitWorker> make_worker(const std::string& id) {
        auto worker = std::make_unique<RabbitWorker>(id, test_broker());
        EXPECT_TRUE(worker->up());
        return worker;
    }
};

TEST_F(RabbitMqContract, ABroadcastReachesEveryWorkerAndADirectedMessageOne) {
    const auto api = make_api("a1");
    const auto w1 = make_worker("w1"), w2 = make_worker("w2");
    api->bus.broadcast_to_workers(call_of("", "all"));
    std::vector<Envelope> one;
    one.push_back(call_of("", "w2 only"));
    api->bus.send(w2->owner.ups.seen()[0].queue, std::move(one));
    ASSERT_TRUE(w1->owner.envelopes.until_count(1));
    ASSERT_TRUE(w2->owner.envelopes.until_count(2));
    EXPECT_EQ(w2->owner.envelopes.seen()[1].frame, "w2 only");
    EXPECT_TRUE(w1->owner.envelopes.quiet(milliseconds{200}));
}

TEST_F(RabbitMqContract, ASecondApiWaitsUntilTheFirstLeavesAndFindsTheOrderKept) {
    const auto a1 = make_api("a1", {.partition_count = 2, .uplink_prefetch = 8});
    const auto a2 = make_api("a2");
    const auto worker = make_worker("w1");
    ASSERT_TRUE(a1->attach(p0));
    a2->bus.attach(p0);
    for (int i = 0; i < 40; ++i) {
        ASSERT_TRUE(worker->bus.post(p0, call_of("S", std::to_string(i))));
        if (i < 8) {
            ASSERT_TRUE(a1->owner.frames.until_count(static_cast<std::size_t>(i) + 1));
        }
    }
    EXPECT_TRUE(a2->owner.attached.quiet(milliseconds{700}));
    const Delivery& third = a1->owner.deliveries.seen().at(2);
    a1->bus.acknowledge(p0, third.attachment, third.tag);
    a1->bus.detach(p0);
    ASSERT_TRUE(a1->owner.detached.until_count(1));
    ASSERT_TRUE(a2->owner.attached.until_count(1));
    ASSERT_TRUE(a2->owner.frames.until_count(37));
    for (std::size_t i = 0; i < 37; ++i)
        ASSERT_EQ(a2->owner.frames.seen()[i], std::to_string(i + 3));
}

TEST_F(RabbitMqContract, ADeadApisPartitionGoesToTheOther) {
    auto a1 = make_api("a1");
    const auto a2 = make_api("a2");
    const auto worker = make_worker("w1");
    ASSERT_TRUE(a1->attach(p0));
    a2->bus.attach(p0);
    ASSERT_TRUE(worker->bus.post(p0, call_of("S", "x")));
    ASSERT_TRUE(a1->owner.frames.until_count(1));
    a1.reset();
    ASSERT_TRUE(a2->owner.frames.until_count(1));
}

TEST_F(RabbitMqContract, AWorkerThatLeftIsUnreachable) {
    const auto api = make_api("a1");
    auto worker = make_worker("w1");
    const std::string queue = worker->owner.ups.seen()[0].queue;
    worker.reset();
    std::vector<Envelope> envelopes;
    envelopes.push_back(call_of("S", "x"));
    api->bus.send(queue, std::move(envelopes));
    ASSERT_TRUE(api->owner.unreachable.until_count(1));
    EXPECT_EQ(api->bus.figures().returns, 1u);
}

TEST_F(RabbitMqContract, AFullQueueHoldsBackAndLosesNothing) {
    const auto api =
        make_api("a1", {.partition_count = 0, .uplink_queue_batches = 3, .uplink_prefetch = 1});
    const auto worker = make_worker("w1");
    const Partition small{9};
    ASSERT_TRUE(api->attach(small));
    constexpr int count = 6'000;
    int posted = 0;
    bool refused = false;
    std::size_t read = 0;
    const SystemClock clock;
    const Mono end = clock.mono() + seconds{40};
    std::vector<std::string> in_order;
    while (in_order.size() < count && clock.mono() < end) {
        for (bool room = true; room && posted < count; posted += room) {
            room = worker->bus.post(small, call_of("S", std::to_string(posted)));
            refused |= !room;
        }
        // The reader is slower than the writer, and knows repetitions as an api does.
        const auto& seen = api->owner.deliveries.seen();
        if (!api->owner.deliveries.until_count(read + 1, milliseconds{5})) continue;
        for (const Envelope& envelope : seen[read].batch.envelopes) {
            const auto number = static_cast<std::size_t>(std::stoi(envelope.frame));
            ASSERT_LE(number, in_order.size()) << "came before its predecessor";
            if (number == in_order.size()) in_order.push_back(envelope.frame);
        }
        if (worker->bus.figures().nacks > 0 || read < 2)
            api->bus.acknowledge(small, seen[read].attachment, seen[read].tag), ++read;
    }
    EXPECT_EQ(in_order.size(), static_cast<std::size_t>(count));
    EXPECT_TRUE(refused);
    EXPECT_GT(worker->bus.figures().nacks, 0u);
    EXPECT_TRUE(worker->owner.rooms.until_count(1));
}

TEST_F(RabbitMqContract, AQueueDeletedUnderItsReaderIsAttachedAgain) {
    const auto api = make_api("a1");
    const auto worker = make_worker("w1");
    ASSERT_TRUE(api->attach(p0));
    delete_queue(test_broker(), "ohm.u.0");
    ASSERT_TRUE(api->owner.detached.until_count(1));
    ASSERT_TRUE(api->owner.attached.until_count(2));
    ASSERT_TRUE(worker->bus.post(p0, call_of("S", "x")));
    ASSERT_TRUE(api->owner.frames.until_count(1));
}

TEST_F(RabbitMqContract, OtherArgumentsEndWithASentenceThatNamesTheRemedy) {
    const auto a1 = make_api("a1");
    RabbitApi other{"a2",
                    {.broker = test_broker(), .partition_count = 2, .uplink_queue_batches = 17}};
    ASSERT_TRUE(other.fatals.until_count(1));
    EXPECT_THAT(other.fatals.seen()[0], ::testing::AllOf(::testing::HasSubstr("ohm.u.0"),
                                                         ::testing::HasSubstr("x-max-length"),
                                                         ::testing::HasSubstr("delete it")));
    EXPECT_FALSE(other.bus.is_up());
}

TEST_F(RabbitMqContract, AQuorumQueueCarriesToo) {
    const auto api = make_api("a1", {.partition_count = 0, .quorum = true});
    const auto worker = make_worker("w1");
    ASSERT_TRUE(api->attach(Partition{9}));
    ASSERT_TRUE(worker->bus.post(Partition{9}, call_of("S", "x")));
    ASSERT_TRUE(api->owner.frames.until_count(1));
    api->bus.detach(Partition{9});
    ASSERT_TRUE(api->owner.detached.until_count(1));
    ASSERT_TRUE(api->attach(Partition{9}, 2));
    ASSERT_TRUE(api->owner.frames.until_count(2));
}

TEST_F(RabbitMqContract, StopsInTimeWhenNobodyAnswers) {
    // A listener that takes connections and never says a word.
    const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(silent, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(silent, 8), 0);
    ASSERT_EQ(::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size), 0);
    const SystemClock clock;
    RabbitWorker worker{"w1", {.port = ntohs(address.sin_port)}};
    const int taken = ::accept(silent, nullptr, nullptr);
    char protocol[8];
    ASSERT_EQ(::recv(taken, protocol, sizeof protocol, MSG_WAITALL), 8);  // it waits for an answer
    const Mono begin = clock.mono();
    worker.bus.stop();
    EXPECT_LT(clock.mono() - begin, seconds{3});
    ::close(taken);
    ::close(silent);
    EXPECT_TRUE(worker.owner.ups.seen().empty());
}

// ---- a broker that dies ----

class DyingBroker : public ::testing::Test {
protected:
    void SetUp() override {
        NEEDS_BROKER();
        std::string name = (std::filesystem::temp_directory_path() / "ohm-bus-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        directory = name;
        broker.port = static_cast<std::uint16_t>(parse_int(trim(lab("start"))).value_or(0));
        ASSERT_NE(broker.port, 0);
    }
    void TearDown() override {
        if (directory.empty()) return;
        lab("stop");
        std::filesystem::remove_all(directory);
    }
    std::string lab(const std::string& what, const std::string& more = "") const {
        const auto script =
            std::filesystem::path{__FILE__}.parent_path().parent_path().parent_path() /
            "tests/lab/rabbitmq.sh";
        const std::string command = script.string() + " " + what + " " + directory + " " + more;
        std::FILE* pipe = ::popen(command.c_str(), "r");
        std::string out;
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) out += static_cast<char>(c);
        EXPECT_EQ(::pclose(pipe), 0) << command;
        return out;
    }
    std::string directory;
    Broker broker;
};

TEST_F(DyingBroker, BothSidesComeBackAndAWorkerThatRepostsLosesNothing) {
    RabbitApi api{"a1", {.broker = broker, .partition_count = 2}};
    ASSERT_TRUE(api.up());
    ASSERT_TRUE(api.attach(p0));
    RabbitWorker worker{"w1", broker};
    ASSERT_TRUE(worker.up());
    constexpr int count = 2'000;
    int posted = 0;
    for (; posted < count / 2; ++posted)
        ASSERT_TRUE(worker.bus.post(p0, call_of("S", std::to_string(posted))));
    lab("kill");
    ASSERT_TRUE(worker.owner.downs.until_count(1));
    ASSERT_TRUE(api.owner.downs.until_count(1));
    EXPECT_FALSE(worker.bus.post(p0, call_of("S", "refused while down")));
    lab("start");
    ASSERT_TRUE(worker.owner.ups.until_count(2, seconds{30}));
    ASSERT_TRUE(api.owner.ups.until_count(2, seconds{30}));
    ASSERT_TRUE(api.owner.attached.until_count(2));  // still wanted: nobody asked again
    const auto& ups = worker.owner.ups.seen();
    EXPECT_GT(ups[1].n, ups[0].n);
    EXPECT_NE(ups[1].queue, ups[0].queue);
    // The worker has no answer to any: all go again, then the rest.
    const SystemClock clock;
    const Mono end = clock.mono() + testing::patience;
    for (posted = 0; posted < count && clock.mono() < end;) {
        if (worker.bus.post(p0, call_of("S", std::to_string(posted)))) ++posted;
        if (api.owner.deliveries.seen().empty()) continue;
        api.acknowledge_all();
    }
    while (clock.mono() < end && (api.owner.frames.seen().empty() ||
                                  api.owner.frames.seen().back() != std::to_string(count - 1)))
        api.acknowledge_all();
    const auto& frames = api.owner.frames.seen();
    const std::set<std::string> distinct(frames.begin(), frames.end());
    EXPECT_EQ(distinct.size(), static_cast<std::size_t>(count));
    EXPECT_GE(worker.bus.figures().reconnects, 1u);
}

TEST_F(DyingBroker, UnderAMemoryAlarmNothingIsPublishedAndNothingIsLost) {
    RabbitApi api{"a1", {.broker = broker, .partition_count = 1}};
    ASSERT_TRUE(api.up());
    ASSERT_TRUE(api.attach(p0));
    RabbitWorker worker{"w1", broker};
    ASSERT_TRUE(worker.up());
    lab("ctl", "set_vm_memory_high_watermark absolute 1MB >&2");
    const SystemClock clock;
    const auto post = [&](int i) {
        const Mono begin = clock.mono();
        EXPECT_TRUE(worker.bus.post(p0, call_of("S", std::to_string(i))));
        EXPECT_LT(clock.mono() - begin, seconds{1});  // the broker's alarm holds up no caller
    };
    const Mono end = clock.mono() + testing::patience;
    int posted = 0;
    for (post(posted++); worker.bus.is_up() && clock.mono() < end;)
        worker.owner.downs.quiet(milliseconds{50});
    EXPECT_FALSE(worker.bus.is_up());  // blocked for 3 s
    EXPECT_TRUE(worker.owner.downs.seen().empty());
    while (posted < 100) post(posted++);
    lab("ctl", "set_vm_memory_high_watermark absolute 1GB >&2");
    ASSERT_TRUE(api.owner.frames.until_count(100));
    for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(api.owner.frames.seen()[i], std::to_string(i));
    EXPECT_TRUE(worker.bus.is_up());
}

}  // namespace
}  // namespace ohm::bus
