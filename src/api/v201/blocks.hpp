// Handlers of OCPP 2.0.1, one table a functional block.
#pragma once

#include "api/dispatch.hpp"

namespace ohm::api::v201 {

const Routes& authorization_routes();
const Routes& availability_routes();
const Routes& data_transfer_routes();
const Routes& diagnostics_routes();
const Routes& display_message_routes();
const Routes& firmware_management_routes();
const Routes& iso15118_routes();
const Routes& metering_routes();
const Routes& provisioning_routes();
const Routes& reservation_routes();
const Routes& security_routes();
const Routes& smart_charging_routes();
const Routes& transactions_routes();

}  // namespace ohm::api::v201
