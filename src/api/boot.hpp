// What both versions do alike when a station boots or reports a status. Called by handlers.
#pragma once

#include "api/dispatch.hpp"

namespace ohm::api {

struct BootFacts {
    std::string vendor, model, serial_number, firmware_version, iccid, imsi, meter_type,
        meter_serial_number, charge_box_serial_number, reason;
};
struct BootAnswer {
    BootDecision decision{};
    std::int64_t interval_s = 0;  // between heartbeats, or until the next boot
    // As either version spells it.
    template <class Status>
    Status status() const {
        if (decision == BootDecision::pending) return "Pending";
        if (decision == BootDecision::rejected) return "Rejected";
        return "Accepted";
    }
};
// Stores what the station says of itself, and what it is told (1.6 §4.2, 2.0.1 B01 to B03).
BootAnswer take_boot(Handler& handler, const BootFacts& facts);

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
