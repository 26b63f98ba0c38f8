#include "ocpp/v16/firmware_management.hpp"

#include "api/facts/events.hpp"
#include "api/v16/core.hpp"

namespace ohm::api::v16 {
namespace {

using namespace ohm::ocpp::v16;

struct FirmwareManagement : Handler {
    DiagnosticsStatusNotification::Response on(
        const DiagnosticsStatusNotification::Request& request) {
        note_progress(*this, {.kind = "diagnostics",
                              .status = request.status.name(),
                              .payload = wire::encode(request)});
        return {};
    }

    FirmwareStatusNotification::Response on(const FirmwareStatusNotification::Request& request) {
        note_progress(*this, {.kind = "firmware",
                              .status = request.status.name(),
                              .payload = wire::encode(request)});
        return {};
    }
};

}  // namespace

const Routes& firmware_management_routes() {
    static const Routes table = routes<FirmwareManagement>(FirmwareManagementActions{});
    return table;
}

}  // namespace ohm::api::v16
