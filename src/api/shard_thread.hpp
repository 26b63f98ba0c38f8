// A shard on a thread of its own, with one mailbox in front: take what came, one batch, one commit,
// again. What arrives during a commit is the next batch.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <variant>

#include "api/shard.hpp"
#include "base/mailbox.hpp"

namespace ohm::api {

class ShardThread {
public:
    struct TakeOver {
        Partition partition;
        std::uint64_t epoch;
    };
    struct GiveUp {
        Partition partition;
        std::function<void()> done;  // called on this thread, after the last commit
    };
    struct Attached {
        Partition partition;
        std::uint64_t attachment;
    };
    struct Detached {
        Partition partition;
    };
    using Event = std::variant<bus::Delivery, bus::Envelope, outside::Answered, TakeOver, GiveUp,
                               Attached, Detached>;

    struct News {
        std::function<void(bool away)> store;         // when it changes; on this thread
        std::function<void(ShardFigures&&)> figures;  // about once a second
        std::function<void(const std::string&)>
            died;  // the thread ends with an error nobody can handle
    };
    ShardThread(const ApiOptions& options, const Clock& clock,
                std::function<std::unique_ptr<store::Sql>()> open, Shard::Links links, News news);
    ~ShardThread();

    void start();
    void stop();  // after the running batch
    void push(Event&& event) {
        mailbox_.push_always(std::move(event));
    }  // any thread; bounded by prefetch and REST

private:
    void run();
    void turn();
    void take(Event& event);
    void take_over(const TakeOver& order);
    void tell_news();

    const ApiOptions& options_;
    const Clock& clock_;
    const std::function<std::unique_ptr<store::Sql>()> open_;
    const Shard::Links links_;
    const News news_;
    SystemRandom random_;
    std::unique_ptr<store::Sql> sql_;
    std::unique_ptr<Shard> shard_;
    Mailbox<Event> mailbox_;
    std::vector<Event> events_;
    std::vector<TakeOver> not_loaded_;  // the store was away: again
    bool store_is_away_ = false;
    Mono next_figures_{};
    std::thread thread_;
};

}  // namespace ohm::api
