#include "api/compact_text.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace ohm::api {
namespace {

constexpr std::array<std::string_view, 40> words{
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEVSE",
    "SuspendedEV",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
    "Occupied",
    "NoError",
    "ConnectorLockFailure",
    "EVCommunicationError",
    "GroundFailure",
    "HighTemperature",
    "InternalError",
    "LocalListConflict",
    "OtherError",
    "OverCurrentFailure",
    "OverVoltage",
    "PowerMeterFailure",
    "PowerSwitchFailure",
    "ReaderFailure",
    "ResetFailure",
    "UnderVoltage",
    "WeakSignal",
    "Accepted",
    "Pending",
    "Rejected",
    "ocpp1.6",
    "ocpp2.0.1",
    "closed",
    "reset",
    "ping_timeout",
    "replaced",
    "drain",
    "worker_lost",
    "worker_restarted",
    "protocol_error",
    "slow_reader",
};

bool is_word(std::uintptr_t bits) { return (bits & 1) != 0; }

using Length = std::uint32_t;

char* block_of(std::uintptr_t bits) { return reinterpret_cast<char*>(bits); }

std::string_view text_in(const char* block) {
    Length length = 0;
    std::memcpy(&length, block, sizeof length);
    return {block + sizeof length, length};
}

std::uintptr_t new_block(std::string_view text) {
    const auto length = static_cast<Length>(text.size());
    char* block = new char[sizeof length + text.size()];
    std::memcpy(block, &length, sizeof length);
    std::memcpy(block + sizeof length, text.data(), text.size());
    return reinterpret_cast<std::uintptr_t>(block);
}

}  // namespace

std::string_view CompactText::view() const {
    if (bits_ == 0) return {};
    if (is_word(bits_)) return words[bits_ >> 1];
    return text_in(block_of(bits_));
}

void CompactText::clear() {
    if (bits_ != 0 && !is_word(bits_)) delete[] block_of(bits_);
    bits_ = 0;
}

void CompactText::assign(std::string_view text) {
    std::uintptr_t bits = 0;
    const auto* known = std::find(words.begin(), words.end(), text);
    if (known != words.end())
        bits = static_cast<std::uintptr_t>(known - words.begin()) << 1 | 1;
    else if (!text.empty())
        bits = new_block(text);
    clear();  // last: `text` may be this one's own
    bits_ = bits;
}

}  // namespace ohm::api
