// Locations as operators write them: an id of theirs, and a number of ours that stations' rows
// name. Reads on a reader's thread, writes on the writer's.
#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "api/rest/handlers.hpp"
#include "api/rest/location_resources.hpp"
#include "api/rest/made_once.hpp"
#include "api/rest/service.hpp"
#include "api/rest/station_rows.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "store/sequences.hpp"

namespace ohm::api::rest {
namespace {

using store::as_int;
using store::as_text;
using store::Null;
using store::Value;

constexpr std::size_t id_characters = 64;
constexpr std::size_t search_characters = 100;
constexpr double latitude_max = 90, longitude_max = 180;

constexpr std::string_view select_locations =
    "select l.id, l.name, l.address, l.latitude, l.longitude, l.time_zone, l.version, "
    "l.created_at, l.updated_at, (select count(*) from charge_points p where p.location_no = "
    "l.location_no and p.archived_at is null), (select count(*) from charge_points p join "
    "station_state s on s.station_no = p.station_no where p.location_no = l.location_no and "
    "p.archived_at is null and s.connection is not null) from locations l where l.tenant_no = 1";

// ---- rows ----

Nullable<wire::Number> degrees_or_null(const Value& value) {
    const std::string text = as_text(value);
    wire::Number degrees;
    const char* const end = text.data() + text.size();
    if (text.empty() || std::from_chars(text.data(), end, degrees.value).ptr != end) return {};
    return {degrees};
}

Value value_of(const Nullable<wire::Number>& degrees) {
    if (!degrees) return Null{};
    char digits[32];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), degrees->value).ptr;
    return std::string{digits, end};
}

Value value_of(const NullableText& text) {
    return tables::text_or_null(text.value_or(std::string{}));
}

LocationShown location_of(const store::Row& row) {
    LocationShown shown;
    shown.id = as_text(row[0]);
    shown.name = as_text(row[1]);
    shown.address = text_or_null(row[2]);
    shown.latitude = degrees_or_null(row[3]);
    shown.longitude = degrees_or_null(row[4]);
    shown.time_zone = text_or_null(row[5]);
    shown.version = as_int(row[6]);
    shown.created_at = time_of(row[7]);
    shown.updated_at = time_of(row[8]);
    shown.stations = {as_int(row[9]), as_int(row[10])};
    return shown;
}

std::optional<LocationShown> find_location(store::Sql& sql, const std::string& id) {
    const auto rows = sql.query(std::string{select_locations} + " and l.id = $1", {id});
    if (rows.empty()) return std::nullopt;
    return location_of(rows.front());
}

net::Response location_answer(int status, const LocationShown& location) {
    return json_answer(status, wire::encode(location), make_etag(location.version, 0));
}

Problem no_location(const Exchange& exchange) {
    return not_found("location", exchange.path_value(0));
}

// ---- what is wrong with one ----

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "Europe/Berlin", "Etc/GMT+1", "UTC": how the IANA's names look. Which of them a computer knows is
// its own affair.
bool is_time_zone(std::string_view text) {
    for (const std::string_view word : split(text, '/')) {
        const bool begins_well = !word.empty() && is_letter(word.front());
        const bool goes_on_well = std::all_of(word.begin(), word.end(), [](char c) {
            return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '+';
        });
        if (!begins_well || !goes_on_well) return false;
    }
    return true;
}

bool is_beyond(const Nullable<wire::Number>& degrees, double most) {
    return degrees && !(degrees->value >= -most && degrees->value <= most);
}

std::optional<Problem> check(const LocationShown& location) {
    const bool has_bad_id = location.id.empty() || has_control_characters(location.id) ||
                            count_code_points(location.id) > id_characters;
    if (has_bad_id)
        return bad_member("/id", "must be 1 to 64 characters, no control characters among them");
    if (has_control_characters(location.name))
        return bad_member("/name", "must not contain control characters");
    if (is_beyond(location.latitude, latitude_max))
        return bad_member("/latitude", "must be between -90 and 90");
    if (is_beyond(location.longitude, longitude_max))
        return bad_member("/longitude", "must be between -180 and 180");
    if (location.latitude.has_value() != location.longitude.has_value())
        return bad_member(location.latitude ? "/longitude" : "/latitude",
                          "is missing: a latitude and a longitude belong together");
    if (location.time_zone && !location.time_zone->empty() && !is_time_zone(*location.time_zone))
        return bad_member("/time_zone", "must be a name such as Europe/Berlin");
    return std::nullopt;
}

// ---- writes ----

std::vector<Value> values_of(const LocationShown& location, Utc now) {
    return {location.id,
            location.name,
            value_of(location.address),
            value_of(location.latitude),
            value_of(location.longitude),
            value_of(location.time_zone),
            micros(now)};
}

