#include "api/charging/record.hpp"
#include "api/rest/charging_handlers.hpp"
#include "api/rest/charging_resources.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"
#include "domain/token.hpp"
#include "store/row.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view id_prefix = "tx_";

constexpr std::string_view select_transactions = R"(
select t.id, p.id, t.ocpp_version,
       coalesce((select s.said_id from transactions s where s.id = t.id), t.ocpp_id),
       t.state, t.evse, t.connector, t.token, t.token_type,
       t.token_group, t.stop_token, t.authorization_status, t.started_at, t.ended_at,
       t.received_at, t.ended_received_at, t.stop_reason, t.charging_state, t.trigger_reason,
       t.remote_start_id, t.reservation_id, t.time_charging_s, t.phases_used, t.cable_max_a,
       t.offline, t.energy_mwh, t.begin_mwh, t.end_mwh, t.event_count, t.seq_min, t.seq_max,
       t.incomplete, t.suspect, t.evidence, t.superseded_by, t.closed_at, t.closed_by,
       t.closed_reason, t.version, t.has_end, t.energy_rule, t.total_cost, t.public_key,
       r.power_mw, r.power_at, t.station_no, t.ocpp_id
  from transactions_now t
  left join open_transactions r on r.id = t.id
  left join charge_points p on p.station_no = t.station_no
 where t.tenant_no = 1)";
constexpr std::string_view count_transactions =
    "select count(*) from transactions t left join charge_points p on p.station_no = t.station_no "
    "where t.tenant_no = 1";
// The energy of a running one stands in its other row.
constexpr std::string_view count_by_energy =
    "select count(*) from transactions_now t left join charge_points p on p.station_no = "
    "t.station_no where t.tenant_no = 1";
constexpr std::string_view select_ids =
    "select t.id from transactions t left join charge_points p on p.station_no = t.station_no "
    "where t.tenant_no = 1";
constexpr std::size_t station_column = 45, key_column = 46;

using store::Columns;

// A column that holds a list of words.
struct Words {
    List<std::string> words;
    FIELDS(words)
};

Nullable<Number> thousandths(const store::Value& value) {
    if (store::is_null(value)) return {};
    return {Number{static_cast<double>(store::as_int(value)) / 1000}};
}

void take_facts(Columns& columns, TransactionShown& shown) {
    shown.started_at = time_or_null(columns.next());
    shown.ended_at = time_or_null(columns.next());
    shown.received_at = time_of(columns.next());
    shown.ended_received_at = time_or_null(columns.next());
    for (NullableText* text : {&shown.stop_reason, &shown.charging_state, &shown.trigger_reason})
        *text = text_or_null(columns.next());
    for (auto* number : {&shown.remote_start_id, &shown.reservation_id, &shown.time_charging_s,
                         &shown.phases_used, &shown.cable_max_a})
        *number = int_or_null(columns.next());
    shown.offline = store::as_int(columns.next()) != 0;
    shown.energy_wh = thousandths(columns.next());
    shown.meter_start_wh = thousandths(columns.next());
    shown.meter_stop_wh = thousandths(columns.next());
}

void take_judgement(Columns& columns, TransactionShown& shown) {
    shown.event_count = store::as_int(columns.next());
    const auto first = int_or_null(columns.next()), last = int_or_null(columns.next());
    if (shown.ocpp_version != "1.6") shown.seq_no_min = first, shown.seq_no_max = last;
    shown.incomplete = store::as_int(columns.next()) != 0 && shown.ocpp_version != "1.6";
    shown.suspect = store::as_int(columns.next()) != 0;
    wire::Decoder decoder;
    Words words;
    const std::string evidence = store::as_text(columns.next());
    if (!evidence.empty() && !decoder.decode("{\"words\":" + evidence + "}", words))
        shown.evidence = std::move(words.words);
    shown.superseded_by = shown_id_or_null(id_prefix, columns.next());
    const auto closed_at = time_or_null(columns.next());
    const NullableText by = text_or_null(columns.next()), reason = text_or_null(columns.next());
    if (closed_at) shown.closed = {ClosedShown{*closed_at, by, reason}};
    shown.version = store::as_int(columns.next());
    // Until it ends, the last register is only that.
    if (store::as_int(columns.next()) == 0) shown.meter_stop_wh = {};
    for (NullableText* text : {&shown.energy_rule, &shown.total_cost, &shown.public_key})
        *text = text_or_null(columns.next());
    shown.power_w = thousandths(columns.next());
    shown.power_at = time_or_null(columns.next());
}

