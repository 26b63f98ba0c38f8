// What a batch writes of the stations that it touched: their state, connectors, commands and
// transactions.
#include "api/charging/progress.hpp"
#include "api/charging/tables.hpp"
#include "api/facts/quirks.hpp"
#include "api/shard.hpp"
#include "api/tables.hpp"
#include "base/secret.hpp"

namespace ohm::api {
namespace {

constexpr seconds last_seen_talking_interval{10};  // of a station that sends more than Heartbeats

// Who talks all the time is not written down each time.
bool is_seen_again(const Station& station) {
    return station.last_seen_at - station.last_seen_written_at >=
           Micros{last_seen_talking_interval}.count();
}

// The net of a batch: who begins and ends within it never held one.
void write_slot(Batch& batch, const Station& station, TransactionRecord& record) {
    if (!record.slot) return;
    if (record.holds_slot()) {
        if (std::exchange(record.slot_is_stored, true)) return;
        batch.unit.add(tables::token_slot, {std::int64_t{1}, record.slot_token, *record.slot,
                                            tables::bytes(record.id), station.no.value});
        return;
    }
    if (record.slot_is_stored) batch.unit.add(tables::token_slot_freed, {tables::bytes(record.id)});
    record.slot.reset();
    record.slot_is_stored = false;
}

// open_transactions follows what runs, and is written where that changed alone.
void write_open(Batch& batch, const Station& station, TransactionRecord& record,
                const std::string& token_key) {
    std::optional<std::string> now;
    if (record.is_active()) now = token_key;
    if (now == record.open_token) return;
    if (now)
        batch.unit.add(tables::open_transaction,
                       {tables::bytes(record.id), station.no.value, tables::text_or_null(*now)});
    else
        batch.unit.add(tables::open_transaction_ended, {tables::bytes(record.id)});
    record.open_token = std::move(now);
}

void count_end(ShardFigures& figures, TransactionRecord& record) {
    if (!record.facts.has_end || std::exchange(record.end_is_counted, true)) return;
    ++figures.transactions_ended;
    if (!tables::evidence_json(record).empty()) ++figures.transactions_suspect;
    figures.energy_mwh += domain::energy_mwh(record.facts).value_or(0);
}

}  // namespace

void Shard::write_touched(Batch& batch) {
    for (Station* station : batch.touched) write_station(batch, *station);
}

void Shard::write_station(Batch& batch, Station& station) {
    for (ConnectorState& connector : station.connectors) {
        if (!connector.changed) continue;
        if (connector.is_new)
            batch.unit.add(tables::new_evse,
                           {station.no.value, connector.evse, connector.received_at});
        batch.unit.add(tables::connector, tables::connector_row(station, connector));
        connector.changed = connector.is_new = false;
    }
    for (const auto& command : station.commands) {
        if (!command->changed) continue;
        command->changed = false;
        batch.unit.add(tables::command, tables::command_row(state_.decoder, station, *command));
    }
    if (std::exchange(station.credentials_changed, false))
        batch.unit.add(tables::station_credentials,
                       {station.no.value, station.security_profile,
                        tables::int_or_null(station.next_security_profile),
                        tables::text_or_null(secret::unpacked(station.password_hash)),
                        tables::text_or_null(station.next_password_hash), micros(batch.now)});
    write_quirks(batch, station, station.state_changed);
    write_transactions(batch, station);
    if (station.state_changed) {
        ++station.state_version;
        station.last_seen_written_at = station.last_seen_at;
        batch.unit.add(tables::state, tables::state_row(station));
    } else if (is_seen_again(station)) {
        station.last_seen_written_at = station.last_seen_at;
        batch.unit.add(
            tables::last_seen,
            {station.no.value, tables::int_or_null(station.last_seen_at), station.state_version});
    }
    station.state_changed = false;
}

void Shard::write_transactions(Batch& batch, Station& station) {
    if (!station.transactions) return;
    for (const auto& record : station.transactions->list) {
        if (!record->changed) continue;
        record->changed = false;
        ++record->row_version;
        write_slot(batch, station, *record);
        const std::string token_key = tables::token_key_of(*record);
        if (record->meter_from_at == 0)
            record->meter_from_at = record->facts.started_at.value_or(record->received_at);
        const std::uint64_t settled = tables::digest_of_settled(*record);
        if (record->is_active() && record->open_token == token_key && record->settled == settled) {
            batch.unit.add(tables::open_transaction_progress,
                           tables::progress_row(*record, micros(batch.now)));
            continue;
        }
        record->settled = settled;
        write_open(batch, station, *record, token_key);
        count_end(state_.figures, *record);
        batch.unit.add(tables::transaction,
                       tables::transaction_row(station, *record, token_key, micros(batch.now)));
    }
}

}  // namespace ohm::api
