#include "api/charging/transactions.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "api/charging/samples.hpp"
#include "api/charging/tables.hpp"
#include "api/charging/times.hpp"
#include "api/compatibility.hpp"
#include "api/facts/quirks.hpp"
#include "api/held/held.hpp"
#include "api/tables.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "store/row.hpp"

namespace ohm::api {
namespace {

using store::Bytes;
using store::Null;
using store::Value;
using tables::text_or_null;

constexpr std::array<std::string_view, 3> kind_names{"started", "updated", "ended"};

std::string short_digest(std::string_view text) {
    constexpr std::size_t bytes = 16;
    return secret::digest(text).substr(0, bytes);
}

// What was closed because its end was lost, and is heard of again: its own word counts.
void open_again(TransactionRecord& record, const domain::TransactionEvent& event) {
    const bool ends = event.kind == domain::TransactionEvent::Kind::ended;
    if (!record.is_stop_missing() || (!ends && record.superseded_at != 0)) return;
    record.closed_at = 0;
    record.closed_by.clear();
    record.closed_reason.clear();
}

// JSON without the blanks between its tokens: a station may write the same message another way.
std::string without_blanks(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    bool in_text = false, escaped = false;
    for (const char c : json) {
        if (!in_text && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) continue;
        if (c == '"' && !escaped) in_text = !in_text;
        escaped = in_text && c == '\\' && !escaped;
        out += c;
    }
    return out;
}

// A code that a driver types is a password: it is not written down (C04).
Value kept_payload(const Handler& handler, std::string_view token_type = {}) {
    const std::string_view payload = handler.payload();
    const bool is_code = token_type == "KeyCode" || payload.find("\"KeyCode\"") != payload.npos;
    if (payload.size() > limits::event_payload_bytes || is_code) return Null{};
    return std::string{payload};
}

void add_event_row(Handler& handler, const TransactionRecord& record,
                   const domain::TransactionEvent& event, const std::string& content) {
    handler.work.batch.unit.add(
        tables::transaction_event,
        store::row_of(handler.station.no.value, record.ocpp_id, event.seq, tables::bytes(record.id),
                      std::string{kind_names[static_cast<std::size_t>(event.kind)]}, event.at,
                      handler.received_at(), text_or_null(event.trigger),
                      std::int64_t{event.offline}, Bytes{content},
                      event.guessed ? Value{Null{}} : kept_payload(handler, event.token_type)));
}

void add_conflict_row(Handler& handler, TransactionRecord& record,
                      const domain::TransactionEvent& event, const std::string& content) {
    record.conflicts = 1;  // how many there are is in the table
    record.changed = true;
    handler.work.batch.unit.add(
        tables::transaction_conflict,
        {handler.station.no.value, record.ocpp_id, event.seq, Bytes{content},
         tables::bytes(record.id), handler.received_at(),
         event.token_type == "KeyCode" ? Value{Null{}} : std::string{handler.payload()}});
}

void count_no_more(ShardState& shard, const TransactionRecord& record) {
    const std::string key = key_of_token(record.facts.token);
    const auto active = shard.charging.active.find(key);
    if (active != shard.charging.active.end()) std::erase(active->second, record.id);
    const auto slots = shard.charging.slots.find(key);
    if (slots == shard.charging.slots.end()) return;
    std::erase_if(slots->second, [&](const auto& slot) { return slot.second == record.id; });
}

// The lowest place below the token's limit that nobody holds: a row of its own, which no other
// shard can have as well.
void take_slot(ShardState& shard, TransactionRecord& record, const std::string& key) {
    const auto& token = shard.charging.token(key);
    if (!token || !token->concurrent_limit) return;
    auto& slots = shard.charging.slots[key];
    std::int64_t slot = 0;
    while (slots.contains(slot)) ++slot;
    slots[slot] = record.id;
    record.slot = slot;
    record.slot_token = key;
}

// What a station says of one instant in several elements is one (quirk G8): only together do the
// phases make a register.
std::vector<MeterElement> merged(std::vector<MeterElement>&& elements) {
    std::map<std::int64_t, std::size_t> place_of;
    std::vector<MeterElement> out;
    for (MeterElement& element : elements) {
        const auto [known, is_new] = place_of.try_emplace(element.at, out.size());
        if (is_new) {
            out.push_back(std::move(element));
            continue;
        }
        auto& samples = out[known->second].samples;
        std::move(element.samples.begin(), element.samples.end(), std::back_inserter(samples));
    }
    return out;
}

// What tells meter values of one station and instant from each other.
Bytes hash_of(std::int64_t evse, const Bytes& transaction, const std::string& packed) {
    constexpr std::size_t bytes = 12;
    return {
        secret::digest(std::to_string(evse) + " " + transaction.data + packed).substr(0, bytes)};
}

void note_meter_time(TransactionRecord& record, std::int64_t at) {
    if (record.meter_from_at == 0 || at < record.meter_from_at) record.meter_from_at = at;
    if (record.meter_to_at == 0 || at > record.meter_to_at) record.meter_to_at = at;
    record.changed = true;
}

}  // namespace

StationTransactions& transactions_of(Handler& handler) {
    Station& station = handler.station;
    handler.work.batch.touch(station);
    if (!station.transactions) station.transactions = std::make_unique<StationTransactions>();
    return *station.transactions;
}

TransactionRecord& begin_transaction(Handler& handler, std::string ocpp_id) {
    auto record = std::make_unique<TransactionRecord>();
    record->id = handler.work.shard.ids.next();
    record->version = handler.station.version;
    record->ocpp_id = std::move(ocpp_id);
    record->received_at = handler.received_at();
    record->changed = true;
    ++handler.work.shard.figures.transactions_started;
    return *transactions_of(handler).list.emplace_back(std::move(record));
}

Came take_event(Handler& handler, TransactionRecord& record, const domain::TransactionEvent& event,
                const std::string& content) {
    ShardState& shard = handler.work.shard;
    auto& events = shard.charging.events;
    const ChargingState::EventKey key{handler.station.no.value, record.ocpp_id, event.seq};
    const auto stored = events.find(key);
    if (stored != events.end() && stored->second.content == content) return Came::again;
    if (stored != events.end()) {
        add_conflict_row(handler, record, event, content);
        return Came::otherwise;
    }
    events.emplace(key, StoredEvent{content, event.at, handler.received_at(), event.kind});
    fold(record.facts, event);
    record.changed = true;
    open_again(record, event);
    add_event_row(handler, record, event, content);
    if (record.facts.has_end && record.ended_received_at == 0)
        record.ended_received_at = handler.received_at();
    if (!record.is_active()) count_no_more(shard, record);
    held_by_transaction(handler, record, event);
    return Came::first;
}

void supersede(Handler& handler, TransactionRecord& record) {
    if (!record.is_active() || !record.facts.evse) return;
    for (const auto& other : transactions_of(handler).list) {
        const bool competes = other.get() != &record && other->is_active() &&
                              other->superseded_at == 0 && other->facts.evse == record.facts.evse;
        if (!competes) continue;
        const bool other_is_older = began_at(*other) <= began_at(record);
        TransactionRecord& older = other_is_older ? *other : record;
        older.superseded_by = other_is_older ? record.id : other->id;
        older.superseded_at = handler.received_at();
        older.changed = true;
        count_no_more(handler.work.shard, older);
        const auto& next = (other_is_older ? record : *other).facts.begin;
        if (next && next->rank == 0) domain::fold_next_register(older.facts, next->mwh, next->at);
        close_as_missing(handler, older);
    }
}

void close_as_missing(Handler& handler, TransactionRecord& record) {
    const bool is_wanted =
        compatibility_of(handler.station).closes_missing_stops() && !handler.is_strict();
    if (!is_wanted || !record.is_active()) return;
    note_quirk(handler, TransactionRecord::stop_missing, "");
    count_no_more(handler.work.shard, record);
    record.closed_at = handler.work.now_us();
    record.closed_by = "system";
    record.closed_reason = TransactionRecord::stop_missing;
    record.changed = true;
}

void note_authorization(Handler& handler, TransactionRecord& record, const std::string& token,
                        domain::Verdict verdict) {
    record.authorization = name_of(verdict);
    record.changed = true;
    const bool counts = verdict == domain::Verdict::accepted && record.is_active();
    if (!counts) return;
    ShardState& shard = handler.work.shard;
    const std::string key = key_of_token(token);
    shard.charging.active[key].push_back(record.id);
    take_slot(shard, record, key);
}

void note_connector_status(Handler& handler, std::int64_t evse, bool is_available,
                           std::int64_t at) {
    if (!handler.station.transactions) return;
    for (const auto& record : handler.station.transactions->list) {
        const bool runs_here = record->is_active() && record->facts.evse == evse &&
                               record->facts.started_at.value_or(0) < at;
        const bool is_news = is_available ? record->available_at == 0 : record->available_at != 0;
        if (!runs_here || !is_news) continue;
        record->available_at = is_available ? at : 0;
        record->changed = true;
        // It has booted since, and stands idle: the end was lost with the power (quirk I4).
        if (is_available && handler.station.boot_at > record->received_at)
            close_as_missing(handler, *record);
        handler.work.batch.touch(handler.station);
    }
}

namespace {
// What is replayed after a time without connection comes in its order: the latest sample counts.
bool note_power(TransactionRecord& record, const MeterElement& element, std::int64_t heard_at) {
    const auto mw = domain::power_of(element.samples);
    const bool is_late = record.power && element.at < record.power->sampled_at;
    if (!mw || is_late) return false;
    record.power = {*mw, element.at, heard_at};
    return true;
}
}  // namespace

void store_meter_values(Handler& handler, const MeterPlace& place,
                        std::vector<MeterElement>&& said) {
    const std::vector<MeterElement> elements = merged(std::move(said));
    const std::int64_t repaired = handler.repairs.empty() ? 0 : was_repaired;
    bool raw_is_kept = repaired == 0;
    for (const MeterElement& element : elements) {
        if (element.samples.empty()) continue;  // quirk G2
        const std::string packed = pack_samples(element.samples);
        Value raw = Null{};
        if (!std::exchange(raw_is_kept, true)) raw = kept_payload(handler);
        Bytes transaction{place.record ? place.record->id.bytes() : std::string{}};
        Bytes hash = hash_of(place.evse, transaction, packed);
        handler.work.batch.unit.add(
            tables::meter_value,
            store::row_of(handler.station.no.value, element.at, place.evse, std::move(hash),
                          std::move(transaction), handler.received_at(),
                          text_or_null(place.said_id), flags_of(element.samples) | repaired,
                          Bytes{packed}, std::move(raw)));
        if (!place.record) continue;
        note_meter_time(*place.record, element.at);
        const auto reading = domain::register_of(element.samples);
        const auto interval = reading ? std::nullopt : domain::interval_of(element.samples);
        if (reading) fold(place.record->facts, *reading, element.at);
        if (interval) domain::fold_interval(place.record->facts, *interval, element.at);
        const bool has_power = note_power(*place.record, element, handler.received_at());
        if (reading || interval || has_power) place.record->changed = true;
    }
}

domain::TransactionEvent::Kind event_kind(std::string_view stored_name) {
    const auto* found = std::find(kind_names.begin(), kind_names.end(), stored_name);
    ENSURE(found != kind_names.end());
    return static_cast<domain::TransactionEvent::Kind>(found - kind_names.begin());
}

std::string content_of(std::string_view payload) { return short_digest(without_blanks(payload)); }

std::string content_of(const Handler& handler) { return content_of(handler.payload()); }

std::string stored_text(std::string_view said) {
    return to_storable(said, limits::station_key_bytes);
}

}  // namespace ohm::api
