#include "api/held/tables.hpp"

#include "domain/token.hpp"

namespace ohm::api {

// Not in an unnamed namespace: clang wants linkage of whatever FIELDS describes.
struct StoredEntry {
    std::string uid, type, status, group;
    std::int64_t expires_at = 0;
    FIELDS(uid, type, status, group, expires_at)
};

namespace tables {
namespace {

using store::Kind;
using store::Mode;
constexpr Kind integer = Kind::integer, text = Kind::text, blob = Kind::bytes;

// Behind the stations that they belong to; a claim that is removed and made anew ends made.
constexpr int removed = 3, made = 4;

std::optional<std::int64_t> number(const store::Value& value) {
    if (store::is_null(value)) return std::nullopt;
    return store::as_int(value);
}

}  // namespace

const store::Write reservation{
    "reservations",
    Mode::upsert,
    1,
    {{"id", blob},           {"station_no", integer},  {"ocpp_version", text},
     {"number", integer},    {"evse", integer},        {"connector_type", text},
     {"token", text},        {"token_key", text},      {"token_type", text},
     {"group_token", text},  {"expires_at", integer},  {"state", text},
     {"is_open", integer},   {"status", text},         {"reason", text},
     {"command_id", blob},   {"transaction_id", blob}, {"replaced_by", blob},
     {"requested_by", text}, {"created_at", integer},  {"answered_at", integer},
     {"ended_at", integer},  {"updated_at", integer}},
    made};
const store::Write reservation_claim{"reservation_claims",
                                     Mode::insert_if_absent,
                                     1,
                                     {{"token_key", text},
                                      {"reservation_id", blob},
                                      {"station_no", integer},
                                      {"claimed_at", integer}},
                                     made};
const store::Write remove_reservation_claim{"reservation_claims",
                                            Mode::remove,
                                            2,
                                            {{"token_key", text}, {"reservation_id", blob}},
                                            removed};
const store::Write local_list{"local_lists",
                              Mode::upsert,
                              1,
                              {{"station_no", integer},
                               {"source", text},
                               {"rule", text},
                               {"updated_at", integer},
                               {"updated_by", text},
                               {"confirmed_version", integer},
                               {"highest_version", integer},
                               {"is_known", integer},
                               {"confirmed_at", integer},
                               {"reported_version", integer},
                               {"reported_at", integer},
                               {"sync_state", text},
                               {"sync_reason", text},
                               {"sync_started_at", integer},
                               {"sync_ended_at", integer},
                               {"full_was_tried", integer},
                               {"messages_sent", integer}},
                              made};
// Behind the whole row, which the same batch may write as well.
const store::Write local_list_sync{"local_lists",
                                   Mode::update,
                                   1,
                                   {{"station_no", integer},
                                    {"sync_state", text},
                                    {"sync_reason", text},
                                    {"sync_ended_at", integer}},
                                   made + 1};
const store::Write local_list_unknown{
    "local_lists", Mode::update, 1, {{"station_no", integer}, {"is_known", integer}}, made + 1};
const store::Write local_list_entry{
    "local_list_entries",
    Mode::upsert,
    2,
    {{"station_no", integer}, {"token_key", text}, {"wanted", text}, {"confirmed", text}},
    made};
const store::Write held_profile{"charging_profiles",
                                Mode::upsert,
                                2,
                                {{"station_no", integer},
                                 {"profile_id", integer},
                                 {"evse", integer},
                                 {"source", text},
                                 {"purpose", text},
                                 {"stack_level", integer},
                                 {"transaction_id", text},
                                 {"valid_from", integer},
                                 {"valid_to", integer},
                                 {"origin", text},
                                 {"is_held", integer},
                                 {"payload", text},
                                 {"request_id", integer},
                                 {"installed_at", integer},
                                 {"updated_at", integer}},
                                made};
const store::Write held_profile_transaction{"charging_profiles",
                                            Mode::update,
                                            2,
                                            {{"station_no", integer},
                                             {"profile_id", integer},
                                             {"evse", integer},
                                             {"transaction_id", text},
                                             {"updated_at", integer}},
                                            made + 1};
const store::Write charging_limit{"charging_limits",
                                  Mode::upsert,
                                  3,
                                  {{"station_no", integer},
                                   {"evse", integer},
                                   {"source", text},
                                   {"is_set", integer},
                                   {"is_grid_critical", integer},
                                   {"payload", text},
                                   {"at", integer}},
                                  made};
const store::Write charging_change{
    "charging_changes", Mode::upsert, 1, {{"station_no", integer}, {"changed_at", integer}}, made};
const store::Write composite_schedule{"composite_schedules",
                                      Mode::upsert,
                                      2,
                                      {{"station_no", integer},
                                       {"evse", integer},
                                       {"status", text},
                                       {"unit", text},
                                       {"duration_s", integer},
                                       {"start_at", integer},
                                       {"payload", text},
                                       {"answered_at", integer}},
                                      made};

const std::string_view reservation_columns =
    "station_no, id, ocpp_version, number, evse, connector_type, token, token_type, group_token, "
    "expires_at, state, status, reason, command_id, transaction_id, replaced_by, requested_by, "
    "created_at, answered_at, ended_at";

Row reservation_row(const Station& station, const ReservationRecord& record, std::int64_t now) {
    const domain::Reservation& facts = record.facts;
    return {bytes(record.id),
            station.no.value,
            text_or_null(record.version),
            facts.number,
            facts.evse,
            text_or_null(facts.connector_type),
            facts.token,
            domain::token_key(facts.token),
            text_or_null(facts.token_type),
            text_or_null(facts.group),
            facts.expires_at,
            std::string{name_of(facts.state)},
            std::int64_t{is_open(facts.state)},
            text_or_null(facts.status),
            text_or_null(facts.reason),
            bytes(record.command),
            bytes_or_null(record.transaction),
            bytes_or_null(record.replaced_by),
            text_or_null(record.requested_by),
            record.created_at,
            int_or_null(facts.answered_at),
            int_or_null(facts.ended_at),
            now};
}

ReservationRecord read_reservation(const store::Row& row) {
    ReservationRecord record;
    const auto id = [&](std::size_t at) { return Ulid::from_bytes(store::as_bytes(row.at(at))); };
    const auto words = [&](std::size_t at) { return store::as_text(row.at(at)); };
    domain::Reservation& facts = record.facts;
    record.id = id(1).value_or(Ulid{});
    record.version = words(2);
    facts.number = store::as_int(row.at(3));
    facts.evse = store::as_int(row.at(4));
    facts.connector_type = words(5);
    facts.token = words(6);
    facts.token_type = words(7);
    facts.group = words(8);
    facts.expires_at = store::as_int(row.at(9));
    facts.state =
        domain::reservation_state_of(words(10)).value_or(domain::ReservationState::unknown);
    facts.status = words(11);
    facts.reason = words(12);
    record.command = id(13).value_or(Ulid{});
    record.transaction = id(14);
    record.replaced_by = id(15);
    record.requested_by = words(16);
    record.created_at = store::as_int(row.at(17));
    facts.answered_at = store::as_int(row.at(18));
    facts.ended_at = store::as_int(row.at(19));
    return record;
}

const std::string_view local_list_columns =
    "station_no, source, rule, updated_at, updated_by, confirmed_version, highest_version, "
    "is_known, confirmed_at, reported_version, reported_at, sync_state, sync_reason, "
    "sync_started_at, sync_ended_at, full_was_tried, messages_sent";

Row local_list_row(const Station& station, const LocalListRecord& list) {
    return {station.no.value,
            text_or_null(list.source),
            text_or_null(list.rule),
            int_or_null(list.updated_at),
            text_or_null(list.updated_by),
            list.held.version,
            list.held.highest_version,
            std::int64_t{list.held.is_known},
            int_or_null(list.confirmed_at),
            int_or_null(list.reported_version),
            int_or_null(list.reported_at),
            list.sync_state,
            text_or_null(list.sync_reason),
            int_or_null(list.sync_started_at),
            int_or_null(list.sync_ended_at),
            std::int64_t{list.full_was_tried},
            list.messages_sent};
}

LocalListRecord read_local_list(const store::Row& row) {
    LocalListRecord list;
    list.source = store::as_text(row.at(1));
    list.rule = store::as_text(row.at(2));
    list.updated_at = store::as_int(row.at(3));
    list.updated_by = store::as_text(row.at(4));
    list.held.version = store::as_int(row.at(5));
    list.held.highest_version = store::as_int(row.at(6));
    list.held.is_known = store::as_int(row.at(7)) != 0;
    list.confirmed_at = store::as_int(row.at(8));
    list.reported_version = number(row.at(9));
    list.reported_at = store::as_int(row.at(10));
    list.sync_state = store::as_text(row.at(11));
    list.sync_reason = store::as_text(row.at(12));
    list.sync_started_at = store::as_int(row.at(13));
    list.sync_ended_at = store::as_int(row.at(14));
    list.full_was_tried = store::as_int(row.at(15)) != 0;
    list.messages_sent = store::as_int(row.at(16));
    return list;
}

std::string entry_json(const domain::ListEntry& entry) {
    return wire::encode(
        StoredEntry{entry.uid, entry.type, entry.status, entry.group, entry.expires_at});
}

domain::ListEntry read_entry(wire::Decoder& decoder, std::string_view json) {
    StoredEntry stored;
    if (decoder.decode(json, stored, {wire::Strictness::lenient})) return {};
    return {stored.uid, stored.type, stored.status, stored.group, stored.expires_at};
}

}  // namespace tables
}  // namespace ohm::api
