// A station's list of tokens: what is wanted of it, what it holds, and bringing one to the other.
#include "api/held/bounds.hpp"
#include "api/held/tables.hpp"
#include "api/rest/fact_lists.hpp"
#include "api/rest/held_resources.hpp"
#include "api/rest/held_routes.hpp"
#include "api/rest/service.hpp"

namespace ohm::api::rest {
namespace {

ListBoundsShown bounds_of(store::Sql& sql, const StationRead& station) {
    const auto read = read_bounds(sql, {station.station_no});
    const auto found = read.find(station.station_no);
    const auto version =
        ocpp::version_of_short_name(station.shown.ocpp_version.value_or(std::string{}));
    const domain::ListBounds bounds =
        list_bounds(found == read.end() ? BoundsRead{} : found->second, version);
    ListBoundsShown shown{.entries = {},
                          .entries_per_message = bounds.entries_a_message,
                          .bytes_per_message = bounds.bytes_a_message};
    if (bounds.entries) shown.entries = {*bounds.entries};
    return shown;
}

void take_list(const LocalListRecord& list, LocalListShown& shown) {
    shown.source = text_unless_empty(list.source);
    if (!list.rule.empty()) shown.tokens = {Any{list.rule}};
    shown.updated_at = time_unless_zero(list.updated_at);
    shown.updated_by = text_unless_empty(list.updated_by);
    if (list.held.is_known) shown.confirmed_version = {list.held.version};
    shown.confirmed_at = time_unless_zero(list.confirmed_at);
    if (list.reported_version) shown.reported_version = {*list.reported_version};
    shown.reported_at = time_unless_zero(list.reported_at);
    const bool said_later = list.reported_version && list.reported_at >= list.confirmed_at;
    shown.drift = said_later && domain::differs(list.held, *list.reported_version);
    shown.supported =
        list.reported_version != std::int64_t{-1} && list.sync_state != "not_supported";
    shown.sync.state = decltype(shown.sync.state)::of(list.sync_state).value_or(shown.sync.state);
    shown.sync.reason = text_unless_empty(list.sync_reason);
    shown.sync.started_at = time_unless_zero(list.sync_started_at);
    shown.sync.ended_at = time_unless_zero(list.sync_ended_at);
    shown.sync.messages_sent = list.messages_sent;
    shown.in_sync = list.sync_state == "done" && list.held.is_known && !shown.drift &&
                    list.updated_at <= list.sync_started_at;
}

LocalListShown list_of(store::Sql& sql, const StationRead& station) {
    LocalListShown shown{.station_id = station.shown.id};
    shown.limits = bounds_of(sql, station);
    const auto rows = sql.query("select " + std::string{tables::local_list_columns} +
                                    " from local_lists where station_no = $1",
                                {station.station_no});
    if (rows.empty()) return shown;
    take_list(tables::read_local_list(rows[0]), shown);
    const auto counts = sql.query(
        "select count(wanted), count(confirmed) from local_list_entries where station_no = $1",
        {station.station_no});
    shown.wanted_entries = store::as_int(counts.at(0).at(0));
    shown.confirmed_entries = store::as_int(counts.at(0).at(1));
    return shown;
}

const FactList entry_list{.name = "local_list",
                          .columns = "t.token_key, t.wanted, t.confirmed",
                          .from = "local_list_entries t",
                          .key = {"t.token_key"},
                          .kinds = {store::Kind::text, store::Kind::text},
                          .newest_first = false};

LocalListEntryShown entry_of(const store::Row& row) {
    LocalListEntryShown shown{
        .wanted = json_or_null(row[1]), .confirmed = json_or_null(row[2]), .state = "confirmed"};
    if (!shown.wanted) shown.state = "to_remove";
    if (!shown.confirmed) shown.state = "to_add";
    if (!shown.wanted || !shown.confirmed) return shown;
    wire::Decoder decoder;
    domain::ListEntry wanted = tables::read_entry(decoder, shown.wanted->json);
    const domain::ListEntry confirmed = tables::read_entry(decoder, shown.confirmed->json);
    if (confirmed.type.empty()) wanted.type.clear();  // 1.6 has none
    if (!(wanted == confirmed)) shown.state = "to_change";
    return shown;
}

void show_after(const SharedExchange& exchange, Service& service, int status_while_syncing) {
    service.read(exchange, [status_while_syncing](const Exchange& asked, ReadSources& sources) {
        const auto station = station_in_path(asked, sources.sql);
        if (!station) return problem_answer(asked, station.error());
        const LocalListShown shown = list_of(sources.sql, *station);
        const int status = shown.sync.state.is("syncing") ? status_while_syncing : 200;
        return json_answer(status, wire::encode(shown));
    });
}

}  // namespace

net::Response show_local_list(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    return json_answer(200, wire::encode(list_of(sources.sql, *station)));
}

net::Response list_local_list_entries(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    where.add("(t.wanted is not null or t.confirmed is not null)", {});
    return list_facts(exchange, sources, entry_list, Wanted<Conditions>{where}, entry_of);
}

void put_local_list(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<LocalListWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    service.operate(
        exchange,
        service.operation(*exchange, operation::write_local_list, exchange->path_value(0),
                          wire::encode(*wanted)),
        [exchange, &service](OperationAnswer&&) { show_after(exchange, service, 200); });
}

void sync_list(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<LocalListSyncWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    const LocalListSync sync{.full = wanted->full.value_or(false)};
    service.operate(exchange,
                    service.operation(*exchange, operation::sync_local_list,
                                      exchange->path_value(0), wire::encode(sync)),
                    [exchange, &service](OperationAnswer&&) {
                        constexpr int accepted = 202;
                        show_after(exchange, service, accepted);
                    });
}

}  // namespace ohm::api::rest
