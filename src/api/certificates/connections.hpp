// Client certificates of connections (security profile 3): whose they are, and which one a station
// uses. Called by a shard when a station connects.
#pragma once

#include "api/dispatch.hpp"
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

// Profile 3: whether a boot says another serial number than the certificate of its connection bears
// (2.0.1 B01.FR.11, 12). Leniently one that bears the identity, or was issued here, is right.
void need_client_certificate(const Station& station, Needs& needs);
bool says_other_serial_number(const Handler& handler, std::string_view serial_number);
// Such a connection ends, and the operator is told.
void refuse_other_serial_number(Handler& handler, std::string_view serial_number);

}  // namespace ohm::api