TransactionShown transaction_of(const store::Row& row) {
    TransactionShown shown;
    Columns columns{row};
    shown.id = shown_id(id_prefix, columns.next());
    shown.station_id = text_or_null(columns.next());
    shown.ocpp_version = store::as_text(columns.next());
    shown.ocpp_transaction_id = store::as_text(columns.next());
    if (store::as_text(columns.next()) == "ended") shown.state = "ended";
    shown.evse_id = int_or_null(columns.next());
    shown.connector_id = int_or_null(columns.next());
    for (NullableText* text : {&shown.token, &shown.token_type, &shown.group_id, &shown.stop_token,
                               &shown.authorization_status})
        *text = text_or_null(columns.next());
    take_facts(columns, shown);
    take_judgement(columns, shown);
    return shown;
}

std::string shown_transaction(const store::Row& row) { return wire::encode(transaction_of(row)); }

// Where its stations stand now; a location that is not there has none.
void add_location(const Exchange& exchange, store::Sql& sql, Conditions& where) {
    const auto location = exchange.asked("location_id");
    if (!location) return;
    std::vector<std::int64_t> numbers;
    for (const store::Row& row :
         sql.query("select p.station_no from charge_points p join locations l on l.location_no = "
                   "p.location_no where l.id = $1",
                   {std::string{*location}}))
        numbers.push_back(store::as_int(row[0]));
    where.add(store::any_of(sql.dialect(), "t.station_no", "?"), {std::move(numbers)});
}

// "12.5" as milliwatt hours.
Wanted<std::optional<std::int64_t>> energy_parameter(const Exchange& exchange,
                                                     std::string_view name) {
    constexpr std::int64_t most_kwh = 1'000'000, mwh_per_kwh = 1'000'000;
    constexpr std::size_t decimals = 6;
    const auto text = exchange.asked(name);
    if (!text) return std::optional<std::int64_t>{};
    const auto point = std::min(text->find('.'), text->size());
    std::string fraction{text->substr(std::min(point + 1, text->size()))};
    const bool is_plain = text->find_first_not_of("0123456789.") == std::string_view::npos &&
                          fraction.size() <= decimals && point > 0 && point + 1 != text->size();
    fraction.resize(decimals, '0');
    const auto whole = parse_int(text->substr(0, point)), part = parse_int(fraction);
    if (!is_plain || !whole || !part || *whole > most_kwh)
        return refused(bad_parameter(name, "must be a number of kWh, such as 12.5"));
    return std::optional{*whole * mwh_per_kwh + *part};
}

Wanted<std::vector<Late>> read_energy(const Exchange& exchange) {
    const auto least = energy_parameter(exchange, "min_kwh"),
               most = energy_parameter(exchange, "max_kwh");
    if (!least) return refused(Problem{least.error()});
    if (!most) return refused(Problem{most.error()});
    if (*least && *most && **least > **most)
        return refused(bad_parameter("max_kwh", "must not be less than min_kwh"));
    std::vector<Late> late;
    if (*least) late.push_back({"t.energy_mwh >= ?", {**least}});
    if (*most) late.push_back({"t.energy_mwh <= ?", {**most}});
    return late;
}

std::optional<Problem> add_filters(const Exchange& exchange, Conditions& where) {
    const auto state = word_parameter(exchange, "state", {"", "active", "ended"});
    if (!state) return state.error();
    if (*state == "active") where.add("t.id in (select id from open_transactions)", {});
    if (*state == "ended") where.add("t.state = ?", {std::string{*state}});
    // Whom a token belongs to is asked by asking for one after the other.
    if (exchange.asked("token") && !exchange.caller.may("tokens:read"))
        return missing_scope("tokens:read");
    if (const auto token = exchange.asked("token"))
        where.add("t.token_key = ?", {key_of_token(*token)});
    const auto suspect = word_parameter(exchange, "suspect", {"", "true", "false"});
    if (!suspect) return suspect.error();
    if (!suspect->empty()) where.add("t.suspect = ?", {std::int64_t{*suspect == "true"}});
    return add_times(exchange, where, "t.started_at");
}

