#include "api/charging/made.hpp"

#include <algorithm>
#include <array>

#include "api/compatibility.hpp"
#include "api/facts/quirks.hpp"

namespace ohm::api {
namespace {

using Kind = domain::TransactionEvent::Kind;
constexpr std::int64_t start_seq = 0, stop_seq = 1;

bool is_wanted(const Station& station) {
    return compatibility_of(station).sessions_from_status.value_or(false);
}

bool is_free(std::string_view status) {
    constexpr std::array<std::string_view, 5> words{"Available", "Finishing", "Reserved",
                                                    "Unavailable", "Preparing"};
    return std::find(words.begin(), words.end(), status) != words.end();
}

// The same status said again is the same session.
std::string key_of(std::int64_t evse, std::int64_t at) {
    return "status " + std::to_string(evse) + " " + std::to_string(at);
}

bool runs_there(const TransactionRecord& record, std::int64_t evse) {
    return record.is_active() && record.superseded_at == 0 && record.facts.evse == evse;
}

void end(Handler& handler, TransactionRecord& record, std::int64_t at) {
    domain::TransactionEvent event;
    event.kind = Kind::ended;
    event.seq = stop_seq;
    event.at = at;
    event.guessed = true;  // the station's own stop decides before it
    event.stop_reason = "Other";
    take_event(handler, record, event, content_of(handler));
}

void begin(Handler& handler, std::int64_t evse, std::int64_t at, std::string&& key) {
    const std::int64_t number = handler.work.shard.charging.next_number();
    TransactionRecord& record = begin_transaction(handler, std::to_string(number));
    record.start_key = std::move(key);
    record.repairs |= Repaired::made;
    domain::TransactionEvent event;
    event.kind = Kind::started;
    event.seq = start_seq;
    event.at = at;
    event.evse = evse;
    event.connector = 1;
    take_event(handler, record, event, content_of(handler));
    note_quirk(handler, "session_from_status", "");
}

}  // namespace

void need_made(const Station& station, Needs& needs, std::int64_t evse, std::string_view status,
               std::int64_t said_at) {
    if (!is_wanted(station) || evse <= 0) return;
    needs.open_transactions.push_back(station.no.value);
    if (status != "Charging") return;
    if (said_at != 0) needs.starts.push_back({station.no.value, key_of(evse, said_at)});
    ++needs.ocpp_numbers;
}

void make_of_status(Handler& handler, std::int64_t evse, std::string_view status, std::int64_t at,
                    std::int64_t said_at) {
    if (!is_wanted(handler.station) || handler.is_strict() || evse <= 0) return;
    StationTransactions& all = transactions_of(handler);
    if (TransactionRecord* made = made_on(handler, evse); made && is_free(status))
        return end(handler, *made, at);
    const bool is_taken = std::any_of(all.list.begin(), all.list.end(),
                                      [&](const auto& one) { return runs_there(*one, evse); });
    std::string key = key_of(evse, said_at != 0 ? said_at : handler.received_at());
    if (status != "Charging" || is_taken || all.find_start(key, true)) return;
    begin(handler, evse, at, std::move(key));
}

TransactionRecord* made_on(Handler& handler, std::int64_t evse) {
    if (!is_wanted(handler.station) || !handler.station.transactions) return nullptr;
    for (const auto& record : handler.station.transactions->list)
        if (runs_there(*record, evse) && (record->repairs & Repaired::made)) return record.get();
    return nullptr;
}

void end_made(Handler& handler, const TransactionRecord& started, std::int64_t at) {
    if (!started.facts.evse) return;
    TransactionRecord* made = made_on(handler, *started.facts.evse);
    if (made && made != &started) end(handler, *made, at);
}

}  // namespace ohm::api
