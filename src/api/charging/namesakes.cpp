#include "api/charging/namesakes.hpp"

#include "api/facts/quirks.hpp"
#include "domain/fact_time.hpp"

namespace ohm::api {
namespace {

using Event = domain::TransactionEvent;
using Kind = Event::Kind;

const StoredEvent* stored(const Handler& handler, const TransactionRecord& record,
                          std::int64_t seq) {
    const auto& events = handler.work.shard.charging.events;
    const auto found = events.find({handler.station.no.value, record.ocpp_id, seq});
    return found == events.end() ? nullptr : &found->second;
}

// Of an event that was given a number of ours and comes again.
std::optional<std::int64_t> number_given(const Handler& handler, const TransactionRecord& record,
                                         const std::string& content) {
    if (!(record.repairs & Repaired::numbered)) return std::nullopt;
    const std::int64_t station_no = handler.station.no.value;
    const auto& events = handler.work.shard.charging.events;
    for (auto it = events.lower_bound({station_no, record.ocpp_id, record.facts.seq_min});
         it != events.end(); ++it) {
        const auto& [number, ocpp_id, seq] = it->first;
        if (number != station_no || ocpp_id != record.ocpp_id) break;
        if (it->second.content == content) return seq;
    }
    return std::nullopt;
}

// Its content is asked for only where something is stored that could be the same.
bool came_before(const Handler& handler, const TransactionRecord& record, std::int64_t seq) {
    const StoredEvent* same = stored(handler, record, seq);
    if (!same && !(record.repairs & Repaired::numbered)) return false;
    const std::string content = content_of(handler);
    return (same && same->content == content) || number_given(handler, record, content);
}

bool is_over(const TransactionRecord& record) {
    return record.facts.has_end && record.facts.ended_at.has_value();
}

std::int64_t begin_of(const TransactionRecord& record) {
    return record.facts.started_at.value_or(record.received_at);
}

bool lies_within(const TransactionRecord& record, std::int64_t at) {
    return begin_of(record) <= at && (!is_over(record) || at <= *record.facts.ended_at);
}

// Of those around that time the one that began last; else one whose start is still to come; else
// the one that was heard of last. A start is that of one which began then, or still lacks its own.
TransactionRecord* likeliest(const std::vector<TransactionRecord*>& namesakes, const Event& event) {
    TransactionRecord *around = nullptr, *without_start = nullptr, *newest = nullptr;
    const bool starts = event.kind == Kind::started;
    for (TransactionRecord* one : namesakes) {
        if (starts && one->facts.has_start && one->facts.started_at == event.at) return one;
        const bool began_later = !around || begin_of(*around) <= begin_of(*one);
        if (lies_within(*one, event.at) && began_later) around = one;
        const bool comes_behind = !one->facts.has_start && event.at < begin_of(*one);
        if (comes_behind && (!without_start || begin_of(*one) < begin_of(*without_start)))
            without_start = one;
        if (!newest || newest->id < one->id) newest = one;
    }
    if (starts && without_start) return without_start;
    return around ? around : without_start ? without_start : newest;
}

bool names_other_place(const TransactionRecord& record, const Event& event) {
    return event.evse && record.facts.evse && event.evse != record.facts.evse;
}
bool names_other_token(const TransactionRecord& record, const Event& event) {
    return !event.token.empty() && !record.facts.token.empty() && event.token != record.facts.token;
}

// A transaction starts once: another time is another start, unless the one that is known runs on,
// through no boot, with the same card at the same place.
bool starts_another(const TransactionRecord& record, const Event& event, std::int64_t boot_at) {
    if (!record.facts.has_start) return is_over(record) && event.at > *record.facts.ended_at;
    if (event.at == record.facts.started_at) return false;
    return !record.is_active() || event.at < *record.facts.started_at ||
           boot_at > record.received_at || names_other_place(record, event) ||
           names_other_token(record, event);
}

// From before the start of the only one that is known: kept while offline, or under a number that
// stands for something else. A clock that was set back says neither.
bool precedes(const TransactionRecord& record, const Event& event, const StoredEvent* said_before,
              std::int64_t received_at) {
    return record.facts.has_start && event.at < *record.facts.started_at &&
           domain::is_plausible_time(event.at, received_at) && (said_before || event.offline);
}

// Under a number that stood for something else before the last boot. Behind the end from another
// place; or, of a station that has booted since or is known to use the id again, under a number
// that was used, as another end, or of a time behind that boot.
bool goes_on_with_another(const TransactionRecord& record, const Event& event,
                          const StoredEvent* said_before, std::int64_t boot_at) {
    if (!is_over(record))
        return said_before && said_before->at < event.at && said_before->received_at < boot_at;
    if (event.at <= *record.facts.ended_at) return false;
    if (names_other_place(record, event)) return true;
    const bool has_booted = boot_at > record.ended_received_at;
    if (has_booted && event.at >= boot_at) return true;
    const bool contradicts = said_before || event.kind == Kind::ended;
    return contradicts && (has_booted || !record.said_id.empty());
}

bool is_of_another(const Handler& handler, const TransactionRecord& record, const Event& event) {
    const std::int64_t boot_at = handler.station.boot_at;
    if (event.kind == Kind::started) return starts_another(record, event, boot_at);
    const StoredEvent* said_before = stored(handler, record, event.seq);
    return precedes(record, event, said_before, handler.received_at()) ||
           goes_on_with_another(record, event, said_before, boot_at);
}

}  // namespace

TransactionRecord* transaction_of(const Handler& handler, std::string_view said_id,
                                  const Event& event) {
    if (!handler.station.transactions) return nullptr;
    std::vector<TransactionRecord*> namesakes;
    for (const auto& one : handler.station.transactions->list)
        if (one->station_id() == said_id && one->version == handler.station.version)
            namesakes.push_back(one.get());
    for (TransactionRecord* one : namesakes)
        if (came_before(handler, *one, event.seq)) return one;
    TransactionRecord* meant = likeliest(namesakes, event);
    return meant && is_of_another(handler, *meant, event) ? nullptr : meant;
}

std::int64_t number_of(Handler& handler, TransactionRecord& record, const Event& event) {
    const bool is_unreadable = handler.left_out("/seqNo");
    const StoredEvent* taken = is_unreadable ? nullptr : stored(handler, record, event.seq);
    if (!is_unreadable && !taken) return event.seq;
    const std::string content = content_of(handler);
    if (taken && taken->content == content) return event.seq;
    if (const auto given = number_given(handler, record, content)) return *given;
    const bool comes_behind = is_over(record) && event.at > *record.facts.ended_at;
    const bool stands_still = taken && taken->kind != event.kind && event.kind != Kind::started &&
                              taken->kind != Kind::ended && event.at >= taken->at && !comes_behind;
    if (!is_unreadable && (!stands_still || handler.is_strict())) return event.seq;
    if (stands_still) note_quirk(handler, "number_taken", "/seqNo");
    record.repairs |= Repaired::numbered;
    record.changed = true;
    return record.facts.event_count == 0 ? 0 : record.facts.seq_max + 1;
}

TransactionRecord& begin_namesake(Handler& handler, const std::string& said_id) {
    TransactionRecord* first = transactions_of(handler).find(said_id);
    TransactionRecord& record = begin_transaction(handler, said_id);
    if (!first) return record;
    note_quirk(handler, "transaction_id_again", "/transactionInfo/transactionId");
    first->said_id = record.said_id = said_id;
    first->changed = true;
    record.ocpp_id = namesake_key(said_id, record.id.text());
    return record;
}

}  // namespace ohm::api
