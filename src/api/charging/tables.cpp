#include "api/charging/tables.hpp"

#include "api/charging/progress.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "store/row.hpp"

namespace ohm::api::tables {
namespace {

using domain::Register;
using store::Bytes;
using store::Kind;
using store::Mode;
using store::Null;
using store::Value;
constexpr Kind integer = Kind::integer, text = Kind::text, blob = Kind::bytes;
constexpr int records = 3;  // behind stations and their details

std::optional<Register> reading_in(store::Columns& columns) {
    const auto mwh = columns.number(), at = columns.number(), rank = columns.number();
    if (!mwh) return std::nullopt;
    return Register{*mwh, at.value_or(0), rank.value_or(0)};
}

void add_reading(Row& row, const std::optional<Register>& reading) {
    row.push_back(reading ? Value{reading->mwh} : Null{});
    row.push_back(reading ? Value{reading->at} : Null{});
    row.push_back(reading ? Value{reading->rank} : Null{});
}

}  // namespace

const store::Write transaction{"transactions",
                               Mode::upsert,
                               1,
                               {{"id", blob},
                                {"station_no", integer},
                                {"ocpp_version", text},
                                {"ocpp_id", text},
                                {"start_key", text},
                                {"state", text},
                                {"evse", integer},
                                {"connector", integer},
                                {"token", text},
                                {"token_key", text},
                                {"token_type", text},
                                {"token_group", text},
                                {"stop_token", text},
                                {"authorization_status", text},
                                {"started_at", integer},
                                {"ended_at", integer},
                                {"received_at", integer},
                                {"ended_received_at", integer},
                                {"stop_reason", text},
                                {"charging_state", text},
                                {"trigger_reason", text},
                                {"remote_start_id", integer},
                                {"reservation_id", integer},
                                {"time_charging_s", integer},
                                {"phases_used", integer},
                                {"cable_max_a", integer},
                                {"offline", integer},
                                {"energy_mwh", integer},
                                {"begin_mwh", integer},
                                {"begin_at", integer},
                                {"begin_rank", integer},
                                {"end_mwh", integer},
                                {"end_at", integer},
                                {"end_rank", integer},
                                {"lowest_mwh", integer},
                                {"highest_mwh", integer},
                                {"has_start", integer},
                                {"has_end", integer},
                                {"event_count", integer},
                                {"seq_min", integer},
                                {"seq_max", integer},
                                {"end_seq", integer},
                                {"decided_by", text},
                                {"incomplete", integer},
                                {"suspect", integer},
                                {"evidence", text},
                                {"conflicts", integer},
                                {"repairs", integer},
                                {"available_at", integer},
                                {"overdue_at", integer},
                                {"token_slot", integer},
                                {"last_token", text},
                                {"last_evse", integer},
                                {"intervals", text},
                                {"energy_rule", text},
                                {"superseded_by", blob},
                                {"superseded_at", integer},
                                {"closed_at", integer},
                                {"closed_by", text},
                                {"closed_reason", text},
                                {"public_key", text},
                                {"total_cost", text},
                                {"meter_from_at", integer},
                                {"meter_to_at", integer},
                                {"said_id", text},
                                {"version", integer},
                                {"updated_at", integer}},
                               records};
const store::Write transaction_event{"transaction_events",
                                     Mode::insert_if_absent,
                                     3,
                                     {{"station_no", integer},
                                      {"ocpp_id", text},
                                      {"seq_no", integer},
                                      {"transaction_id", blob},
                                      {"kind", text},
                                      {"at", integer},
                                      {"received_at", integer},
                                      {"trigger_reason", text},
                                      {"offline", integer},
                                      {"content", blob},
                                      {"payload", text}},
                                     records};
const store::Write transaction_conflict{"transaction_conflicts",
                                        Mode::insert_if_absent,
                                        4,
                                        {{"station_no", integer},
                                         {"ocpp_id", text},
                                         {"seq_no", integer},
                                         {"content", blob},
                                         {"transaction_id", blob},
                                         {"received_at", integer},
                                         {"payload", text}},
                                        records};
const store::Write orphan_stop{"orphan_stops",
                               Mode::insert_if_absent,
                               4,
                               {{"station_no", integer},
                                {"token_key", text},
                                {"meter_stop", integer},
                                {"at", integer},
                                {"id", blob},
                                {"said_id", integer},
                                {"token", text},
                                {"reason", text},
                                {"received_at", integer},
                                {"payload", text},
                                {"transaction_id", blob}},
                               records};
// Behind the row that may come in with it.
const store::Write orphan_stop_matched{"orphan_stops",
                                       Mode::update,
                                       4,
                                       {{"station_no", integer},
                                        {"token_key", text},
                                        {"meter_stop", integer},
                                        {"at", integer},
                                        {"transaction_id", blob}},
                                       records + 1};
const store::Write meter_value{"meter_values",
                               Mode::insert_if_absent,
                               4,
                               {{"station_no", integer},
                                {"at", integer},
                                {"evse", integer},
                                {"hash", blob},
                                {"transaction_id", blob},
                                {"received_at", integer},
                                {"said_id", text},
                                {"flags", integer},
                                {"samples", blob},
                                {"raw", text}},
                               records};
const store::Write authorization{"authorizations",
                                 Mode::insert_if_absent,
                                 1,
                                 {{"id", blob},
                                  {"station_no", integer},
                                  {"epoch", integer},
                                  {"frame_no", integer},
                                  {"at", integer},
                                  {"action", text},
                                  {"token", text},
                                  {"token_key", text},
                                  {"token_type", text},
                                  {"status", text},
                                  {"reason", text},
                                  {"evse", integer},
                                  {"transaction_id", blob},
                                  {"decided_by", text},
                                  {"detail", text},
                                  {"additional_info", text}},
                                 records};
// Two shards may see the same card: rows of an upsert are written in the order of their keys.
const store::Write unknown_token{"unknown_tokens",
                                 Mode::upsert,
                                 2,
                                 {{"tenant_no", integer},
                                  {"token_key", text},
                                  {"token", text},
                                  {"type", text},
                                  {"station_no", integer},
                                  {"last_seen_at", integer}},
                                 records + 1};

const store::Write open_transaction{"open_transactions",
                                    Mode::upsert,
                                    1,
                                    {{"id", blob}, {"station_no", integer}, {"token_key", text}},
                                    records + 1};
// Behind the row that may come in with it; what has ended never runs again.
const store::Write open_transaction_ended{
    "open_transactions", Mode::remove, 1, {{"id", blob}}, records + 2};

const store::Write token_slot{"token_slots",
                              Mode::claim,
                              3,
                              {{"tenant_no", integer},
                               {"token_key", text},
                               {"slot", integer},
                               {"transaction_id", blob},
                               {"station_no", integer}},
                              records + 1};
// Before others take it.
const store::Write token_slot_freed{
    "token_slots", Mode::remove, 1, {{"transaction_id", blob}}, records};

std::string evidence_json(const TransactionRecord& record) {
    std::string out;
    const auto add = [&](std::string_view word) {
        out += out.empty() ? "[" : ",";
        append_json_string(out, word);
    };
    for (const std::string_view word : domain::evidence(record.facts)) add(word);
    if (record.superseded_at != 0 && !record.facts.has_end) add("newer_start");
    if (record.available_at != 0 && record.is_active()) add("connector_available");
    if (record.is_stop_missing()) add(TransactionRecord::stop_missing);
    if (record.repairs & Repaired::made) add("made_from_status");
    if (record.overdue_at != 0 && record.is_active()) add("open_too_long");
    if (record.conflicts > 0) add("conflict");
    if (record.repairs & Repaired::left_out) add("left_out");
    if (record.repairs & Repaired::matched) add("matched");
    if (record.repairs & Repaired::numbered) add("numbered");
    return out.empty() ? out : out + "]";
}

namespace {
// From what it amounts to on: how far it is to be believed, and what became of it here.
Row judged_columns(const TransactionRecord& record, std::int64_t now_us) {
    const domain::Transaction& t = record.facts;
    const std::string why = evidence_json(record);
    return {int_or_null(t.lowest_mwh),
            int_or_null(t.highest_mwh),
            std::int64_t{t.has_start},
            std::int64_t{t.has_end},
            t.event_count,
            t.seq_min,
            t.seq_max,
            t.end_seq,
            joined_decisions(t),
            std::int64_t{domain::is_incomplete(t)},
            std::int64_t{!why.empty()},
            text_or_null(why),
            record.conflicts,
            record.repairs,
            int_or_null(record.available_at),
            int_or_null(record.overdue_at),
            int_or_null(record.slot),
            text_or_null(t.last_token),
            int_or_null(t.last_evse),
            text_or_null(joined_intervals(t)),
            text_or_null(domain::energy_rule(t)),
            bytes_or_null(record.superseded_by),
            int_or_null(record.superseded_at),
            int_or_null(record.closed_at),
            text_or_null(record.closed_by),
            text_or_null(record.closed_reason),
            text_or_null(record.public_key),
            text_or_null(record.total_cost),
            int_or_null(record.meter_from_at),
            int_or_null(record.meter_to_at),
            text_or_null(record.said_id),
            record.row_version,
            now_us};
}
}  // namespace

std::string token_key_of(const TransactionRecord& record) {
    return record.facts.token.empty() ? "" : key_of_token(record.facts.token);
}

Row transaction_row(const Station& station, const TransactionRecord& record,
                    const std::string& token_key, std::int64_t now_us) {
    const domain::Transaction& t = record.facts;
    Row row{bytes(record.id),
            station.no.value,
            std::string{ocpp::short_name(record.version)},
            record.ocpp_id,
            text_or_null(record.start_key),
            std::string{record.is_active() ? "active" : "ended"},
            int_or_null(t.evse),
            int_or_null(t.connector),
            text_or_null(t.token),
            text_or_null(token_key),
            text_or_null(t.token_type),
            text_or_null(t.group),
            text_or_null(t.stop_token),
            text_or_null(record.authorization),
            int_or_null(t.started_at),
            int_or_null(t.ended_at),
            record.received_at,
            int_or_null(record.ended_received_at),
            text_or_null(t.stop_reason),
            text_or_null(t.charging_state),
            text_or_null(t.trigger),
            int_or_null(t.remote_start_id),
            int_or_null(t.reservation_id),
            int_or_null(t.time_charging_s),
            int_or_null(t.phases_used),
            int_or_null(t.cable_max_a),
            std::int64_t{t.offline},
            int_or_null(domain::energy_mwh(t))};
    add_reading(row, t.begin);
    add_reading(row, t.end);
    const Row rest = judged_columns(record, now_us);
    row.insert(row.end(), rest.begin(), rest.end());
    return row;
}

const std::string_view transaction_columns =
    "station_no, id, ocpp_version, ocpp_id, start_key, evse, connector, token, token_type, "
    "token_group, stop_token, authorization_status, started_at, ended_at, received_at, "
    "ended_received_at, stop_reason, charging_state, trigger_reason, remote_start_id, "
    "reservation_id, time_charging_s, phases_used, cable_max_a, offline, begin_mwh, begin_at, "
    "begin_rank, end_mwh, end_at, end_rank, lowest_mwh, highest_mwh, has_start, has_end, "
    "event_count, seq_min, seq_max, end_seq, decided_by, conflicts, repairs, available_at, "
    "overdue_at, token_slot, last_token, last_evse, intervals, superseded_by, superseded_at, "
    "closed_at, closed_by, closed_reason, public_key, total_cost, meter_from_at, meter_to_at, "
    "said_id, version";

std::unique_ptr<TransactionRecord> read_transaction(const store::Row& row) {
    auto record = std::make_unique<TransactionRecord>();
    domain::Transaction& t = record->facts;
    store::Columns in{row};
    in.integer();  // station_no
    record->id = Ulid::from_bytes(in.bytes()).value_or(Ulid{});
    record->version = ocpp::version_of_short_name(in.text());
    record->ocpp_id = in.text();
    record->start_key = in.text();
    t.evse = in.number();
    t.connector = in.number();
    for (std::string* word : {&t.token, &t.token_type, &t.group, &t.stop_token}) *word = in.text();
    record->authorization = in.text();
    t.started_at = in.number();
    t.ended_at = in.number();
    record->received_at = in.integer();
    record->ended_received_at = in.integer();
    for (std::string* word : {&t.stop_reason, &t.charging_state, &t.trigger}) *word = in.text();
    for (auto* number : {&t.remote_start_id, &t.reservation_id, &t.time_charging_s, &t.phases_used,
                         &t.cable_max_a})
        *number = in.number();
    t.offline = in.integer() != 0;
    t.begin = reading_in(in);
    t.end = reading_in(in);
    t.lowest_mwh = in.number();
    t.highest_mwh = in.number();
    t.has_start = in.integer() != 0;
    t.has_end = in.integer() != 0;
    for (std::int64_t* number : {&t.event_count, &t.seq_min, &t.seq_max, &t.end_seq})
        *number = in.integer();
    take_decisions(in.text(), t);
    record->conflicts = in.integer();
    record->repairs = in.integer();
    record->available_at = in.integer();
    record->overdue_at = in.integer();
    record->slot = in.number();
    record->slot_is_stored = record->slot.has_value();
    record->end_is_counted = t.has_end;
    t.last_token = in.text();
    t.last_evse = in.number();
    take_intervals(in.text(), t);
    record->superseded_by = Ulid::from_bytes(in.bytes());
    record->superseded_at = in.integer();
    record->closed_at = in.integer();
    record->closed_by = in.text();
    record->closed_reason = in.text();
    record->public_key = in.text();
    record->total_cost = in.text();
    record->meter_from_at = in.integer();
    record->meter_to_at = in.integer();
    record->said_id = in.text();
    record->row_version = in.integer();
    if (record->is_active()) record->open_token = token_key_of(*record);
    record->told = {.start = true,
                    .end = t.has_end,
                    .suspect = !evidence_json(*record).empty(),
                    .closed = record->closed_at != 0};
    return record;
}

}  // namespace ohm::api::tables
