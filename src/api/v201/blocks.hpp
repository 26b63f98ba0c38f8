// Handlers of OCPP 2.0.1 blocks B (Provisioning) and G (Availability).
#pragma once

#include "api/dispatch.hpp"

namespace ohm::api::v201 {

const Routes& provisioning_routes();
const Routes& availability_routes();

}  // namespace ohm::api::v201
