// What both versions do alike when a station boots or reports a status. Called by handlers.
#pragma once

#include "api/dispatch.hpp"

namespace ohm::api {

struct BootFacts {
    std::string vendor, model, serial_number, firmware_version, iccid, imsi, meter_type,
        meter_serial_number, charge_box_serial_number, reason;
};
// Stores what the station says of itself, and remembers that it is accepted.
void take_boot(Handler& handler, const BootFacts& facts);

struct StatusFacts {
    std::string status, error_code, info, vendor_id, vendor_error_code;
    std::int64_t at = 0;
};
void take_station_status(Handler& handler, const StatusFacts& facts);
void take_connector_status(Handler& handler, std::int64_t evse, std::int64_t connector,
                           const StatusFacts& facts);

template <class T>
std::string text_of(const std::optional<T>& text) {
    return text ? text->value : std::string{};
}

}  // namespace ohm::api
