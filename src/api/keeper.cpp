#include "api/keeper.hpp"

#include <algorithm>

#include "api/charging/meter_days.hpp"
#include "api/events/outbox.hpp"
#include "api/facts/sweep.hpp"
#include "api/files/store.hpp"
#include "api/outside/tables.hpp"
#include "api/people/audit_chain.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/thread.hpp"

namespace ohm::api {
namespace {

constexpr milliseconds wait_at_most{200};
constexpr seconds sweep_interval{60};

}  // namespace

Keeper::Keeper(const Options& options, const Clock& clock,
               std::function<std::unique_ptr<store::Sql>()> open, Links links)
    : options_{options},
      clock_{clock},
      open_{std::move(open)},
      links_{std::move(links)},
      mailbox_{limits::loop_mailbox} {}

Keeper::~Keeper() { stop(); }

void Keeper::start() {
    sql_ = open_();
    connected_at_ = renewed_at_ = clock_.mono();
    database_well_ = true;
    thread_ = std::thread{[this] {
        name_thread("keeper");
        run();
    }};
}

void Keeper::stop() {
    mailbox_.close();
    if (thread_.joinable()) thread_.join();
}

void Keeper::on_bus(bool up) { mailbox_.push_always({Event::Kind::bus, 0, up}); }
void Keeper::on_store(std::size_t shard, bool away) {
    mailbox_.push_always({Event::Kind::store, shard, away});
}
void Keeper::on_lost(Partition partition) {
    mailbox_.push_always({Event::Kind::lost, partition.value, true});
}

// Without its keeper a process would serve with leases that nobody renews: it ends, and says why.
void Keeper::run() {
    try {
        keep();
    } catch (const std::exception& error) {
        log::error("keeper_failed", {{"detail", error.what()}});
        throw;
    }
}

void Keeper::keep() {
    std::vector<Event> events;
    while (!mailbox_.closed()) {
        events.clear();
        mailbox_.wait(events, limits::loop_mailbox, wait_at_most);
        for (const Event& event : events) take(event);
        const Mono now = clock_.mono();
        if (options_.leases && now >= next_lease_) {
            next_lease_ = now + limits::lease_beat;
            keep_leases();
        }
        if (now >= next_beat_) {
            next_beat_ = now + limits::beat_interval;
            beat();
        }
        if (now >= next_sweep_) {
            next_sweep_ = now + sweep_interval;
            sweep();
        }
    }
    release_all();
}

void Keeper::take(const Event& event) {
    const Partition partition{static_cast<std::uint32_t>(event.number)};
    switch (event.kind) {
        case Event::Kind::bus:
            bus_up_ = event.on;
            next_beat_ = clock_.mono();
            return take_all_without_leases();
        case Event::Kind::store:
            if (event.on)
                away_shards_.insert(event.number);
            else
                away_shards_.erase(event.number);
            return;
        case Event::Kind::lost:
            held_.erase(partition);
            return;  // the next renewal says whether it is still ours
        case Event::Kind::released: {
            const auto left = leaving_.find(partition);
            if (left == leaving_.end()) return;
            try {
                store::release(*sql_, options_.me, {partition, left->second});
            } catch (const Fault&) {
                // the lease runs out by itself
            }
            leaving_.erase(left);
        }
    }
}

// One process holds everything, from the moment that the bus stands.
void Keeper::take_all_without_leases() {
    if (options_.leases || !bus_up_ || !held_.empty()) return;
    for (std::uint32_t p = 0; p < options_.partition_count; ++p) {
        held_[{p}] = 1;
        links_.take_over({p}, 1);
    }
}

void Keeper::keep_leases() {
    try {
        if (!database_well_) {
            sql_->reconnect();
            connected_at_ = clock_.mono();
            database_well_ = true;
            links_.database(true);
        }
        store::beat_member(*sql_, options_.me, limits::lease);
        const Mono asked_at = clock_.mono();  // the lease runs from here at the earliest
        const auto owned = store::renew(*sql_, options_.me, limits::lease);
        renewed_at_ = asked_at;
        std::map<Partition, std::int64_t> ours;
        for (const store::Ownership& one : owned) ours[one.partition] = one.epoch;
        for (const auto& [partition, epoch] : std::map{held_})
            if (!ours.contains(partition) || ours[partition] != epoch) drop(partition);
        for (const auto& [partition, epoch] : ours) {
            if (held_.contains(partition) || leaving_.contains(partition)) continue;
            held_[partition] = epoch;  // given up after a fence, and still ours
            links_.take_over(partition, static_cast<std::uint64_t>(epoch));
        }
        claim_or_release(store::count_members(*sql_, limits::lease));
    } catch (const Fault& fault) {
        if (database_well_) {
            log::warn("database_away", {{"detail", fault.what()}});
            links_.database(false);
        }
        database_well_ = false;
        drop_all_if_stale();
    }
}

void Keeper::claim_or_release(std::int64_t members) {
    const std::size_t share = store::fair_share(options_.partition_count, members);
    if (held_.size() > share) {
        const auto [partition, epoch] = *held_.rbegin();
        held_.erase(partition);
        leaving_[partition] = epoch;
        links_.give_up(partition, [this, number = partition.value] {
            mailbox_.push_always({Event::Kind::released, number, true});
        });
        return;
    }
    // After an outage the owners must have time to renew first, or the first api that is back takes
    // everything.
    const bool too_early = clock_.mono() - connected_at_ < limits::lease;
    if (held_.size() >= share || too_early || !bus_up_) return;
    for (const store::Ownership& one : store::claim(
             *sql_, options_.me, static_cast<std::int64_t>(share - held_.size()), limits::lease)) {
        held_[one.partition] = one.epoch;
        links_.take_over(one.partition, static_cast<std::uint64_t>(one.epoch));
    }
}

void Keeper::drop(Partition partition) {
    held_.erase(partition);
    log::warn("partition_lost", {{"partition", partition.value}});
    links_.give_up(partition, {});
}

void Keeper::drop_all_if_stale() {
    if (clock_.mono() - renewed_at_ < limits::lease_lost_after) return;
    for (const auto& [partition, epoch] : std::map{held_}) drop(partition);
}

// Workers take a missing beat as: nothing can be stored.
void Keeper::beat() {
    if (!bus_up_ || !store_is_well()) return;
    bus::BeatBody body;
    body.at = micros(clock_.utc());
    body.partition_count = options_.partition_count;
    body.heartbeat_interval_s = static_cast<std::uint64_t>(options_.heartbeat_interval.count());
    body.envelope_version = bus::envelope_version;
    body.api = options_.me;
    links_.bus.broadcast_to_workers(bus::make_envelope("beat", "", body));
}

void Keeper::sweep() {
    if (!database_well_) return;
    const std::int64_t now = micros(clock_.utc());
    try {
        sql_->query("delete from idempotency_keys where at < $1",
                    {now - Micros{limits::idempotency_age}.count()});
        sql_->query(
            "delete from idempotency_keys where key in (select key from idempotency_keys order by "
            "at desc limit 10000 offset $1)",
            {static_cast<std::int64_t>(limits::idempotency_keys)});
        sweep_attempts();
        sweep_unknown_tokens();
        sql_->query("delete from bus_worker where seen_at < $1",
                    {now - Micros{limits::worker_row_age}.count()});
        keep_meter_days(*sql_, clock_.utc(), options_.meter_days);
        outside::sweep_outside(*sql_, clock_.utc());
        facts_swept_to_ = sweep_facts(*sql_, clock_.utc(), facts_swept_to_);
        files::sweep(*sql_, clock_.utc(), options_.log_files_age);
        events::sweep(*sql_, clock_.utc(), options_.partition_count, options_.events_max);
        people::sweep_people(*sql_, clock_.utc(), options_.audit_days);
    } catch (const Fault& fault) {
        log::warn("sweep_failed", {{"detail", fault.what()}});
        if (!options_.leases) {
            try {
                sql_->reconnect();
            } catch (const Fault&) {
                // the next sweep tries again
            }
        } else {
            database_well_ = false;
        }
    }
}

// In portions, and until it is done: under an attack more come than one portion takes away.
void Keeper::sweep_attempts() {
    constexpr std::size_t portion = 10'000;
    constexpr int portions_max = 50;
    for (int i = 0; i < portions_max && !mailbox_.closed(); ++i) {
        const auto gone = sql_->query(
            "delete from connection_attempts where id in (select id from connection_attempts order "
            "by at desc limit 10000 offset $1) returning 1",
            {static_cast<std::int64_t>(limits::connection_attempts_kept)});
        if (gone.size() < portion) return;
    }
}

// What stations show that nobody knows: as bounded as attempts, and for the same reason.
void Keeper::sweep_unknown_tokens() {
    sql_->query(
        "delete from unknown_tokens where (tenant_no, token_key) in (select tenant_no, token_key "
        "from unknown_tokens order by last_seen_at desc limit 10000 offset $1)",
        {static_cast<std::int64_t>(limits::unknown_tokens_kept)});
}

void Keeper::release_all() {
    if (!options_.leases) return;
    try {
        for (const auto& [partition, epoch] : held_)
            store::release(*sql_, options_.me, {partition, epoch});
        for (const auto& [partition, epoch] : leaving_)
            store::release(*sql_, options_.me, {partition, epoch});
        store::leave_members(*sql_, options_.me);
    } catch (const Fault&) {
        // the leases run out by themselves
    }
}

}  // namespace ohm::api