// False where another version is stored by now, or none.
bool replace_location(store::Sql& sql, const LocationShown& location, std::int64_t version,
                      Utc now) {
    std::vector<Value> values = values_of(location, now);
    values.emplace_back(version);
    return !sql.query(
                   "update locations set name = $2, address = $3, latitude = $4, longitude = $5, "
                   "time_zone = $6, updated_at = $7, version = version + 1 where tenant_no = 1 and "
                   "id = $1 and version = $8 returning 1",
                   values)
                .empty();
}

// False where somebody else was first.
bool insert_location(store::Sql& sql, const LocationShown& location, Utc now) {
    std::vector<Value> values = values_of(location, now);
    values.emplace_back(store::take_block(sql, store::location_numbers, 1));
    return !sql.query(
                   "insert into locations (id, name, address, latitude, longitude, time_zone, "
                   "created_at, updated_at, location_no) values ($1, $2, $3, $4, $5, $6, $7, $7, "
                   "$8) on conflict do nothing returning 1",
                   values)
                .empty();
}

net::Response answer_saved(const Exchange& exchange, store::Sql& sql, bool is_new) {
    const auto location = find_location(sql, exchange.path_value(0));
    if (!location) return problem_answer(exchange, no_location(exchange));
    net::Response response = location_answer(is_new ? 201 : 200, *location);
    if (is_new)
        response.headers.push_back(
            {"Location", "/api/v1/locations/" + percent_encode(location->id)});
    return response;
}

// Makes `wanted` of what is stored, and stores that. Somebody else may write in between: then it is
// made of what they wrote.
template <class Change>
net::Response write_location(const Exchange& exchange, store::Sql& sql, bool may_be_new,
                             const Change& change) {
    const auto version = wanted_version(exchange);
    constexpr int attempts = 5;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        const auto stored = find_location(sql, exchange.path_value(0));
        // Who writes for the first time has no version to show.
        const bool none_to_show =
            !stored && may_be_new && !version && version.error().code == "precondition_required";
        if (!version && !none_to_show) return problem_answer(exchange, version.error());
        const bool names_one = version && version->has_value();
        if (!stored && (names_one || !may_be_new))
            return problem_answer(exchange, no_location(exchange));
        if (stored && must_be_new(exchange))
            return problem_answer(exchange, exists_already("location"));
        if (stored && names_one && stored->version != **version)
            return problem_answer(exchange, changed_meanwhile("location"));
        LocationShown wanted = stored.value_or(LocationShown{.id = exchange.path_value(0)});
        if (const auto problem = change(wanted)) return problem_answer(exchange, *problem);
        if (const auto problem = check(wanted)) return problem_answer(exchange, *problem);
        const bool is_saved =
            stored ? replace_location(sql, wanted, stored->version, exchange.received_at)
                   : insert_location(sql, wanted, exchange.received_at);
        if (is_saved) return answer_saved(exchange, sql, !stored);
    }
    return problem_answer(exchange, changed_meanwhile("location"));
}

void take_all(const LocationWrite& wanted, LocationShown& location) {
    location.name = wanted.name.value;
    location.address = {}, location.time_zone = {};
    location.latitude = {}, location.longitude = {};
    if (wanted.address) location.address = {wanted.address->value};
    if (wanted.latitude) location.latitude = {*wanted.latitude};
    if (wanted.longitude) location.longitude = {*wanted.longitude};
    if (wanted.time_zone) location.time_zone = {wanted.time_zone->value};
}

template <class T, class M, class Read>
void merge(const wire::Patch<T>& patch, M& into, const Read& read) {
    if (!patch.present) return;
    into = M{};
    if (patch.value) into = M{read(*patch.value)};
}

std::optional<Problem> merge(const LocationPatch& patch, LocationShown& location) {
    const auto text = [](const auto& said) { return said.value; };
    const auto same = [](const wire::Number& said) { return said; };
    if (patch.name.present && !patch.name.value) return bad_member("/name", "cannot be taken away");
    if (patch.name.value) location.name = patch.name.value->value;
    merge(patch.address, location.address, text);
    merge(patch.latitude, location.latitude, same);
    merge(patch.longitude, location.longitude, same);
    merge(patch.time_zone, location.time_zone, text);
    return std::nullopt;
}

// ---- who names it ----

// Of id_tokens: a line of it is the id of the location l.
constexpr std::string_view token_names_it =
    "t.tenant_no = 1 and t.locations is not null and replace($2 || t.locations, $2 || $1 || $2, "
    "'') <> $2 || t.locations";

