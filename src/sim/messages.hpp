// The payloads that a simulated station writes and reads, for both versions behind one face. Pure;
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "ocpp/version.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {

enum class ConnectorStatus : std::uint8_t {
    available,
    occupied,  // 1.6: Preparing
    charging,  // 2.0.1 says Occupied of this and of the next
    finishing,
    unavailable,
    faulted
};
// What a car draws, and how full it is.
struct CarState {
    double power_w = 0, charge_percent = 0;
};
enum class BootReason : std::uint8_t { power_up, remote_reset, triggered };

std::string boot_payload(ocpp::Version version, std::string_view station, BootReason reason);
// `connector` n is 1.6's connector n (0: the station itself), 2.0.1's EVSE n with its connector 1.
std::string status_payload(ocpp::Version version, int connector, ConnectorStatus status, Utc at);

struct BootAnswer {
    enum class Status : std::uint8_t { accepted, pending, rejected };
    Status status;
    seconds interval;
};
// Empty where the payload is not what the standard says.
std::optional<BootAnswer> read_boot_answer(ocpp::Version version, std::string_view payload,
                                           wire::Decoder& decoder);

}  // namespace ohm::sim
