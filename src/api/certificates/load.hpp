// Reads what a batch needs of certificates, one statement a table. Called by a shard before its
// handlers.
#pragma once

#include "api/shard_state.hpp"

namespace ohm::api {

// Of connections with a client certificate, and of what operators ask.
void add_certificate_needs(wire::Decoder& decoder, const bus::Envelope& envelope,
                           CertificateNeeds& needs);
void load_certificate_needs(store::Sql& sql, ShardState& shard, const CertificateNeeds& needs,
                            Utc now);

}  // namespace ohm::api
