#include "api/alerts/tables.hpp"

#include "api/tables.hpp"
#include "store/row.hpp"

namespace ohm::api::tables {
namespace {
using store::Kind;
constexpr int records = 3;
constexpr Kind integer = Kind::integer, text = Kind::text, blob = Kind::bytes;
}  // namespace

const store::Write alert{"alerts",
                         store::Mode::upsert,
                         1,
                         {{"id", blob},
                          {"rule_id", text},
                          {"kind", text},
                          {"severity", text},
                          {"subject", text},
                          {"station_no", integer},
                          {"evse", integer},
                          {"connector", integer},
                          {"is_group", integer},
                          {"parent_id", blob},
                          {"members", integer},
                          {"what", text},
                          {"worker", text},
                          {"ref", blob},
                          {"due_at", integer},
                          {"state", text},
                          {"occurrences", integer},
                          {"since_at", integer},
                          {"last_at", integer},
                          {"opened_at", integer},
                          {"acknowledged_at", integer},
                          {"acknowledged_by", text},
                          {"note", text},
                          {"snoozed_until_at", integer},
                          {"closed_at", integer},
                          {"closed_by", text},
                          {"closed_reason", text},
                          {"version", integer},
                          {"updated_at", integer}},
                         records};

std::vector<store::Value> alert_row(const alerts::Alert& one, std::int64_t now_us) {
    return {bytes(one.id),
            one.rule_id,
            one.kind,
            one.severity,
            one.subject,
            int_or_null(one.station_no),
            int_or_null(one.evse),
            int_or_null(one.connector),
            std::int64_t{one.is_group},
            bytes_or_null(one.parent),
            one.members,
            text_or_null(one.what),
            text_or_null(one.worker),
            bytes_or_null(one.ref),
            int_or_null(one.due_at),
            one.state,
            one.occurrences,
            one.since_at,
            one.last_at,
            one.opened_at,
            int_or_null(one.acknowledged_at),
            text_or_null(one.acknowledged_by),
            text_or_null(one.note),
            int_or_null(one.snoozed_until_at),
            int_or_null(one.closed_at),
            text_or_null(one.closed_by),
            text_or_null(one.closed_reason),
            one.version,
            now_us};
}

}  // namespace ohm::api::tables

namespace ohm::api::alerts {

const std::string_view alert_tables =
    " from alerts a left join charge_points p on p.station_no = a.station_no ";
const std::string_view alert_columns =
    "a.id, a.rule_id, a.kind, a.severity, a.subject, a.station_no, a.evse, a.connector, "
    "p.id, a.is_group, a.parent_id, a.members, a.what, a.worker, a.ref, a.due_at, a.state, "
    "a.occurrences, a.since_at, a.last_at, a.opened_at, a.acknowledged_at, a.acknowledged_by, "
    "a.note, a.snoozed_until_at, a.closed_at, a.closed_by, a.closed_reason, a.version";

std::unique_ptr<Alert> alert_of(const store::Row& row) {
    auto one = std::make_unique<Alert>();
    store::Columns in{row};
    const auto id = [&] { return Ulid::from_bytes(in.bytes()); };
    one->id = id().value_or(Ulid{});
    one->rule_id = in.text();
    one->kind = in.text();
    one->severity = in.text();
    one->subject = in.text();
    one->station_no = in.integer();
    one->evse = in.integer();
    one->connector = in.integer();
    one->station_id = in.text();
    one->is_group = in.integer() != 0;
    one->parent = id();
    one->members = in.integer();
    one->what = in.text();
    one->worker = in.text();
    one->ref = id();
    one->due_at = in.integer();
    one->state = in.text();
    one->occurrences = in.integer();
    one->since_at = in.integer();
    one->last_at = in.integer();
    one->opened_at = in.integer();
    one->acknowledged_at = in.integer();
    one->acknowledged_by = in.text();
    one->note = in.text();
    one->snoozed_until_at = in.integer();
    one->closed_at = in.integer();
    one->closed_by = in.text();
    one->closed_reason = in.text();
    one->version = in.integer();
    return one;
}

}  // namespace ohm::api::alerts
