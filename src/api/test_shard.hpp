// A shard of one partition on a clock that the test moves, over SQLite in memory that fails when it
// is told to, and a bus that writes down what leaves. Tests only; one thread.
#pragma once

#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/operations.hpp"
#include "api/shard.hpp"
#include "base/text.hpp"
#include "store/migrations.hpp"
#include "wire/codec.hpp"

namespace ohm::api::testing {

using Words = std::vector<std::string>;

// What happened, in order: commits, and what left.
using Events = std::shared_ptr<Words>;

inline bool holds_text(const store::Unit& unit, std::string_view text) {
    for (const auto& part : unit.parts())
        for (const auto& row : part.rows)
            for (const store::Value& value : row)
                if (const auto* words = std::get_if<std::string>(&value);
                    words && words->find(text) != std::string::npos)
                    return true;
    return false;
}

class FailingSql final : public store::Sql {
public:
    explicit FailingSql(Events events) : events_{std::move(events)} {
        store::migrate(*truth_, utc_from_micros(0));
    }
    store::Dialect dialect() const override { return truth_->dialect(); }
    using store::Sql::query;
    std::vector<store::Row> query(std::string_view sql,
                                  std::span<const store::Value> parameters) override {
        if (queries_away) throw Fault{Fault::Kind::away, "no answer"};
        if (before_query) before_query(sql);
        return truth_->query(sql, parameters);
    }
    void script(std::string_view sql) override { truth_->script(sql); }
    void reconnect() override {}
    void commit(store::Unit& unit, const store::Fence& fence) override {
        if (before_commit) std::exchange(before_commit, nullptr)();
        fenced_with = fence;
        if (away) throw Fault{Fault::Kind::away, "the store is away"};
        if (fenced) throw Fault{Fault::Kind::fenced, "another owns it"};
        if (!poison.empty() && holds_text(unit, poison))
            throw Fault{Fault::Kind::bad_data, "the row is refused"};
        const bool quarantines =
            std::any_of(unit.parts().begin(), unit.parts().end(),
                        [](const auto& part) { return part.write->table == "quarantine"; });
        truth_->commit(unit_copy(unit), fence);
        events_->push_back(quarantines ? "commit quarantine" : "commit");
        if (std::exchange(lose_answer, false))
            throw Fault{Fault::Kind::away, "the answer of the commit was lost"};
        unit.clear();
    }

    bool away = false, queries_away = false, fenced = false, lose_answer = false;
    std::string poison;  // a row that holds it is refused
    std::function<void(std::string_view)> before_query;
    std::function<void()> before_commit;  // once
    store::Fence fenced_with;

private:
    store::Unit& unit_copy(const store::Unit& unit) { return copy_ = unit; }
    Events events_;
    store::Unit copy_;
    std::unique_ptr<store::Sql> truth_ = store::open_sqlite({.path = ":memory:"});
};

class NotedApiBus final : public bus::ApiBus {
public:
    explicit NotedApiBus(Events events) : events_{std::move(events)} {}
    void attach(Partition) override { ++attached; }
    void detach(Partition) override { ++detached; }
    void acknowledge(Partition, std::uint64_t, std::uint64_t tag) override {
        acknowledged = std::max(acknowledged, tag);
    }
    void send(const std::string& queue, std::vector<bus::Envelope>&& envelopes) override {
        for (bus::Envelope& envelope : envelopes) {
            events_->push_back("send " + std::string{envelope.kind.name()});
            sent.emplace_back(queue, std::move(envelope));
        }
    }
    void broadcast_to_workers(bus::Envelope&&) override { ++broadcasts; }
    void broadcast_to_apis(bus::Envelope&&) override {}
    bool post(Partition, bus::Envelope&& envelope) override {
        posted.push_back(std::move(envelope));
        return true;
    }
    bool is_up() const override { return true; }

