// OCPP 2.0.1, functional block I (TariffAndCost), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct CostUpdated {  // I02
    static constexpr From from = From::csms;
    struct Request {
        Number totalCost;
        TransactionId transactionId;
        FIELDS(totalCost, transactionId)
    };
    struct Response {
        FIELDS()
    };
};

using TariffAndCostActions = Actions<CostUpdated>;

}  // namespace ohm::ocpp::v201
