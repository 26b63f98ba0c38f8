#include "api/rest/token_rows.hpp"

#include <set>

#include "api/tables.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "domain/token.hpp"

namespace ohm::api::rest {
namespace {

using store::Null;
using store::Value;

Value value_of(const NullableText& text) {
    return tables::text_or_null(text.value_or(std::string{}));
}

// One a line: ids have no control characters.
Value value_of(const List<std::string>& ids) {
    std::string lines;
    for (const std::string& id : ids) lines += id + "\n";
    return tables::text_or_null(lines);
}

List<std::string> lines_of(std::string_view text) {
    List<std::string> lines;
    for (const std::string_view line : split(text, '\n'))
        if (!line.empty()) lines.items.emplace_back(line);
    return lines;
}

Value value_of(const List<EvsePlace>& places) {
    std::string lines;
    for (const EvsePlace& place : places)
        lines += std::to_string(place.evse_id.value) + " " + place.station_id.value + "\n";
    return tables::text_or_null(lines);
}

List<EvsePlace> places_of(std::string_view lines) {
    List<EvsePlace> places;
    for (const std::string_view line : split(lines, '\n')) {
        const auto blank = line.find(' ');
        if (blank == std::string_view::npos) continue;
        places.items.push_back({{std::string{line.substr(blank + 1)}},
                                {parse_int(line.substr(0, blank)).value_or(1)}});
    }
    return places;
}

std::vector<Value> values_of(const TokenShown& token, Utc now) {
    return {domain::token_key(token.uid),
            token.uid,
            value_of(token.type),
            token.status,
            token.expires_at ? Value{micros(token.expires_at->at)} : Value{Null{}},
            value_of(token.group_id),
            tables::int_or_null(token.concurrent_limit),
            value_of(token.station_ids),
            value_of(token.note),
            micros(now),
            value_of(token.evses),
            value_of(token.language),
            value_of(token.personal_message),
            std::int64_t{token.master_pass},
            std::int64_t{token.prepaid},
            value_of(token.location_ids)};
}

}  // namespace

const std::string_view select_tokens =
    "select t.uid, t.type, t.status, t.expires_at, t.group_id, t.concurrent_limit, t.stations, "
    "t.note, t.version, t.created_at, t.updated_at, t.uid_key, t.evses, t.language, "
    "t.personal_message, t.master_pass, t.prepaid, t.locations from id_tokens t where t.tenant_no "
    "= 1";

TokenShown token_of(const store::Row& row) {
    TokenShown token;
    token.uid = store::as_text(row[0]);
    token.type = text_or_null(row[1]);
    token.status = store::as_text(row[2]);
    token.expires_at = time_or_null(row[3]);
    token.group_id = text_or_null(row[4]);
    token.concurrent_limit = int_or_null(row[5]);
    token.station_ids = lines_of(store::as_text(row[6]));
    token.note = text_or_null(row[7]);
    token.version = store::as_int(row[8]);
    token.created_at = time_of(row[9]);
    token.updated_at = time_of(row[10]);
    token.evses = places_of(store::as_text(row[12]));
    token.language = text_or_null(row[13]);
    token.personal_message = text_or_null(row[14]);
    token.master_pass = store::as_int(row[15]) != 0;
    token.prepaid = store::as_int(row[16]) != 0;
    token.location_ids = lines_of(store::as_text(row[17]));
    return token;
}

std::optional<TokenShown> find_token(store::Sql& sql, std::string_view uid) {
    const auto rows =
        sql.query(std::string{select_tokens} + " and t.uid_key = $1", {domain::token_key(uid)});
    if (rows.empty()) return std::nullopt;
    return token_of(rows.front());
}

std::optional<Problem> check_token(std::string_view uid, const TokenShown& token) {
    const std::string key = domain::token_key(uid);
    if (key.empty() || key.size() > limits::station_key_bytes)
        return bad_member("/uid", "must be 1 to " + std::to_string(limits::station_key_bytes) +
                                      " bytes that are not blank");
    if (domain::token_key(token.uid) != key)
        return bad_member("/uid", "is another token than that of the path");
    if (token.group_id && has_control_characters(*token.group_id))
        return bad_member("/group_id", "must not contain control characters");
    if (token.station_ids.items.size() > limits::token_stations)
        return bad_member("/station_ids",
                          "may name " + std::to_string(limits::token_stations) + " stations");
    if (token.evses.items.size() > limits::token_stations)
        return bad_member("/evses",
                          "may name " + std::to_string(limits::token_stations) + " EVSEs");
    for (const EvsePlace& place : token.evses)
        if (has_control_characters(place.station_id.value))
            return bad_member("/evses", "must not contain control characters");
    for (const std::string& station : token.station_ids)
        if (has_control_characters(station))
            return bad_member("/station_ids", "must not contain control characters");
    if (token.location_ids.items.size() > limits::token_stations)
        return bad_member("/location_ids",
                          "may name " + std::to_string(limits::token_stations) + " locations");
    return std::nullopt;
}

std::optional<Problem> check_locations(store::Sql& sql, const TokenShown& token) {
    if (token.location_ids.items.empty()) return std::nullopt;
    std::set<std::string> known;
    const std::string text = "select id from locations where tenant_no = 1 and " +
                             store::any_of(sql.dialect(), "id", "$1");
    for (const store::Row& row : sql.query(text, {token.location_ids.items}))
        known.insert(store::as_text(row[0]));
    const auto& ids = token.location_ids.items;
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (!known.contains(ids[i]))
            return bad_member("/location_ids/" + std::to_string(i),
                              "names a location that does not exist");
    return std::nullopt;
}

TokenShown token_of(const TokenWrite& wanted, std::string uid) {
    TokenShown token;
    token.uid = wanted.uid ? wanted.uid->value : std::move(uid);
    if (wanted.type) token.type = {std::string{wanted.type->name()}};
    token.status = wanted.status ? wanted.status->name() : "Accepted";
    if (wanted.expires_at) token.expires_at = {*wanted.expires_at};
    if (wanted.group_id) token.group_id = {wanted.group_id->value};
    if (wanted.concurrent_limit) token.concurrent_limit = {wanted.concurrent_limit->value};
    if (wanted.station_ids)
        for (const auto& station : *wanted.station_ids)
            token.station_ids.items.push_back(station.value);
    if (wanted.evses) token.evses = *wanted.evses;
    if (wanted.location_ids)
        for (const auto& location : *wanted.location_ids)
            token.location_ids.items.push_back(location.value);
    if (wanted.language) token.language = {wanted.language->value};
    if (wanted.personal_message) token.personal_message = {wanted.personal_message->value};
    token.master_pass = wanted.master_pass.value_or(false);
    token.prepaid = wanted.prepaid.value_or(false);
    if (wanted.note) token.note = {wanted.note->value};
    return token;
}

namespace {
constexpr std::string_view insert_token =
    "insert into id_tokens (uid_key, uid, type, status, expires_at, group_id, concurrent_limit, "
    "stations, note, version, created_at, updated_at, evses, language, personal_message, "
    "master_pass, prepaid, locations) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $10, "
    "$11, $12, $13, $14, $15, $16) on conflict (tenant_no, uid_key) do ";
}  // namespace

Saved create_token(store::Sql& sql, const TokenShown& token, Utc now) {
    const auto rows =
        sql.query(std::string{insert_token} + "nothing returning version", values_of(token, now));
    return rows.empty() ? Saved{} : Saved{store::as_int(rows[0].at(0)), true};
}

Saved save_token(store::Sql& sql, const TokenShown& token, Utc now) {
    const auto rows = sql.query(
        std::string{insert_token} +
            "update set uid = excluded.uid, type = excluded.type, status = excluded.status, "
            "expires_at "
            "= excluded.expires_at, group_id = excluded.group_id, concurrent_limit = "
            "excluded.concurrent_limit, stations = excluded.stations, note = excluded.note, evses "
            "= "
            "excluded.evses, language = excluded.language, personal_message = "
            "excluded.personal_message, master_pass = excluded.master_pass, prepaid = "
            "excluded.prepaid, locations = excluded.locations, version = id_tokens.version + 1, "
            "updated_at = excluded.updated_at returning version",
        values_of(token, now));
    const std::int64_t version = store::as_int(rows.at(0).at(0));
    return {version, version == 1};
}

Saved replace_token(store::Sql& sql, const TokenShown& token, std::int64_t version, Utc now) {
    std::vector<Value> values = values_of(token, now);
    values.emplace_back(version);
    const auto rows = sql.query(
        "update id_tokens set uid = $2, type = $3, status = $4, expires_at = $5, group_id = $6, "
        "concurrent_limit = $7, stations = $8, note = $9, updated_at = $10, evses = $11, language "
        "= $12, personal_message = $13, master_pass = $14, prepaid = $15, locations = $16, version "
        "= version + 1 where tenant_no = 1 and uid_key = $1 and version = $17 returning version",
        values);
    if (rows.empty()) return {};
    return {store::as_int(rows[0].at(0)), false};
}

}  // namespace ohm::api::rest
