// The thread that keeps the api's partitions and its beat: renews leases, claims and releases
// (PostgreSQL), tells workers the time while messages can be stored, and sweeps old rows.
// Everything else hears of it through ShardThread events.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "api/shard_state.hpp"
#include "base/mailbox.hpp"
#include "bus/bus.hpp"
#include "store/ownership.hpp"

namespace ohm::api {

class Keeper {
public:
    struct Options {
        std::string me;      // this process on the bus and in the leases
        bool leases = true;  // false: one process holds everything
        std::uint32_t partition_count = 4;
        seconds heartbeat_interval{300};
        std::int64_t meter_days = 400;
        Micros log_files_age{minutes{30 * 24 * 60}};
        std::int64_t events_max = 10'000'000;
        std::int64_t audit_days = 1'095;
    };
    struct Links {
        bus::ApiBus& bus;
        std::function<void(Partition, std::uint64_t epoch)> take_over;
        std::function<void(Partition, std::function<void()> done)> give_up;
        std::function<void(bool well)> database;  // on each change
    };
    Keeper(const Options& options, const Clock& clock,
           std::function<std::unique_ptr<store::Sql>()> open, Links links);
    ~Keeper();

    void start();
    void stop();  // releases what it holds, so that others need not wait for the lease

    // Any thread.
    void on_bus(bool up);
    void on_store(std::size_t shard, bool away);
    void on_lost(Partition partition);

private:
    struct Event {
        enum class Kind : std::uint8_t { bus, store, lost, released } kind;
        std::size_t number = 0;
        bool on = false;
    };
    void run();
    void keep();
    void take(const Event& event);
    void take_all_without_leases();
    void keep_leases();
    void claim_or_release(std::int64_t members);
    void drop(Partition partition);
    void drop_all_if_stale();
    void beat();
    void sweep();
    void sweep_attempts();
    void sweep_unknown_tokens();
    void release_all();
    bool store_is_well() const {
        return away_shards_.empty() && (!options_.leases || database_well_);
    }

    const Options options_;
    const Clock& clock_;
    const std::function<std::unique_ptr<store::Sql>()> open_;
    const Links links_;
    std::unique_ptr<store::Sql> sql_;
    Mailbox<Event> mailbox_;
    std::map<Partition, std::int64_t> held_;  // with epoch
    std::map<Partition, std::int64_t> leaving_;
    std::set<std::size_t> away_shards_;
    bool bus_up_ = false, database_well_ = false;
    std::int64_t facts_swept_to_ = 0;  // a station's number
    Mono connected_at_{}, renewed_at_{}, next_lease_{}, next_beat_{}, next_sweep_{};
    std::thread thread_;
};

}  // namespace ohm::api
