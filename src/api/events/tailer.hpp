// Looks for new events of all partitions, of this api and of others, while anybody follows: on a
// thread and a database connection of its own. Woken by commits of this process, else it looks ten
// times a second. What it finds goes to the HTTP loop in order; who falls behind there holds it up.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "api/events/outbox.hpp"
#include "base/mailbox.hpp"
#include "net/loop.hpp"

namespace ohm::api::events {

// On the HTTP loop. `began`: from here on, everything comes; nothing is known of before.
struct Followed {
    std::optional<Position> began;
    std::vector<Event> events;
};

class Tailer {
public:
    Tailer(net::Loop& loop, const Clock& clock, std::size_t partition_count,
           std::function<std::unique_ptr<store::Sql>()> open,
           std::function<void(Followed&&)> found);
    ~Tailer();

    void start();
    void stop();
    void watch(bool on);  // any thread
    void wake();          // any thread; a commit of this process had events

private:
    enum class Signal : std::uint8_t { watch, rest, look };
    void run();
    void turn();
    void look();
    void give(Followed&& followed);

    net::Loop& loop_;
    const Clock& clock_;
    const std::size_t partition_count_;
    const std::function<std::unique_ptr<store::Sql>()> open_;
    const std::function<void(Followed&&)> found_;
    std::unique_ptr<store::Sql> sql_;
    wire::Decoder decoder_;
    Mailbox<Signal> mailbox_;
    std::atomic<bool> watching_{false}, woken_{false};
    std::shared_ptr<std::atomic<int>> unheard_ = std::make_shared<std::atomic<int>>(0);
    bool follows_ = false;
    std::optional<Position> position_;  // none: begins with the next look
    bool more_ = false;
    Mono next_look_{};
    std::thread thread_;
};

}  // namespace ohm::api::events
