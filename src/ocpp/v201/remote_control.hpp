// OCPP 2.0.1, functional block F (RemoteControl), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct UnlockConnector {  // F05
    static constexpr From from = From::csms;
    struct Request {
        Integer evseId, connectorId;
        FIELDS(evseId, connectorId)
    };
    struct Response {
        OneOf<"Unlocked", "UnlockFailed", "OngoingAuthorizedTransaction", "UnknownConnector">
            status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

using RemoteControlActions = Actions<UnlockConnector>;

}  // namespace ohm::ocpp::v201
