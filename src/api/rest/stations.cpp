#include <algorithm>

#include "api/rest/handlers.hpp"
#include "api/rest/location_resources.hpp"
#include "api/rest/service.hpp"
#include "api/rest/station_figures.hpp"
#include "api/rest/station_filter.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::size_t search_characters = 100;

// ---- filters of the list ----

std::vector<store::Value> repeated(const store::Value& value, std::size_t times) {
    return std::vector<store::Value>(times, value);
}

std::optional<Problem> add_times_and_flags(const Exchange& exchange, Conditions& where) {
    const auto archived = flag_parameter(exchange, "archived");
    if (!archived) return archived.error();
    where.add(*archived ? "p.archived_at is not null" : "p.archived_at is null", {});
    const auto since = time_parameter(exchange, "updated_since");
    if (!since) return since.error();
    if (!*since) return std::nullopt;
    where.add(
        "(p.updated_at >= ? or s.connected_at >= ? or s.disconnected_at >= ? or "
        "s.boot_at >= ? or s.reported_at >= ?)",
        repeated(micros(**since), 5));
    return std::nullopt;
}

std::optional<bool> flag_or_none(const std::optional<std::string_view>& word,
                                 std::string_view yes) {
    if (!word) return std::nullopt;
    return *word == yes;
}

std::optional<Problem> read_words(const Exchange& exchange, StationFilter& filter) {
    constexpr std::pair<std::string_view, std::optional<std::string> StationFilter::*> texts[] = {
        {"location_id", &StationFilter::location_id},
        {"ocpp_version", &StationFilter::ocpp_version},
        {"vendor", &StationFilter::vendor},
        {"model", &StationFilter::model},
        {"firmware_version", &StationFilter::firmware_version},
        {"worker", &StationFilter::worker}};
    for (const auto& [name, member] : texts)
        if (const auto value = exchange.asked(name)) (filter.*member).emplace(*value);
    if (const auto status = exchange.asked("status")) filter.statuses = comma_list(*status);
    const auto q = exchange.asked("q");
    if (!q || q->empty()) return std::nullopt;
    if (count_code_points(*q) > search_characters)
        return bad_parameter("q",
                             "is longer than " + std::to_string(search_characters) + " characters");
    filter.q.emplace(*q);
    return std::nullopt;
}

std::optional<Problem> read_flags_and_numbers(const Exchange& exchange, StationFilter& filter) {
    const auto connectivity = exchange.asked("connectivity");
    if (connectivity && *connectivity != "online" && *connectivity != "offline")
        return bad_parameter("connectivity", "must be one of online, offline");
    filter.is_online = flag_or_none(connectivity, "online");
    const auto profile = integer_parameter(exchange, "security_profile", 0, 3);
    if (!profile) return profile.error();
    filter.security_profile = *profile;
    const auto silent =
        integer_parameter(exchange, "silent_min", silent_min_least, silent_min_most);
    if (!silent) return silent.error();
    filter.silent_min = *silent;
    const auto active = flag_parameter(exchange, "has_active_session");
    if (!active) return active.error();
    filter.has_active_session = flag_or_none(exchange.asked("has_active_session"), "true");
    return std::nullopt;
}

Wanted<Conditions> read_filter(const Exchange& exchange, store::Sql& sql) {
    Conditions where;
    StationFilter filter;
    if (auto problem = add_times_and_flags(exchange, where)) return refused(std::move(*problem));
    if (auto problem = read_words(exchange, filter)) return refused(std::move(*problem));
    if (auto problem = read_flags_and_numbers(exchange, filter))
        return refused(std::move(*problem));
    add_filter(sql, filter, exchange.received_at, where);
    return where;
}

// ---- order of the list ----

struct Order {
    std::string_view word;  // of ?sort=
    bool by_time;
    bool descending;
    std::string_view text;
};
constexpr Order orders[] = {{"id", false, false, "p.id_key, p.station_no"},
                            {"-id", false, true, "p.id_key desc, p.station_no desc"},
                            {"created_at", true, false, "p.created_at, p.station_no"},
                            {"-created_at", true, true, "p.created_at desc, p.station_no desc"}};

std::optional<Problem> add_after(Conditions& where, const Order& order, const Page& page) {
    if (!page.after) return std::nullopt;
    const auto number = parse_int(page.after->at(1));
    const auto time = order.by_time ? parse_int(page.after->at(0)) : std::optional<std::int64_t>{0};
    if (!number || !time) return bad_parameter("cursor", "is not a cursor of this list and order");
    const store::Value key = order.by_time ? store::Value{*time} : store::Value{page.after->at(0)};
    std::string condition =
        order.by_time ? "(p.created_at, p.station_no)" : "(p.id_key, p.station_no)";
    condition += order.descending ? " < (?, ?)" : " > (?, ?)";
    where.add(condition, {key, *number});
    return std::nullopt;
}

