// A transaction's timeline: what its station said, what was decided and ordered meanwhile, and how
// its register rose, merged from the rows of each. On a reader's thread.
#include <algorithm>

#include "api/charging/samples.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/route_words.hpp"
#include "api/rest/timeline_resources.hpp"
#include "base/id_time.hpp"
#include "base/text.hpp"
#include "store/row.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

using store::as_int;
using store::as_text;

constexpr std::int64_t minute_us = 60'000'000;
constexpr std::int64_t before_us = 5 * minute_us, after_us = minute_us;  // what led to it, and from
constexpr std::int64_t milestone_mwh = 10'000'000;                       // 10 kWh
constexpr std::int64_t readings_looked_at = 5'000;
constexpr std::int64_t skip_max = 100'000;

struct Told {  // a transaction, and the time that its timeline is about
    store::Bytes id;
    std::int64_t station_no = 0, from = 0, to = 0, closed_at = 0, meter_from = 0, meter_to = 0;
    std::string ocpp_id, token_key, closed_by, closed_reason;
};
struct Place {  // the page's begin: from that time on, without the first ones of that time
    std::int64_t at = 0, skip = 0, limit = 0;
};
using Items = std::vector<TimelineItemShown>;

std::int64_t at_of(const TimelineItemShown& item) { return micros(item.at.at); }

Wanted<Told> told_in_path(const Exchange& exchange, store::Sql& sql) {
    const std::string& text = exchange.path_value(0);
    const auto id = parse_id("tx_", text);
    if (!id) return refused(not_found("transaction", text));
    const auto rows = sql.query(
        "select station_no, ocpp_id, token_key, received_at, ended_received_at, closed_at, "
        "closed_by, closed_reason, meter_from_at, meter_to_at, state from transactions where id = "
        "$1 and tenant_no = 1",
        {store::Bytes{id->bytes()}});
    if (rows.empty()) return refused(not_found("transaction", text));
    const store::Row& row = rows.front();
    Told told{.id = {id->bytes()}, .station_no = as_int(row[0])};
    told.ocpp_id = as_text(row[1]);
    told.token_key = as_text(row[2]);
    told.from = as_int(row[3]) - before_us;
    const bool runs = as_text(row[10]) == "active";
    told.closed_at = as_int(row[5]);
    const std::int64_t ended = std::max(as_int(row[4]), told.closed_at);
    told.to = (runs || ended == 0 ? micros(exchange.received_at) : ended) + after_us;
    told.closed_by = as_text(row[6]);
    told.closed_reason = as_text(row[7]);
    told.meter_from = as_int(row[8], INT64_MAX);
    told.meter_to = runs ? INT64_MAX : as_int(row[9], INT64_MIN);
    return told;
}

store::Bytes first_id_of(std::int64_t at_us) { return {first_id_at(at_us).bytes()}; }

// ---- what the station said of it ----

void add_messages(store::Sql& sql, const Told& told, const Place& place, Items& items) {
    const auto rows = sql.query(
        "select e.received_at, e.seq_no, e.kind, e.at, e.trigger_reason, e.payload from (select "
        "received_at, seq_no, kind, at, trigger_reason, payload from transaction_events where "
        "station_no = $1 and ocpp_id = $2 union all select received_at, seq_no, 'conflict', null, "
        "null, payload from transaction_conflicts where station_no = $1 and ocpp_id = $2) e where "
        "e.received_at >= $3 order by e.received_at, e.seq_no, e.kind limit $4",
        {told.station_no, told.ocpp_id, place.at, place.limit});
    for (const store::Row& row : rows) {
        TimelineItemShown item{.at = time_of(row[0]), .kind = "started"};
        item.seq_no = int_or_null(row[1]);
        if (const auto kind = decltype(item.kind)::of(as_text(row[2]))) item.kind = *kind;
        item.said_at = time_or_null(row[3]);
        item.what = text_or_null(row[4]);
        item.payload = json_or_null(row[5]);
        items.push_back(std::move(item));
    }
}

