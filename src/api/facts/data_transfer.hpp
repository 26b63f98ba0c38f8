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
    std::optional<std::string> data = {};  // JSON
    std::string detail = {};               // why a webhook's answer did not count
};
struct Transfer {
    std::string vendor, message;  // an absent message is ""
    std::string data;             // JSON, "" where there is none
    std::string payload;          // the whole request
};
// Pure. Vendors and messages are compared without case; an absent message is "".
TransferAnswer answer_transfer(std::string_view vendor, std::string_view message);

// Of the webhook that an operator named for this vendor and message, if any.
std::optional<outside::Question> transfer_question(const Handler& handler,
                                                   const Transfer& transfer);
// The answer, and an event that keeps what came.
TransferAnswer take_transfer(Handler& handler, Transfer&& transfer);
// What 1.6 can carry of a JSON value: its text where it is one, else the JSON.
std::string text_of_json(wire::Decoder& decoder, const std::string& json);

}  // namespace ohm::api
