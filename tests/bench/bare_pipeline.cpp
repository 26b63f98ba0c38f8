// What the pipeline costs without the business: the same net, bus and store code, and for each
// message one row inserted, one row updated, and a fixed answer after the commit.
//
//   bare_pipeline worker PORT BROKER_PORT
//   bare_pipeline api BROKER_PORT SHARDS          the database as in store_batch: OHM_TEST_PG_…
//   bare_pipeline load PORT SOCKETS SECONDS       one CALL in flight on each socket
//
// end_to_end.py runs it beside the whole program, in the same run.
#include <algorithm>
#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/mailbox.hpp"
#include "base/secret.hpp"
#include "bus/rabbitmq.hpp"
#include "net/client.hpp"
#include "store/sql.hpp"

namespace {

using namespace ohm;

constexpr std::uint32_t partitions = 4;
constexpr std::size_t mailbox_items = 65'536;

bus::RabbitMqOptions broker_options(std::uint16_t port, std::string id) {
    return {.broker = {.port = port},
            .id = std::move(id),
            .incarnation = secret::random_bytes(16),
            .partition_count = partitions};
}

std::string environment(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value ? value : otherwise;
}

// ---- worker ----

class Worker final : public net::Server::Owner, public bus::WorkerBus::Owner {
public:
    Worker(std::uint16_t port, std::uint16_t broker_port)
        : server_{loop_,
                  *this,
                  {.address = "127.0.0.1",
                   .port = port,
                   .header_bytes = limits::http_header_bytes,
                   .body_bytes = 0,
                   .message_bytes = limits::frame_bytes,
                   .write_buffer_bytes = limits::write_buffer_bytes}},
          bus_{broker_options(broker_port, "bare-worker"), *this} {
        bus_.start();
    }
    void run() { loop_.run(); }

    void on_request(net::SocketId socket, net::Request&&, const net::Peer&) override {
        server_.respond(socket, {.status = bus_.is_up() ? 200 : 503});
    }
    void on_upgrade(net::SocketId socket, net::Request&&, const net::Peer&) override {
        server_.accept(socket, "");
    }
    void on_message(net::SocketId socket, std::string_view message, bool) override {
        bus::Envelope envelope;
        envelope.kind = "call";
        envelope.station = "STATION-" + std::to_string(socket.value);
        envelope.connection = socket.value;
        envelope.frame_no = ++frames_;
        envelope.frame = std::string{message};
        const auto partition = static_cast<std::uint32_t>(socket.value % partitions);
        if (!bus_.post({partition}, std::move(envelope)))
            server_.send_text(socket, message);  // never, with one in flight each
    }
    void on_pong(net::SocketId) override {}
    void on_closed(net::SocketId, const net::Closed&) override {}

    void on_up(std::uint64_t, const std::string&) override {}
    void on_down(const std::string&) override {}
    void on_room() override {}
    void on_envelopes(std::vector<bus::Envelope>&& envelopes) override {
        for (bus::Envelope& envelope : envelopes) answers_.push_always(std::move(envelope));
    }

private:
    void answer() {
        taken_.clear();
        answers_.take(taken_);
        for (const bus::Envelope& envelope : taken_)
            server_.send_text(net::SocketId{envelope.connection}, envelope.frame);
    }

