// What an Idempotency-Key has made, where the api that is asked writes it itself: kept in the
// transaction that carries the effect, in the same table as that of operations. Of what was made
// its id is kept and nothing else: a password or a key that was shown once is nowhere stored, and a
// repeated request shows the thing as it is now. On the writer's thread.
#pragma once

#include <optional>
#include <string>

#include "api/rest/exchange.hpp"
#include "store/sql.hpp"

namespace ohm::api::rest {

// One caller's key says nothing about another's. "": the request has none.
std::string idempotency_key_of(const Exchange& exchange);
// Of method, target and body.
std::string fingerprint_of(const Exchange& exchange);

// The id of what an earlier request with this key made; nothing: it is to be made. Refused where
// the key was used for another request.
Wanted<std::optional<std::string>> made_before(const Exchange& exchange, store::Sql& sql);
void remember_made(const Exchange& exchange, store::Unit& unit, int status, const std::string& id);

}  // namespace ohm::api::rest
