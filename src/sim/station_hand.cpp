// What a person does at a station, between the Hand that knows how and the queue that says it.
#include "sim/station.hpp"

namespace ohm::sim {
namespace {

constexpr std::uint16_t going_away = 1001;
constexpr int course_connector = 1;  // where it charges by itself

}  // namespace

Hand& Station::hand() {
    if (!hand_) hand_ = std::make_unique<Hand>(version_, static_cast<int>(statuses_.size()) - 1);
    return *hand_;
}

bool Station::charges_itself_at(int connector) const {
    return connector == course_connector && charging_.is_in_transaction();
}

int Station::place_of(const Order& order) {
    if (order.connector > 0) return order.connector;
    if (order.connector == Order::nowhere) return 0;
    if (order.deed == Deed::remote_stop) {
        const bool own = charging_.is_in_transaction(version_, order.transaction);
        return own ? course_connector : hand().connector_of(order.transaction);
    }
    for (int connector = 1; connector < static_cast<int>(statuses_.size()); ++connector)
        if (!charges_itself_at(connector) && hand().can(order.at(connector), status(connector)))
            return connector;
    return 0;
}

bool Station::can(const Order& order) {
    if (order.deed == Deed::drop_connection) return true;
    const int connector = place_of(order);
    if (connector == 0) return false;
    // What it charges by itself is ended by any card, and by remote control.
    if (charges_itself_at(connector) && order.deed == Deed::remote_start) return false;
    const bool ends = order.deed == Deed::swipe_token || order.deed == Deed::remote_stop;
    if (charges_itself_at(connector) && ends) return true;
    return hand().can(order.at(connector), status(connector));
}

void Station::obey(const Order& wanted, Now now) {
    hand().meter_reaches(course_connector, charging_.meter_wh());
    if (wanted.deed == Deed::drop_connection) {
        say(hand().act(wanted, status(0), now, random_), now);
        return close(going_away, "told to drop the connection");
    }
    const Order order = wanted.at(place_of(wanted));
    if (order.connector == 0) return;
    const bool charges = charges_itself_at(order.connector);
    if (order.connector == course_connector) {
        ends_course_ = true;
        end_course(now);
    }
    if (charges && (order.deed == Deed::swipe_token || order.deed == Deed::remote_stop)) {
        report_status(order.connector, ConnectorStatus::finishing, {}, now);
        return hand().attend(now);
    }
    say(hand().act(order, status(order.connector), now, random_), now);
}

void Station::say(Hand::Sayings&& sayings, Now now) {
    for (Hand::Said& said : sayings) {
        if (said.step == Hand::Step::status) {
            report_status(said.connector, said.status, {}, now);
            continue;
        }
        if (!add(Kind::by_hand, std::move(said.payload), false, {}, now)) continue;
        queue_.back().charging_action = said.action;
        queue_.back().hand_step = said.step;
        queue_.back().connector = said.connector;
    }
    send_next(now);
}

void Station::hear(const Call& call, std::string_view payload, Now now) {
    if (!hand_) return;
    say(hand_->answered(call.hand_step, call.connector, payload, decoder_, now), now);
    charging_.meter_reaches(hand_->meter_wh(course_connector));
}

// The stop of what it charges by itself comes next; once it is said the course begins anew.
void Station::end_course(Now now) {
    if (charging_waits_) return;
    if (!charging_.skip_to_stop()) {
        ends_course_ = false;
        return;
    }
    charge(charging_.course(), {}, now);
}

}  // namespace ohm::sim
