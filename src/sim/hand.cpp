#include "sim/hand.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ocpp/v201/authorization.hpp"
#include "sim/charging_messages.hpp"

namespace ohm::sim {
namespace {

using ocpp::Version;
namespace v16 = ocpp::v16;
namespace v201 = ocpp::v201;

constexpr seconds between_samples{10};
constexpr minutes attention{15};  // behind the last deed
constexpr double power_w = 11'000, battery_wh = 60'000, full = 100, hour_us = 3.6e9;

template <class Stop>
void set_reason(Stop& reason, Hand::Because because) {
    switch (because) {
        case Hand::Because::card: reason = "Local"; break;
        case Hand::Because::unplugged: reason = "EVDisconnected"; break;
        case Hand::Because::not_allowed: reason = "DeAuthorized"; break;
        case Hand::Because::remote: reason = "Remote"; break;
        case Hand::Because::broken: reason = "Other"; break;
    }
}

}  // namespace

std::optional<Deed> deed_of(std::string_view message_id) {
    constexpr std::array words{
        std::pair{std::string_view{"plug-in"}, Deed::plug_in},
        std::pair{std::string_view{"unplug"}, Deed::unplug},
        std::pair{std::string_view{"swipe-token"}, Deed::swipe_token},
        std::pair{std::string_view{"fault"}, Deed::fault},
        std::pair{std::string_view{"clear-fault"}, Deed::clear_fault},
        std::pair{std::string_view{"drop-connection"}, Deed::drop_connection}};
    for (const auto& [word, deed] : words)
        if (word == message_id) return deed;
    return std::nullopt;
}

bool Hand::is_plugged(const Place& place, ConnectorStatus status) {
    return place.plugged || status == ConnectorStatus::occupied ||
           status == ConnectorStatus::charging || status == ConnectorStatus::finishing;
}

bool Hand::can(const Order& order, ConnectorStatus status) const {
    if (order.deed == Deed::drop_connection) return true;
    const Place& place = at(order.connector);
    const bool faulted = status == ConnectorStatus::faulted;
    switch (order.deed) {
        case Deed::plug_in: return !faulted && !is_plugged(place, status);
        case Deed::unplug: return is_plugged(place, status);
        case Deed::fault: return !faulted;
        case Deed::clear_fault: return faulted;
        case Deed::remote_stop: return place.stage == Stage::charging;
        case Deed::drop_connection: return true;
        case Deed::swipe_token:
        case Deed::remote_start: break;
    }
    if (faulted || order.token.empty()) return false;
    // A session ends by the card that began it.
    if (order.deed == Deed::swipe_token && place.stage == Stage::charging)
        return place.token == order.token;
    return place.stage == Stage::idle || place.stage == Stage::authorized;
}

Hand::Sayings Hand::act(const Order& order, ConnectorStatus status, Now now, Random& random) {
    last_at_ = now.mono;
    Sayings out;
    if (order.deed == Deed::drop_connection) return out;
    Place& place = at(order.connector);
    const auto report = [&](ConnectorStatus to) {
        if (to != status) out.push_back({Step::status, order.connector, {}, {}, to});
    };
    place.plugged = is_plugged(place, status);
    next_name_ = random.next();
    switch (order.deed) {
        case Deed::plug_in:
            place.plugged = true;
            report(ConnectorStatus::occupied);
            if (place.stage == Stage::authorized) out.push_back(start(order.connector, now));
            break;
        case Deed::unplug:
            place.plugged = false;
            end(order.connector, Because::unplugged, now, out);
            if (status != ConnectorStatus::faulted) report(ConnectorStatus::available);
            break;
        case Deed::swipe_token:
            if (place.stage == Stage::charging) {
                end(order.connector, Because::card, now, out);
                report(ConnectorStatus::finishing);
                break;
            }
            place.stage = Stage::authorizing;
            place.token = order.token;
            place.remote_start_id.reset();
            out.push_back({Step::authorize, order.connector, "Authorize",
                           authorize_payload(version_, place.token)});
            break;
        case Deed::fault:
            end(order.connector, Because::broken, now, out);
            report(ConnectorStatus::faulted);
            break;
        case Deed::clear_fault:
            report(place.plugged ? ConnectorStatus::occupied : ConnectorStatus::available);
            break;
        case Deed::remote_start:
            place.plugged = true;
            place.token = order.token;
            place.remote_start_id = order.remote_start_id.value_or(0);
            report(ConnectorStatus::occupied);
            out.push_back(start(order.connector, now));
            break;
        case Deed::remote_stop:
            end(order.connector, Because::remote, now, out);
            report(ConnectorStatus::finishing);
            break;
        case Deed::drop_connection: break;
    }
    return out;
}

// A start that is on its way is ended once it is answered.
void Hand::end(int connector, Because because, Now now, Sayings& out) {
    Place& place = at(connector);
    if (place.stage == Stage::charging) {
        out.push_back(stop(connector, because, now));
    } else if (place.stage == Stage::starting) {
        place.stop_because = because;
        return;
    }
    place.stage = Stage::idle;
    place.sample_at = Mono::max();
}

Hand::Said Hand::start(int connector, Now now) {
    Place& place = at(connector);
    place.stage = Stage::starting;
    place.stop_because.reset();
    place.seq_no = 0;
    // Of the moment as well: a second run with the same seed charges anew.
    place.name = next_name_ ^ static_cast<std::uint64_t>(now.utc.time_since_epoch().count());
    place.car = {.power_w = 0, .charge_percent = 30};
    place.sampled_at = now.utc;
    if (version_ == Version::v16)
        return {Step::start, connector, "StartTransaction",
                wire::encode(start_16(connector, place.token, place.meter_wh, now.utc))};
    auto request = bare_event_201(place.name, place.seq_no++, place.meter_wh, &place.car, now.utc);
    request.eventType = "Started";
    request.triggerReason = "Authorized";
    if (place.remote_start_id) {
        request.triggerReason = "RemoteStart";
        request.transactionInfo.remoteStartId.emplace().value = *place.remote_start_id;
    }
    request.transactionInfo.chargingState.emplace() = "Charging";
    request.idToken = id_token(place.token);
    request.evse.emplace().id.value = connector;
    request.evse->connectorId.emplace().value = 1;
    return {Step::start, connector, "TransactionEvent", wire::encode(request)};
}

Hand::Said Hand::stop(int connector, Because because, Now now) {
    Place& place = at(connector);
    draw_power(place, now.utc);
    if (version_ == Version::v16) {
        auto request = stop_16(place.transaction_id, place.token, place.meter_wh, now.utc);
        set_reason(request.reason.emplace(), because);
        return {Step::stop, connector, "StopTransaction", wire::encode(request)};
    }
    auto request = bare_event_201(place.name, place.seq_no++, place.meter_wh, &place.car, now.utc);
    request.eventType = "Ended";
    switch (because) {
        case Because::card: request.triggerReason = "StopAuthorized"; break;
        case Because::unplugged: request.triggerReason = "EVDeparted"; break;
        case Because::not_allowed: request.triggerReason = "Deauthorized"; break;
        case Because::remote: request.triggerReason = "RemoteStop"; break;
        case Because::broken: request.triggerReason = "AbnormalCondition"; break;
    }
    set_reason(request.transactionInfo.stoppedReason.emplace(), because);
    if (because == Because::card) request.idToken = id_token(place.token);
    return {Step::stop, connector, "TransactionEvent", wire::encode(request)};
}

Hand::Said Hand::sample(int connector, Now now) {
    Place& place = at(connector);
    draw_power(place, now.utc);
    if (version_ == Version::v16)
        return {Step::sample, connector, "MeterValues",
                wire::encode(sample_16(connector, place.transaction_id, place.meter_wh, &place.car,
                                       now.utc))};
    auto request = bare_event_201(place.name, place.seq_no++, place.meter_wh, &place.car, now.utc);
    request.eventType = "Updated";
    request.triggerReason = "MeterValuePeriodic";
    return {Step::sample, connector, "TransactionEvent", wire::encode(request)};
}

void Hand::draw_power(Place& place, Utc now) const {
    const double hours = static_cast<double>((now - place.sampled_at).count()) / hour_us;
    const double left_wh = (full - place.car.charge_percent) / full * battery_wh;
    const double energy_wh = std::clamp(place.car.power_w * hours, 0.0, left_wh);
    place.meter_wh += static_cast<std::int64_t>(energy_wh);
    place.car.charge_percent += energy_wh / battery_wh * full;
    place.car.power_w = place.car.charge_percent < full ? power_w : 0;
    place.sampled_at = now;
}

Hand::Sayings Hand::answered(Step step, int connector, std::string_view payload,
                             wire::Decoder& decoder, Now now) {
    if (step == Step::authorize) return on_authorized(connector, payload, decoder, now);
    if (step == Step::start) return on_started(connector, payload, decoder, now);
    return {};
}

Hand::Sayings Hand::on_authorized(int connector, std::string_view payload, wire::Decoder& decoder,
                                  Now now) {
    Place& place = at(connector);
    if (place.stage != Stage::authorizing) return {};
    place.stage = Stage::idle;
    bool accepted = false;
    if (version_ == Version::v16) {
        v16::Authorize::Response response;
        accepted = !payload.empty() && !decoder.decode(payload, response) &&
                   response.idTagInfo.status.is("Accepted");
    } else {
        v201::Authorize::Response response;
        accepted = !payload.empty() && !decoder.decode(payload, response, {.custom_data = true}) &&
                   response.idTokenInfo.status.is("Accepted");
    }
    if (!accepted) return {};
    place.stage = Stage::authorized;
    if (!place.plugged) return {};
    Sayings out;
    out.push_back(start(connector, now));
    return out;
}

Hand::Sayings Hand::on_started(int connector, std::string_view payload, wire::Decoder& decoder,
                               Now now) {
    Place& place = at(connector);
    if (place.stage != Stage::starting) return {};
    place.stage = Stage::idle;
    if (payload.empty()) return {};
    bool allowed = true;
    if (version_ == Version::v16) {
        v16::StartTransaction::Response response;
        if (decoder.decode(payload, response)) return {};
        place.transaction_id = response.transactionId;
        allowed = response.idTagInfo.status.is("Accepted");
    } else {
        v201::TransactionEvent::Response response;
        const bool readable = !decoder.decode(payload, response, {.custom_data = true});
        allowed =
            readable && (!response.idTokenInfo || response.idTokenInfo->status.is("Accepted"));
    }
    Sayings out;
    place.stage = Stage::charging;
    if (!allowed || place.stop_because) {
        end(connector, allowed ? *place.stop_because : Because::not_allowed, now, out);
        return out;
    }
    place.car.power_w = power_w;
    place.sample_at = now.mono + between_samples;
    out.push_back({Step::status, connector, {}, {}, ConnectorStatus::charging});
    return out;
}

Hand::Sayings Hand::on_tick(Now now) {
    Sayings out;
    for (int connector = 1; connector <= static_cast<int>(places_.size()); ++connector) {
        Place& place = at(connector);
        if (place.sample_at > now.mono) continue;
        place.sample_at = now.mono + between_samples;
        out.push_back(sample(connector, now));
    }
    return out;
}

Mono Hand::next_due() const {
    Mono due = Mono::max();
    for (const Place& place : places_) due = std::min(due, place.sample_at);
    return due;
}

bool Hand::is_busy(Now now) const {
    const bool charges = std::any_of(places_.begin(), places_.end(), [](const Place& place) {
        return place.stage == Stage::starting || place.stage == Stage::charging;
    });
    return charges || now.mono < last_at_ + attention;
}

int Hand::connector_of(std::string_view transaction) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
        const Place& place = places_[i];
        const bool is_it =
            transaction == transaction_name(version_, place.transaction_id, place.name);
        if (place.stage == Stage::charging && is_it) return static_cast<int>(i + 1);
    }
    return 0;
}

void Hand::meter_reaches(int connector, std::int64_t wh) {
    at(connector).meter_wh = std::max(at(connector).meter_wh, wh);
}

}  // namespace ohm::sim
