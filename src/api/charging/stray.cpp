#include "api/charging/stray.hpp"

#include <algorithm>

#include "api/charging/tables.hpp"
#include "api/tables.hpp"
#include "base/limits.hpp"
#include "base/secret.hpp"
#include "domain/fact_time.hpp"

namespace ohm::api {
namespace {

constexpr std::int64_t matched_seq = 2;  // behind a start's and a stop's own
constexpr std::int64_t milli = 1000;

std::vector<store::Value> key_of(const Station& station, const StrayStop& stop) {
    return {station.no.value, stop.token_key, stop.meter_stop_wh, stop.said_at};
}

// When it was over at the latest: its end, or the start of the one that took its place.
std::optional<std::int64_t> over_at(const StationTransactions& all,
                                    const TransactionRecord& record) {
    if (record.facts.ended_at || !record.superseded_by) return record.facts.ended_at;
    for (const auto& other : all.list)
        if (other->id == *record.superseded_by) return other->facts.started_at;
    return std::nullopt;
}

bool ran_at(const StationTransactions& all, const TransactionRecord& record, std::int64_t at) {
    const auto began = record.facts.started_at, over = over_at(all, record);
    return record.version == ocpp::Version::v16 && began && *began <= at && (!over || at <= *over);
}

// An id that is wrong proves nothing: what the stop says beside it must agree.
bool fits(const TransactionRecord& record, const StrayStop& stop) {
    const domain::Transaction& t = record.facts;
    // Another card stops only what its group has started.
    const bool may_stop = stop.token.empty() || (record.repairs & Repaired::made) != 0 ||
                          stop.token_key == key_of_token(t.token) ||
                          (!stop.group.empty() && stop.group == t.group);
    const bool ran_backwards =
        stop.has_meter && t.begin && t.begin->mwh > stop.meter_stop_wh * milli;
    return may_stop && !ran_backwards;
}

// The stop that has ended it, said once more under another id.
bool is_its_stop(const TransactionRecord& record, const StrayStop& stop) {
    const domain::Transaction& t = record.facts;
    return t.has_end && t.ended_at == stop.at && t.end && t.end->mwh == stop.meter_stop_wh * milli;
}

// Null where it is none, or several.
template <class IsIt>
TransactionRecord* only_one(StationTransactions& all, const IsIt& is_it) {
    TransactionRecord* found = nullptr;
    for (const auto& record : all.list) {
        if (!is_it(*record)) continue;
        if (found) return nullptr;
        found = record.get();
    }
    return found;
}

TransactionRecord* fitting(StationTransactions& all, const StrayStop& stop) {
    return only_one(all, [&](const TransactionRecord& record) {
        return ran_at(all, record, stop.at) && fits(record, stop) &&
               (!record.facts.has_end || is_its_stop(record, stop));
    });
}

void end_by(Handler& handler, TransactionRecord& record, const StrayStop& stop) {
    if (is_its_stop(record, stop)) return;
    domain::TransactionEvent event;
    event.kind = domain::TransactionEvent::Kind::ended;
    event.seq = matched_seq;
    event.at = stop.at;
    event.guessed = event.stops_by_token = true;
    event.token = stop.token;
    event.stop_reason = stop.reason;
    const std::string content =
        secret::digest(stop.token_key + " " + std::to_string(stop.meter_stop_wh) + " " +
                       std::to_string(stop.said_at));
    if (take_event(handler, record, event, content) != Came::first) return;
    if (stop.has_meter) fold_stop_register(record.facts, stop.meter_stop_wh * milli, stop.at, true);
    record.repairs |= Repaired::matched;
    record.changed = true;
}

void keep(Handler& handler, const StrayStop& stop, std::int64_t said_id,
          const TransactionRecord* record) {
    std::vector<store::Value> row = key_of(handler.station, stop);
    row.insert(row.end(), {tables::bytes(handler.work.shard.ids.next()), said_id,
                           tables::text_or_null(stop.token), stop.reason, handler.received_at(),
                           std::string{handler.payload()},
                           record ? tables::bytes(record->id) : store::Value{store::Null{}}});
    handler.work.batch.unit.add(tables::orphan_stop, std::move(row));
    if (record) return;
    ++handler.work.shard.figures.orphan_messages;
    auto& strays = transactions_of(handler).stray_stops;
    if (strays.size() >= limits::stray_stops_in_memory) strays.erase(strays.begin());
    strays.push_back(stop);
    strays.back().payload = values_of_stop(handler.payload());
}

}  // namespace

void need_strays(const Station& station, const std::string& ocpp_id, Needs& needs) {
    needs.open_transactions.push_back(station.no.value);
    needs.transactions.push_back({station.no.value, ocpp_id, true});
}

MatchedStop match_stop(Handler& handler, const StrayStop& stop, std::int64_t said_id) {
    StationTransactions& all = transactions_of(handler);
    const bool is_new =
        handler.work.shard.charging.stray_stops
            .emplace(handler.station.no.value, stop.token_key, stop.meter_stop_wh, stop.said_at)
            .second;
    if (!is_new) return {nullptr, true};
    // Without a time it would end the next one as well when it is said again.
    const bool may_match = stop.said_at != 0 && !handler.is_strict();
    TransactionRecord* record = may_match ? fitting(all, stop) : nullptr;
    keep(handler, stop, said_id, record);
    if (record) end_by(handler, *record, stop);
    return {record, false};
}

std::optional<StrayStop> adopt_stray_stop(Handler& handler, TransactionRecord& record) {
    auto& strays = transactions_of(handler).stray_stops;
    const auto began = record.facts.started_at;
    // What happened before its clock was set would begin before everything.
    if (strays.empty() || handler.is_strict() || !began ||
        !domain::is_plausible_time(*began, handler.received_at()))
        return std::nullopt;
    const auto none = strays.end();
    auto first = none;
    for (auto stop = strays.begin(); stop != none; ++stop) {
        const bool may_be = stop->said_at != 0 && *began <= stop->at && fits(record, *stop) &&
                            domain::is_plausible_time(stop->at, handler.received_at());
        if (may_be && (first == none || stop->at < first->at)) first = stop;
    }
    if (first == none || fitting(transactions_of(handler), *first) != &record) return std::nullopt;
    const StrayStop stop = *first;
    strays.erase(first);
    std::vector<store::Value> row = key_of(handler.station, stop);
    row.push_back(tables::bytes(record.id));
    handler.work.batch.unit.add(tables::orphan_stop_matched, std::move(row));
    end_by(handler, record, stop);
    return stop;
}

std::string values_of_stop(std::string_view payload) {
    const bool has_values = payload.find("\"transactionData\"") != std::string_view::npos;
    return std::string{
        has_values && payload.size() <= limits::event_payload_bytes ? payload : std::string_view{}};
}

TransactionRecord* transaction_around(Handler& handler, std::int64_t evse, std::int64_t at) {
    if (handler.is_strict()) return nullptr;
    StationTransactions& all = transactions_of(handler);
    return only_one(all, [&](const TransactionRecord& record) {
        return record.facts.evse == evse && ran_at(all, record, at);
    });
}

TransactionRecord* running_around(Handler& handler, std::int64_t evse, std::int64_t at) {
    if (handler.is_strict() || !handler.station.transactions) return nullptr;
    StationTransactions& all = transactions_of(handler);
    return only_one(all, [&](const TransactionRecord& record) {
        return record.is_active() && record.superseded_at == 0 && record.facts.evse == evse &&
               ran_at(all, record, at);
    });
}

}  // namespace ohm::api
