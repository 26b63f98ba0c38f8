#include "api/v16/core.hpp"

#include "api/boot.hpp"
#include "api/charging/made.hpp"
#include "api/facts/data_transfer.hpp"
#include "api/facts/local_time.hpp"
#include "api/held/reservations.hpp"
#include "api/v16/charging.hpp"
#include "base/text.hpp"
#include "ocpp/v16/core.hpp"

namespace ohm::api::v16 {
namespace {

using namespace ohm::ocpp::v16;

Transfer transfer_of(const DataTransfer::Request& request) {
    std::string data;
    if (request.data) append_json_string(data, request.data->value);
    return {request.vendorId.value, text_of(request.messageId), std::move(data),
            wire::encode(request)};
}

struct Core : Charging {
    using Charging::on, Charging::question;

    std::optional<outside::Question> question(const DataTransfer::Request& request) const {
        return transfer_question(*this, transfer_of(request));
    }

    BootNotification::Response on(const BootNotification::Request& request) {
        const BootAnswer answer =
            take_boot(*this, {.vendor = request.chargePointVendor,
                              .model = request.chargePointModel,
                              .serial_number = text_of(request.chargePointSerialNumber),
                              .firmware_version = text_of(request.firmwareVersion),
                              .iccid = text_of(request.iccid),
                              .imsi = text_of(request.imsi),
                              .meter_type = text_of(request.meterType),
                              .meter_serial_number = text_of(request.meterSerialNumber),
                              .charge_box_serial_number = text_of(request.chargeBoxSerialNumber)});
        return {.currentTime = now(),
                .interval = {answer.interval_s},
                .status = answer.status<RegistrationStatus>()};
    }

    Heartbeat::Response on(const Heartbeat::Request&) { return {.currentTime = now()}; }

    using Charging::needs;
    static void needs(const StatusNotification::Request& request, const Station& station,
                      Needs& needs) {
        if (request.connectorId > 0 && request.status.is("Available"))
            needs.open_transactions.push_back(station.no.value);
        need_made(station, needs, request.connectorId, request.status.name(), said_at(request));
    }
    StatusNotification::Response on(const StatusNotification::Request& request) {
        const auto evse = evse_of(request);
        // Says nothing that could be shown.
        if (!evse || *evse < 0 || left_out("/status")) return {};
        if (request.timestamp) learn_local_time(*this, *request.timestamp);
        const std::string info = text_of(request.info);
        const StatusFacts facts{
            .status = std::string{request.status.name()},
            .error_code =
                left_out("/errorCode") ? "NoError" : std::string{request.errorCode.name()},
            .info = info == "null" ? "" : info,  // the word, as some chargers send it (quirk C6)
            .vendor_id = text_of(request.vendorId),
            .vendor_error_code = text_of(request.vendorErrorCode),
            .at = request.timestamp ? at(*request.timestamp) : received_at()};
        if (*evse <= 0)
            take_station_status(*this, facts);
        else
            take_connector_status(*this, *evse, 1, facts);
        make_of_status(*this, *evse, facts.status, facts.at, said_at(request));
        take_status_of_reserved(*this, *evse, facts.status);
        return {};
    }

    DataTransfer::Response on(const DataTransfer::Request& request) {
        const TransferAnswer answer = take_transfer(*this, transfer_of(request));
        DataTransfer::Response response{.status = answer.status};
        if (answer.echoes_data) response.data = request.data;
        if (answer.data) response.data = {text_of_json(work.shard.decoder, *answer.data)};
        return response;
    }

private:
    static std::int64_t said_at(const StatusNotification::Request& request) {
        return request.timestamp && request.timestamp->known ? micros(request.timestamp->at) : 0;
    }
    std::optional<std::int64_t> evse_of(const StatusNotification::Request& request) const {
        if (left_out("/connectorId")) return station.only_evse();
        return request.connectorId.value;
    }
};

}  // namespace

const Routes& core_routes() {
    static const Routes table = routes<Core>(CoreActions{});
    return table;
}

}  // namespace ohm::api::v16
