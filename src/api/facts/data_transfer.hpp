// DataTransfer from stations: which vendors' messages are known here, and what they are answered.
// Called by the handlers of both versions.
#pragma once

#include <string>
#include <string_view>

#include "api/dispatch.hpp"

namespace ohm::api {

// As both versions have it.
using TransferStatus = wire::OneOf<"Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId">;
struct TransferAnswer {
    TransferStatus status;
    bool echoes_data = false;
};
// Pure. Vendors and messages are compared without case; an absent message is "".
TransferAnswer answer_transfer(std::string_view vendor, std::string_view message);

// The answer, and an event that keeps what came. `payload` is the whole request.
TransferAnswer take_transfer(Handler& handler, std::string_view vendor, std::string_view message,
                             std::string payload);

}  // namespace ohm::api