net::Response not_removed(const Exchange& exchange, store::Sql& sql, bool names_version,
                          std::int64_t version) {
    const auto location = find_location(sql, exchange.path_value(0));
    if (!location) return problem_answer(exchange, no_location(exchange));
    if (names_version && location->version != version)
        return problem_answer(exchange, changed_meanwhile("location"));
    const std::int64_t tokens =
        as_int(sql.query("select count(*) from id_tokens t where " + std::string{token_names_it},
                         {location->id, std::string{"\n"}})
                   .at(0)
                   .at(0));
    return problem_answer(exchange,
                          {.code = "location_in_use",
                           .detail = std::to_string(location->stations.total) + " stations and " +
                                     std::to_string(tokens) + " tokens name it."});
}

}  // namespace

void add_places(store::Sql& sql, std::vector<StationRead>& stations) {
    std::vector<std::string> ids;
    for (const StationRead& station : stations)
        if (station.shown.location_id) ids.push_back(*station.shown.location_id);
    if (ids.empty()) return;
    std::unordered_map<std::string, PlaceShown> places;
    const std::string text =
        "select id, name, address, latitude, longitude, time_zone from locations where tenant_no = "
        "1 and " +
        store::any_of(sql.dialect(), "id", "$1");
    for (const store::Row& row : sql.query(text, {ids}))
        places[as_text(row[0])] = {.id = as_text(row[0]),
                                   .name = as_text(row[1]),
                                   .address = text_or_null(row[2]),
                                   .latitude = degrees_or_null(row[3]),
                                   .longitude = degrees_or_null(row[4]),
                                   .time_zone = text_or_null(row[5])};
    for (StationRead& station : stations) {
        const auto place = places.find(station.shown.location_id.value_or(""));
        if (place != places.end()) station.shown.location = {place->second};
    }
}

net::Response list_locations(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "locations", 1);
    if (!page) return problem_answer(exchange, page.error());
    Conditions where;
    if (const auto q = exchange.asked("q"); q && !q->empty()) {
        if (count_code_points(*q) > search_characters)
            return problem_answer(exchange, bad_parameter("q", "is too long"));
        const std::string pattern = like_pattern(fold(*q).value_or(""));
        where.add(
            "(lower(l.id) like ? escape '!' or lower(l.name) like ? escape '!' or "
            "lower(l.address) like ? escape '!')",
            {pattern, pattern, pattern});
    }
    ListAnswer list;
    if (page->total)
        list.total = as_int(
            sources.sql
                .query("select count(*) from locations l where l.tenant_no = 1" + where.text(),
                       where.values())
                .at(0)
                .at(0));
    if (page->after) where.add("l.id > ?", {page->after->at(0)});
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        std::string{select_locations} + where.text() + " order by l.id limit " + limit,
        where.values());
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        list.next_cursor = make_cursor("locations", {as_text(rows.back()[0])});
    }
    for (const store::Row& row : rows) list.items.push_back(wire::encode(location_of(row)));
    return list_answer(exchange, list);
}

net::Response show_location(const Exchange& exchange, ReadSources& sources) {
    const auto location = find_location(sources.sql, exchange.path_value(0));
    if (!location) return problem_answer(exchange, no_location(exchange));
    // Its stations come and go without a new version, so there is no 304.
    return location_answer(200, *location);
}

void put_location(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<LocationWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    service.write(exchange, [wanted = *wanted](const Exchange& asked, ReadSources& sources) {
        return write_location(asked, sources.sql, true, [&](LocationShown& location) {
            take_all(wanted, location);
            return std::optional<Problem>{};
        });
    });
}

void patch_location(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<LocationPatch>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    service.write(exchange, [wanted = *wanted](const Exchange& asked, ReadSources& sources) {
        return write_location(asked, sources.sql, false,
                              [&](LocationShown& location) { return merge(wanted, location); });
    });
}

void delete_location(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        const auto version = wanted_version(asked);
        if (!version) return problem_answer(asked, version.error());
        const auto gone = sources.sql.query(
            "delete from locations where tenant_no = 1 and id = $1 and (cast($3 as bigint) is null "
            "or version = $3) and not exists (select 1 from charge_points p where p.location_no = "
            "locations.location_no and p.archived_at is null) and not exists (select 1 from "
            "id_tokens t where " +
                std::string{token_names_it} + ") returning 1",
            {asked.path_value(0), std::string{"\n"}, tables::int_or_null(*version)});
        if (!gone.empty()) return net::Response{.status = 204};
        return not_removed(asked, sources.sql, version->has_value(), version->value_or(0));
    });
}

}  // namespace ohm::api::rest
