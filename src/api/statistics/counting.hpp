// The thread that counts the events of the partitions which this process holds, on a database
// connection of its own. The keeper says which they are; REST reads what is counted from tables.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <thread>

#include "api/statistics/figures.hpp"
#include "api/statistics/rollup.hpp"
#include "base/mailbox.hpp"
#include "store/message_log.hpp"

namespace ohm::api::statistics {

class Counting {
public:
    struct Options {
        std::string me;  // of this process
        std::size_t partition_count = 1;
        std::int64_t days_kept = 800;
    };
    Counting(Options options, const Clock& clock,
             std::function<std::unique_ptr<store::Sql>()> open);
    ~Counting();

    void start();
    void stop();

    // Any thread.
    void take_over(Partition partition, std::int64_t epoch);
    void give_up(Partition partition);
    // Messages whose batch is committed: how long those of stations took.
    void note_answered(std::span<const store::LoggedFrame> frames);

private:
    struct Held {
        Partition partition{};
        std::int64_t epoch = 0;  // 0: it is given up
    };
    struct Following {
        explicit Following(const Counted& what) : rollup{what} {}
        Rollup rollup;
        Mono not_before{};  // after a failure
    };
    void run();
    Left turn();
    Micros rest_after(Micros turn, Left left) const;
    Left step_each();
    void sweep_old();
    void write_latency();

    const Options options_;
    const Clock& clock_;
    const std::function<std::unique_ptr<store::Sql>()> open_;
    std::unique_ptr<store::Sql> sql_;
    Mailbox<Held> mailbox_;
    std::map<Partition, Following> held_;
    std::array<std::atomic<std::int64_t>, latency_bounds_ms.size() + 1> answered_{};
    Mono next_latency_{}, next_sweep_{};
    std::thread thread_;
};

}  // namespace ohm::api::statistics
