#include "api/events/deliverer.hpp"

#include <algorithm>
#include <set>

#include "api/outside/asker.hpp"
#include "base/limits.hpp"
#include "base/limits_events.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/thread.hpp"

namespace ohm::api::tables {
namespace {
using store::Kind;
}
const store::Write webhook_delivery{"webhook_deliveries",
                                    store::Mode::upsert,
                                    3,
                                    {{"webhook_id", Kind::bytes},
                                     {"partition_no", Kind::integer},
                                     {"n", Kind::integer},
                                     {"event_type", Kind::text},
                                     {"subject", Kind::text},
                                     {"state", Kind::text},
                                     {"attempts", Kind::integer},
                                     {"next_at", Kind::integer},
                                     {"last_at", Kind::integer},
                                     {"last_status", Kind::integer},
                                     {"last_failure", Kind::text},
                                     {"duration_ms", Kind::integer},
                                     {"event_at", Kind::integer},
                                     {"body", Kind::text}},
                                    0};
}  // namespace ohm::api::tables

namespace ohm::api::events {
namespace {

using store::as_int;
using store::as_text;
using store::Bytes;
using store::Null;
using store::Value;

constexpr seconds refresh_interval{1}, probe_interval{60};
constexpr std::size_t requests_at_once = 24;  // of all webhooks, so that others find room as well
constexpr int gone = 410;

bool is_well(const egress::Answer& answer) { return answer.status >= 200 && answer.status < 300; }

std::string failure_of(const egress::Answer& answer) {
    if (!answer.failure.empty()) return std::string{answer.failure};
    return "status_" + std::to_string(answer.status);
}

std::string webhook_id_of(std::int64_t partition, std::int64_t n) {
    if (partition == ping_partition) return "ping_" + std::to_string(n);
    return "evt_" + std::to_string(partition) + "-" + std::to_string(n);
}

}  // namespace

const std::vector<seconds> retry_after{seconds{5},      seconds{300},    seconds{1'800},
                                       seconds{7'200},  seconds{18'000}, seconds{36'000},
                                       seconds{50'400}, seconds{72'000}, seconds{86'400}};

Deliverer::Deliverer(Options options, const Clock& clock, egress::Outside& outside,
                     std::function<std::unique_ptr<store::Sql>()> open)
    : options_{std::move(options)},
      clock_{clock},
      outside_{outside},
      open_{std::move(open)},
      mailbox_{std::make_shared<Mailbox<Answered>>(limits::loop_mailbox)} {}

Deliverer::~Deliverer() { stop(); }

void Deliverer::start() {
    thread_ = std::thread{[this] {
        name_thread("webhooks");
        run();
    }};
}

void Deliverer::stop() {
    mailbox_->close();
    if (thread_.joinable()) thread_.join();
}

void Deliverer::run() {
    while (!mailbox_->closed()) {
        try {
            std::vector<Answered> first;
            const Micros wait =
                owned_.empty() ? Micros{refresh_interval} : Micros{limits::webhook_poll};
            mailbox_->wait(first, limits::webhook_round_events, wait);
            for (Answered& one : first) take(std::move(one));
            turn();
        } catch (const std::exception& error) {
            log::warn("webhooks_not_told", {{"detail", error.what()}});
            // What is not stored is sent again: nothing in memory is trusted.
            rounds_.clear();
            running_ = 0;
            owned_.clear();
            sql_.reset();
            next_refresh_ = clock_.mono() + Micros{refresh_interval};
        }
    }
}

void Deliverer::turn() {
    std::vector<Answered> answers;
    mailbox_->take(answers);
    for (Answered& one : answers) take(std::move(one));
    if (clock_.mono() >= next_refresh_) refresh();
    for (const Webhook& hook : owned_)
        if (!rounds_.contains(hook.id)) begin_round(hook);
    for (auto& [id, round] : rounds_) go_on(*round);
    for (auto it = rounds_.begin(); it != rounds_.end();) {
        Round& round = *it->second;
        if (round.running > 0 || !round.idle.empty()) {
            ++it;
            continue;
        }
        store_outcome(round);
        for (Webhook& hook : owned_)
            if (hook.id == round.hook.id) hook = round.hook;
        it = rounds_.erase(it);
    }
}

// ---- which are ours ----

void Deliverer::refresh() {
    next_refresh_ = clock_.mono() + Micros{refresh_interval};
    if (!sql_) sql_ = open_();
    const std::int64_t now = micros(clock_.utc());
    if (sql_->query("select 1 from webhooks where state = 'active' limit 1").empty())
        return owned_.clear();
    sql_->query(
        "update webhooks set owner = $1, leased_until_at = $2 where state = 'active' and (owner is "
        "null or owner = $1 or leased_until_at < $3)",
        {options_.me, now + Micros{limits::webhook_lease}.count(), now});
    owned_ = read_owned();
    if (clock_.mono() < next_sweep_) return;
    next_sweep_ = clock_.mono() + Micros{minutes{1}};
    sql_->query("delete from webhook_deliveries where last_at < $1 and state <> 'pending'",
                {now - Micros{limits::webhook_log_age}.count()});
    for (const Webhook& hook : owned_)
        sql_->query(
            "delete from webhook_deliveries where webhook_id = $1 and state <> 'pending' and "
            "last_at < (select last_at from webhook_deliveries where webhook_id = $1 order by "
            "last_at desc limit 1 offset $2)",
            {Bytes{hook.id.bytes()}, limits::webhook_log_rows});
}

std::vector<Deliverer::Webhook> Deliverer::read_owned() {
    std::vector<Webhook> hooks;
    const std::int64_t now = micros(clock_.utc());
    for (const store::Row& row : sql_->query(
             "select id, url, types, station_key, secret, previous_secret, rotated_at, cursor, "
             "failing_since_at, last_failure_at from webhooks where owner = $1 and state = "
             "'active' order by id",
             {options_.me})) {
        Webhook hook;
        hook.id = Ulid::from_bytes(store::as_bytes(row[0])).value_or(Ulid{});
        hook.url = as_text(row[1]);
        std::vector<std::string> names;
        const std::string types = as_text(row[2]);
        for (const std::string_view name : split(types, ','))
            if (!name.empty()) names.emplace_back(name);
        read_types(names, hook.filter);
        hook.filter.station_key = as_text(row[3]);
        hook.secrets = {as_text(row[4])};
        const bool overlaps = as_int(row[6]) + Micros{limits::hook_secret_overlap}.count() > now;
        if (!store::is_null(row[5]) && overlaps) hook.secrets.push_back(as_text(row[5]));
        hook.cursor = read_position(as_text(row[7]), options_.partition_count)
                          .value_or(newest(*sql_, options_.partition_count));
        hook.failing_since_at = as_int(row[8]);
        hook.last_failure_at = as_int(row[9]);
        hooks.push_back(std::move(hook));
    }
    return hooks;
}

// ---- a round ----

bool Deliverer::begin_round(const Webhook& hook) {
    auto round = std::make_unique<Round>();
    round->hook = hook;
    round->number = ++rounds_begun_;
    take_due(*round);
    take_new(*round);
    for (const auto& [subject, chain] : round->chains) round->idle.push_back(subject);
    const bool has_news =
        !round->chains.empty() || !round->outcome.empty() || round->hook.cursor != hook.cursor;
    if (has_news) rounds_[hook.id] = std::move(round);
    return has_news;
}

// While it fails, the oldest that waits is tried every minute: it shows when all is well again.
void Deliverer::take_due(Round& round) {
    constexpr std::string_view columns =
        "select partition_no, n, event_type, subject, attempts, event_at, body, next_at from "
        "webhook_deliveries where webhook_id = $1 and state = 'pending' and next_at is not null ";
    const std::int64_t now = micros(clock_.utc());
    const Bytes id{round.hook.id.bytes()};
    auto rows =
        sql_->query(std::string{columns} + "and next_at <= $2 order by partition_no, n limit $3",
                    {id, now, static_cast<std::int64_t>(limits::webhook_round_events)});
    const bool probes = rows.empty() && round.hook.failing_since_at != 0 &&
                        now - round.hook.last_failure_at >= Micros{probe_interval}.count();
    if (probes) rows = sql_->query(std::string{columns} + "order by partition_no, n limit 1", {id});
    for (const store::Row& row : rows) {
        Attempt attempt{.partition = as_int(row[0]),
                        .n = as_int(row[1]),
                        .event_at = as_int(row[5]),
                        .type = as_text(row[2]),
                        .subject = as_text(row[3]),
                        .body = as_text(row[6]),
                        .attempts = as_int(row[4]),
                        .next_at = as_int(row[7]),
                        .is_retry = true,
                        .is_probe = probes};
        round.chains[attempt.subject].push_back(std::move(attempt));
    }
}

void Deliverer::take_new(Round& round) {
    const Bytes id{round.hook.id.bytes()};
    std::set<std::string> blocked;
    std::size_t pending = 0;
    for (const store::Row& row :
         sql_->query("select subject, count(*) from webhook_deliveries where webhook_id = $1 and "
                     "state = 'pending' group by subject",
                     {id})) {
        blocked.insert(as_text(row[0]));
        pending += static_cast<std::size_t>(as_int(row[1]));
    }
    if (pending >= limits::webhook_pending) return;
    Position place = round.hook.cursor;
    Page page = read_page(*sql_, decoder_, place, limits::webhook_round_events);
    if (page.expired) {
        log::warn("webhook_lost_events", {{"webhook", round.hook.id.text()}});
        round.hook.cursor = newest(*sql_, options_.partition_count);
        return;
    }
    for (const Event& event : page.events) {
        place.next[event.partition.value] = event.n + 1;
        if (!matches(round.hook.filter, event)) continue;
        Attempt attempt{.partition = event.partition.value,
                        .n = event.n,
                        .event_at = event.at,
                        .type = event.type,
                        .subject = event.subject,
                        .body = envelope_of(event, text_of(place))};
        if (blocked.contains(event.subject))
            note(round, attempt, "pending", std::nullopt, nullptr);
        else
            round.chains[event.subject].push_back(std::move(attempt));
    }
    round.hook.cursor = page.after;
}

void Deliverer::go_on(Round& round) {
    while (!round.idle.empty() && round.running < limits::webhook_at_once &&
           running_ < requests_at_once) {
        const std::string subject = std::move(round.idle.back());
        round.idle.pop_back();
        ++round.running;
        ++running_;
        send(round, round.chains[subject].front());
    }
}

void Deliverer::send(Round& round, Attempt& attempt) {
    attempt.began = clock_.mono();
    egress::Request request{.url = round.hook.url,
                            .source = egress::Source::operators,
                            .body = attempt.body,
                            .timeout = limits::webhook_timeout,
                            .answer_bytes_max = limits::webhook_answer_bytes};
    request.headers = outside::signed_headers(webhook_id_of(attempt.partition, attempt.n),
                                              clock_.utc(), attempt.body, round.hook.secrets);
    request.headers.push_back("Content-Type: application/cloudevents+json");
    outside_.ask(std::move(request), [box = mailbox_, hook = round.hook.id, number = round.number,
                                      subject = attempt.subject](egress::Answer&& answer) {
        box->push_always({hook, number, subject, std::move(answer)});
    });
}

void Deliverer::take(Answered&& answered) {
    const auto found = rounds_.find(answered.hook);
    const bool is_current = found != rounds_.end() && found->second->number == answered.round;
    if (!is_current) return;  // of a round that was given up
    Round& round = *found->second;
    --round.running;
    --running_;
    std::deque<Attempt>& chain = round.chains[answered.subject];
    const Attempt attempt = std::move(chain.front());
    chain.pop_front();
    const std::int64_t now = micros(clock_.utc());
    round.gone = round.gone || answered.answer.status == gone;
    if (is_well(answered.answer)) {
        ++round.delivered;
        note(round, attempt, "delivered", std::nullopt, &answered.answer);
        if (attempt.is_retry) round.released.push_back(attempt.subject);
        if (!chain.empty()) round.idle.push_back(answered.subject);
        return;
    }
    ++round.failed;
    round.last_failure = failure_of(answered.answer);
    const auto tries = static_cast<std::size_t>(attempt.attempts);
    const bool is_over = attempt.type == ping_type || tries >= retry_after.size();
    if (attempt.is_probe) {
        Attempt as_before = attempt;
        --as_before.attempts;
        note(round, as_before, "pending", attempt.next_at, &answered.answer);
    } else if (is_over) {
        note(round, attempt, "failed", std::nullopt, &answered.answer);
        round.released.push_back(attempt.subject);
    } else {
        note(round, attempt, "pending", now + Micros{retry_after[tries]}.count(), &answered.answer);
    }
    // Those behind it wait for it; after a last failure the next of them goes.
    for (const Attempt& behind : chain) {
        const bool keeps_time = behind.is_retry;
        note(round, behind, "pending", keeps_time ? std::optional{behind.next_at} : std::nullopt,
             nullptr);
    }
    chain.clear();
}

// ---- what became of it ----

void Deliverer::note(Round& round, const Attempt& attempt, std::string_view state,
                     std::optional<std::int64_t> next_at, const egress::Answer* answer) {
    const bool ended = state != "pending";
    const bool has_status = answer && answer->status != 0;
    const std::int64_t took_ms = (clock_.mono() - attempt.began).count() / 1'000;
    round.outcome.add(tables::webhook_delivery,
                      {Bytes{round.hook.id.bytes()}, attempt.partition, attempt.n, attempt.type,
                       attempt.subject, std::string{state}, attempt.attempts + (answer ? 1 : 0),
                       next_at ? Value{*next_at} : Value{Null{}}, micros(clock_.utc()),
                       has_status ? Value{std::int64_t{answer->status}} : Value{Null{}},
                       answer && !is_well(*answer) ? Value{failure_of(*answer)} : Value{Null{}},
                       answer ? Value{took_ms} : Value{Null{}}, attempt.event_at,
                       ended ? Value{Null{}} : Value{attempt.body}});
}

// The deliveries first: after a crash between the two what was sent is sent again, never lost.
void Deliverer::store_outcome(Round& round) {
    if (!round.outcome.empty()) sql_->commit(round.outcome, {});
    const std::int64_t now = micros(clock_.utc());
    const Bytes id{round.hook.id.bytes()};
    for (const std::string& subject : round.released)
        sql_->query(
            "update webhook_deliveries set next_at = $3 where webhook_id = $1 and state = "
            "'pending' and next_at is null and subject = $2 and n = (select min(n) from "
            "webhook_deliveries where webhook_id = $1 and state = 'pending' and subject = $2)",
            {id, subject, now});
    const bool is_back = round.delivered > 0 && round.hook.failing_since_at != 0;
    if (is_back)
        sql_->query(
            "update webhook_deliveries set next_at = $2 where webhook_id = $1 and state = "
            "'pending' and next_at is not null",
            {id, now});
    if (round.delivered > 0) round.hook.failing_since_at = 0;
    if (round.failed > 0) {
        round.hook.last_failure_at = now;
        if (round.delivered == 0 && round.hook.failing_since_at == 0)
            round.hook.failing_since_at = now;
    }
    write_webhook(round);
    if (options_.count) options_.count(round.delivered, round.failed);
}

void Deliverer::write_webhook(const Round& round) {
    const std::int64_t now = micros(clock_.utc());
    const Webhook& hook = round.hook;
    const bool too_long =
        hook.failing_since_at != 0 &&
        now - hook.failing_since_at > Micros{limits::webhook_disabled_after}.count();
    const bool disables = round.gone || too_long;
    sql_->query(
        "update webhooks set cursor = $3, failing_since_at = $4, last_success_at = case when $5 > "
        "0 then $8 else last_success_at end, last_failure_at = case when $6 > 0 then $8 else "
        "last_failure_at end, last_failure = case when $6 > 0 then $7 else last_failure end, state "
        "= case when $9 = 1 then 'disabled' else state end, state_reason = case when $9 = 1 then "
        "$10 else state_reason end where id = $1 and owner = $2",
        {Bytes{hook.id.bytes()}, options_.me, text_of(hook.cursor),
         hook.failing_since_at == 0 ? Value{Null{}} : Value{hook.failing_since_at},
         static_cast<std::int64_t>(round.delivered), static_cast<std::int64_t>(round.failed),
         round.last_failure, now, std::int64_t{disables},
         std::string{round.gone ? "gone" : "failing"}});
    if (!disables) return;
    log::warn("webhook_disabled",
              {{"webhook", hook.id.text()}, {"why", round.gone ? "gone" : "failing"}});
    next_refresh_ = clock_.mono();
}

}  // namespace ohm::api::events
