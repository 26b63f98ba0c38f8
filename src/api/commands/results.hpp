// What an answer means, in one small set of words over all actions of both versions: accepted,
// rejected, scheduled, not_supported, occupied, faulted, unknown, partial, error. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "wire/codec.hpp"

namespace ohm::api::commands {

struct Result {
    std::string status;  // the station's own word; "" where the answer has none
    std::string_view word;
};
Result result_of(wire::Decoder& decoder, std::string_view action, std::string_view payload);
std::string_view word_of_status(std::string_view status);
std::string_view word_of_error(std::string_view code);  // of a CALLERROR

}  // namespace ohm::api::commands
