#include "ocpp/v201/firmware_management.hpp"

#include "api/facts/events.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct FirmwareManagement : Handler {
    FirmwareStatusNotification::Response on(const FirmwareStatusNotification::Request& request) {
        note_progress(*this, {.kind = "firmware",
                              .request_id = number_of(request.requestId),
                              .status = request.status.name(),
                              .payload = wire::encode(request)});
        return {};
    }

    PublishFirmwareStatusNotification::Response on(
        const PublishFirmwareStatusNotification::Request& request) {
        note_progress(*this, {.kind = "publish_firmware",
                              .request_id = number_of(request.requestId),
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

}  // namespace ohm::api::v201
