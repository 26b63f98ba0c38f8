#include "api/shard_thread.hpp"

#include "base/log.hpp"
#include "base/thread.hpp"

namespace ohm::api {
namespace {

constexpr milliseconds idle_wait{250};
constexpr milliseconds load_retry{250};  // of a partition, while the store is away
constexpr seconds figures_interval{1};

template <class... F>
struct Overload : F... {
    using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

}  // namespace

ShardThread::ShardThread(const ApiOptions& options, const Clock& clock,
                         std::function<std::unique_ptr<store::Sql>()> open, Shard::Links links,
                         News news)
    : options_{options},
      clock_{clock},
      open_{std::move(open)},
      links_{std::move(links)},
      news_{std::move(news)},
      mailbox_{limits::shard_mailbox} {}

ShardThread::~ShardThread() { stop(); }

void ShardThread::start() {
    sql_ = open_();
    shard_ = std::make_unique<Shard>(options_, clock_, random_, *sql_, links_);
    thread_ = std::thread{[this] {
        name_thread("shard");
        run();
    }};
}

void ShardThread::stop() {
    mailbox_.close();
    if (thread_.joinable()) thread_.join();
}

void ShardThread::run() {
    try {
        while (!mailbox_.closed()) turn();
    } catch (const std::exception& error) {
        log::error("shard_died", {{"detail", error.what()}});
        news_.died(error.what());
    }
}

void ShardThread::turn() {
    const Micros wait = !not_loaded_.empty() ? Micros{load_retry}
                        : store_is_away_ ? std::max<Micros>(shard_->retry_after(), milliseconds{1})
                        : shard_->has_work() ? Micros{0}
                                             : Micros{idle_wait};
    events_.clear();
    if (wait.count() == 0)
        mailbox_.take(events_);
    else
        mailbox_.wait(events_, limits::shard_mailbox, wait);
    for (Event& event : events_) take(event);
    for (const TakeOver& order : std::exchange(not_loaded_, {})) take_over(order);
    bool well = not_loaded_.empty();
    if (well && shard_->has_work()) well = shard_->step();
    if (well) well = shard_->tick();
    if (store_is_away_ == well) {
        store_is_away_ = !well;
        news_.store(store_is_away_);
    }
    tell_news();
}

void ShardThread::take(Event& event) {
    std::visit(
        Overload{[&](bus::Delivery& delivery) { shard_->enqueue(std::move(delivery)); },
                 [&](bus::Envelope& envelope) { shard_->enqueue(std::move(envelope)); },
                 [&](outside::Answered& answered) { shard_->enqueue(std::move(answered)); },
                 [&](TakeOver& order) { take_over(order); },
                 [&](GiveUp& order) {
                     std::erase_if(not_loaded_, [&](const TakeOver& one) {
                         return one.partition == order.partition;
                     });
                     shard_->give_up(order.partition);
                     if (order.done) order.done();
                 },
                 [&](Attached& news) { shard_->on_attached(news.partition, news.attachment); },
                 [&](Detached& news) { shard_->on_detached(news.partition); }},
        event);
}

void ShardThread::take_over(const TakeOver& order) {
    try {
        shard_->take_over(order.partition, order.epoch);
    } catch (const Fault& fault) {
        log::warn("partition_not_loaded",
                  {{"partition", order.partition.value}, {"detail", fault.what()}});
        not_loaded_.push_back(order);
        try {
            sql_->reconnect();
        } catch (const Fault&) {
            // still away: the next turn tries again
        }
    }
}

void ShardThread::tell_news() {
    if (clock_.mono() < next_figures_) return;
    next_figures_ = clock_.mono() + figures_interval;
    news_.figures(ShardFigures{shard_->figures()});
}

}  // namespace ohm::api
