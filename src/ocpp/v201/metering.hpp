// OCPP 2.0.1, functional block J (MeterValues), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct MeterValues {  // J01
    static constexpr From from = From::station;
    struct Request {
        Integer evseId;
        List<MeterValue, 1> meterValue;
        FIELDS(evseId, meterValue)
    };
    struct Response {
        FIELDS()
    };
};

using MeteringActions = Actions<MeterValues>;

}  // namespace ohm::ocpp::v201
