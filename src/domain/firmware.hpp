// How far an update of a station's firmware is, from all that is known of it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ohm::domain {

struct FirmwareFacts {
    std::string_view status;  // the station's newest word, "" where it has said none
    std::string_view command_state, command_result, failed_reason;
    std::string_view effect_state;
    std::int64_t downloads = 0;
};
struct FirmwareProgress {
    std::string_view state;  // ordered, downloading, downloaded, signature_verified, installing,
                             // installed, published, failed
    std::string reason;      // of failed
};
FirmwareProgress firmware_progress(const FirmwareFacts& facts);

}  // namespace ohm::domain
