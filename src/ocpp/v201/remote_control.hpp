// OCPP 2.0.1, functional block F (RemoteControl), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct RequestStartTransaction {  // F01, F02
    static constexpr From from = From::csms;
    struct Request {
        Optional<Integer> evseId;
        Optional<IdToken> groupIdToken;
        IdToken idToken;
        Integer remoteStartId;
        Optional<ChargingProfile> chargingProfile;
        FIELDS(evseId, groupIdToken, idToken, remoteStartId, chargingProfile)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        Optional<TransactionId> transactionId;
        FIELDS(status, statusInfo, transactionId)
    };
};

struct RequestStopTransaction {  // F03
    static constexpr From from = From::csms;
    struct Request {
        TransactionId transactionId;
        FIELDS(transactionId)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

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

struct TriggerMessage {  // F06
    static constexpr From from = From::csms;
    struct Request {
        Optional<Evse> evse;
        OneOf<"BootNotification", "LogStatusNotification", "FirmwareStatusNotification",
              "Heartbeat", "MeterValues", "SignChargingStationCertificate", "SignV2GCertificate",
              "StatusNotification", "TransactionEvent", "SignCombinedCertificate",
              "PublishFirmwareStatusNotification">
            requestedMessage;
        FIELDS(evse, requestedMessage)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "NotImplemented"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

using RemoteControlActions =
    Actions<RequestStartTransaction, RequestStopTransaction, UnlockConnector, TriggerMessage>;

}  // namespace ohm::ocpp::v201
