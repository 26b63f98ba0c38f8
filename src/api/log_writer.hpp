// The thread behind the OCPP message log: takes frames from shards, never makes them wait. What
// does not fit its queue is dropped, and the gap is a row that says how many. Also prunes by age
// and size.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/limits.hpp"
#include "base/mailbox.hpp"
#include "base/time.hpp"
#include "store/message_log.hpp"

namespace ohm::api {

class LogWriter {
public:
    struct Options {
        Micros max_age = minutes{7 * 24 * 60};
        std::int64_t max_bytes = std::int64_t{10} << 30;
    };
    LogWriter(const Options& options, const Clock& clock,
              std::function<std::unique_ptr<store::MessageLog>()> open);
    ~LogWriter();

    void start();
    void stop();                                           // writes what waits, within a second
    void write(std::vector<store::LoggedFrame>&& frames);  // any thread; never blocks

private:
    void run();
    void append(std::vector<store::LoggedFrame>& frames);
    void prune();

    const Options options_;
    const Clock& clock_;
    const std::function<std::unique_ptr<store::MessageLog>()> open_;
    std::unique_ptr<store::MessageLog> log_;
    Mailbox<std::vector<store::LoggedFrame>> mailbox_;
    std::atomic<std::int64_t> dropped_{0};  // frames that found the mailbox full
    std::int64_t lost_ = 0;                 // frames that no gap tells of yet
    Utc written_at_{};
    Mono next_prune_{};
    std::thread thread_;
};

}  // namespace ohm::api
