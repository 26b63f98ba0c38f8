// OCPP 2.0.1, functional block E (Transactions), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct TransactionEvent {  // E01
    static constexpr From from = From::station;
    struct TransactionInfo {
        TransactionId transactionId;
        Optional<OneOfOrOther<"Charging", "EVConnected", "SuspendedEV", "SuspendedEVSE", "Idle">>
            chargingState;
        Optional<Integer> timeSpentCharging;
        Optional<OneOfElse<"Other", "DeAuthorized", "EmergencyStop", "EnergyLimitReached",
                           "EVDisconnected", "GroundFault", "ImmediateReset", "Local",
                           "LocalOutOfCredit", "MasterPass", "Other", "OvercurrentFault",
                           "PowerLoss", "PowerQuality", "Reboot", "Remote", "SOCLimitReached",
                           "StoppedByEV", "TimeLimitReached", "Timeout">>
            stoppedReason;
        Optional<Integer> remoteStartId;
        FIELDS(transactionId, chargingState, timeSpentCharging, stoppedReason, remoteStartId)
    };
    struct Request {
        OneOf<"Ended", "Started", "Updated"> eventType;
        Optional<List<MeterValue, 1>> meterValue;
        DateTime timestamp;
        OneOfOrOther<"Authorized", "CablePluggedIn", "ChargingRateChanged", "ChargingStateChanged",
                     "Deauthorized", "EnergyLimitReached", "EVCommunicationLost",
                     "EVConnectTimeout", "MeterValueClock", "MeterValuePeriodic",
                     "TimeLimitReached", "Trigger", "UnlockCommand", "StopAuthorized", "EVDeparted",
                     "EVDetected", "RemoteStop", "RemoteStart", "AbnormalCondition",
                     "SignedDataReceived", "ResetCommand">
            triggerReason;
        Integer seqNo;
        Optional<bool> offline;
        Optional<Integer> numberOfPhasesUsed, cableMaxCurrent, reservationId;
        TransactionInfo transactionInfo;
        Optional<Evse> evse;
        Optional<IdToken> idToken;
        FIELDS(eventType, meterValue, timestamp, triggerReason, seqNo, offline, numberOfPhasesUsed,
               cableMaxCurrent, reservationId, transactionInfo, evse, idToken)
    };
    struct Response {
        Optional<Number> totalCost;
        Optional<Integer> chargingPriority;
        Optional<IdTokenInfo> idTokenInfo;
        Optional<MessageContent> updatedPersonalMessage;
        FIELDS(totalCost, chargingPriority, idTokenInfo, updatedPersonalMessage)
    };
};

struct GetTransactionStatus {  // E14
    static constexpr From from = From::csms;
    struct Request {
        Optional<TransactionId> transactionId;
        FIELDS(transactionId)
    };
    struct Response {
        Optional<bool> ongoingIndicator;
        bool messagesInQueue;
        FIELDS(ongoingIndicator, messagesInQueue)
    };
};

using TransactionActions = Actions<TransactionEvent, GetTransactionStatus>;

}  // namespace ohm::ocpp::v201