std::string cursor_after(const StationRead& last, const Order& order) {
    return make_cursor(
        "stations:" + std::string{order.word},
        {order.by_time ? std::to_string(micros(last.shown.created_at.at)) : last.id_key,
         std::to_string(last.station_no)});
}

// What is shown besides.
struct Expand {
    bool evses = false, location = false, power = false, uptime = false, alerts = false;
};
Wanted<Expand> read_expand(const Exchange& exchange) {
    constexpr std::pair<std::string_view, bool Expand::*> known[] = {
        {"evses", &Expand::evses},
        {"location", &Expand::location},
        {"power", &Expand::power},
        {"uptime", &Expand::uptime},
        {"alerts", &Expand::alerts}};
    Expand expand;
    for (const std::string& word : comma_list(exchange.asked("expand").value_or(""))) {
        const auto found = std::find_if(std::begin(known), std::end(known),
                                        [&](const auto& one) { return one.first == word; });
        if (found == std::end(known))
            return refused(
                bad_parameter("expand", "must be of evses, location, power, uptime, alerts"));
        expand.*found->second = true;
    }
    if (expand.alerts && !exchange.caller.may("alerts:read"))
        return refused(missing_scope("alerts:read"));
    return expand;
}

// One or two reads each, for any number of stations.
void add_wanted(store::Sql& sql, const Expand& expand, std::vector<StationRead>& stations,
                Utc now) {
    if (expand.location) add_places(sql, stations);
    if (expand.power) add_power(sql, stations, now);
    if (expand.uptime) add_uptime(sql, stations, now);
    if (expand.alerts) add_open_alerts(sql, stations);
}

}  // namespace

net::Response list_stations(const Exchange& exchange, ReadSources& sources) {
    const auto sort = word_parameter(exchange, "sort", {"id", "-id", "created_at", "-created_at"});
    if (!sort) return problem_answer(exchange, sort.error());
    const Order& order = *std::find_if(std::begin(orders), std::end(orders),
                                       [&](const Order& o) { return o.word == *sort; });
    const auto page = read_page(exchange, "stations:" + std::string{order.word}, 2);
    if (!page) return problem_answer(exchange, page.error());
    const auto expand = read_expand(exchange);
    if (!expand) return problem_answer(exchange, expand.error());
    const auto fields = read_fields(exchange, wire::type_of<StationShown>);
    if (!fields) return problem_answer(exchange, fields.error());
    auto where = read_filter(exchange, sources.sql);
    if (!where) return problem_answer(exchange, where.error());

    ListAnswer list;
    if (page->total) list.total = count_stations(sources.sql, *where);
    if (const auto problem = add_after(*where, order, *page))
        return problem_answer(exchange, *problem);
    auto stations = read_stations(sources.sql, *where, order.text, page->limit + 1);
    if (stations.size() > page->limit) {
        stations.resize(page->limit);
        list.next_cursor = cursor_after(stations.back(), order);
    }
    if (expand->evses) add_evses(sources.sql, stations);
    add_wanted(sources.sql, *expand, stations, exchange.received_at);
    for (const StationRead& station : stations)
        list.items.push_back(encode_fields(wire::type_of<StationShown>, &station.shown, *fields));
    return list_answer(exchange, list);
}

net::Response show_station(const Exchange& exchange, ReadSources& sources) {
    const auto fields = read_fields(exchange, wire::type_of<StationShown>);
    if (!fields) return problem_answer(exchange, fields.error());
    const auto expand = read_expand(exchange);
    if (!expand) return problem_answer(exchange, expand.error());
    auto found = station_in_path(exchange, sources.sql);
    if (!found) return problem_answer(exchange, found.error());
    std::vector<StationRead> one{std::move(*found)};
    add_wanted(sources.sql, *expand, one, exchange.received_at);
    const StationRead* station = &one.front();
    const std::string etag = etag_of(*station);
    if (matches_if_none_match(exchange.request, etag))
        return {.status = 304, .headers = {{"ETag", etag}}, .body = {}};
    net::Response response = station_answer(200, *station, "");
    if (!fields->empty())
        response.body = encode_fields(wire::type_of<StationShown>, &station->shown, *fields);
    return response;
}

// ---- writes ----

namespace {
// Reads back what the owner wrote.
void answer_with_station(const SharedExchange& exchange, Service& service, int status,
                         const OperationAnswer& answer) {
    StationWritten written;
    if (service.decoder().decode(answer.body, written, {wire::Strictness::lenient}))
        return service.answer(exchange,
                              problem_answer(*exchange, problem_of({500, ""}, service.decoder())));
    service.read(exchange, [status, written](const Exchange& asked, ReadSources& sources) {
        const auto station = find_station(sources.sql, written.station_no);
        if (!station) return problem_answer(asked, not_found("station", written.id));
        net::Response response = station_answer(status, *station, written.password);
        if (status == 201)
            response.headers.push_back(
                {"Location", "/api/v1/stations/" + percent_encode(station->shown.id)});
        mark_replayed(response, written.replayed);
        return response;
    });
}
}  // namespace

