// Handlers of OCPP 1.6, one table a feature profile. connectorId n is EVSE n with connector 1; 0 is
// the station itself.
#pragma once

#include "api/dispatch.hpp"

namespace ohm::api::v16 {

const Routes& core_routes();
const Routes& firmware_management_routes();
const Routes& security_routes();

}  // namespace ohm::api::v16
