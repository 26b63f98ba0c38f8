#include "api/charging/load.hpp"

#include <algorithm>

#include "api/charging/tables.hpp"
#include "base/text.hpp"
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

void add_record(const ByNumber& stations, const store::Row& row) {
    const auto station = stations.find(as_int(row[0]));
    if (station == stations.end()) return;
    StationTransactions& transactions = transactions_of(*station->second);
    auto record = tables::read_transaction(row);
    if (!transactions.find(record->ocpp_id)) transactions.list.push_back(std::move(record));
}

// The newest open ones of each station, as many as it holds in memory.
void load_open(store::Sql& sql, const ByNumber& stations, std::vector<std::int64_t> numbers) {
    std::erase_if(numbers, [&](std::int64_t number) {
        return transactions_of(*stations.at(number)).open_ones_are_read;
    });
    if (numbers.empty()) return;
    const std::string text =
        "select " + std::string{tables::transaction_columns} +
        " from (select t.*, row_number() over (partition by station_no order by id desc) as place "
        "from transactions t where state = 'active' and " +
        store::any_of(sql.dialect(), "station_no", "$1") +
        ") newest where place <= $2 order by station_no, id";
    for (const store::Row& row :
         sql.query(text, {numbers, static_cast<std::int64_t>(limits::transactions_in_memory)}))
        add_record(stations, row);
    for (const std::int64_t number : numbers)
        transactions_of(*stations.at(number)).open_ones_are_read = true;
}

// Those that are named and not in memory, by the station's id or by what a start says.
void load_named(store::Sql& sql, const ByNumber& stations, const Needs& needs) {
    std::vector<std::int64_t> of_ids, of_starts;
    std::vector<std::string> ids, starts;
    for (const Needs::ById& asked : needs.transactions) {
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
    const auto load = [&](store::JoinedRows&& keys, std::string_view condition) {
        const std::string text =
            "select " + std::string{tables::transaction_columns} + " from " + keys.table +
            " cross join transactions t where t.station_no = u.c1 and " + std::string{condition};
        for (const store::Row& row : sql.query(text, keys.values)) add_record(stations, row);
    };
    const auto dialect = sql.dialect();
    if (!ids.empty())
        load(store::joined_rows(dialect, {std::move(of_ids), std::move(ids)}), "t.ocpp_id = u.c2");
    if (!starts.empty())
        load(store::joined_rows(dialect, {std::move(of_starts), std::move(starts)}),
             "t.start_key = u.c2 and t.start_key is not null");
}

void load_events(store::Sql& sql, ShardState& shard, const Needs& needs) {
    if (needs.events.empty()) return;
    std::vector<std::int64_t> numbers, seqs;
    std::vector<std::string> ids;
    for (const Needs::Event& event : needs.events) {
        numbers.push_back(event.station_no);
        ids.push_back(event.ocpp_id);
        seqs.push_back(event.seq_no);
    }
    const store::JoinedRows keys =
        store::joined_rows(sql.dialect(), {std::move(numbers), std::move(ids), std::move(seqs)});
    const std::string text = "select e.station_no, e.ocpp_id, e.seq_no, e.content from " +
                             keys.table +
                             " cross join transaction_events e where e.station_no = u.c1 and "
                             "e.ocpp_id = u.c2 and e.seq_no = u.c3";
    for (const store::Row& row : sql.query(text, keys.values))
        shard.charging.events[{as_int(row[0]), as_text(row[1]), as_int(row[2])}] = as_bytes(row[3]);
}

void load_tokens(store::Sql& sql, ShardState& shard, const Needs& needs) {
    if (needs.tokens.empty()) return;
    ChargingState& charging = shard.charging;
    for (const std::string& key : needs.tokens) charging.tokens.try_emplace(key);
    const std::string text = "select " + std::string{token_columns} +
                             " from id_tokens where tenant_no = 1 and " +
                             store::any_of(sql.dialect(), "uid_key", "$1");
    std::vector<std::string> limited;
    for (const store::Row& row : sql.query(text, {needs.tokens})) {
        domain::Token token = read_token(row);
        if (token.concurrent_limit) limited.push_back(as_text(row[0]));
        charging.tokens[as_text(row[0])] = std::move(token);
    }
    if (limited.empty()) return;
    const std::string running =
        "select token_key, id from transactions where state = 'active' and superseded_at is null "
        "and authorization_status = 'Accepted' and " +
        store::any_of(sql.dialect(), "token_key", "$1") + " limit 10000";
    for (const store::Row& row : sql.query(running, {limited}))
        if (const auto id = Ulid::from_bytes(as_bytes(row[1])))
            charging.active[as_text(row[0])].push_back(*id);
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

const std::string_view token_columns =
    "uid_key, uid, type, status, expires_at, group_id, concurrent_limit, stations";

domain::Token read_token(const store::Row& row) {
    domain::Token token;
    token.uid = as_text(row.at(1));
    token.type = as_text(row.at(2));
    token.status = status_of(as_text(row.at(3)));
    token.expires_at = as_int(row.at(4));
    token.group = as_text(row.at(5));
    if (!store::is_null(row.at(6))) token.concurrent_limit = as_int(row.at(6));
    // Folded identities, one a line.
    const std::string stations = as_text(row.at(7));
    for (const std::string_view station : split(stations, '\n'))
        if (!station.empty()) token.stations.emplace_back(station);
    return token;
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
    load_open(sql, needs.stations, needs.open_transactions);
    load_named(sql, needs.stations, needs);
    load_events(sql, shard, needs);
    load_tokens(sql, shard, needs);
    store::keep_fresh(sql, store::ocpp_numbers, charging.fresh_numbers, needs.ocpp_numbers,
                      static_cast<std::size_t>(limits::ocpp_numbers_block));
}

}  // namespace ohm::api
