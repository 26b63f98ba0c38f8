#include "api/commands/boot_states.hpp"

#include <algorithm>
#include <string>

namespace ohm::api::commands {
namespace {

bool starts_or_stops(std::string_view action) {
    return action == "RemoteStartTransaction" || action == "RemoteStopTransaction" ||
           action == "RequestStartTransaction" || action == "RequestStopTransaction";
}

}  // namespace

std::optional<OperationRefused> refused_by_boot_state(const Station& station,
                                                      std::string_view action) {
    if (station.boot_status == "Rejected")
        return OperationRefused{"station_not_accepted",
                                "the station's boot was rejected: nothing may be sent to it", ""};
    if (station.boot_status == "Pending" && starts_or_stops(action))
        return OperationRefused{"station_not_accepted",
                                "the station's boot is pending: it must not start or stop "
                                "transactions on request",
                                ""};
    return std::nullopt;
}

bool may_come_before_acceptance(const Station& station, std::string_view action, bool strict,
                                std::int64_t now_us) {
    const bool decided = station.boot_status == "Pending" || station.boot_status == "Rejected";
    if (station.boot_status == "Pending" && station.expected) {
        const auto& asked = station.expected->asked;
        if (std::any_of(asked.begin(), asked.end(), [&](const Asked& one) {
                return one.action == action && one.until_at > now_us;
            }))
            return true;
    }
    if (station.version == ocpp::Version::v201 || decided) return false;
    return !strict;  // facts would be lost that a 1.6 station says before it boots
}

}  // namespace ohm::api::commands
