// An api process: shards, keeper, message log, REST, joined. Owns their threads. Constructed and
// started by main; the bus calls it from its own thread, REST from the HTTP loop.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/alerts/judge.hpp"
#include "api/certificates/signer.hpp"
#include "api/events/deliverer.hpp"
#include "api/keeper.hpp"
#include "api/log_writer.hpp"
#include "api/operations.hpp"
#include "api/readers.hpp"
#include "api/rest/rest.hpp"
#include "api/shard_thread.hpp"
#include "api/statistics/counting.hpp"
#include "bus/bus.hpp"
#include "egress/egress.hpp"
#include "net/loop.hpp"

namespace ohm::api {

struct ApiProcessOptions {
    ApiOptions api;
    std::size_t shards = 1, readers = 2;
    bool leases = false;
    LogWriter::Options message_log;
    egress::Egress::Options egress;
    SignerOptions signer;
    rest::Settings rest;
    net::Server::Options http;
    net::Server::Options https;  // opened where there is a certificate
    net::Server::Tls tls;
    Micros log_files_age{minutes{30 * 24 * 60}};
    std::int64_t events_max = 10'000'000;
    std::int64_t audit_days = 1'095;  // that the record of what callers did is kept; 0: for ever
    std::int64_t statistics_days = 800;
    std::function<std::unique_ptr<store::Sql>()> open_sql, open_reading_sql, open_shard_sql,
        open_counting_sql, open_judging_sql;
    std::function<std::unique_ptr<store::MessageLog>()> open_log, open_reading_log;
    std::function<std::string()> other_metrics;  // on the HTTP loop: bus, workers in this process
    std::function<void(const std::string&)>
        on_fatal;  // any thread: the process must end with that sentence
};

class Api final : public bus::ApiBus::Owner, private Operations, private rest::Health {
public:
    Api(ApiProcessOptions options, const Clock& clock);
    ~Api() override;

    void start(bus::ApiBus& bus);  // throws Fault{fatal} when the port is taken
    void stop();
    std::uint16_t http_port() const { return http_port_; }

    // bus::ApiBus::Owner, on the bus's thread
    void on_up(const std::string& own_queue) override;
    void on_down(const std::string& why) override;
    void on_attached(Partition partition, std::uint64_t attachment) override;
    void on_detached(Partition partition) override;
    void on_delivery(bus::Delivery&& delivery) override;
    void on_envelopes(std::vector<bus::Envelope>&& envelopes) override;
    void on_unreachable(const std::string& queue) override;

private:
    void submit(bus::OperatorBody&& body, std::function<void(OperationAnswer&&)> done) override;
    bool alive() override { return true; }
    bool started() override { return started_; }
    std::vector<Check> checks() override;

    void make_shards(bus::ApiBus& bus);
    void start_signer();
    void start_keeper(bus::ApiBus& bus);
    void start_judge();
    bool writes_alerts(Partition partition) const;
    void complete(bus::OperatorAnswerBody&& answer);  // on the HTTP loop
    std::string metrics() const;
    ShardThread& shard_of(Partition partition) {
        return *shards_[partition.value % shards_.size()];
    }

    const ApiProcessOptions options_;
    const Clock& clock_;
    SystemRandom random_;
    net::Loop loop_;
    IdSource ids_;
    bus::ApiBus* bus_ = nullptr;
    std::vector<std::unique_ptr<ShardThread>> shards_;
    egress::Egress egress_;  // tells the shards until it is stopped
    std::unique_ptr<Keeper> keeper_;
    std::unique_ptr<Signer> signer_;
    std::unique_ptr<alerts::Judge> judge_;
    LogWriter log_writer_;
    std::unique_ptr<Readers> readers_, writers_;
    std::unique_ptr<rest::Rest> rest_;
    std::unique_ptr<events::Tailer> tailer_;
    std::unique_ptr<events::Deliverer> deliverer_;
    std::unique_ptr<statistics::Counting> counting_;
    std::uint16_t http_port_ = 0;
    std::thread http_thread_;

    // on the HTTP loop
    struct Asked {
        std::function<void(OperationAnswer&&)> done;
        net::TimerId timer = 0;
    };
    std::map<std::uint64_t, Asked> asked_;
    std::uint64_t next_request_ = 1;
    std::string own_queue_;
    std::vector<bool> attached_;  // partitions that are consumed here
    bool has_attached_ = false;   // once: a new process takes its share only after a while
    std::vector<ShardFigures> figures_;
    Mono started_at_{};
    std::atomic<bool> frames_are_watched_{false};
    bool bus_up_ = false, database_well_ = true, started_ = false;
    std::vector<bool> store_away_;
    bool running_ = false;  // of the thread that starts and stops
};

}  // namespace ohm::api
