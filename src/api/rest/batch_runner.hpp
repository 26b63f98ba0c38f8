// Batches of commands: one command to many stations, at a rate, with a bound on what is open at
// once. Runs in the api that was asked; its rows say how far it is, and another api goes on with it
// when that one falls silent. On the HTTP loop.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/rest/rest.hpp"

namespace ohm::api::rest {

struct BatchItem {
    std::int64_t station_no = 0;
    std::string station_id;
    std::string state = "waiting";  // ordered, refused, cancelled
    std::string command_id;         // 16 bytes
    std::string code, detail;       // of a refusal
    std::int64_t at = 0;
    bool changed = false;
};

struct BatchOrder {
    Ulid id;
    CommandCreate command;
    std::string requested_by;
    std::int64_t concurrency = 20, rate = 20;
    std::int64_t abort_on_failure_pct = 0;  // 0: goes on whatever happens
    bool only_idle = false;
    std::optional<Ulid> retry_of;
    std::vector<std::string> password_hashes;  // of the password that it sets, if any
    std::vector<BatchItem> items;
};

// Rows of batches, for this and the handlers of batches.cpp.
void write_batch(store::Sql& sql, const BatchOrder& order, const std::string& shown_params,
                 const std::string& selection, const std::string& owner, Utc now);
// What an item's command will be known by, whichever api orders it: ordered twice, it is sent once.
Ulid command_of_item(const Ulid& batch, std::size_t item);

class BatchRunner {
public:
    explicit BatchRunner(const Parts& parts);
    ~BatchRunner();
    BatchRunner(const BatchRunner&) = delete;
    BatchRunner& operator=(const BatchRunner&) = delete;

    bool is_full() const;
    const std::string& owner() const { return owner_; }
    void start(BatchOrder&& order);

private:
    struct Running;
    using Shared = std::shared_ptr<Running>;

    void schedule();
    void turn();
    void submit_some(const Shared& batch);
    CommandCreate command_now(const BatchOrder& order) const;
    void submit(const Shared& batch, std::size_t index);
    void flush(const Shared& batch);
    void end(const Shared& batch, std::string_view state, std::string_view reason);
    void schedule_look();
    void look_for_silent_ones();

    const Parts& parts_;
    const std::string owner_;  // this process, in the rows
    bool has_looked_ = false;
    net::TimerId look_timer_ = 0;
    std::map<Ulid, Shared> running_;
    net::TimerId timer_ = 0;
};

}  // namespace ohm::api::rest
