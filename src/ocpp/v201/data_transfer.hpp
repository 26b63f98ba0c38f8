// OCPP 2.0.1, functional block P (DataTransfer), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct DataTransfer {  // P01, P02
    static constexpr From from = From::both;
    struct Request {
        Optional<Text<50>> messageId;
        Optional<Any> data;
        Text<255> vendorId;
        FIELDS(messageId, data, vendorId)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"> status;
        Optional<StatusInfo> statusInfo;
        Optional<Any> data;
        FIELDS(status, statusInfo, data)
    };
};

using DataTransferActions = Actions<DataTransfer>;

}  // namespace ohm::ocpp::v201
