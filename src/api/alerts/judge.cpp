#include "api/alerts/judge.hpp"

#include <algorithm>

#include "api/alerts/kinds.hpp"
#include "api/alerts/rules.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/thread.hpp"
#include "store/background.hpp"
#include "wire/codec.hpp"

namespace ohm::api::alerts {
namespace {

using store::as_int;
using store::as_text;
using store::Value;

constexpr seconds sweep_interval{300};
constexpr std::size_t findings_at_once = 2'000;  // of all rules; the rest with the next round
constexpr std::string_view over = "over", rule_off = "rule_off", group_closed = "group_closed";

// `with f as (…)`: what a rule finds, with its subject as one text.
std::string found_of(store::Dialect dialect, const Rule& rule, Utc now,
                     std::vector<Value>& values) {
    const auto bind = [&](const std::string& value) {
        values.emplace_back(value);
        return "$" + std::to_string(values.size());
    };
    std::string text =
        "with f as (select x.*, p.id as station_id, coalesce(x.subject, cast(x.station_no as text) "
        "|| coalesce('/' || cast(x.evse as text), '') || coalesce('/' || cast(x.connector as "
        "text), '')) as key from (" +
        found_sql(dialect, *rule.kind, rule.parameters, now) + ") x ";
    if (!rule.kind->is_about_stations)
        return text + "left join charge_points p on p.station_no = x.station_no)";
    text += "join charge_points p on p.station_no = x.station_no where p.archived_at is null";
    if (!rule.station_key.empty()) text += " and p.id_key = " + bind(rule.station_key);
    if (!rule.vendor.empty()) text += " and p.vendor = " + bind(rule.vendor);
    if (!rule.location_id.empty())
        text += " and p.location_no = (select l.location_no from locations l where l.id = " +
                bind(rule.location_id) + ")";
    return text + ")";
}

Found found_in(const Rule& rule, const store::Row& row) {
    Found one;
    one.rule_id = rule.id;
    one.kind = rule.kind->name;
    one.severity = rule.severity;
    one.subject = as_text(row[0]);
    one.station_id = as_text(row[1]);
    one.station_no = as_int(row[2]);
    one.evse = as_int(row[3]);
    one.connector = as_int(row[4]);
    one.since_at = as_int(row[5]);
    one.last_at = as_int(row[6]);
    one.count = as_int(row[7]);
    one.what = to_storable(as_text(row[8]), limits::alert_what_characters);
    one.worker = as_text(row[9]);
    if (const auto ref = Ulid::from_bytes(store::as_bytes(row[10]))) one.ref = ref->text();
    one.due_at = as_int(row[11]);
    one.group_from = value_of(*rule.kind, rule.parameters, "group_from");
    one.counts = rule.kind->counts;
    return one;
}

// Without an open alert, and not closed by somebody since; or open, and it has happened again. Each
// is looked up by its whole key: a join with the open ones compares all with all as soon as the
// plan believes that either are few.
void find_new(store::Sql& sql, const Rule& rule, Utc now, Findings& out) {
    std::vector<Value> values{rule.id, std::int64_t{rule.kind->counts},
                              std::int64_t{limits::alerts_per_look}};
    const std::string text =
        found_of(sql.dialect(), rule, now, values) +
        " select f.key, f.station_id, f.station_no, f.evse, f.connector, f.since_at, f.last_at, "
        "f.n, f.what, f.worker, f.ref, f.due_at from f where (not exists (select 1 from alerts a "
        "where a.rule_id = $1 and a.subject = f.key and a.closed_at is null) and not exists "
        "(select 1 from alerts c where c.rule_id = $1 and c.subject = f.key and c.closed_by is not "
        "null and c.last_at >= f.last_at)) or (cast($2 as bigint) = 1 and exists (select 1 from "
        "alerts a where a.rule_id = $1 and a.subject = f.key and a.closed_at is null and a.last_at "
        "< f.last_at)) order by f.since_at, f.key limit $3";
    for (const store::Row& row : sql.query(text, values))
        out.found.items.push_back(found_in(rule, row));
}

// `not in` looks each up in a hash of what is found; a join of the two is planned as if either were
// small.
void find_ended(store::Sql& sql, const Rule& rule, Utc now, Findings& out) {
    std::vector<Value> values{rule.id, std::int64_t{limits::alerts_per_look}};
    const std::string text =
        found_of(sql.dialect(), rule, now, values) +
        " select a.subject, a.id from alerts a where a.rule_id = $1 and a.closed_at is null and "
        "a.is_group = 0 and a.subject not in (select f.key from f where f.key is not null) limit "
        "$2";
    for (const store::Row& row : sql.query(text, values))
        out.ended.items.push_back(
            {rule.id, as_text(row[0]),
             Ulid::from_bytes(store::as_bytes(row[1])).value_or(Ulid{}).text(), std::string{over},
             ""});
}

// Rows of rule_id, subject, id and, perhaps, who.
void add_named(store::Sql& sql, std::string_view text, std::initializer_list<Value> values,
               std::string_view reason, wire::List<Named>& out) {
    for (const store::Row& row : sql.query(text, values))
        out.items.push_back({as_text(row[0]), as_text(row[1]),
                             Ulid::from_bytes(store::as_bytes(row[2])).value_or(Ulid{}).text(),
                             std::string{reason}, row.size() > 3 ? as_text(row[3]) : ""});
}

void find_of_groups(store::Sql& sql, Utc now, Findings& out) {
    const std::int64_t most = limits::alerts_per_look;
    add_named(sql,
              "select a.rule_id, a.subject, a.id from alerts a where a.closed_at is null and not "
              "exists (select 1 from alert_rules r where r.id = a.rule_id and r.enabled = 1) limit "
              "$1",
              {most}, rule_off, out.ended);
    add_named(sql,
              "select g.rule_id, g.subject, g.id from alerts g where g.closed_at is null and "
              "g.is_group = 1 and not exists (select 1 from alerts c where c.parent_id = g.id and "
              "c.closed_at is null) limit $1",
              {most}, over, out.ended);
    add_named(
        sql,
        "select c.rule_id, c.subject, c.id, g.closed_by from alerts c join alerts g on g.id = "
        "c.parent_id where c.closed_at is null and g.closed_at is not null limit $1",
        {most}, group_closed, out.ended);
    add_named(sql,
              "select a.rule_id, a.subject, a.id from alerts a where a.closed_at is null and "
              "a.state = 'snoozed' and a.snoozed_until_at <= $1 limit $2",
              {micros(now), most}, "", out.woken);
}

bool has_room(store::Sql& sql) {
    return as_int(sql.query("select count(*) from alerts where closed_at is null").at(0).at(0)) <
           limits::alerts_open;
}

// A statement that took too long costs its rule, a connection that is gone costs the round.
void find_by(store::Sql& sql, const Rule& rule, Utc now, bool may_open, Findings& out) {
    try {
        find_ended(sql, rule, now, out);
        if (may_open) find_new(sql, rule, now, out);
    } catch (const std::exception& error) {
        log::warn("alert_rule_failed", {{"rule", rule.id}, {"detail", error.what()}});
        sql.query("select 1");
    }
}

}  // namespace

Findings judge(store::Sql& sql, Utc now, Micros listening_for) {
    Findings out;
    find_of_groups(sql, now, out);
    const bool may_open = has_room(sql);
    for (const Rule& rule : read_rules(sql)) {
        if (!rule.enabled || !rule.kind) continue;
        const bool is_full = out.found.items.size() + out.ended.items.size() >= findings_at_once;
        const bool is_early =
            rule.kind->listens && listening_for.count() < duration_us(*rule.kind, rule.parameters);
        if (is_full || is_early) continue;
        find_by(sql, rule, now, may_open, out);
    }
    return out;
}

void sweep(store::Sql& sql, Utc now) {
    sql.query("delete from alerts where closed_at < $1",
              {micros(now) - Micros{limits::alerts_age}.count()});
    sql.query(
        "delete from alerts where id in (select id from alerts where closed_at is not null order "
        "by closed_at desc limit 10000 offset $1)",
        {limits::alerts_closed_kept});
}

Judge::Judge(const Clock& clock, std::function<std::unique_ptr<store::Sql>()> open,
             std::function<void(bus::OperatorBody&&, Done)> submit)
    : clock_{clock},
      open_{std::move(open)},
      submit_{std::move(submit)},
      answers_{std::make_shared<Mailbox<std::pair<std::uint64_t, bool>>>(1'000)},
      stopping_{1} {}

Judge::~Judge() { stop(); }

void Judge::start() {
    sql_ = open_();
    thread_ = std::thread{[this] {
        name_thread("alerts");
        if (sql_->dialect() == store::Dialect::postgres) stand_back();
        run();
    }};
}

void Judge::stop() {
    answers_->close();
    stopping_.close();
    if (thread_.joinable()) thread_.join();
}

void Judge::own(bool is_ours) { is_ours_ = is_ours; }

// A look at a million stations takes seconds of the database: it has a twentieth of its time.
Micros pause_after(std::optional<Micros> look, store::Dialect dialect) {
    if (!look) return limits::alert_round;
    const Micros busy = store::busy_in(*look, dialect);
    return std::clamp<Micros>(20 * busy, limits::alert_round, limits::alert_round_max);
}

void Judge::run() {
    std::vector<int> nothing;
    Micros pause = limits::alert_round;
    while (!stopping_.closed()) {
        stopping_.wait(nothing, 1, pause);
        const bool is_ours = is_ours_;
        if (is_ours && !std::exchange(was_ours_, is_ours)) ours_since_ = clock_.mono();
        was_ours_ = is_ours;
        if (!is_ours || stopping_.closed()) continue;
        const auto took = round();
        // While the database was away nobody could be heard: silences count from here.
        if (!took) ours_since_ = clock_.mono();
        pause = pause_after(took, sql_->dialect());
    }
}

std::optional<Micros> Judge::round() {
    std::optional<Micros> took;
    try {
        const Mono begun = clock_.mono();
        const Findings findings = judge(*sql_, clock_.utc(), begun - ours_since_);
        took = clock_.mono() - begun;
        if (!findings.found.items.empty() || !findings.ended.items.empty() ||
            !findings.woken.items.empty())
            if (!write(findings)) log::warn("alerts_not_written");
        if (clock_.mono() < next_sweep_) return took;
        next_sweep_ = clock_.mono() + sweep_interval;
        sweep(*sql_, clock_.utc());
    } catch (const std::exception& error) {  // a wrong statement costs alerts, and nothing else
        log::warn("alerts_wait", {{"detail", error.what()}});
        look_after_connection();
    }
    return took;
}

void Judge::look_after_connection() {
    try {
        sql_->query("select 1");
        return;
    } catch (const Fault&) {
        // it is gone
    }
    try {
        sql_->reconnect();
    } catch (const Fault&) {
        // the next round tries again
    }
}

// What was found is looked for anew only when this is stored or given up: else it would be found
// again meanwhile.
bool Judge::write(const Findings& findings) {
    bus::OperatorBody body;
    body.operation = operation::take_findings;
    body.id = owner_key;
    body.requested_by = "alert rules";
    body.parameters = wire::encode(findings);
    body.deadline_at = micros(clock_.utc() + limits::alert_write_wait);
    const std::uint64_t mine = ++asked_;
    submit_(std::move(body), [answers = answers_, mine](bool well) {
        answers->push({mine, well});
    });
    std::vector<std::pair<std::uint64_t, bool>> heard;
    const Mono end = clock_.mono() + 2 * limits::alert_write_wait;
    while (!answers_->closed() && clock_.mono() < end) {
        heard.clear();
        answers_->wait(heard, 100, milliseconds{500});
        for (const auto& [number, well] : heard)
            if (number == mine) return well;
    }
    return false;
}

}  // namespace ohm::api::alerts
