#include "api/alerts/writer.hpp"

#include <algorithm>
#include <set>

#include "api/alerts/groups.hpp"
#include "api/alerts/kinds.hpp"
#include "api/alerts/operations.hpp"
#include "api/alerts/tables.hpp"
#include "api/alerts/told.hpp"
#include "api/operations.hpp"
#include "ocpp/errors.hpp"

namespace ohm::api::alerts {
namespace {

using store::Bytes;

// ---- what a batch reads ----

std::string select_alerts() {
    return "select " + std::string{alert_columns} + std::string{alert_tables};
}

struct Wanted {
    using Pairs = std::set<std::pair<std::string, std::string>>;
    Pairs subjects;  // of a rule and a subject
    Pairs groups;    // of a rule and a worker
    std::vector<Ulid> ids;
};

store::JoinedRows joined(store::Dialect dialect, const Wanted::Pairs& pairs) {
    std::vector<std::string> rules, others;
    for (const auto& [rule, other] : pairs) rules.push_back(rule), others.push_back(other);
    return store::joined_rows(dialect, {std::move(rules), std::move(others)});
}

bool is_too_late(const bus::OperatorBody& asked, std::int64_t now_us) {
    return asked.deadline_at > 0 && asked.deadline_at < now_us;  // nobody waits
}

void add_wanted(wire::Decoder& decoder, const bus::OperatorBody& asked, Wanted& wanted) {
    if (asked.operation == operation::act) {
        Act act;
        if (decoder.decode(asked.parameters, act)) return;
        if (const auto id = Ulid::from_text(act.id.value)) wanted.ids.push_back(*id);
        return;
    }
    Findings findings;
    if (asked.operation != operation::take_findings || decoder.decode(asked.parameters, findings))
        return;
    for (const Found& one : findings.found) {
        wanted.subjects.emplace(one.rule_id, one.subject);
        if (one.group_from > 0) wanted.groups.emplace(one.rule_id, one.worker);
    }
    for (const auto* list : {&findings.ended, &findings.woken})
        for (const Named& one : *list) wanted.subjects.emplace(one.rule_id, one.subject);
}

void take_rows(AlertState& state, const std::vector<store::Row>& rows) {
    for (const store::Row& row : rows) {
        auto one = alert_of(row);
        if (!state.find(one->id)) state.add(std::move(one));
    }
}

// The open one of each subject and those that have ended lately, newest first.
void load_subjects(store::Sql& sql, AlertState& state, const Wanted& wanted,
                   std::int64_t closed_after) {
    if (wanted.subjects.empty()) return;
    auto keys = joined(sql.dialect(), wanted.subjects);
    keys.values.emplace_back(closed_after);
    take_rows(state, sql.query(select_alerts() + " cross join " + keys.table +
                                   " where a.rule_id = u.c1 and a.subject = u.c2 and (a.closed_at "
                                   "is null or a.closed_at > $" +
                                   std::to_string(keys.values.size()) + ") order by a.id desc",
                               keys.values));
}

// Those alone that a group may take in: open ones of the same rule and worker.
void load_neighbours(store::Sql& sql, AlertState& state, const Wanted& wanted, std::int64_t since) {
    if (wanted.groups.empty()) return;
    auto keys = joined(sql.dialect(), wanted.groups);
    keys.values.emplace_back(since);
    const std::string from = std::to_string(keys.values.size());
    take_rows(state,
              sql.query(select_alerts() +
                            " where a.closed_at is null and a.parent_id is null and a.is_group = 0 "
                            "and a.since_at >= $" +
                            from + " and exists (select 1 from " + keys.table +
                            " where u.c1 = a.rule_id and u.c2 = coalesce(a.worker, '')) order by "
                            "a.id desc limit 1000",
                        keys.values));
}

// ---- what it does with them ----

class Writer {
public:
    Writer(Work& work, AlertState& state) : work_{work}, state_{state} {}

    void take(const Findings& findings);
    void act(const Act& wanted, const std::string& by);
    void test(const Test& wanted);

private:
    Alert* open(const Found& found);
    void end(Alert& alert, const std::string& reason, const std::string& by);
    void act_on(Alert& alert, const Act& wanted, const std::string& by);
    void save(Alert& alert) {
        ++alert.version;
        work_.batch.unit.add(tables::alert, tables::alert_row(alert, work_.now_us()));
    }
    void tell(std::string_view type, const Alert& alert) {
        work_.batch.events.push_back(
            event_of(work_.item.partition, type, alert, micros(work_.batch.now)));
    }

