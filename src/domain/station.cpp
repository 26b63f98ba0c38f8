#include "domain/station.hpp"

namespace ohm::domain {

std::string_view shown_status(bool online, std::string_view override_status,
                              std::string_view reported_status) {
    if (!online || !override_status.empty()) return "Unavailable";
    return reported_status.empty() ? "Unknown" : reported_status;
}

std::string_view status_without_report(std::string_view boot_status) {
    return boot_status == "Accepted" ? "Available" : "";
}

}  // namespace ohm::domain
