// Migration 15: where a token is let in and what is shown to its driver, what a transaction cost,
// and the key of its signed meter values. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

inline constexpr std::string_view tokens = R"sql(
-- evses: an EVSE, a blank and an identity, one a line.
alter table id_tokens add column evses text;
alter table id_tokens add column language text;
alter table id_tokens add column personal_message text;
alter table id_tokens add column master_pass bigint not null default 0;
alter table id_tokens add column prepaid bigint not null default 0;

alter table authorizations add column additional_info text;

-- The last public key that was said with its signed values; what its station was told that it cost.
alter table transactions add column public_key text;
alter table transactions add column total_cost text;
)sql";

}  // namespace ohm::store::schema
