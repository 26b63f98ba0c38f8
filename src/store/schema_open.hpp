// Migration 16: which transactions run, in rows of their own. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// A state in an index of transactions would make each end write every index of that table again
// (no HOT update where an index looks at what changed): here a start adds a narrow row, and an end
// removes it without touching an index.
inline constexpr std::string_view open_transactions = R"sql(
drop index transactions_active;
drop index transactions_token_active;
drop index transactions_open;
create table open_transactions (
    id {BYTES} not null primary key,
    station_no bigint not null,
    token_key text
) {BY_KEY};
create index open_transactions_station on open_transactions (station_no, id);
create index open_transactions_token on open_transactions (token_key) where token_key is not null;
insert into open_transactions (id, station_no, token_key)
    select id, station_no, token_key from transactions where state = 'active';
)sql";

}  // namespace ohm::store::schema