    SystemClock clock_;
    net::Loop loop_{clock_};
    net::Server server_;
    Mailbox<bus::Envelope> answers_{mailbox_items, [this] { loop_.post([this] { answer(); }); }};
    std::vector<bus::Envelope> taken_;
    bus::RabbitMqWorkerBus bus_;
    std::uint64_t frames_ = 0;
};

// ---- api ----

const store::Write add_message{"bare_message",
                               store::Mode::insert_if_absent,
                               2,
                               {{"station_no", store::Kind::integer},
                                {"seq", store::Kind::integer},
                                {"at", store::Kind::integer},
                                {"kind", store::Kind::text},
                                {"body", store::Kind::text}},
                               1};
const store::Write put_state{"bare_state",
                             store::Mode::update,
                             1,
                             {{"station_no", store::Kind::integer},
                              {"seq", store::Kind::integer},
                              {"seen_at", store::Kind::integer}},
                             2};

store::PostgresOptions database() {
    return {.host = environment("OHM_TEST_PG_HOST", "127.0.0.1"),
            .user = environment("OHM_TEST_PG_USER", "ohm"),
            .password = environment("OHM_TEST_PG_PASSWORD", "ohm"),
            .database = environment("OHM_TEST_PG_NAME", "ohm"),
            .port = static_cast<std::uint16_t>(std::stoi(environment("OHM_TEST_PG_PORT", "5432")))};
}

class Api final : public bus::ApiBus::Owner {
public:
    Api(std::uint16_t broker_port, std::size_t shards)
        : bus_{broker_options(broker_port, "bare-api"), *this} {
        for (std::size_t i = 0; i < shards; ++i)
            mailboxes_.push_back(std::make_unique<Mailbox<bus::Delivery>>(mailbox_items));
    }
    void run() {
        std::vector<std::thread> threads;
        for (auto& mailbox : mailboxes_) threads.emplace_back([&] { serve(*mailbox); });
        bus_.start();
        for (std::uint32_t p = 0; p < partitions; ++p) bus_.attach({p});
        for (std::thread& thread : threads) thread.join();
    }

    void on_up(const std::string&) override {}
    void on_down(const std::string&) override {}
    void on_attached(Partition, std::uint64_t) override {}
    void on_detached(Partition) override {}
    void on_envelopes(std::vector<bus::Envelope>&&) override {}
    void on_unreachable(const std::string&) override {}
    void on_delivery(bus::Delivery&& delivery) override {
        mailboxes_[delivery.partition.value % mailboxes_.size()]->push_always(std::move(delivery));
    }

private:
    void serve(Mailbox<bus::Delivery>& mailbox) {
        const auto sql = store::open_postgres(database());
        std::vector<bus::Delivery> deliveries;
        while (!mailbox.closed()) {
            deliveries.clear();
            mailbox.wait(deliveries, mailbox_items, seconds{1});
            if (deliveries.empty()) continue;
            store_all(*sql, deliveries);
            for (bus::Delivery& delivery : deliveries) answer(std::move(delivery));
        }
    }
    void store_all(store::Sql& sql, const std::vector<bus::Delivery>& deliveries) {
        store::Unit unit;
        const std::int64_t now = micros(clock_.utc());
        for (const bus::Delivery& delivery : deliveries)
            for (const bus::Envelope& envelope : delivery.batch.envelopes) {
                // The last words of the program's own workers, whose queues these were.
                if (!envelope.kind.is("call")) continue;
                const auto station = static_cast<std::int64_t>(envelope.connection % stations);
                const std::int64_t seq = ++seq_;
                unit.add(add_message, {station, seq, now, std::string{"call"}, envelope.frame});
                unit.add(put_state, {station, seq, now});
            }
        if (!unit.empty()) sql.commit(unit, {});
    }
    void answer(bus::Delivery&& delivery) {
        auto& envelopes = delivery.batch.envelopes.items;
        for (bus::Envelope& envelope : envelopes) {
            envelope.kind = "reply";
            envelope.frame = "[3,\"1\",{\"currentTime\":\"2026-01-01T00:00:00Z\"}]";
        }
        bus_.send(delivery.batch.reply_queue, std::move(envelopes));
        bus_.acknowledge(delivery.partition, delivery.attachment, delivery.tag);
    }

public:
    static constexpr std::uint64_t stations = 16'384;

private:
    SystemClock clock_;
    std::vector<std::unique_ptr<Mailbox<bus::Delivery>>> mailboxes_;
    bus::RabbitMqApiBus bus_;
    std::atomic<std::int64_t> seq_{0};
};

void make_tables() {
    const auto sql = store::open_postgres(database());
    sql->script(
        "drop table if exists bare_message; drop table if exists bare_state;create table "
        "bare_message (station_no bigint not null, seq bigint not null, at bigint not null, kind "
        "text not null, body text, primary key (station_no, seq));create table bare_state "
        "(station_no bigint primary key, seq bigint, seen_at bigint) with (fillfactor = 70);insert "
        "into bare_state select i, 0, 0 from generate_series(0, " +
        std::to_string(Api::stations - 1) + ") i");
    sql->query("analyze bare_state");
}

// ---- load ----

class Load final : public net::WebSocketClient::Owner {
public:
    Load(std::uint16_t port, int sockets) : sockets_{sockets} {
        endpoint_.host = "127.0.0.1";
        endpoint_.port = port;
    }
    void run(int seconds_long) {
        connect_more();
        constexpr seconds warm_up{2};
        loop_.after(warm_up, [this] { answered_ = 0, latencies_.clear(), began_ = loop_.now(); });
        loop_.after(warm_up + seconds{seconds_long}, [this] { loop_.stop(); });
        loop_.run();
        const auto elapsed_s = static_cast<double>((loop_.now() - began_).count()) / 1e6;
        std::sort(latencies_.begin(), latencies_.end());
        const auto at = [&](std::size_t percent) {
            if (latencies_.empty()) return 0.0;
            const std::size_t place = latencies_.size() * percent / 100;
            return static_cast<double>(latencies_[std::min(place, latencies_.size() - 1)]) / 1e3;
        };
        std::printf("{\"answered\": %" PRIu64
                    ", \"messages_per_s\": %.0f, \"p50_ms\": %.2f, \"p99_ms\": %.2f}\n",
                    answered_, static_cast<double>(answered_) / elapsed_s, at(50), at(99));
    }