void create_station(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<StationCreate>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    service.operate(
        exchange,
        service.operation(*exchange, operation::create_station, wanted->id, wire::encode(*wanted)),
        [exchange, &service](OperationAnswer&& answer) {
            answer_with_station(exchange, service, 201, answer);
        });
}

void patch_station(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<StationPatch>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    // The text as it came: a null that removes would be left out when encoded anew.
    write_station(exchange, service, operation::patch_station,
                  wire::minify(exchange->request.body).value_or("{}"),
                  [exchange, &service](OperationAnswer&& answer) {
                      answer_with_station(exchange, service, 200, answer);
                  });
}

namespace {
// What a merge patch says to the same end: every member, null where it is absent.
std::string patch_of(const StationPut& wanted) {
    const wire::Type& type = wire::type_of<StationPut>;
    std::string out = "{";
    for (std::size_t i = 0; i < type.field_count; ++i) {
        const wire::Field& field = type.fields[i];
        const void* member = reinterpret_cast<const std::byte*>(&wanted) + field.offset;
        const bool is_there = field.type->count(member) != 0;
        const bool stays = field.name == "id" || (field.name == "security_profile" && !is_there);
        if (stays) continue;
        if (out.size() > 1) out += ',';
        append_json_string(out, field.name);
        out += ':';
        if (is_there)
            wire::encode(out, *field.type, member);
        else
            out += "null";
    }
    return out + "}";
}
}  // namespace

void put_station(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<StationPut>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    if (wanted->id && fold(wanted->id->value) != fold(exchange->path_value(0)))
        return service.answer(
            exchange, problem_answer(*exchange, bad_body({wire::Rule::property, "/id",
                                                          "is not the identity in the path"})));
    write_station(exchange, service, operation::patch_station, patch_of(*wanted),
                  [exchange, &service](OperationAnswer&& answer) {
                      answer_with_station(exchange, service, 200, answer);
                  });
}

void delete_station(const SharedExchange& exchange, Service& service) {
    write_station(
        exchange, service, operation::delete_station, "{}",
        [exchange, &service](OperationAnswer&&) { service.answer(exchange, {.status = 204}); });
}

// ---- shared ----

net::Response station_answer(int status, const StationRead& station, const std::string& password) {
    StationShown shown = station.shown;
    if (!password.empty()) shown.password = password;
    return json_answer(status, wire::encode(shown), etag_of(station));
}

void write_station(const SharedExchange& exchange, Service& service, std::string_view operation,
                   std::string parameters, std::function<void(OperationAnswer&&)> then) {
    const auto if_match = read_if_match(*exchange);
    if (!if_match) return service.answer(exchange, problem_answer(*exchange, if_match.error()));
    const bool present = !exchange->request.header("if-match").empty();
    if (service.settings().require_if_match && !present && exchange->request.method != "POST")
        return service.answer(
            exchange, problem_answer(*exchange, {.code = "precondition_required",
                                                 .detail = "The request has no If-Match."}));
    bus::OperatorBody body =
        service.operation(*exchange, operation, exchange->path_value(0), std::move(parameters));
    body.if_match = *if_match;
    service.operate(exchange, std::move(body), std::move(then));
}

Wanted<StationRead> station_in_path(const Exchange& exchange, store::Sql& sql) {
    auto station = find_station(sql, exchange.path_value(0));
    if (!station) return refused(not_found("station", exchange.path_value(0)));
    return std::move(*station);
}

Wanted<std::vector<std::string>> read_fields(const Exchange& exchange, const wire::Type& type) {
    const auto text = exchange.asked("fields");
    if (!text) return std::vector<std::string>{};
    auto names = comma_list(*text);
    for (const std::string& name : names) {
        const bool known =
            std::any_of(type.fields, type.fields + type.field_count,
                        [&](const wire::Field& field) { return field.name == name; });
        if (!known) return refused(bad_parameter("fields", "names a member that is not there"));
    }
    if (names.empty()) return refused(bad_parameter("fields", "names no member"));
    return names;
}

std::string encode_fields(const wire::Type& type, const void* value,
                          const std::vector<std::string>& names) {
    std::string out;
    if (names.empty()) return wire::encode(out, type, value), out;
    out += '{';
    for (std::size_t i = 0; i < type.field_count; ++i) {
        const wire::Field& field = type.fields[i];
        const void* member = static_cast<const std::byte*>(value) + field.offset;
        const bool chosen = std::find(names.begin(), names.end(), field.name) != names.end();
        const bool absent = field.type->kind == wire::Kind::optional && !field.type->shows_null &&
                            field.type->count(member) == 0;
        if (!chosen || absent) continue;
        if (out.size() > 1) out += ',';
        append_json_string(out, field.name);
        out += ':';
        wire::encode(out, *field.type, member);
    }
    return out + "}";
}

void mark_replayed(net::Response& response, bool replayed) {
    if (replayed) response.headers.push_back({"Idempotency-Replayed", "true"});
}

}  // namespace ohm::api::rest
