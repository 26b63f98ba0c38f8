// OCPP 1.6, feature profile Remote Trigger (edition 2, §5), one struct an action.
#pragma once

#include "ocpp/v16/common.hpp"

namespace ohm::ocpp::v16 {

struct TriggerMessage {  // §5.17
    static constexpr From from = From::csms;
    struct Request {
        OneOf<"BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification",
              "Heartbeat", "MeterValues", "StatusNotification">
            requestedMessage;
        Optional<Integer> connectorId;
        FIELDS(requestedMessage, connectorId)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "NotImplemented"> status;
        FIELDS(status)
    };
};

using RemoteTriggerActions = Actions<TriggerMessage>;

}  // namespace ohm::ocpp::v16