struct TransactionRead {
    TransactionShown shown;
    std::int64_t station_no = 0;
    std::string key;  // its ocpp_id
};
Wanted<TransactionRead> transaction_in_path(const Exchange& exchange, store::Sql& sql) {
    const std::string& text = exchange.path_value(0);
    const auto id = parse_id(id_prefix, text);
    if (!id) return refused(not_found("transaction", text));
    const auto rows =
        sql.query(std::string{select_transactions} + " and t.id = $1", {store::Bytes{id->bytes()}});
    if (rows.empty()) return refused(not_found("transaction", text));
    return TransactionRead{transaction_of(rows.front()),
                           store::as_int(rows.front().at(station_column)),
                           store::as_text(rows.front().at(key_column))};
}

net::Response transaction_answer(const TransactionShown& shown) {
    return json_answer(200, wire::encode(shown), make_etag(shown.version, 0));
}

std::string shown_event(const store::Row& row) {
    TransactionEventShown shown;
    shown.seq_no = store::as_int(row[0]);
    const std::string kind = store::as_text(row[2]);
    if (kind == "updated") shown.kind = "updated";
    if (kind == "ended") shown.kind = "ended";
    if (kind == "conflict") shown.kind = "conflict";
    shown.at = time_or_null(row[3]);
    shown.received_at = time_of(row[4]);
    shown.trigger_reason = text_or_null(row[5]);
    shown.offline = store::as_int(row[6]) != 0;
    shown.payload = json_or_null(row[7]);
    return wire::encode(shown);
}

Problem bad_cursor() { return bad_parameter("cursor", "is not a cursor of this list and order"); }

constexpr std::string_view select_orphans =
    "select o.id, p.id, o.said_id, o.token, o.meter_stop, o.at, o.reason, o.received_at, "
    "o.payload, o.transaction_id from orphan_stops o left join charge_points p on p.station_no = "
    "o.station_no where 1 = 1";
constexpr std::string_view count_orphans =
    "select count(*) from orphan_stops o left join charge_points p on p.station_no = o.station_no "
    "where 1 = 1";

std::string shown_orphan(const store::Row& row) {
    OrphanStopShown shown{.id = shown_id("orp_", row[0]),
                          .station_id = text_or_null(row[1]),
                          .said_transaction_id = store::as_int(row[2]),
                          .token = text_or_null(row[3])};
    shown.meter_stop_wh = {Number{static_cast<double>(store::as_int(row[4]))}};
    if (store::as_int(row[5]) != 0) shown.at = time_or_null(row[5]);
    shown.reason = store::as_text(row[6]);
    shown.received_at = time_of(row[7]);
    shown.payload = json_or_null(row[8]);
    shown.transaction_id = shown_id_or_null("tx_", row[9]);
    return wire::encode(shown);
}

}  // namespace

namespace {
net::Response newest_transactions(const Exchange& exchange, store::Sql& sql, Conditions&& where) {
    if (const auto problem = add_filters(exchange, where))
        return problem_answer(exchange, *problem);
    const auto energy = read_energy(exchange);
    if (!energy) return problem_answer(exchange, energy.error());
    NewestFirst list{"transactions", select_transactions, count_transactions,
                     "t.id",         shown_transaction,   select_ids};
    if (!energy->empty()) list.count = count_by_energy;
    return newest_first(exchange, sql, list, std::move(where), *energy);
}
}  // namespace

net::Response list_transactions(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    add_station(exchange, where);
    add_location(exchange, sources.sql, where);
    return newest_transactions(exchange, sources.sql, std::move(where));
}

net::Response list_station_transactions(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    Conditions where;
    where.add("t.station_no = ?", {station->station_no});
    return newest_transactions(exchange, sources.sql, std::move(where));
}

