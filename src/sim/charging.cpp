#include "sim/charging.hpp"

#include <algorithm>
#include <array>

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

std::string stop_16(std::int64_t transaction_id, std::string_view token, std::int64_t meter_wh,
                    Utc at) {
    v16::StopTransaction::Request request;
    request.transactionId.value = transaction_id;
    request.idTag.emplace().value = token;
    request.meterStop.value = meter_wh;
    request.timestamp.at = at;
    return wire::encode(request);
}

v201::TransactionEvent::Request bare_event_201(std::uint64_t name, std::int32_t seq_no,
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

void add_car(v201::MeterValue& value, double power_w, double charge_percent) {
    auto& power = value.sampledValue.items.emplace_back();
    power.value.value = static_cast<double>(static_cast<std::int64_t>(power_w));
    power.measurand.emplace() = "Power.Active.Import";
    power.unitOfMeasure.emplace().unit.emplace().value = "W";
    auto& charge = value.sampledValue.items.emplace_back();
    charge.value.value = static_cast<double>(static_cast<std::int64_t>(charge_percent));
    charge.measurand.emplace() = "SoC";
    charge.unitOfMeasure.emplace().unit.emplace().value = "Percent";
}

}  // namespace

std::string Charging::sample_16(Utc at) const {
    v16::MeterValues::Request request;
    request.connectorId.value = connector;
    request.transactionId.emplace().value = transaction_id_;
    v16::MeterValue& value = request.meterValue.items.emplace_back();
    value.timestamp.at = at;
    const auto add = [&](double number) -> auto& {
        auto& sample = value.sampledValue.items.emplace_back();
        sample.value.value = std::to_string(static_cast<std::int64_t>(number));
        return sample;
    };
    auto& energy = add(static_cast<double>(meter_wh_));
    if (!car_) return wire::encode(request);
    energy.measurand.emplace() = "Energy.Active.Import.Register";
    energy.unit.emplace() = "Wh";
    auto& power = add(car_->power_w);
    power.measurand.emplace() = "Power.Active.Import";
    power.unit.emplace() = "W";
    auto& charge = add(car_->charge_percent);
    charge.measurand.emplace() = "SoC";
    charge.unit.emplace() = "Percent";
    return wire::encode(request);
}