    Work& work_;
    AlertState& state_;
};

void set_facts(Alert& alert, const Found& found) {
    alert.kind = found.kind;
    alert.severity = found.severity;
    alert.station_no = found.station_no;
    alert.station_id = found.station_id;
    alert.evse = found.evse;
    alert.connector = found.connector;
    alert.what = found.what;
    alert.worker = found.worker;
    alert.ref = Ulid::from_text(found.ref);
    alert.due_at = found.due_at;
    alert.last_at = std::max(alert.last_at, found.last_at);
}

// What came back within a while is the same alert, and wants a person again.
void reopen(Alert& alert) {
    alert.state = "open";
    alert.closed_at = alert.acknowledged_at = alert.snoozed_until_at = 0;
    alert.closed_reason.clear();
    alert.acknowledged_by.clear();
    alert.parent.reset();
}

// Null: nothing new. What somebody closed stays closed until it comes anew.
Alert* Writer::open(const Found& found) {
    if (Alert* known = state_.open_of(found.rule_id, found.subject)) {
        if (!found.counts || found.last_at <= known->last_at) return nullptr;
        set_facts(*known, found);
        known->occurrences = std::max(known->occurrences, found.count);
        save(*known);
        return nullptr;
    }
    const std::int64_t now = work_.now_us();
    const auto [begin, end] = state_.by_subject.equal_range({found.rule_id, found.subject});
    Alert* before = nullptr;
    for (auto it = begin; it != end; ++it) {
        Alert* one = it->second;
        if (!one->closed_by.empty() && one->last_at >= found.last_at) return nullptr;
        if (one->closed_by.empty() && (!before || one->closed_at > before->closed_at)) before = one;
    }
    if (!before) {
        auto made = std::make_unique<Alert>();
        made->id = work_.shard.ids.next();
        made->rule_id = found.rule_id;
        made->subject = found.subject;
        made->state = "open";
        made->opened_at = now;
        made->occurrences = found.counts ? found.count : 1;
        before = &state_.add(std::move(made));
    } else {
        reopen(*before);
        before->occurrences =
            found.counts ? std::max(before->occurrences, found.count) : before->occurrences + 1;
    }
    before->since_at = found.since_at;
    set_facts(*before, found);
    return before;
}

void Writer::take(const Findings& findings) {
    Fresh fresh;
    for (const Found& found : findings.found)
        if (Alert* alert = open(found)) fresh.push_back({alert, found.group_from});
    const auto ids = [this] { return work_.shard.ids.next(); };
    for (const Grouped& group : put_together(state_, fresh, work_.now_us(), ids)) {
        save(*group.group);
        if (group.is_new) tell("alert.opened", *group.group);
        for (Alert* member : group.taken_in) save(*member);
    }
    for (const auto& [alert, group_from] : fresh) {
        save(*alert);
        if (!alert->parent) tell("alert.opened", *alert);
    }
    for (const Named& named : findings.ended) {
        Alert* alert = state_.open_of(named.rule_id, named.subject);
        if (alert && alert->id.text() == named.id) end(*alert, named.reason, named.by);
    }
    for (const Named& named : findings.woken) {
        Alert* alert = state_.open_of(named.rule_id, named.subject);
        const bool is_due =
            alert && alert->state == "snoozed" && alert->snoozed_until_at <= work_.now_us();
        if (!is_due) continue;
        alert->state = "open";
        alert->snoozed_until_at = 0;
        save(*alert);
        tell("alert.opened", *alert);
    }
}

void Writer::end(Alert& alert, const std::string& reason, const std::string& by) {
    alert.state = "closed";
    alert.closed_at = work_.now_us();
    alert.closed_by = by;
    alert.closed_reason = reason;
    alert.snoozed_until_at = 0;
    save(alert);
    if (!alert.parent) tell("alert.closed", alert);
}

void Writer::act_on(Alert& alert, const Act& wanted, const std::string& by) {
    if (wanted.note) alert.note = wanted.note->value;
    if (wanted.act.is("close")) return end(alert, "by_hand", by.empty() ? "operator" : by);
    alert.acknowledged_by = by;
    alert.acknowledged_at = work_.now_us();
    const bool is_ack = wanted.act.is("ack");
    alert.state = is_ack ? "acknowledged" : "snoozed";
    const std::int64_t seconds_wanted = wanted.seconds ? wanted.seconds->value : 3'600;
    alert.snoozed_until_at = is_ack ? 0 : work_.now_us() + Micros{seconds{seconds_wanted}}.count();
    save(alert);
    tell(is_ack ? "alert.acknowledged" : "alert.snoozed", alert);
}

void Writer::act(const Act& wanted, const std::string& by) {
    const auto id = Ulid::from_text(wanted.id.value);
    Alert* alert = id ? state_.find(*id) : nullptr;
    if (!alert) return work_.refuse(404, "not_found", "there is no alert of this id");
    if (alert->parent && !alert->is_closed())
        if (Alert* group = state_.find(*alert->parent); group && !group->is_closed()) alert = group;
    const bool is_repeated = wanted.act.is("close") && !alert->closed_by.empty();
    if (alert->is_closed() && !is_repeated)
        return work_.refuse(409, "alert_closed", "the alert is closed already");
    if (is_repeated) return work_.answer(200, wire::encode(Acted{alert->id.text(), true}));
    act_on(*alert, wanted, by);
    work_.answer(200, wire::encode(Acted{alert->id.text()}));
}

void Writer::test(const Test& wanted) {
    Alert alert;
    alert.id = work_.shard.ids.next();
    alert.rule_id = wanted.rule_id;
    alert.kind = wanted.kind;
    alert.severity = wanted.severity;
    alert.state = "open";
    alert.what = "test";
    alert.since_at = alert.last_at = alert.opened_at = work_.now_us();
    tell("alert.tested", alert);
    work_.answer(200, "{}");
}

template <class T>
bool read(Work& work, const bus::OperatorBody& asked, T& out) {
    const auto violation = work.shard.decoder.decode(asked.parameters, out);
    if (violation)
        work.refuse(400, "validation_failed", ocpp::describe(*violation), violation->path);
    return !violation;
}

}  // namespace

bool is_for_writer(const bus::Envelope& envelope) {
    return envelope.kind.is("operator") && envelope.station == owner_key;
}

std::unique_ptr<AlertState> load(store::Sql& sql, wire::Decoder& decoder, const Batch& batch) {
    std::unique_ptr<AlertState> state;
    Wanted wanted;
    const std::int64_t now = micros(batch.now);
    for (const Item& item : batch.items) {
        if (!is_for_writer(item.envelope)) continue;
        if (!state) state = std::make_unique<AlertState>();
        const auto asked = bus::body_of<bus::OperatorBody>(item.envelope);
        if (asked && !is_too_late(*asked, now)) add_wanted(decoder, *asked, wanted);
    }
    if (!state) return state;
    for (const auto& [rule, worker] : wanted.groups)
        wanted.subjects.emplace(rule, group_subject(worker));
    load_subjects(sql, *state, wanted, now - Micros{limits::alert_again_within}.count());
    load_neighbours(sql, *state, wanted, now - 24 * Micros{limits::alert_again_within}.count());
    for (const Ulid& id : wanted.ids)
        take_rows(*state,
                  sql.query(select_alerts() + " where a.id = $1 or a.id = (select c.parent_id from "
                                              "alerts c where c.id = $1)",
                            {Bytes{id.bytes()}}));
    return state;
}

void handle(Work& work, AlertState& state) {
    const auto asked = bus::body_of<bus::OperatorBody>(work.envelope);
    if (!asked || is_too_late(*asked, work.now_us())) return;
    Writer writer{work, state};
    if (asked->operation == operation::take_findings) {
        Findings findings;
        if (!read(work, *asked, findings)) return;
        writer.take(findings);
        return work.answer(200, "{}");
    }
    if (asked->operation == operation::act) {
        Act wanted;
        if (read(work, *asked, wanted)) writer.act(wanted, asked->requested_by);
        return;
    }
    Test wanted;
    if (read(work, *asked, wanted)) writer.test(wanted);
}

}  // namespace ohm::api::alerts
