#include "ocpp/v16/core.hpp"
#include "ocpp/v16/firmware_management.hpp"
#include "ocpp/v16/local_auth_list.hpp"
#include "ocpp/v16/remote_trigger.hpp"
#include "ocpp/v16/reservation.hpp"
#include "ocpp/v16/security.hpp"
#include "ocpp/v16/smart_charging.hpp"

namespace ohm::ocpp::v16 {

std::span<const ActionInfo> action_infos() {
    static constexpr auto all =
        infos_of_all<CoreActions, FirmwareManagementActions, LocalAuthListActions,
                     ReservationActions, SmartChargingActions, RemoteTriggerActions,
                     SecurityActions>();
    return all;
}

}  // namespace ohm::ocpp::v16