// Home chargers, streets, and a fast one here and there.
void Charging::plug_in(Utc at, Random& random) {
    constexpr std::array peaks_w{7'400.0, 11'000.0, 11'000.0, 22'000.0, 50'000.0};
    if (!car_) car_ = std::make_unique<Car>();
    car_->peak_w = peaks_w[random.below(peaks_w.size())];
    car_->charge_percent = 10 + static_cast<double>(random.below(50));
    car_->power_w = 0;
    car_->at = at;
}

void Charging::draw_power(Utc at) {
    constexpr double battery_wh = 70'000, full = 100, tapers_from = 80, hour_us = 3.6e9;
    const double hours = static_cast<double>((at - car_->at).count()) / hour_us;
    const double energy_wh =
        std::min(car_->power_w * hours, (full - car_->charge_percent) / full * battery_wh);
    meter_wh_ += static_cast<std::int64_t>(energy_wh);
    car_->charge_percent += energy_wh / battery_wh * full;
    const double left = (full - car_->charge_percent) / (full - tapers_from);
    car_->power_w = car_->peak_w * std::clamp(left, 0.0, 1.0);
    car_->at = at;
}

std::span<const Charging::Step> Charging::steps_of(Course course) {
    using enum Step;
    static constexpr std::array brief{authorize, start, sample, sample, stop};
    static constexpr std::array fleet{preparing, authorize, start,  charging,  sample,
                                      sample,    sample,    sample, sample,    sample,
                                      sample,    sample,    sample, sample,    sample,
                                      sample,    authorize, stop,   finishing, available};
    static constexpr auto day = [] {
        std::array<Step, messages_a_day_session> steps;
        steps.fill(sample);
        steps[0] = preparing, steps[1] = authorize, steps[2] = start, steps[3] = charging;
        steps[steps.size() - 3] = stop, steps[steps.size() - 2] = finishing;
        steps[steps.size() - 1] = available;
        return steps;
    }();
    if (course == Course::fleet) return fleet;
    if (course == Course::day) return day;
    return brief;
}

void Charging::begin(Course course, Random& random) {
    begun_ = true;
    course_ = course;
    if (course != Course::fleet) return;
    const auto steps = steps_of(course);
    const auto start_at = std::find(steps.begin(), steps.end(), Step::start) - steps.begin();
    const auto stop_at = std::find(steps.begin(), steps.end(), Step::stop) - steps.begin();
    const auto drawn = static_cast<std::int64_t>(random.below(steps.size()));
    const bool amid = drawn > start_at && drawn <= stop_at;
    position_ = static_cast<std::uint8_t>(amid ? start_at : drawn);
    resume_at_ = static_cast<std::uint8_t>(amid ? drawn : 0);
}

Charging::Message Charging::next(Course course, const Place& place, Utc at, Random& random) {
    if (!begun_ || course != course_) begin(course, random);
    switch (step()) {
        case Step::authorize: return {"Authorize", authorize(place.version, place.token)};
        case Step::start:
            // Of the moment as well: a second run with the same seed charges anew.
            name_ = random.next() ^ static_cast<std::uint64_t>(at.time_since_epoch().count());
            seq_no_ = 0;
            if (meter_wh_ > meter_wh_max) meter_wh_ = 0;
            if (course == Course::day) plug_in(at, random);
            break;
        case Step::sample:
        case Step::stop:
            if (course == Course::day)
                draw_power(at);
            else
                meter_wh_ += static_cast<std::int64_t>(random.below(sample_wh_max));
            break;
        default: return status(place, at);
    }
    if (place.version == Version::v201) return event_201(place, at);
    if (step() == Step::start) return {"StartTransaction", start_16(place.token, meter_wh_, at)};
    if (step() == Step::sample) return {"MeterValues", sample_16(at)};
    return {"StopTransaction", stop_16(transaction_id_, place.token, meter_wh_, at)};
}

Charging::Message Charging::event_201(const Place& place, Utc at) {
    auto request = bare_event_201(name_, seq_no_++, meter_wh_, at);
    if (car_) add_car(request.meterValue->items.front(), car_->power_w, car_->charge_percent);
    request.eventType = "Updated";
    request.triggerReason = "MeterValuePeriodic";
    if (step() == Step::start) {
        request.eventType = "Started";
        request.triggerReason = "Authorized";
        request.idToken = id_token(place.token);
        request.evse.emplace().id.value = connector;
    } else if (step() == Step::stop) {
        request.eventType = "Ended";
        request.triggerReason = "StopAuthorized";
        request.idToken = id_token(place.token);
    }
    return {"TransactionEvent", wire::encode(request)};
}

// 2.0.1 has one word for all that is not available. So that each message says something new, the
// neighbour's parking space is taken and left there meanwhile, where there is one.
Charging::Message Charging::status(const Place& place, Utc at) const {
    Message message{.action = "StatusNotification", .payload = {}, .connector = connector};
    const bool neighbour = place.version == Version::v201 && place.connectors > connector &&
                           (step() == Step::charging || step() == Step::finishing);
    if (neighbour) message.connector = connector + 1;
    switch (step()) {
        case Step::charging: message.status = ConnectorStatus::charging; break;
        case Step::finishing: message.status = ConnectorStatus::finishing; break;
        case Step::available: message.status = ConnectorStatus::available; break;
        default: message.status = ConnectorStatus::occupied; break;
    }
    if (neighbour && step() == Step::finishing) message.status = ConnectorStatus::available;
    message.payload = status_payload(place.version, message.connector, message.status, at);
    return message;
}

void Charging::answered(Version version, std::string_view payload, wire::Decoder& decoder) {
    if (version == Version::v16 && step() == Step::start) {
        v16::StartTransaction::Response response;
        if (decoder.decode(payload, response)) return lost();
        transaction_id_ = response.transactionId;
    }
    const auto behind = static_cast<std::uint8_t>((position_ + 1u) % steps_of(course_).size());
    position_ = resume_at_ > 0 ? resume_at_ : behind;
    resume_at_ = 0;
}

}  // namespace ohm::sim
