#include "api/statistics/counting.hpp"

#include <algorithm>
#include <iterator>

#include "api/statistics/delta.hpp"
#include "base/limits.hpp"
#include "base/limits_statistics.hpp"
#include "base/log.hpp"
#include "base/thread.hpp"
#include "store/background.hpp"

namespace ohm::api::statistics {
namespace {

Micros wait_before(Left left) {
    switch (left) {
        case Left::news: return milliseconds{1};
        case Left::past: return limits::statistics_past_pace;
        case Left::nothing: break;
    }
    return limits::statistics_pace;
}

}  // namespace

Counting::Counting(Options options, const Clock& clock,
                   std::function<std::unique_ptr<store::Sql>()> open)
    : options_{std::move(options)},
      clock_{clock},
      open_{std::move(open)},
      mailbox_{limits::loop_mailbox} {}

Counting::~Counting() { stop(); }

void Counting::start() {
    thread_ = std::thread{[this] {
        name_thread("counting");
        run();
    }};
}

void Counting::stop() {
    mailbox_.close();
    if (thread_.joinable()) thread_.join();
}

void Counting::take_over(Partition partition, std::int64_t epoch) {
    mailbox_.push_always({partition, epoch});
}

void Counting::give_up(Partition partition) { mailbox_.push_always({partition, 0}); }

void Counting::note_answered(std::span<const store::LoggedFrame> frames) {
    const std::int64_t now = micros(clock_.utc());
    LatencyClasses classes{};
    bool has_any = false;
    for (const store::LoggedFrame& frame : frames) {
        if (frame.direction != store::Direction::in || frame.message_type != "CALL") continue;
        count_latency(classes, now - micros(frame.at));
        has_any = true;
    }
    if (!has_any) return;
    for (std::size_t i = 0; i < classes.size(); ++i)
        if (classes[i] != 0) answered_[i].fetch_add(classes[i], std::memory_order_relaxed);
}

// What fails is tried again with a new connection.
void Counting::run() {
    Left left = Left::nothing;
    Micros rest{0};
    while (!mailbox_.closed()) {
        std::vector<Held> news;
        const Micros wait = std::max(wait_before(left), rest);
        mailbox_.wait(news, limits::loop_mailbox, wait);
        for (const Held& one : news) {
            held_.erase(one.partition);
            if (one.epoch != 0)
                held_.try_emplace(one.partition,
                                  Counted{one.partition, one.epoch, options_.partition_count});
        }
        const Mono begun = clock_.mono();
        try {
            left = turn();
        } catch (const std::exception& error) {
            log::warn("statistics_not_counted", {{"detail", error.what()}});
            sql_.reset();
            left = Left::nothing;
        }
        rest = rest_after(clock_.mono() - begun, left);
    }
}

// Messages go first: while it is behind, it takes a quarter of its time at most. Where all is
// counted it waits for more, in proportion to what the turn cost: a row that many events share is
// written once in a step.
Micros Counting::rest_after(Micros turn, Left left) const {
    if (!sql_) return Micros{0};
    const Micros busy = store::busy_in(turn, sql_->dialect()), rested = turn - busy;
    if (left == Left::nothing)
        return std::min<Micros>(limits::statistics_rests * busy - rested, limits::statistics_rest);
    return std::min<Micros>(limits::background_rests * busy - rested, limits::statistics_pace);
}

Left Counting::turn() {
    if (!sql_) sql_ = open_();
    if (sql_->dialect() == store::Dialect::postgres) stand_back();
    const Left left = step_each();
    if (mailbox_.closed()) return left;
    if (clock_.mono() >= next_latency_) {
        next_latency_ = clock_.mono() + seconds{10};
        write_latency();
    }
    if (clock_.mono() >= next_sweep_ && held_.contains(Partition{0})) sweep_old();
    return left;
}

// One that fails keeps no other from being counted. One that was lost is dropped at its fence, when
// the keeper's word has not come yet: what it says then, it says with a new epoch.
Left Counting::step_each() {
    Left left = Left::nothing;
    bool has_failed = false;
    for (auto it = held_.begin(); it != held_.end() && !mailbox_.closed();) {
        auto& [partition, following] = *it++;
        if (clock_.mono() < following.not_before) continue;
        try {
            left = std::max(left, following.rollup.step(*sql_, clock_.utc()));
        } catch (const std::exception& error) {
            const auto* fault = dynamic_cast<const Fault*>(&error);
            log::warn("statistics_not_counted",
                      {{"partition", partition.value}, {"detail", error.what()}});
            following.not_before = clock_.mono() + limits::statistics_pace;
            has_failed = true;
            if (fault && fault->kind() == Fault::Kind::fenced) held_.erase(std::prev(it));
        }
    }
    if (!has_failed) return left;
    sql_.reset();
    sql_ = open_();
    return left;
}

void Counting::sweep_old() {
    next_sweep_ = clock_.mono() + minutes{10};
    for (int i = 0; i < limits::statistics_sweeps_a_turn && !mailbox_.closed(); ++i)
        if (!sweep(*sql_, clock_.utc(), options_.days_kept)) return;
    next_sweep_ = clock_.mono() + seconds{10};
}

// A process writes rows of its own; what it has not written when it dies is not known. Where nobody
// knows whether it was written, it is counted twice rather than not at all.
void Counting::write_latency() {
    LatencyClasses classes{};
    bool has_any = false;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        classes[i] = answered_[i].exchange(0, std::memory_order_relaxed);
        has_any = has_any || classes[i] != 0;
    }
    if (!has_any) return;
    try {
        Delta delta{0};
        delta.add_latency(options_.me, "in", micros(clock_.utc()), classes);
        store::Unit unit;
        delta.write(*sql_, unit);
        sql_->commit(unit, {});
    } catch (...) {
        for (std::size_t i = 0; i < classes.size(); ++i)
            answered_[i].fetch_add(classes[i], std::memory_order_relaxed);
        throw;
    }
}

}  // namespace ohm::api::statistics
