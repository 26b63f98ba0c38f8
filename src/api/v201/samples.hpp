// Meter values of 2.0.1 in the neutral form. Called by handlers.
#pragma once

#include "api/charging/transactions.hpp"
#include "ocpp/v201/common.hpp"

namespace ohm::api::v201 {

std::vector<MeterElement> elements_of(const Handler& handler,
                                      const std::vector<ocpp::v201::MeterValue>& said);

}  // namespace ohm::api::v201
