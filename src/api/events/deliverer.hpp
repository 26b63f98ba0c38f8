// Tells webhooks of events: on a thread and a database connection of its own. One api at a time
// delivers to a webhook, under a lease in its row, and goes on from the stored cursor: what was on
// its way when a process died is sent again. Events of one station go one after the other; one that
// fails holds back only those behind it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "api/events/filter.hpp"
#include "base/mailbox.hpp"
#include "egress/outside.hpp"

namespace ohm::api::tables {
extern const store::Write webhook_delivery;
}

namespace ohm::api::events {

// After that many seconds an event is sent again; behind the last it has failed.
extern const std::vector<seconds> retry_after;
constexpr std::string_view ping_type = "webhook.ping";
constexpr std::int64_t ping_partition = -1;

class Deliverer {
public:
    struct Options {
        std::string me;  // of this process
        std::size_t partition_count = 1;
        std::function<void(std::uint64_t delivered, std::uint64_t failed)> count = {};
    };
    Deliverer(Options options, const Clock& clock, egress::Outside& outside,
              std::function<std::unique_ptr<store::Sql>()> open);
    ~Deliverer();

    void start();
    void stop();
    void turn();  // what the thread does again and again; tests call it themselves

private:
    struct Attempt {
        std::int64_t partition = 0, n = 0, event_at = 0;
        std::string type, subject, body;
        std::int64_t attempts = 0;  // before this one
        std::int64_t next_at = 0;
        bool is_retry = false, is_probe = false;
        Mono began{};
    };
    struct Webhook {
        Ulid id;
        std::string url;
        Filter filter;
        std::vector<std::string> secrets;
        Position cursor;
        std::int64_t failing_since_at = 0, last_failure_at = 0;
    };
    // What is sent together; stored together when all of it has ended.
    struct Round {
        Webhook hook;
        std::uint64_t number = 0;  // an answer to an earlier round is not one to this
        std::map<std::string, std::deque<Attempt>> chains;  // by station
        std::vector<std::string> idle;                      // stations whose next may go
        std::size_t running = 0;
        store::Unit outcome;
        std::vector<std::string> released;  // stations whose next one waits no more
        std::size_t delivered = 0, failed = 0;
        std::string last_failure;
        bool gone = false;  // 410: it wants no more
    };
    struct Answered {
        Ulid hook;
        std::uint64_t round = 0;
        std::string subject;
        egress::Answer answer;
    };

    void run();
    void refresh();
    std::vector<Webhook> read_owned();
    bool begin_round(const Webhook& hook);
    void take_due(Round& round);
    void take_new(Round& round);
    void go_on(Round& round);
    void send(Round& round, Attempt& attempt);
    void take(Answered&& answered);
    void store_outcome(Round& round);
    void note(Round& round, const Attempt& attempt, std::string_view state,
              std::optional<std::int64_t> next_at, const egress::Answer* answer);
    void write_webhook(const Round& round);

    const Options options_;
    const Clock& clock_;
    egress::Outside& outside_;
    const std::function<std::unique_ptr<store::Sql>()> open_;
    std::unique_ptr<store::Sql> sql_;
    wire::Decoder decoder_;
    // Shared with answers that are on their way when this ends.
    std::shared_ptr<Mailbox<Answered>> mailbox_;
    std::map<Ulid, std::unique_ptr<Round>> rounds_;
    std::vector<Webhook> owned_;
    std::size_t running_ = 0;
    std::uint64_t rounds_begun_ = 0;
    Mono next_refresh_{}, next_sweep_{};
    std::thread thread_;
};

}  // namespace ohm::api::events
