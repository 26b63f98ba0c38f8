#include "ocpp/v201/provisioning.hpp"

#include "api/boot.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct Provisioning : Handler {
    BootNotification::Response on(const BootNotification::Request& request) {
        const auto& box = request.chargingStation;
        const BootAnswer answer =
            take_boot(*this, {.vendor = box.vendorName,
                              .model = box.model,
                              .serial_number = text_of(box.serialNumber),
                              .firmware_version = text_of(box.firmwareVersion),
                              .iccid = box.modem ? text_of(box.modem->iccid) : "",
                              .imsi = box.modem ? text_of(box.modem->imsi) : "",
                              .reason = std::string{request.reason.name()}});
        return {.currentTime = now(),
                .interval = {answer.interval_s},
                .status = answer.status<decltype(BootNotification::Response::status)>()};
    }
};

}  // namespace

const Routes& provisioning_routes() {
    static const Routes table = routes<Provisioning, Declined<NotifyReport>>(ProvisioningActions{});
    return table;
}

}  // namespace ohm::api::v201