    void on_open(net::SocketId socket, std::string_view) override {
        ++open_;
        connect_more();
        say(socket);
    }
    void on_refused(net::SocketId, int, std::string_view) override { ++open_; }
    void on_message(net::SocketId socket, std::string_view) override {
        ++answered_;
        latencies_.push_back((loop_.now() - sent_at_[client_.tag(socket)]).count());
        say(socket);
    }
    void on_closed(net::SocketId, const net::Closed&) override {}

private:
    void say(net::SocketId socket) {
        sent_at_[client_.tag(socket)] = loop_.now();
        client_.send_text(socket, message_);
    }
    void connect_more() {
        constexpr int handshakes_max = 200;
        for (; started_ < sockets_ && started_ - open_ < handshakes_max; ++started_) {
            const net::SocketId socket = client_.connect(endpoint_, "/bare", {});
            client_.set_tag(socket, static_cast<std::uint32_t>(started_));
        }
    }

    int sockets_, started_ = 0, open_ = 0;
    net::Endpoint endpoint_;
    SystemClock clock_;
    net::Loop loop_{clock_};
    net::WebSocketClient client_{loop_, *this, {.message_bytes = limits::frame_bytes}};
    // As long as a MeterValues of one element.
    const std::string message_ =
        "[2,\"1\",\"MeterValues\",{\"connectorId\":1,\"transactionId\":1,\"meterValue\":[" +
        std::string(220, ' ') + "]}]";
    std::vector<Mono> sent_at_ = std::vector<Mono>(static_cast<std::size_t>(sockets_));
    std::vector<std::int64_t> latencies_;
    std::uint64_t answered_ = 0;
    Mono began_{};
};

int run(const std::vector<std::string>& words) {
    const auto number = [&](std::size_t i) { return std::atoi(words.at(i).c_str()); };
    const std::string role = words.size() > 1 ? words[1] : "";
    if (role == "worker" && words.size() == 4) {
        Worker{static_cast<std::uint16_t>(number(2)), static_cast<std::uint16_t>(number(3))}.run();
        return 0;
    }
    if (role == "api" && words.size() == 4) {
        make_tables();
        Api{static_cast<std::uint16_t>(number(2)), static_cast<std::size_t>(number(3))}.run();
        return 0;
    }
    if (role == "load" && words.size() == 5) {
        Load{static_cast<std::uint16_t>(number(2)), number(3)}.run(number(4));
        return 0;
    }
    std::fputs(
        "bare_pipeline worker PORT BROKER_PORT | api BROKER_PORT SHARDS | load PORT SOCKETS "
        "SECONDS\n",
        stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run({argv, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
