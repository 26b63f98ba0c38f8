// Migration 5: what charging needs beyond its first tables. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view ledger = R"sql(
-- Stops under an id that is none of the station's: the transaction that each fitted, if any.
alter table orphan_stops add column transaction_id {BYTES};
create index orphan_stops_unmatched on orphan_stops (station_no, id) where transaction_id is null;

-- The connector said Available while it ran; who and where it was given to last; what meters
-- without register counted, and which rule gave the energy.
alter table transactions add column available_at bigint;
alter table transactions add column overdue_at bigint;
create index transactions_open on transactions (received_at)
    where state = 'active' and overdue_at is null;
alter table transactions add column last_token text;
alter table transactions add column last_evse bigint;
alter table transactions add column intervals text;
alter table transactions add column energy_rule text;
alter table transactions add column token_slot bigint;
update transactions set last_token = token, last_evse = evse;

-- A limited token has so many places, and a place can be had once, whoever asks.
create table token_slots (
    tenant_no bigint not null,
    token_key text not null,
    slot bigint not null,
    transaction_id {BYTES} not null,
    station_no bigint not null,
    primary key (tenant_no, token_key, slot)
) {BY_KEY};
create index token_slots_transaction on token_slots (transaction_id);
)sql";

// Meter values are a partition a day, made and dropped by the keeper; the default one takes what is
// of no such day. The key begins with station and time: lists of a station go by it.
inline constexpr std::string_view ledger_postgres = R"sql(
drop index meter_values_transaction;
alter table meter_values rename to meter_values_before;
create table meter_values (
    station_no bigint not null,
    at bigint not null,
    evse bigint not null,
    transaction_id {BYTES} not null,
    hash {BYTES} not null,
    received_at bigint not null,
    said_id text,
    flags bigint not null default 0,
    samples {BYTES} not null,
    raw text,
    primary key (station_no, at, evse, transaction_id, hash)
) partition by range (at);
create table meter_values_other partition of meter_values default;
insert into meter_values (station_no, at, evse, transaction_id, hash, received_at, said_id, flags,
                          samples, raw)
    select station_no, at, evse, transaction_id, hash, received_at, said_id, flags, samples, raw
      from meter_values_before;
drop table meter_values_before;
create index meter_values_transaction on meter_values (transaction_id, at);
)sql";

inline constexpr std::string_view ledger_sqlite = R"sql(
drop index meter_values_transaction;
alter table meter_values rename to meter_values_before;
create table meter_values (
    station_no bigint not null,
    at bigint not null,
    evse bigint not null,
    transaction_id {BYTES} not null,
    hash {BYTES} not null,
    received_at bigint not null,
    said_id text,
    flags bigint not null default 0,
    samples {BYTES} not null,
    raw text,
    primary key (station_no, at, evse, transaction_id, hash)
) without rowid;
insert into meter_values (station_no, at, evse, transaction_id, hash, received_at, said_id, flags,
                          samples, raw)
    select station_no, at, evse, transaction_id, hash, received_at, said_id, flags, samples, raw
      from meter_values_before;
drop table meter_values_before;
create index meter_values_transaction on meter_values (transaction_id, at);
create index meter_values_received on meter_values (received_at);
)sql";

}  // namespace ohm::store::schema