    std::size_t attached = 0, detached = 0, broadcasts = 0;
    std::uint64_t acknowledged = 0;
    std::vector<std::pair<std::string, bus::Envelope>> sent;
    std::vector<bus::Envelope> posted;

private:
    Events events_;
};

// One start of a worker.
struct TestWorker {
    std::string name = "w";
    Ulid incarnation{1, 1};
    std::uint64_t n = 1;
    std::string queue() const { return "q." + name + "." + std::to_string(n); }
};

class ShardTest : public ::testing::Test {
protected:
    ShardTest() {
        options.api = "a";
        options.partition_count = 1;
        clock.advance(seconds{1000});
        build();
    }
    // Whatever a test did: what runs is in open_transactions, and nothing else is.
    void TearDown() override {
        EXPECT_EQ(count("transactions where (state = 'active') <> (id in (select id from "
                        "open_transactions))"),
                  0);
        EXPECT_EQ(count("open_transactions where id not in (select id from transactions)"), 0);
        EXPECT_EQ(count("open_transactions o join transactions t on t.id = o.id where "
                        "o.token_key is not t.token_key or o.station_no <> t.station_no"),
                  0);
    }
    // A new owner, as after a restart: nothing in memory.
    void build(std::uint64_t epoch = 1) {
        shard = std::make_unique<Shard>(
            options, clock, random, sql,
            Shard::Links{bus,
                         [this](bus::OperatorAnswerBody&& answer) {
                             events->push_back("answer " + std::to_string(answer.status));
                             answers.push_back(std::move(answer));
                         },
                         [this](std::vector<store::LoggedFrame>&& some) {
                             for (auto& frame : some) frames.push_back(std::move(frame));
                         },
                         [this](Partition partition) { lost.push_back(partition); },
                         [this](const Ulid& call, outside::Question&& question) {
                             events->push_back("ask");
                             questions.emplace_back(call, std::move(question));
                         }});
        shard->take_over(here, epoch);
        shard->on_attached(here, ++attachment);
    }