void add_events(store::Sql& sql, const Told& told, const Place& place, Items& items) {
    const auto rows = sql.query(
        "select at, said_at, kind, name from station_events where station_no = $1 and at >= $2 and "
        "at <= $3 order by at, hash limit $4",
        {told.station_no, std::max(place.at, told.from), told.to, place.limit});
    for (const store::Row& row : rows) {
        TimelineItemShown item{.at = time_of(row[0]), .kind = "event"};
        if (as_int(row[1]) != 0) item.said_at = time_or_null(row[1]);
        item.what = as_text(row[2]);
        item.result = text_or_null(row[3]);
        items.push_back(std::move(item));
    }
}

// ---- what was decided and ordered ----

void add_decisions(store::Sql& sql, const Told& told, const Place& place, Items& items) {
    const auto rows = sql.query(
        "select at, action, status, reason from authorizations where station_no = $1 and id >= $2 "
        "and id <= $3 and at >= $4 and (transaction_id = $5 or token_key = $6) order by at, id "
        "limit $7",
        {told.station_no, first_id_of(told.from), first_id_of(told.to), place.at, told.id,
         told.token_key, place.limit});
    for (const store::Row& row : rows) {
        TimelineItemShown item{.at = time_of(row[0]), .kind = "authorization"};
        item.what = text_or_null(row[1]);
        const std::string status = as_text(row[2]), reason = as_text(row[3]);
        item.result = reason.empty() ? status : status + " (" + reason + ")";
        items.push_back(std::move(item));
    }
}

void add_commands(store::Sql& sql, const Told& told, const Place& place, Items& items) {
    const auto rows = sql.query(
        "select created_at, id, command, state, result, failed_reason, effect_state from commands "
        "where station_no = $1 and id >= $2 and id <= $3 and created_at >= $4 order by created_at, "
        "id limit $5",
        {told.station_no, first_id_of(told.from), first_id_of(told.to), place.at, place.limit});
    for (const store::Row& row : rows) {
        TimelineItemShown item{.at = time_of(row[0]), .kind = "command"};
        item.reference = shown_id("cmd_", row[1]);
        item.what = as_text(row[2]);
        std::string result = as_text(row[3]);
        for (const std::size_t column : {4u, 5u, 6u}) {
            const std::string word = as_text(row[column]);
            if (!word.empty() && word != "none") result += ", " + word;
        }
        item.result = std::move(result);
        items.push_back(std::move(item));
    }
}

void add_closing(const Told& told, const Place& place, Items& items) {
    if (told.closed_at == 0 || told.closed_at < place.at) return;
    TimelineItemShown item{.kind = "closed"};
    item.at.at = utc_from_micros(told.closed_at);
    if (!told.closed_by.empty()) item.what = told.closed_by;
    if (!told.closed_reason.empty()) item.result = told.closed_reason;
    items.push_back(std::move(item));
}

// ---- how its register rose ----

