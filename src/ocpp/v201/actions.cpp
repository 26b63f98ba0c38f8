#include "ocpp/v201/authorization.hpp"
#include "ocpp/v201/availability.hpp"
#include "ocpp/v201/data_transfer.hpp"
#include "ocpp/v201/diagnostics.hpp"
#include "ocpp/v201/display_message.hpp"
#include "ocpp/v201/firmware_management.hpp"
#include "ocpp/v201/iso15118.hpp"
#include "ocpp/v201/local_auth_list.hpp"
#include "ocpp/v201/metering.hpp"
#include "ocpp/v201/provisioning.hpp"
#include "ocpp/v201/remote_control.hpp"
#include "ocpp/v201/reservation.hpp"
#include "ocpp/v201/security.hpp"
#include "ocpp/v201/smart_charging.hpp"
#include "ocpp/v201/tariff_and_cost.hpp"
#include "ocpp/v201/transactions.hpp"

namespace ohm::ocpp::v201 {

std::span<const ActionInfo> action_infos() {
    static constexpr auto all =
        infos_of_all<SecurityActions, ProvisioningActions, AuthorizationActions,
                     LocalAuthListActions, TransactionActions, RemoteControlActions,
                     AvailabilityActions, ReservationActions, TariffAndCostActions, MeteringActions,
                     SmartChargingActions, FirmwareManagementActions, Iso15118Actions,
                     DiagnosticsActions, DisplayMessageActions, DataTransferActions>();
    return all;
}

}  // namespace ohm::ocpp::v201
