// What a station loop does as time goes by: deadlines, pings, reports, paced closing.
#include <algorithm>

#include "base/limits.hpp"
#include "worker/connection.hpp"
#include "worker/station_loop.hpp"

namespace ohm::worker {
namespace {

constexpr std::uint16_t close_going_away = 1001, close_try_again = 1013;
constexpr seconds close_step_max{1};  // what a late step may catch up

std::int64_t whole_seconds(Mono at) { return at.time_since_epoch().count() / 1'000'000; }

}  // namespace

void StationLoop::on_tick() {
    const std::int64_t second = whole_seconds(now());
    for (; wheel_at_s_ <= second; ++wheel_at_s_) {
        for (const std::uint64_t id :
             std::exchange(wheel_[static_cast<std::size_t>(wheel_at_s_) % wheel_seconds], {})) {
            Connection* connection = find(id);
            if (connection) check(*connection);
        }
    }
    if (!backlog_.empty() && bus_up_ && announced_) on_room();
    if (bus_up_ && announced_ && now() >= next_beat_) {
        next_beat_ = now() + limits::worker_beat_interval;
        beat();
    }
    if (bus_up_ && announced_ && now() >= next_seen_) {
        next_seen_ = now() + limits::seen_report_interval;
        report_seen();
    }
    if (draining_ || is_hopeless())
        pace_closing();
    else
        paced_at_ = now();
}

bool StationLoop::is_hopeless() const {
    return beat_known_ && now() - beat_at_ > options_.commit_grace;
}

Mono StationLoop::schedule(Connection& connection, Micros in) {
    const auto ahead =
        std::clamp<std::int64_t>((in.count() + 999'999) / 1'000'000, 1, wheel_seconds - 1);
    const std::int64_t due = std::max(wheel_at_s_, whole_seconds(now())) + ahead;
    wheel_[static_cast<std::size_t>(due) % wheel_seconds].push_back(connection.id);
    return Mono{seconds{due}};
}

void StationLoop::check(Connection& connection) {
    if (connection.state == State::waiting) return check_upgrade(connection);
    if (connection.state != State::open) return;
    if (const auto expired = connection.peer.expire(now())) {
        bus::Envelope news = envelope_of(connection, "undelivered");
        wire::pack(news.frame, bus::CommandNews{expired->command_id, "timeout"});
        post(connection, std::move(news));
    } else if (const auto* ours = connection.peer.outstanding()) {
        schedule(connection, ours->deadline - now());
    }
    if (now() >= connection.liveness_due) check_liveness(connection);
}

void StationLoop::check_upgrade(Connection& connection) {
    const auto waited = now() - connection.opened_at;
    if (waited < limits::upgrade_deadline)
        return static_cast<void>(schedule(connection, limits::upgrade_deadline - waited));
    refuse(connection, 503, "api_away", "the api did not decide in time");
}

// Any byte is life. A peer that has ponged before and lets two pings pass is dead; one that never
// pongs is only given up after two heartbeat intervals and a minute (quirk A12). TCP_USER_TIMEOUT
// finds peers that acknowledge nothing.
void StationLoop::check_liveness(Connection& connection) {
    constexpr seconds second_ping_after{10};
    const auto silent = now() - sockets_.last_byte_at(connection.socket);
    const auto due_in = [&](Micros in) { connection.liveness_due = schedule(connection, in); };
    const bool never_pings = connection.ping_interval.count() == 0;
    // What it says meanwhile lies unread: its silence is ours.
    if (connection.stalled) {
        connection.pings_unanswered = 0;
        return due_in(second_ping_after);
    }
    if (silent > 2 * heartbeat_interval_ + minutes{1}) return reset(connection, "ping_timeout");
    if (never_pings) return due_in(minutes{1});
    if (silent < connection.ping_interval) {
        connection.pings_unanswered = 0;
        return due_in(connection.ping_interval - silent);
    }
    if (connection.pings_unanswered >= 2 && connection.has_ponged)
        return reset(connection, "ping_timeout");
    ++connection.pings_unanswered;
    sockets_.ping(connection.socket);
    due_in(connection.has_ponged ? Micros{second_ping_after} : Micros{connection.ping_interval});
}

void StationLoop::drain(bool slowly) {
    if (draining_ && (slowly || !drains_slowly_)) return;
    draining_ = true;
    drains_slowly_ = slowly;
    paced_at_ = now();
    close_share_ = 0;
    close_cursor_ = 0;
    for (const auto& connection : slots_)
        if (connection && connection->state == State::waiting)
            refuse(*connection, 503, "draining", "this worker is being drained; try another one");
    if (bus_up_ && announced_) beat();
}

// How many may be closed in this step: a share of all, so that it is over in time; or a few a
// second, by turns more and fewer, so that those who come back do not come in step.
std::size_t StationLoop::closing_quota(Micros since) {
    const double elapsed_us = static_cast<double>(since.count());
    double part = 1;
    if (draining_ && drains_slowly_ && !is_hopeless()) {
        constexpr double saved_least = 2;  // so that few are closed in the end as well
        const std::uint64_t drawn = fnv1a(options_.worker + std::to_string(++close_turns_));
        part = static_cast<double>(drawn % 256 + 1) / 256;
        close_share_ += options_.drain_per_second * elapsed_us / 1e6;
        close_share_ = std::min(close_share_, std::max(saved_least, options_.drain_per_second));
    } else {
        const auto all = static_cast<double>(slots_.size());
        const auto over = std::max<Micros>(options_.drain_over, close_step_max);
        close_share_ += 1 + all * elapsed_us / static_cast<double>(over.count());
        close_share_ = std::min(close_share_, all);
    }
    const auto quota = static_cast<std::size_t>(close_share_ * part);
    close_share_ -= static_cast<double>(quota);
    return quota;
}

// Closes some of the connections in each step: a storm of reconnects is spread, and stations
// with nothing in flight go first. Without an api it is how stations learn that they must queue
// (architecture: the station is the write-ahead log).
void StationLoop::pace_closing() {
    const Micros since = std::min<Micros>(now() - paced_at_, close_step_max);
    paced_at_ = now();
    if (slots_.empty()) return;
    std::size_t quota = closing_quota(since);
    for (std::size_t looked = 0; looked < slots_.size() && quota > 0; ++looked) {
        close_cursor_ = (close_cursor_ + 1) % slots_.size();
        Connection* connection = slots_[close_cursor_].get();
        if (!connection || connection->state != State::open) continue;
        const bool busy = !connection->peer.unanswered().empty() || connection->peer.outstanding();
        if (draining_ && busy && connection->drain_rounds++ < 20) continue;
        --quota;
        if (draining_)
            close(*connection, close_going_away, "this worker is being drained", "drain");
        else
            close(*connection, close_try_again, "messages cannot be stored at the moment",
                  "no_api");
    }
}

}  // namespace ohm::worker
