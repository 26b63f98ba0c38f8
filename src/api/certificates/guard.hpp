// What of certificates must not be sent to a station as it is connected now. Called by a shard when
// commands are ordered and when they go.
#pragma once

#include <optional>
#include <string_view>

#include "api/operations.hpp"
#include "api/shard_state.hpp"

namespace ohm::api {

// OHM_CERTIFICATES_OVER_WS: CSMS and station cannot tell over a plain connection who the other is
// (2.0.1 A00.FR.201 and its neighbours). OCPP allows it all the same: it is how the first root gets
// to a station. No message of OCPP that a CSMS sends holds a private key.
std::optional<OperationRefused> refused_over_plain(const ApiOptions& options,
                                                   const Station& station, std::string_view action);
// A security event, where such a command goes over a plain connection.
void note_sent_over_plain(ShardState& shard, Batch& batch, const Station& station,
                          std::string_view action, const Ulid& command);
// The certificate by which the station's connection proves who it is (2.0.1 M04.FR.06).
std::optional<OperationRefused> refused_deletion(ShardState& shard, const Station& station,
                                                 std::string_view action, std::string_view request);

}  // namespace ohm::api
