#include "sim/charging_messages.hpp"

#include "ocpp/v201/authorization.hpp"

namespace ohm::sim {

using ocpp::Version;
namespace v16 = ocpp::v16;
namespace v201 = ocpp::v201;

v201::IdToken id_token(std::string_view token) {
    v201::IdToken out;
    out.idToken.value = token;
    out.type = "ISO14443";
    return out;
}

std::string authorize_payload(Version version, std::string_view token) {
    if (version == Version::v16) {
        v16::Authorize::Request request;
        request.idTag.value = token;
        return wire::encode(request);
    }
    v201::Authorize::Request request;
    request.idToken = id_token(token);
    return wire::encode(request);
}

v16::StartTransaction::Request start_16(int connector, std::string_view token,
                                        std::int64_t meter_wh, Utc at) {
    v16::StartTransaction::Request request;
    request.connectorId.value = connector;
    request.idTag.value = token;
    request.meterStart.value = meter_wh;
    request.timestamp.at = at;
    return request;
}

v16::StopTransaction::Request stop_16(std::int64_t transaction_id, std::string_view token,
                                      std::int64_t meter_wh, Utc at) {
    v16::StopTransaction::Request request;
    request.transactionId.value = transaction_id;
    request.idTag.emplace().value = token;
    request.meterStop.value = meter_wh;
    request.timestamp.at = at;
    return request;
}

v16::MeterValues::Request sample_16(int connector, std::int64_t transaction_id,
                                    std::int64_t meter_wh, const CarState* car, Utc at) {
    v16::MeterValues::Request request;
    request.connectorId.value = connector;
    request.transactionId.emplace().value = transaction_id;
    v16::MeterValue& value = request.meterValue.items.emplace_back();
    value.timestamp.at = at;
    const auto add = [&](double number) -> auto& {
        auto& sample = value.sampledValue.items.emplace_back();
        sample.value.value = std::to_string(static_cast<std::int64_t>(number));
        return sample;
    };
    auto& energy = add(static_cast<double>(meter_wh));
    if (!car) return request;
    energy.measurand.emplace() = "Energy.Active.Import.Register";
    energy.unit.emplace() = "Wh";
    auto& power = add(car->power_w);
    power.measurand.emplace() = "Power.Active.Import";
    power.unit.emplace() = "W";
    auto& charge = add(car->charge_percent);
    charge.measurand.emplace() = "SoC";
    charge.unit.emplace() = "Percent";
    return request;
}

namespace {

void add_car(v201::MeterValue& value, const CarState& car) {
    auto& power = value.sampledValue.items.emplace_back();
    power.value.value = static_cast<double>(static_cast<std::int64_t>(car.power_w));
    power.measurand.emplace() = "Power.Active.Import";
    power.unitOfMeasure.emplace().unit.emplace().value = "W";
    auto& charge = value.sampledValue.items.emplace_back();
    charge.value.value = static_cast<double>(static_cast<std::int64_t>(car.charge_percent));
    charge.measurand.emplace() = "SoC";
    charge.unitOfMeasure.emplace().unit.emplace().value = "Percent";
}

}  // namespace

std::string transaction_name(Version version, std::int64_t id, std::uint64_t name) {
    return version == Version::v16 ? std::to_string(id) : "sim-" + std::to_string(name);
}

v201::TransactionEvent::Request bare_event_201(std::uint64_t name, std::int32_t seq_no,
                                               std::int64_t meter_wh, const CarState* car, Utc at) {
    v201::TransactionEvent::Request request;
    request.timestamp.at = at;
    request.seqNo.value = seq_no;
    request.transactionInfo.transactionId.value = transaction_name(Version::v201, 0, name);
    v201::MeterValue& value = request.meterValue.emplace().items.emplace_back();
    value.timestamp.at = at;
    value.sampledValue.items.emplace_back().value.value = static_cast<double>(meter_wh);
    if (car) add_car(value, *car);
    return request;
}

}  // namespace ohm::sim
