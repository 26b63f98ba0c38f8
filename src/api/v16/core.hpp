// Handlers of OCPP 1.6 Core. connectorId n is EVSE n with connector 1; 0 is the station itself.
#pragma once

#include "api/dispatch.hpp"

namespace ohm::api::v16 {

const Routes& core_routes();

}  // namespace ohm::api::v16
