#include "ocpp/v201/provisioning.hpp"

#include "api/boot.hpp"
#include "api/certificates/connections.hpp"
#include "api/facts/reports.hpp"
#include "api/facts/variables.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct Provisioning : Handler {
    static void needs(const BootNotification::Request&, const Station& station, Needs& needs) {
        need_client_certificate(station, needs);
    }

    BootNotification::Response on(const BootNotification::Request& request) {
        const auto& box = request.chargingStation;
        if (says_other_serial_number(*this, text_of(box.serialNumber))) {
            refuse_other_serial_number(*this, text_of(box.serialNumber));
            return {.currentTime = now(), .interval = {retry_after_s}, .status = "Rejected"};
        }
        const BootAnswer answer =
            take_boot(*this, {.vendor = box.vendorName,
                              .model = box.model,
                              .serial_number = text_of(box.serialNumber),
                              .firmware_version = text_of(box.firmwareVersion),
                              .iccid = box.modem ? text_of(box.modem->iccid) : "",
                              .imsi = box.modem ? text_of(box.modem->imsi) : "",
                              .reason = std::string{request.reason.name()}});
        return {.currentTime = now(),
                .interval = {answer.interval_s},
                .status = answer.status<decltype(BootNotification::Response::status)>()};
    }

    NotifyReport::Response on(const NotifyReport::Request& request) {
        if (request.reportData)
            for (const NotifyReport::ReportData& data : *request.reportData) take_variable(data);
        note_part(*this, {.kind = "variables",
                          .request_id = request.requestId.value,
                          .seq = request.seqNo.value,
                          .more_follow = request.tbc.value_or(false),
                          .generated_at = at(request.generatedAt)});
        return {};
    }

private:
    static constexpr std::int64_t retry_after_s = 60;
    void take_variable(const NotifyReport::ReportData& data) {
        VariableFact common{.name = name_of(data.component, data.variable)};
        if (data.variableCharacteristics) {
            const auto& known = *data.variableCharacteristics;
            common.data_type = known.dataType.name();
            common.unit = text_of(known.unit);
            common.values_list = text_of(known.valuesList);
            common.supports_monitoring = known.supportsMonitoring;
            if (known.minLimit) common.min_limit = wire::encode(*known.minLimit);
            if (known.maxLimit) common.max_limit = wire::encode(*known.maxLimit);
        }
        for (const NotifyReport::VariableAttribute& attribute : data.variableAttribute) {
            VariableFact fact = common;
            if (attribute.type) fact.name.attribute = attribute.type->name();
            if (attribute.value) fact.value = attribute.value->value;
            // B07: absent means that it can be read and written.
            fact.mutability = attribute.mutability ? attribute.mutability->name() : "ReadWrite";
            fact.persistent = attribute.persistent;
            fact.constant = attribute.constant;
            note_variable(work.batch, station, received_at(), std::move(fact));
        }
    }
};

}  // namespace

const Routes& provisioning_routes() {
    static const Routes table = routes<Provisioning>(ProvisioningActions{});
    return table;
}

}  // namespace ohm::api::v201
