#include "sim/charging.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "sim/charging_messages.hpp"

namespace ohm::sim {
namespace {

using ocpp::Version;
namespace v16 = ocpp::v16;
namespace v201 = ocpp::v201;

constexpr int connector = 1;
constexpr std::int64_t sample_wh_max = 20;  // plausible also where a session takes a second
constexpr std::int64_t meter_wh_max = 1'000'000'000;  // then it begins anew, as meters do

}  // namespace

// Home chargers, streets, and a fast one here and there.
void Charging::plug_in(Utc at, Random& random) {
    constexpr std::array peaks_w{7'400.0, 11'000.0, 11'000.0, 22'000.0, 50'000.0};
    if (!car_) car_ = std::make_unique<Car>();
    car_->peak_w = peaks_w[random.below(peaks_w.size())];
    car_->state.charge_percent = 10 + static_cast<double>(random.below(50));
    car_->state.power_w = 0;
    car_->at = at;
}

void Charging::draw_power(Utc at) {
    constexpr double battery_wh = 70'000, full = 100, tapers_from = 80, hour_us = 3.6e9;
    const double hours = static_cast<double>((at - car_->at).count()) / hour_us;
    const double energy_wh = std::min(car_->state.power_w * hours,
                                      (full - car_->state.charge_percent) / full * battery_wh);
    meter_wh_ += static_cast<std::int64_t>(energy_wh);
    car_->state.charge_percent += energy_wh / battery_wh * full;
    const double left = (full - car_->state.charge_percent) / (full - tapers_from);
    car_->state.power_w = car_->peak_w * std::clamp(left, 0.0, 1.0);
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
        case Step::authorize: return {"Authorize", authorize_payload(place.version, place.token)};
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
                meter_wh_ += 1 + static_cast<std::int64_t>(random.below(sample_wh_max));
            break;
        default: return status(place, at);
    }
    if (place.version == Version::v201) return event_201(place, at);
    if (step() == Step::start)
        return {"StartTransaction", wire::encode(start_16(connector, place.token, meter_wh_, at))};
    if (step() == Step::sample)
        return {"MeterValues", wire::encode(sample_16(connector, transaction_id_, meter_wh_,
                                                      car_ ? &car_->state : nullptr, at))};
    return {"StopTransaction", wire::encode(stop_16(transaction_id_, place.token, meter_wh_, at))};
}

Charging::Message Charging::event_201(const Place& place, Utc at) {
    auto request = bare_event_201(name_, seq_no_++, meter_wh_, car_ ? &car_->state : nullptr, at);
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

bool Charging::is_in_transaction() const {
    const auto steps = steps_of(course_);
    const auto start = std::find(steps.begin(), steps.end(), Step::start) - steps.begin();
    const auto stop = std::find(steps.begin(), steps.end(), Step::stop) - steps.begin();
    return begun_ && position_ > start && position_ <= stop;
}

bool Charging::is_in_transaction(Version version, std::string_view name) const {
    return is_in_transaction() && name == transaction_name(version, transaction_id_, name_);
}

bool Charging::skip_to_stop() {
    const bool charges = is_in_transaction();
    lost();
    if (!charges) return false;
    const auto steps = steps_of(course_);
    const auto stop = std::find(steps.begin(), steps.end(), Step::stop) - steps.begin();
    position_ = static_cast<std::uint8_t>(stop);
    return true;
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
