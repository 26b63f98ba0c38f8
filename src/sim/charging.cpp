#include "sim/charging.hpp"

#include "base/text.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v201/authorization.hpp"
#include "ocpp/v201/transactions.hpp"

namespace ohm::sim {
namespace {

using ocpp::Version;
namespace v16 = ocpp::v16;
namespace v201 = ocpp::v201;

constexpr int connector = 1;
constexpr std::int64_t sample_wh_max = 500;
constexpr std::int64_t meter_wh_max = 1'000'000'000;  // then it begins anew, as meters do

v201::IdToken id_token(std::string_view token) {
    v201::IdToken out;
    out.idToken.value = token;
    out.type = "ISO14443";
    return out;
}

std::string authorize(Version version, std::string_view token) {
    if (version == Version::v16) {
        v16::Authorize::Request request;
        request.idTag.value = token;
        return wire::encode(request);
    }
    v201::Authorize::Request request;
    request.idToken = id_token(token);
    return wire::encode(request);
}

std::string start_16(std::string_view token, std::int64_t meter_wh, Utc at) {
    v16::StartTransaction::Request request;
    request.connectorId.value = connector;
    request.idTag.value = token;
    request.meterStart.value = meter_wh;
    request.timestamp.at = at;
    return wire::encode(request);
}

std::string sample_16(std::int64_t transaction_id, std::int64_t meter_wh, Utc at) {
    v16::MeterValues::Request request;
    request.connectorId.value = connector;
    request.transactionId.emplace().value = transaction_id;
    v16::MeterValue& value = request.meterValue.items.emplace_back();
    value.timestamp.at = at;
    value.sampledValue.items.emplace_back().value.value = std::to_string(meter_wh);
    return wire::encode(request);
}

std::string stop_16(std::int64_t transaction_id, std::string_view token, std::int64_t meter_wh,
                    Utc at) {
    v16::StopTransaction::Request request;
    request.transactionId.value = transaction_id;
    request.idTag.emplace().value = token;
    request.meterStop.value = meter_wh;
    request.timestamp.at = at;
    return wire::encode(request);
}

v201::TransactionEvent::Request event_201(std::uint64_t name, std::int32_t seq_no,
                                          std::int64_t meter_wh, Utc at) {
    v201::TransactionEvent::Request request;
    request.timestamp.at = at;
    request.seqNo.value = seq_no;
    request.transactionInfo.transactionId.value = "sim-" + std::to_string(name);
    v201::MeterValue& value = request.meterValue.emplace().items.emplace_back();
    value.timestamp.at = at;
    value.sampledValue.items.emplace_back().value.value = static_cast<double>(meter_wh);
    return request;
}

}  // namespace

void Charging::go_on() {
    switch (step_) {
        case Step::authorize: step_ = Step::start; return;
        case Step::start:
            step_ = Step::sample;
            samples_left_ = samples;
            return;
        case Step::sample:
            if (--samples_left_ == 0) step_ = Step::stop;
            return;
        case Step::stop: step_ = Step::authorize; return;
    }
}

Charging::Message Charging::next(Version version, std::string_view token, Utc at, Random& random) {
    if (step_ == Step::authorize) return {"Authorize", authorize(version, token)};
    if (step_ == Step::start) name_ = random.next(), seq_no_ = 0;
    if (step_ != Step::start) meter_wh_ += static_cast<std::int64_t>(random.below(sample_wh_max));
    if (meter_wh_ > meter_wh_max && step_ == Step::start) meter_wh_ = 0;
    if (version == Version::v16) {
        if (step_ == Step::start) return {"StartTransaction", start_16(token, meter_wh_, at)};
        if (step_ == Step::sample)
            return {"MeterValues", sample_16(transaction_id_, meter_wh_, at)};
        return {"StopTransaction", stop_16(transaction_id_, token, meter_wh_, at)};
    }
    auto request = event_201(name_, seq_no_++, meter_wh_, at);
    request.eventType = "Updated";
    request.triggerReason = "MeterValuePeriodic";
    if (step_ == Step::start) {
        request.eventType = "Started";
        request.triggerReason = "Authorized";
        request.idToken = id_token(token);
        request.evse.emplace().id.value = connector;
    } else if (step_ == Step::stop) {
        request.eventType = "Ended";
        request.triggerReason = "StopAuthorized";
        request.idToken = id_token(token);
    }
    return {"TransactionEvent", wire::encode(request)};
}

void Charging::answered(Version version, std::string_view payload, wire::Decoder& decoder) {
    if (version == Version::v16 && step_ == Step::start) {
        v16::StartTransaction::Response response;
        if (decoder.decode(payload, response)) return lost();
        transaction_id_ = response.transactionId;
    }
    go_on();
}

}  // namespace ohm::sim
