// Client certificates of connections (security profile 3): whose they are, and which one a station
// uses. Called by a shard when a station connects.
#pragma once

#include "api/shard_state.hpp"

namespace ohm::api {

enum class ClientCertificate : std::uint8_t { its_own, of_another, of_another_operator, revoked };
// A verified certificate is the station's own when it was issued to it here, or bears its identity
// or its serial number and, where OHM_CPO_NAME is set, that organization (1.6 whitepaper and 2.0.1,
// A00.FR.408 to 410).
ClientCertificate client_certificate_of(const ShardState& shard, const Station& station,
                                        const bus::ConnectBody& body);
// Which certificate the connection uses, and that an issued one is in use from now on.
void note_client_certificate(Work& work, const Station& station, const bus::ConnectBody& body);

}  // namespace ohm::api