// The first reading, the last one, and each that passes another 10 kWh.
void add_milestones(store::Sql& sql, const Told& told, const Place& place, Items& items) {
    const auto rows = sql.query(
        "select m.received_at, m.at, m.samples from meter_values m where m.station_no = $1 and "
        "m.at >= $2 and m.at <= $3 and m.transaction_id = $4 order by m.at, m.evse, m.hash limit "
        "$5",
        {told.station_no, told.meter_from, told.meter_to, told.id, readings_looked_at});
    std::optional<std::int64_t> first;
    std::int64_t passed = 0;
    std::optional<TimelineItemShown> last;
    const auto keep = [&](TimelineItemShown&& item) {
        if (at_of(item) >= place.at) items.push_back(std::move(item));
    };
    for (const store::Row& row : rows) {
        const auto read = domain::register_of(unpack_samples(store::as_bytes(row[2])));
        if (!read) continue;
        TimelineItemShown item{.at = time_of(row[0]), .kind = "meter"};
        item.said_at = time_or_null(row[1]);
        const std::int64_t risen = read->mwh - first.value_or(read->mwh);
        item.energy_wh = {wire::Number{static_cast<double>(risen) / 1'000}};
        const bool is_milestone = !first || risen / milestone_mwh > passed;
        passed = std::max(passed, risen / milestone_mwh);
        if (!first) first = read->mwh;
        last.reset();
        if (is_milestone)
            keep(std::move(item));
        else
            last = std::move(item);
    }
    if (last) keep(std::move(*last));
}

// ---- the page ----

std::optional<Place> place_of(const Page& page) {
    Place place{.limit = static_cast<std::int64_t>(page.limit) + 1};
    if (!page.after) return place;
    const auto at = parse_int(page.after->at(0)), skip = parse_int(page.after->at(1));
    if (!at || !skip || *skip < 0 || *skip > skip_max) return std::nullopt;
    place.at = *at;
    place.skip = *skip;
    place.limit += *skip;
    return place;
}

// How many at the end of the page have the time of its last one: they are left out of the next.
std::int64_t skip_after(const Place& place, const Items& page) {
    const std::int64_t at = at_of(page.back());
    const auto same = std::count_if(
        page.begin(), page.end(), [&](const TimelineItemShown& item) { return at_of(item) == at; });
    return same + (at == place.at ? place.skip : 0);
}

constexpr std::string_view item_example =
    R"({"at":"2026-01-01T08:00:01.000Z","kind":"started","said_at":"2026-01-01T08:00:00.000Z",)"
    R"("what":null,"result":null,"seq_no":0,"energy_wh":null,"reference":null,)"
    R"("payload":{"connectorId":1,"idTag":"DEADBEEF"}})";

}  // namespace

net::Response show_timeline(const Exchange& exchange, ReadSources& sources) {
    const auto told = told_in_path(exchange, sources.sql);
    if (!told) return problem_answer(exchange, told.error());
    const auto page = read_page(exchange, "timeline", 2);
    if (!page) return problem_answer(exchange, page.error());
    const auto place = place_of(*page);
    if (!place)
        return problem_answer(exchange,
                              bad_parameter("cursor", "is not a cursor of this list and order"));
    Items items;
    if (exchange.caller.may("tokens:read")) add_decisions(sources.sql, *told, *place, items);
    if (exchange.caller.may("commands:read")) add_commands(sources.sql, *told, *place, items);
    add_messages(sources.sql, *told, *place, items);
    add_milestones(sources.sql, *told, *place, items);
    if (exchange.caller.may("stations:read")) add_events(sources.sql, *told, *place, items);
    add_closing(*told, *place, items);
    std::stable_sort(items.begin(), items.end(),
                     [](const auto& a, const auto& b) { return at_of(a) < at_of(b); });
    const auto known = std::min<std::size_t>(items.size(), static_cast<std::size_t>(place->skip));
    items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(known));
    ListAnswer list;
    if (items.size() > page->limit) {
        items.resize(page->limit);
        list.next_cursor = make_cursor("timeline", {std::to_string(at_of(items.back())),
                                                    std::to_string(skip_after(*place, items))});
    }
    for (const TimelineItemShown& item : items) list.items.push_back(wire::encode(item));
    return list_answer(exchange, list);
}

const std::vector<Route>& timeline_routes() {
    static const std::vector<Route> table = {
        {"GET",
         "/api/v1/transactions/{transaction_id}/timeline",
         "transactions:read",
         "getTransactionTimeline",
         "transactions",
         "List what happened about it, in the order in which it was known: messages, readings, "
         "and as far as the caller may see them decisions, commands, events",
         show_timeline,
         {page_parameters[0], page_parameters[1]},
         no_body,
         {{200, "A page.", Shape::list, "TimelineItem", item_example}},
         {"not_found"}}};
    return table;
}

const std::vector<Component>& timeline_components() {
    static const std::vector<Component> table = {
        {"TimelineItem", &wire::type_of<TimelineItemShown>}};
    return table;
}

}  // namespace ohm::api::rest
