// The handlers of tokens, decisions, transactions and meter values. Direct and Act ones run on the
// HTTP loop, Read ones on a reader's thread.
#pragma once

#include "api/rest/route.hpp"

namespace ohm::api::rest {

// ---- tokens.cpp ----
net::Response list_tokens(const Exchange& exchange, ReadSources& sources);
net::Response show_token(const Exchange& exchange, ReadSources& sources);
void put_token(const SharedExchange& exchange, Service& service);
void patch_token(const SharedExchange& exchange, Service& service);
void delete_token(const SharedExchange& exchange, Service& service);

// ---- unknown_tokens.cpp ----
net::Response list_unknown_tokens(const Exchange& exchange, ReadSources& sources);
void adopt_unknown_token(const SharedExchange& exchange, Service& service);

// ---- token_import.cpp ----
void import_tokens(const SharedExchange& exchange, Service& service);

// ---- authorizations.cpp ----
net::Response list_authorizations(const Exchange& exchange, ReadSources& sources);
void try_authorize(const SharedExchange& exchange, Service& service);

// ---- meter_values.cpp ----
net::Response list_transaction_meter_values(const Exchange& exchange, ReadSources& sources);
net::Response list_station_meter_values(const Exchange& exchange, ReadSources& sources);

// ---- transactions.cpp ----
net::Response list_transactions(const Exchange& exchange, ReadSources& sources);
net::Response list_station_transactions(const Exchange& exchange, ReadSources& sources);
net::Response show_transaction(const Exchange& exchange, ReadSources& sources);
net::Response list_transaction_events(const Exchange& exchange, ReadSources& sources);
void close_transaction(const SharedExchange& exchange, Service& service);
net::Response list_orphan_stops(const Exchange& exchange, ReadSources& sources);

}  // namespace ohm::api::rest