net::Response show_transaction(const Exchange& exchange, ReadSources& sources) {
    const auto found = transaction_in_path(exchange, sources.sql);
    if (!found) return problem_answer(exchange, found.error());
    const std::string etag = make_etag(found->shown.version, 0);
    if (matches_if_none_match(exchange.request, etag))
        return {.status = 304, .headers = {{"ETag", etag}}, .body = {}};
    return transaction_answer(found->shown);
}

net::Response list_transaction_events(const Exchange& exchange, ReadSources& sources) {
    const auto found = transaction_in_path(exchange, sources.sql);
    if (!found) return problem_answer(exchange, found.error());
    const auto page = read_page(exchange, "transaction_events", 2);
    if (!page) return problem_answer(exchange, page.error());
    Conditions where;
    if (page->after) {
        const auto seq = parse_int(page->after->at(0));
        const auto content = from_hex(page->after->at(1));
        if (!seq || !content) return problem_answer(exchange, bad_cursor());
        where.add("(e.seq_no, e.content) > (?, ?)", {*seq, store::Bytes{*content}});
    }
    const std::string of = "station_no = " + where.bind(found->station_no) +
                           " and ocpp_id = " + where.bind(found->key);
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        "select e.seq_no, e.content, e.kind, e.at, e.received_at, e.trigger_reason, e.offline, "
        "e.payload from (select seq_no, content, kind, at, received_at, trigger_reason, offline, "
        "payload from transaction_events where " +
            of +
            " union all select seq_no, content, 'conflict', null, received_at, null, 0, payload "
            "from transaction_conflicts where " +
            of + ") e where 1 = 1" + where.text() + " order by e.seq_no, e.content limit " + limit,
        where.values());
    ListAnswer list;
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        const store::Row& last = rows.back();
        list.next_cursor =
            make_cursor("transaction_events",
                        {std::to_string(store::as_int(last[0])), to_hex(store::as_bytes(last[1]))});
    }
    for (const store::Row& row : rows) list.items.push_back(shown_event(row));
    return list_answer(exchange, list);
}

namespace {
// Which station it is of, found on a reader's thread, used on the loop.
struct Closing {
    std::optional<Problem> problem;
    std::string station_id, ocpp_id;
};
void submit_close(const SharedExchange& exchange, Service& service, const Closing& closing,
                  const std::string& reason) {
    const TransactionClose wanted{.ocpp_id = closing.ocpp_id, .reason = {reason}};
    service.operate(exchange,
                    service.operation(*exchange, operation::close_transaction, closing.station_id,
                                      wire::encode(wanted)),
                    [exchange, &service](OperationAnswer&&) {
                        service.read(exchange, [](const Exchange& asked, ReadSources& sources) {
                            const auto found = transaction_in_path(asked, sources.sql);
                            if (!found) return problem_answer(asked, found.error());
                            return transaction_answer(found->shown);
                        });
                    });
}
}  // namespace

void close_transaction(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<CloseWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    // Shared by the reader's work and what follows it, one after the other.
    const auto closing = std::make_shared<Closing>();
    service.prepare(
        exchange,
        [closing](const Exchange& asked, ReadSources& sources) {
            const auto found = transaction_in_path(asked, sources.sql);
            closing->problem = found ? std::nullopt : std::optional{found.error()};
            if (!found) return;
            closing->station_id = found->shown.station_id.value_or("");
            closing->ocpp_id = found->key;
        },
        [exchange, &service, closing, reason = wanted->reason.value] {
            if (closing->problem)
                return service.answer(exchange, problem_answer(*exchange, *closing->problem));
            submit_close(exchange, service, *closing, reason);
        });
}

net::Response list_orphan_stops(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    add_station(exchange, where);
    const auto matched = word_parameter(exchange, "matched", {"false", "true", "any"});
    if (!matched) return problem_answer(exchange, matched.error());
    if (*matched == "true") where.add("o.transaction_id is not null", {});
    if (*matched == "false") where.add("o.transaction_id is null", {});
    if (const auto problem = add_times(exchange, where, "o.received_at"))
        return problem_answer(exchange, *problem);
    return newest_first(exchange, sources.sql,
                        {"orphan_stops", select_orphans, count_orphans, "o.id", shown_orphan},
                        std::move(where));
}

}  // namespace ohm::api::rest
