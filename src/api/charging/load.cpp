#include "api/charging/load.hpp"

#include <algorithm>

#include "api/charging/progress.hpp"
#include "api/charging/stray.hpp"
#include "api/charging/tables.hpp"
#include "base/text.hpp"
#include "ocpp/frame.hpp"
#include "store/sequences.hpp"

namespace ohm::api {
namespace {

using store::as_bytes;
using store::as_int;
using store::as_text;

template <class T>
void keep_each_once(std::vector<T>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

using ByNumber = std::map<std::int64_t, Station*>;

StationTransactions& transactions_of(Station& station) {
    if (!station.transactions) station.transactions = std::make_unique<StationTransactions>();
    return *station.transactions;
}

// What was read and runs: a row of its own has more of it.
struct Running {
    std::vector<std::int64_t> stations;
    std::vector<std::string> ocpp_ids;
    std::map<Ulid, TransactionRecord*> by_id;
};

void add_record(const ByNumber& stations, const store::Row& row, Running& running) {
    const auto station = stations.find(as_int(row[0]));
    if (station == stations.end()) return;
    StationTransactions& transactions = transactions_of(*station->second);
    auto record = tables::read_transaction(row);
    if (transactions.find(record->ocpp_id)) return;
    if (record->is_active()) {
        running.stations.push_back(station->first);
        running.ocpp_ids.push_back(record->ocpp_id);
        running.by_id[record->id] = record.get();
    }
    transactions.list.push_back(std::move(record));
}

void load_progress(store::Sql& sql, Running& running) {
    if (running.by_id.empty()) return;
    const store::KeyedRead read = store::read_by_keys(
        sql.dialect(), {std::move(running.stations), std::move(running.ocpp_ids)},
        tables::progress_columns, "transactions t join open_transactions o on o.id = t.id",
        "t.station_no = u.c1 and t.ocpp_id = u.c2");
    for (const store::Row& row : sql.query(read.text, read.values)) {
        const auto id = Ulid::from_bytes(as_bytes(row[0]));
        const auto record = id ? running.by_id.find(*id) : running.by_id.end();
        if (record != running.by_id.end()) tables::read_progress(row, *record->second);
    }
    for (const auto& [id, record] : running.by_id)
        record->settled = tables::digest_of_settled(*record);
}

// Stops that fitted nothing, the newest of each station.
void load_unmatched(store::Sql& sql, const ByNumber& stations,
                    const std::vector<std::int64_t>& numbers) {
    const std::string text =
        "select station_no, token_key, meter_stop, at, received_at, token, reason, payload from "
        "(select o.*, row_number() over (partition by station_no order by id desc) as place from "
        "orphan_stops o where transaction_id is null and " +
        store::any_of(sql.dialect(), "station_no", "$1") +
        ") newest where place <= $2 order by station_no, id";
    for (const store::Row& row :
         sql.query(text, {numbers, static_cast<std::int64_t>(limits::stray_stops_in_memory)})) {
        StrayStop& stop = transactions_of(*stations.at(as_int(row[0]))).stray_stops.emplace_back();
        stop.token_key = as_text(row[1]);
        stop.meter_stop_wh = as_int(row[2]);
        stop.said_at = as_int(row[3]);
        stop.at = stop.said_at != 0 ? stop.said_at : as_int(row[4]);
        stop.token = as_text(row[5]);
        stop.reason = as_text(row[6]);
        stop.payload = values_of_stop(as_text(row[7]));
    }
}

// The newest open ones of each station, as many as it holds in memory.
void load_open(store::Sql& sql, const ByNumber& stations, std::vector<std::int64_t> numbers,
               Running& running) {
    std::erase_if(numbers,
                  [&](std::int64_t number) { return stations.at(number)->transactions_are_read; });
    if (numbers.empty()) return;
    const std::string text =
        "select " + std::string{tables::transaction_columns} +
        " from (select t.*, row_number() over (partition by station_no order by id desc) as place "
        "from transactions t where id in (select id from open_transactions where " +
        store::any_of(sql.dialect(), "station_no", "$1") +
        ")) newest where place <= $2 order by station_no, id";
    for (const store::Row& row :
         sql.query(text, {numbers, static_cast<std::int64_t>(limits::transactions_in_memory)}))
        add_record(stations, row, running);
    load_unmatched(sql, stations, numbers);
    for (const std::int64_t number : numbers) stations.at(number)->transactions_are_read = true;
}

// Where a station uses an id again, those that were heard of last.
void load_namesakes(store::Sql& sql, const ByNumber& stations, const Needs& needs,
                    Running& running) {
    std::vector<std::int64_t> numbers;
    std::vector<std::string> ids;
    for (const Needs::ById& asked : needs.transactions) {
        if (!asked.may_be_again) continue;
        const TransactionRecord* first =
            transactions_of(*stations.at(asked.station_no)).find(asked.ocpp_id);
        if (!first || first->said_id.empty()) continue;
        numbers.push_back(asked.station_no);
        ids.push_back(asked.ocpp_id);
    }
    if (ids.empty()) return;
    constexpr std::int64_t last_ones = 8;
    const std::string of_id =
        "(select x.id from transactions x where x.station_no = u.c1 and x.said_id = u.c2 "
        "order by x.id ";
    const store::KeyedRead read = store::read_by_keys(
        sql.dialect(), {std::move(numbers), std::move(ids)}, tables::transaction_columns,
        "transactions t",
        "t.station_no = u.c1 and t.said_id = u.c2 and t.id >= coalesce(" + of_id +
            "desc limit 1 offset " + std::to_string(last_ones - 1) + "), " + of_id + "limit 1))");
    for (const store::Row& row : sql.query(read.text, read.values))
        add_record(stations, row, running);
}

// Those that are named and not in memory, by the station's id or by what a start says.
void load_named(store::Sql& sql, const ByNumber& stations, const Needs& needs, Running& running) {
    std::vector<std::int64_t> of_ids, of_starts;
    std::vector<std::string> ids, starts;
    for (const Needs::ById& asked : needs.transactions) {
        if (asked.ocpp_id.empty()) continue;
        if (transactions_of(*stations.at(asked.station_no)).find(asked.ocpp_id)) continue;
        of_ids.push_back(asked.station_no);
        ids.push_back(asked.ocpp_id);
    }
    for (const Needs::ByStart& asked : needs.starts) {
        if (transactions_of(*stations.at(asked.station_no)).find_start(asked.start_key, true))
            continue;
        of_starts.push_back(asked.station_no);
        starts.push_back(asked.start_key);
    }
    const auto load = [&](std::vector<store::Value>&& keys, std::string_view condition) {
        const store::KeyedRead read =
            store::read_by_keys(sql.dialect(), std::move(keys), tables::transaction_columns,
                                "transactions t", condition);
        for (const store::Row& row : sql.query(read.text, read.values))
            add_record(stations, row, running);
    };
    if (!ids.empty())
        load({std::move(of_ids), std::move(ids)}, "t.station_no = u.c1 and t.ocpp_id = u.c2");
    if (!starts.empty())
        load({std::move(of_starts), std::move(starts)},
             "t.station_no = u.c1 and t.start_key = u.c2 and t.start_key is not null");
}

// Where an id is nobody's: what the message may mean, and whether it came before.
void load_strays(store::Sql& sql, ShardState& shard, const ByNumber& stations, const Needs& needs,
                 Running& running) {
    const auto is_known = [&](std::int64_t station_no, const std::string& ocpp_id) {
        return !ocpp_id.empty() && transactions_of(*stations.at(station_no)).find(ocpp_id);
    };
    std::vector<std::int64_t> numbers;
    for (const Needs::ById& asked : needs.transactions)
        if (asked.may_be_another && !is_known(asked.station_no, asked.ocpp_id))
            numbers.push_back(asked.station_no);
    if (numbers.empty()) return;
    keep_each_once(numbers);
    constexpr std::int64_t last_ones = 4;
    const store::KeyedRead last = store::read_by_keys(
        sql.dialect(), {numbers}, tables::transaction_columns, "transactions t",
        "t.station_no = u.c1 and t.id >= coalesce((select x.id "
        "from transactions x where x.station_no = u.c1 order by x.id desc limit 1 offset " +
            std::to_string(last_ones - 1) +
            "), (select x.id from transactions x where x.station_no = u.c1 order by x.id limit "
            "1))");
    for (const store::Row& row : sql.query(last.text, last.values))
        add_record(stations, row, running);

    std::vector<std::int64_t> of, meters, times;
    std::vector<std::string> tokens;
    for (const Needs::Stop& stop : needs.stops) {
        if (is_known(stop.station_no, stop.ocpp_id)) continue;
        of.push_back(stop.station_no), tokens.push_back(stop.token_key);
        meters.push_back(stop.meter_stop_wh), times.push_back(stop.said_at);
    }
    if (of.empty()) return;
    const store::KeyedRead stops = store::read_by_keys(
        sql.dialect(), {std::move(of), std::move(tokens), std::move(meters), std::move(times)},
        "o.station_no, o.token_key, o.meter_stop, o.at", "orphan_stops o",
        "o.station_no = u.c1 and o.token_key = u.c2 and o.meter_stop = u.c3 and o.at = u.c4");
    for (const store::Row& row : sql.query(stops.text, stops.values))
        shard.charging.stray_stops.emplace(as_int(row[0]), as_text(row[1]), as_int(row[2]),
                                           as_int(row[3]));
}

// Each stored event is folded into its record: what lies outside of its numbers is not there.
bool may_be_stored(const TransactionRecord& record, std::int64_t seq) {
    return record.facts.event_count > 0 && seq >= record.facts.seq_min &&
           seq <= record.facts.seq_max;
}

// What may be stored of each: by its number, or by its content where the number was ours.
struct EventKeys {
    void add(std::int64_t station_no, const std::string& ocpp_id) {
        numbers.push_back(station_no);
        ids.push_back(ocpp_id);
    }
    std::vector<std::int64_t> numbers;
    std::vector<std::string> ids;
};

void read_events(store::Sql& sql, ShardState& shard, EventKeys&& keys, store::Value&& thirds,
                 const std::string& third) {
    if (keys.ids.empty()) return;
    const store::KeyedRead read = store::read_by_keys(
        sql.dialect(), {std::move(keys.numbers), std::move(keys.ids), std::move(thirds)},
        "e.station_no, e.ocpp_id, e.seq_no, e.content, e.at, e.received_at, e.kind",
        "transaction_events e",
        "e.station_no = u.c1 and e.ocpp_id = u.c2 and " + third + " = u.c3");
    for (const store::Row& row : sql.query(read.text, read.values))
        shard.charging.events[{as_int(row[0]), as_text(row[1]), as_int(row[2])}] = {
            as_bytes(row[3]), as_int(row[4]), as_int(row[5]), event_kind(as_text(row[6]))};
}

// Behind the records.
void load_events(store::Sql& sql, ShardState& shard, const Needs& needs) {
    EventKeys by_number, by_content;
    std::vector<std::int64_t> seqs;
    std::vector<std::string> contents;
    for (const Needs::Event& event : needs.events) {
        for (const auto& one : transactions_of(*needs.stations.at(event.station_no)).list) {
            if (one->station_id() != event.ocpp_id) continue;
            if (may_be_stored(*one, event.seq_no)) {
                by_number.add(event.station_no, one->ocpp_id);
                seqs.push_back(event.seq_no);
            }
            if ((one->repairs & Repaired::numbered) && !event.frame.empty()) {
                by_content.add(event.station_no, one->ocpp_id);
                contents.push_back(to_hex(content_of(ocpp::read_head(event.frame).rest)));
            }
        }
    }
    const bool is_postgres = sql.dialect() == store::Dialect::postgres;
    read_events(sql, shard, std::move(by_number), std::move(seqs), "e.seq_no");
    read_events(sql, shard, std::move(by_content), std::move(contents),
                is_postgres ? "encode(e.content, 'hex')" : "lower(hex(e.content))");
}

// Only where a webhook decides: what it said before holds where it does not answer.
void load_remembered(store::Sql& sql, ShardState& shard, const Needs& needs) {
    const auto& hook = shard.hooks.decision;
    if (!hook || hook->fallback != outside::Fallback::cache) return;
    const std::string text =
        "select token_key, token_type, status, group_id, expires_at from remembered_decisions "
        "where tenant_no = 1 and " +
        store::any_of(sql.dialect(), "token_key", "$1");
    for (const store::Row& row : sql.query(text, {needs.tokens}))
        shard.charging.remembered[{as_text(row[0]), as_text(row[1])}] = {
            as_text(row[2]), as_text(row[3]), as_int(row[4])};
}

// What runs of tokens that have a limit.
void load_running(store::Sql& sql, ChargingState& charging,
                  const std::vector<std::string>& limited) {
    const std::string running =
        "select o.token_key, o.id from open_transactions o join transactions t on t.id = o.id "
        "where t.superseded_at is null and t.authorization_status = 'Accepted' and " +
        store::any_of(sql.dialect(), "o.token_key", "$1") + " limit 10000";
    for (const store::Row& row : sql.query(running, {limited}))
        if (const auto id = Ulid::from_bytes(as_bytes(row[1])))
            charging.active[as_text(row[0])].push_back(*id);
    const std::string taken =
        "select token_key, slot, transaction_id from token_slots where tenant_no = 1 and " +
        store::any_of(sql.dialect(), "token_key", "$1");
    for (const store::Row& row : sql.query(taken, {limited})) {
        const auto id = Ulid::from_bytes(as_bytes(row[2]));
        if (!id) continue;
        const std::string key = as_text(row[0]);
        charging.slots[key][as_int(row[1])] = *id;
        auto& active = charging.active[key];
        if (std::find(active.begin(), active.end(), *id) == active.end()) active.push_back(*id);
    }
}

void load_tokens(store::Sql& sql, ShardState& shard, const Needs& needs) {
    if (needs.tokens.empty()) return;
    ChargingState& charging = shard.charging;
    for (const std::string& key : needs.tokens) charging.tokens.try_emplace(key);
    const store::KeyedRead read =
        store::read_by_keys(sql.dialect(), {needs.tokens}, token_columns, "id_tokens",
                            "tenant_no = 1 and uid_key = u.c1");
    load_remembered(sql, shard, needs);
    std::vector<std::string> limited;
    bool asks_where = false;
    for (const store::Row& row : sql.query(read.text, read.values)) {
        domain::Token token = read_token(row);
        if (token.concurrent_limit) limited.push_back(as_text(row[0]));
        asks_where = asks_where || !token.locations.empty();
        charging.tokens[as_text(row[0])] = std::move(token);
    }
    if (asks_where) charging.locations = read_locations(sql, needs.token_stations);
    if (!limited.empty()) load_running(sql, charging, limited);
}

domain::TokenStatus status_of(std::string_view name) {
    if (name == "Accepted") return domain::TokenStatus::accepted;
    if (name == "Blocked") return domain::TokenStatus::blocked;
    if (name == "Expired") return domain::TokenStatus::expired;
    if (name == "NoCredit") return domain::TokenStatus::no_credit;
    if (name == "NotAllowedTypeEVSE") return domain::TokenStatus::not_allowed_type_evse;
    if (name == "NotAtThisTime") return domain::TokenStatus::not_at_this_time;
    return domain::TokenStatus::invalid;
}

}  // namespace

namespace {

// EVSE, blank, station: one a line.
std::vector<domain::Token::Place> read_places(std::string_view lines) {
    std::vector<domain::Token::Place> places;
    for (const std::string_view line : split(lines, '\n')) {
        const auto blank = line.find(' ');
        if (blank == std::string_view::npos) continue;
        const std::string_view station = line.substr(blank + 1);
        places.push_back({fold(station).value_or(std::string{station}),
                          parse_int(line.substr(0, blank)).value_or(0)});
    }
    return places;
}

}  // namespace

const std::string_view token_columns =
    "uid_key, uid, type, status, expires_at, group_id, concurrent_limit, stations, evses, "
    "language, personal_message, master_pass, prepaid, locations";

domain::Token read_token(const store::Row& row) {
    domain::Token token;
    token.uid = as_text(row.at(1));
    token.type = as_text(row.at(2));
    token.status = status_of(as_text(row.at(3)));
    token.expires_at = as_int(row.at(4));
    token.group = as_text(row.at(5));
    if (!store::is_null(row.at(6))) token.concurrent_limit = as_int(row.at(6));
    // Identities, one a line.
    const std::string stations = as_text(row.at(7));
    for (const std::string_view station : split(stations, '\n'))
        if (!station.empty())
            token.stations.push_back(fold(station).value_or(std::string{station}));
    token.evses = read_places(as_text(row.at(8)));
    token.language = as_text(row.at(9));
    token.personal_message = as_text(row.at(10));
    token.master_pass = as_int(row.at(11)) != 0;
    token.prepaid = as_int(row.at(12)) != 0;
    const std::string locations = as_text(row.at(13));
    for (const std::string_view location : split(locations, '\n'))
        if (!location.empty()) token.locations.emplace_back(location);
    return token;
}

std::unordered_map<std::int64_t, std::string> read_locations(
    store::Sql& sql, const std::vector<std::int64_t>& station_numbers) {
    std::unordered_map<std::int64_t, std::string> locations;
    if (station_numbers.empty()) return locations;
    const std::string text =
        "select p.station_no, l.id from charge_points p join locations l on l.location_no = "
        "p.location_no where " +
        store::any_of(sql.dialect(), "p.station_no", "$1");
    for (const store::Row& row : sql.query(text, {station_numbers}))
        locations[as_int(row[0])] = as_text(row[1]);
    return locations;
}

void add_open_transactions(Station& station, Needs& needs) {
    needs.stations[station.no.value] = &station;
    needs.open_transactions.push_back(station.no.value);
}

void load_charging_needs(store::Sql& sql, ShardState& shard, Needs& needs) {
    ChargingState& charging = shard.charging;
    charging.forget_batch();
    if (needs.empty()) return;
    keep_each_once(needs.open_transactions), keep_each_once(needs.tokens);
    keep_each_once(needs.token_stations);
    Running running;
    load_open(sql, needs.stations, needs.open_transactions, running);
    load_named(sql, needs.stations, needs, running);
    load_namesakes(sql, needs.stations, needs, running);
    load_strays(sql, shard, needs.stations, needs, running);
    load_progress(sql, running);
    load_events(sql, shard, needs);
    load_tokens(sql, shard, needs);
    store::keep_fresh(sql, store::ocpp_numbers, charging.fresh_numbers, needs.ocpp_numbers,
                      static_cast<std::size_t>(limits::ocpp_numbers_block));
}

}  // namespace ohm::api
