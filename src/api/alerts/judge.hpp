// Compares what the rules find with the alerts that are open, by the database alone: what it hands
// to the alerts' writer is what differs, so a restart loses nothing and opens nothing twice. It
// runs in the api that owns the writer's partition, on a thread and a connection of its own; a rule
// is one or two statements a round, whatever the number of stations.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "api/alerts/operations.hpp"
#include "base/mailbox.hpp"
#include "bus/envelope.hpp"
#include "store/sql.hpp"

namespace ohm::api::alerts {

// What differs now; a rule whose statement fails is logged and left out. `listening_for`: since
// when silences may be judged. Throws Fault where the connection is gone.
Findings judge(store::Sql& sql, Utc now, Micros listening_for);
// Removes what was closed long ago, and what is too much.
void sweep(store::Sql& sql, Utc now);

// Until the next look, by how long the last one took; nothing: it failed.
Micros pause_after(std::optional<Micros> look, store::Dialect dialect);

class Judge {
public:
    using Done = std::function<void(bool well)>;
    // submit: to the writer, from any thread; `done` is called once, on any thread.
    Judge(const Clock& clock, std::function<std::unique_ptr<store::Sql>()> open,
          std::function<void(bus::OperatorBody&&, Done)> submit);
    ~Judge();
    void start();
    void stop();
    // Any thread: whether this api owns the writer.
    void own(bool is_ours);

private:
    void run();
    // How long the look took; nothing where it failed.
    std::optional<Micros> round();
    void look_after_connection();
    bool write(const Findings& findings);

    const Clock& clock_;
    const std::function<std::unique_ptr<store::Sql>()> open_;
    const std::function<void(bus::OperatorBody&&, Done)> submit_;
    std::unique_ptr<store::Sql> sql_;
    // Shared with what was submitted: an answer may come after the end.
    std::shared_ptr<Mailbox<std::pair<std::uint64_t, bool>>> answers_;
    std::uint64_t asked_ = 0;
    Mailbox<int> stopping_;  // nothing is ever pushed: closing it ends the thread
    std::atomic<bool> is_ours_{false};
    Mono ours_since_{}, next_sweep_{};
    bool was_ours_ = false;
    std::thread thread_;
};

}  // namespace ohm::api::alerts
