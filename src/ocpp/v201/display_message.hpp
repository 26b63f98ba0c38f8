// OCPP 2.0.1, functional block O (DisplayMessage), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

using MessagePriority = OneOf<"AlwaysFront", "InFront", "NormalCycle">;
using MessageState = OneOf<"Charging", "Faulted", "Idle", "Unavailable">;

struct MessageInfo {
    Optional<Component> display;
    Integer id;
    MessagePriority priority;
    Optional<MessageState> state;
    Optional<DateTime> startDateTime, endDateTime;
    Optional<TransactionId> transactionId;
    MessageContent message;
    FIELDS(display, id, priority, state, startDateTime, endDateTime, transactionId, message)
};

struct SetDisplayMessage {  // O01, O02
    static constexpr From from = From::csms;
    struct Request {
        MessageInfo message;
        FIELDS(message)
    };
    struct Response {
        OneOf<"Accepted", "NotSupportedMessageFormat", "Rejected", "NotSupportedPriority",
              "NotSupportedState", "UnknownTransaction">
            status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct GetDisplayMessages {  // O03, O04
    static constexpr From from = From::csms;
    struct Request {
        Optional<List<Integer, 1>> id;
        Integer requestId;
        Optional<MessagePriority> priority;
        Optional<MessageState> state;
        FIELDS(id, requestId, priority, state)
    };
    struct Response {
        OneOf<"Accepted", "Unknown"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct NotifyDisplayMessages {  // O03
    static constexpr From from = From::station;
    struct Request {
        Optional<List<MessageInfo, 1>> messageInfo;
        Integer requestId;
        Optional<bool> tbc;
        FIELDS(messageInfo, requestId, tbc)
    };
    struct Response {
        FIELDS()
    };
};

struct ClearDisplayMessage {  // O05
    static constexpr From from = From::csms;
    struct Request {
        Integer id;
        FIELDS(id)
    };
    struct Response {
        OneOf<"Accepted", "Unknown"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

using DisplayMessageActions =
    Actions<SetDisplayMessage, GetDisplayMessages, NotifyDisplayMessages, ClearDisplayMessage>;

}  // namespace ohm::ocpp::v201