    // ---- in ----
    void deliver(std::vector<bus::Envelope> envelopes) { deliver(worker, std::move(envelopes)); }
    void deliver(const TestWorker& from, std::vector<bus::Envelope> envelopes) {
        bus::Delivery delivery;
        delivery.partition = here;
        delivery.attachment = attachment;
        delivery.tag = ++tag;
        delivery.batch.sender = from.name;
        delivery.batch.incarnation = from.incarnation.bytes();
        delivery.batch.n = from.n;
        delivery.batch.reply_queue = from.queue();
        for (bus::Envelope& envelope : envelopes) {
            if (envelope.received_at == 0) envelope.received_at = micros(clock.utc());
            delivery.batch.envelopes.items.push_back(std::move(envelope));
        }
        shard->enqueue(std::move(delivery));
    }
    bool run() {
        for (int i = 0; i < 1'000 && shard->has_work(); ++i)
            if (!shard->step()) return false;
        EXPECT_FALSE(shard->has_work());
        return true;
    }
    void handle(std::vector<bus::Envelope> envelopes) {
        deliver(std::move(envelopes));
        ASSERT_TRUE(run());
    }
    // Time passes with a worker that beats, and the owner's own beat, as slow as is said.
    void pass(Micros time, bool worker_beats = true, Micros self_delay = milliseconds{5}) {
        const Mono end = clock.mono() + time;
        while (clock.mono() < end) {
            clock.advance(milliseconds{250});
            shard->tick();
            std::vector<bus::Envelope> own = std::exchange(bus.posted, {});
            if (!own.empty()) {
                clock.advance(self_delay);
                deliver({.name = options.api}, std::move(own));
                if (worker_beats) deliver({worker_beat()});
            }
            run();
        }
    }

    // ---- envelopes ----
    static bus::Envelope worker_beat() {
        return bus::make_envelope("worker_beat", "", bus::WorkerBeatBody{});
    }
    static bus::Envelope worker_up(std::vector<bus::Held> held = {}, bool more = false) {
        bus::WorkerUpBody body;
        body.held.items = std::move(held);
        body.more = more;
        return bus::make_envelope("worker_up", "", body);
    }
    static bus::Envelope connect_of(const std::string& id, std::uint64_t connection,
                                    const std::string& password = "",
                                    const std::string& subprotocol = "ocpp1.6") {
        bus::ConnectBody body;
        body.id = id;
        body.has_credentials = !password.empty();
        body.user_name = id;
        body.password = password;
        if (!subprotocol.empty()) body.subprotocols.items.push_back(subprotocol);
        body.address = "192.0.2.7";
        bus::Envelope envelope = bus::make_envelope("connect", *fold(id), body);
        envelope.connection = connection << 32;
        return envelope;
    }
    static bus::Envelope closed_of(const std::string& id, std::uint64_t connection) {
        bus::Envelope envelope =
            bus::make_envelope("closed", *fold(id), bus::ClosedBody{"closed", 1000, "", 0});
        envelope.connection = connection << 32;
        return envelope;
    }
    bus::Envelope call_of(const std::string& id, std::uint64_t epoch, std::uint64_t frame_no,
                          const std::string& frame) {
        bus::Envelope envelope;
        envelope.kind = "call";
        envelope.station = *fold(id);
        envelope.epoch = epoch;
        envelope.frame_no = frame_no;
        envelope.received_at = micros(clock.utc());
        envelope.frame = frame;
        return envelope;
    }
    static std::string boot(const std::string& vendor = "V") {
        return R"([2,"b","BootNotification",{"chargePointVendor":")" + vendor +
               R"(","chargePointModel":"M"}])";
    }

    // ---- operators ----
    bus::OperatorBody order(std::string_view name, const std::string& id,
                            const std::string& parameters = "{}") {
        bus::OperatorBody body;
        body.request = ++request;
        body.operation = name;
        body.id = id;
        body.parameters = parameters;
        body.operation_id = Ulid{7, request}.bytes();
        return body;
    }
    void ask(const bus::OperatorBody& body) {
        shard->enqueue(bus::make_envelope("operator", *fold(body.id), body));
    }
    int do_order(const bus::OperatorBody& body) {
        ask(body);
        run();
        return answer_to(body);
    }
    // The status, 0 while there is none, -1 for more than one.
    int answer_to(const bus::OperatorBody& body) const {
        int status = 0;
        for (const auto& answer : answers)
            if (answer.request == body.request)
                status = status == 0 ? static_cast<int>(answer.status) : -1;
        return status;
    }
    void add_station(const std::string& id, std::int64_t profile = 0,
                     const std::string& password = "") {
        StationCreate create;
        create.id.value = id;
        create.security_profile = SecurityProfile{profile};
        if (!password.empty()) create.password.emplace().value = password;
        ASSERT_EQ(do_order(order(operation::create_station, id, wire::encode(create))), 201)
            << answers.back().body;
    }
    // Online on `connection`, booted where wanted; forgets what was sent for it.
    void put_online(const std::string& id, std::uint64_t connection = 1) {
        add_station(id);
        handle({worker_beat(), connect_of(id, connection)});
        handle({call_of(id, 1, 1, boot())});
        bus.sent.clear();
        events->clear();
    }

    // ---- what is ----
    std::int64_t count(const std::string& what) {
        return store::as_int(sql.query("select count(*) from " + what)[0][0]);
    }
    std::string text(const std::string& query) {
        const auto rows = sql.query(query);
        return rows.empty() ? "(none)" : store::as_text(rows[0][0]);
    }
    std::int64_t number(const std::string& query) {
        const auto rows = sql.query(query);
        return rows.empty() ? -1 : store::as_int(rows[0][0]);
    }
    bool is_online(const std::string& id) {
        return count(
                   "station_state s join charge_points c on c.station_no = s.station_no where "
                   "s.connection is not null and c.id = '" +
                   id + "'") == 1;
    }
    std::size_t sent_of(bus::Kind kind) const {
        return static_cast<std::size_t>(
            std::count_if(bus.sent.begin(), bus.sent.end(),
                          [&](const auto& one) { return one.second.kind.name() == kind.name(); }));
    }
    const bus::Envelope& last(bus::Kind kind) const {
        for (auto one = bus.sent.rbegin(); one != bus.sent.rend(); ++one)
            if (one->second.kind.name() == kind.name()) return one->second;
        static const bus::Envelope none;
        ADD_FAILURE() << "nothing sent of " << kind.name();
        return none;
    }

    Partition here{0};  // the partition that `shard` owns
    Events events = std::make_shared<Words>();
    ApiOptions options;
    ManualClock clock{utc_from_micros(1'800'000'000'000'000)};
    SeededRandom random{1};
    FailingSql sql{events};
    NotedApiBus bus{events};
    std::unique_ptr<Shard> shard;
    TestWorker worker;
    std::vector<bus::OperatorAnswerBody> answers;
    std::vector<store::LoggedFrame> frames;
    std::vector<Partition> lost;
    std::vector<std::pair<Ulid, outside::Question>> questions;
    std::uint64_t attachment = 0, tag = 0, request = 0;
};

}  // namespace ohm::api::testing
