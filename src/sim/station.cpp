#include "sim/station.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace ohm::sim {
namespace {

constexpr std::uint16_t going_away = 1001;
constexpr std::uint16_t protocol_error = 1002;
constexpr int doublings_max = 20;
constexpr std::size_t token_digits = 4;

seconds in_seconds(Micros span) { return std::chrono::duration_cast<seconds>(span); }

}  // namespace

Station::Station(std::size_t number, std::string id, ocpp::Version version,
                 const Behaviour& behaviour, const Surroundings& surroundings)
    : number_{number},
      id_{std::move(id)},
      behaviour_{&behaviour},
      outside_{surroundings.outside},
      ledger_{surroundings.ledger},
      random_{surroundings.random},
      decoder_{surroundings.decoder},
      statuses_(static_cast<std::size_t>(behaviour.connectors) + 1, ConnectorStatus::available),
      heartbeat_interval_{behaviour.heartbeat_interval},
      version_{version} {
    ENSURE(version == ocpp::Version::v16 || version == ocpp::Version::v201);
}

std::string token_of(const Behaviour& behaviour, std::size_t number) {
    if (behaviour.tokens == 0) return behaviour.token;
    const std::string text = std::to_string(number % behaviour.tokens + 1);
    const std::size_t zeros = text.size() < token_digits ? token_digits - text.size() : 0;
    return behaviour.token + std::string(zeros, '0') + text;
}

// ---- power and link ----

void Station::start(Now now) {
    if (!stopped_) return;
    stopped_ = false;
    registration_ = Registration::none;
    boot_reason_ = BootReason::power_up;
    connect_at_ = now.mono;
    on_tick(now);
}

void Station::stop(Now now) {
    stopped_ = true;
    rebooting_ = false;
    connect_at_ = Mono::max();
    forget(true, now);
    if (link_ == Link::open || link_ == Link::connecting) close(going_away, "power off");
}

void Station::reboot(Now now) {
    if (stopped_) return;
    rebooting_ = true;
    registration_ = Registration::none;
    boot_at_ = Mono::max();
    forget(true, now);
    connect_at_ = now.mono + behaviour_->reboot_takes;
    if (link_ == Link::open || link_ == Link::connecting) close(going_away, "reboot");
}

void Station::close(std::uint16_t code, std::string_view reason) {
    link_ = Link::closing;
    outside_.close(*this, code, reason);
}

Micros Station::next_back_off() {
    const int doublings = std::min({failures_, behaviour_->retry_repeat_times, doublings_max});
    ++failures_;
    const auto random_part =
        random_.below(static_cast<std::uint64_t>(behaviour_->retry_random_range.count()) + 1);
    return behaviour_->retry_wait_minimum * (std::int64_t{1} << doublings) +
           Micros{static_cast<std::int64_t>(random_part)};
}

void Station::connect(Now) {
    connect_at_ = Mono::max();
    rebooting_ = false;
    link_ = Link::connecting;
    outside_.connect(*this);
}

void Station::on_open(std::string_view subprotocol, Now now) {
    if (link_ != Link::connecting) return;
    link_ = Link::open;
    if (ocpp::version_of_subprotocol(subprotocol) != version_)
        return close(protocol_error, "another subprotocol than asked for");
    failures_ = 0;
    if (behaviour_->boots_on_reconnect) registration_ = Registration::none;
    if (registration_ == Registration::none) boot_at_ = now.mono;
    if (is_accepted()) heartbeat_at_ = now.mono + heartbeat_interval_;
    on_tick(now);
}

void Station::on_closed(Now now) {
    link_ = Link::down;
    call_sent_ = false;
    call_deadline_ = heartbeat_at_ = Mono::max();
    late_.clear();
    forget(false, now);
    if (stopped_ || rebooting_) return;
    connect_at_ = now.mono + next_back_off();
}

// ---- time ----

Mono Station::next_due() const {
    if (link_ == Link::down) return connect_at_;
    if (link_ != Link::open) return Mono::max();
    Mono due = std::min({boot_at_, heartbeat_at_, call_deadline_});
    if (hand_ && is_accepted()) due = std::min(due, hand_->next_due());
    for (const LateAnswer& late : late_) due = std::min(due, late.at);
    const bool waits =
        !call_sent_ && !queue_.empty() && may_send(queue_.front(), {Mono::max(), {}});
    return waits ? std::min(due, retry_at_) : due;
}

void Station::on_tick(Now now) {
    if (link_ == Link::down && connect_at_ <= now.mono) connect(now);
    if (link_ != Link::open) return;
    for (std::size_t i = 0; i < late_.size() && link_ == Link::open;) {
        if (late_[i].at > now.mono) {
            ++i;
            continue;
        }
        const LateAnswer late = std::move(late_[i]);
        late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(i));
        give_answer(late, now);
    }
    if (link_ != Link::open) return;
    if (call_deadline_ <= now.mono) expire(now);
    if (boot_at_ <= now.mono) add_boot(boot_reason_, now);
    if (heartbeat_at_ <= now.mono) {
        heartbeat_at_ = now.mono + heartbeat_interval_;
        add(Kind::heartbeat, "{}", false, {}, now);
    }
    if (hand_ && is_accepted()) say(hand_->on_tick(now), now);
    send_next(now);
}

// ---- our CALLs ----

std::string_view Station::action_of(const Call& call) {
    switch (call.kind) {
        case Kind::boot: return "BootNotification";
        case Kind::heartbeat: return "Heartbeat";
        case Kind::charging:
        case Kind::by_hand: return call.charging_action;
        case Kind::status: break;
    }
    return "StatusNotification";
}

bool Station::report_status(int connector, ConnectorStatus status, Origin origin, Now now) {
    statuses_.at(static_cast<std::size_t>(connector)) = status;
    const bool added =
        add(Kind::status, status_payload(version_, connector, status, now.utc), false, origin, now);
    send_next(now);
    return added;
}

bool Station::beat(Origin origin, Now now) {
    const bool added = add(Kind::heartbeat, "{}", false, origin, now);
    send_next(now);
    return added;
}

bool Station::boot_again(Origin origin, Now now) {
    const bool added =
        add(Kind::boot, boot_payload(version_, id_, boot_reason_), false, origin, now);
    send_next(now);
    return added;
}

bool Station::charge(Charging::Course course, Origin origin, Now now) {
    if (charging_waits_) return false;
    const std::string token = token_of(*behaviour_, number_);
    const Charging::Place place{version_, behaviour_->connectors, token};
    Charging::Message message = charging_.next(course, place, now.utc, random_);
    if (!add(Kind::charging, std::move(message.payload), false, origin, now)) {
        charging_.lost();
        return false;
    }
    queue_.back().charging_action = message.action;
    if (message.connector > 0)
        statuses_.at(static_cast<std::size_t>(message.connector)) = message.status;
    charging_waits_ = true;
    send_next(now);
    return true;
}

ConnectorStatus Station::status(int connector) const {
    return statuses_.at(static_cast<std::size_t>(connector));
}

bool Station::add(Kind kind, std::string payload, bool triggered, Origin origin, Now now) {
    Call call{.kind = kind,
              .purpose = origin.purpose,
              .triggered = triggered,
              .attempts = 0,
              .key = ++last_key_,
              .message_no = 0,
              .intended_at = origin.intended_at == Mono{} ? now.mono : origin.intended_at,
              .first_sent_at = Mono{},
              .payload = std::move(payload)};
    if (queue_.size() >= behaviour_->calls_queued_max && kind != Kind::boot) {
        note_call(Entry::Event::dropped, call, call.payload, now);
        return false;
    }
    // Before acceptance only a boot, and what the CSMS asked for, may be sent: those go first.
    const bool first = kind == Kind::boot || (triggered && !is_accepted());
    const auto place = first ? queue_.begin() + (call_sent_ ? 1 : 0) : queue_.end();
    queue_.insert(place, std::move(call));
    return true;
}

void Station::add_boot(BootReason reason, Now now) {
    boot_at_ = Mono::max();
    const auto is_boot = [](const Call& call) { return call.kind == Kind::boot; };
    if (std::any_of(queue_.begin(), queue_.end(), is_boot)) return;
    add(Kind::boot, boot_payload(version_, id_, reason), true, {}, now);
}

void Station::add_statuses(bool triggered, Now now) {
    const std::size_t first = version_ == ocpp::Version::v16 ? 0 : 1;
    for (std::size_t i = first; i < statuses_.size(); ++i)
        add(Kind::status, status_payload(version_, static_cast<int>(i), statuses_[i], now.utc),
            triggered, {}, now);
}

void Station::drop(std::size_t index, Now now) {
    note_call(Entry::Event::dropped, queue_[index], queue_[index].payload, now);
    if (queue_[index].kind == Kind::charging) charging_.lost(), charging_waits_ = false;
    const Call dropped = std::move(queue_[index]);
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(index));
    if (index == 0) {
        call_sent_ = false;
        call_deadline_ = Mono::max();
        retry_at_ = Mono{};
    }
    if (dropped.kind == Kind::by_hand) hear(dropped, {}, now);
}

bool Station::is_kept(const Call& call) {
    return call.kind == Kind::charging || call.kind == Kind::by_hand ||
           (call.kind == Kind::status && !call.triggered);
}

// A reboot forgets everything; a lost connection only what means nothing on the next one. What is
// said of a transaction is kept: it is money.
void Station::forget(bool everything, Now now) {
    for (std::size_t i = queue_.size(); i-- > 0;)
        if (everything || !is_kept(queue_[i])) drop(i, now);
    if (!everything) return;
    hand_.reset();
    ends_course_ = false;
    late_.clear();
    std::vector<Call>{}.swap(queue_);
}

bool Station::may_send(const Call& call, Now now) const {
    if (now.mono < retry_at_) return false;
    if (is_accepted() || call.kind == Kind::boot) return true;
    return registration_ == Registration::pending && call.triggered;
}

void Station::send_next(Now now) {
    if (link_ != Link::open || call_sent_ || queue_.empty()) return;
    Call& call = queue_.front();
    if (!may_send(call, now)) return;
    if (call.attempts == 0 || !behaviour_->reuses_message_id) call.message_no = ++last_message_no_;
    if (call.attempts == 0) call.first_sent_at = now.mono;
    if (call.attempts < 255) ++call.attempts;
    call_sent_ = true;
    call_deadline_ = now.mono + behaviour_->call_timeout;
    note_call(Entry::Event::sent, call, call.payload, now);
    outside_.send(*this,
                  ocpp::call(std::to_string(call.message_no), action_of(call), call.payload));
}

void Station::expire(Now now) {
    Call& call = queue_.front();
    call_sent_ = false;
    call_deadline_ = Mono::max();
    note_call(Entry::Event::timed_out, call, {}, now);
    if (call.kind == Kind::boot) {
        retry_at_ = now.mono + behaviour_->boot_retry;
    } else if (call.kind == Kind::heartbeat || call.attempts >= behaviour_->call_attempts) {
        drop(0, now);
    } else {
        retry_at_ = now.mono + behaviour_->call_retry_interval * call.attempts;
    }
}

// ---- what arrives ----

void Station::on_message(std::string_view frame, Now now) {
    if (link_ != Link::open) return;
    const ocpp::Head head = ocpp::read_head(frame);
    switch (head.type) {
        case ocpp::FrameType::call: on_command(head, now); break;
        case ocpp::FrameType::call_result:
        case ocpp::FrameType::call_error: on_answer(head, now); break;
        default: note_command(Entry::Event::unreadable, {}, head.id, frame, now);
    }
    if (link_ == Link::open) send_next(now);
}

void Station::on_answer(const ocpp::Head& head, Now now) {
    if (!call_sent_ || head.id != std::to_string(queue_.front().message_no))
        return note_command(Entry::Event::stray, {}, head.id, {}, now);
    const Call call = std::move(queue_.front());
    queue_.erase(queue_.begin());
    call_sent_ = false;
    call_deadline_ = Mono::max();
    retry_at_ = Mono{};
    const bool error = head.type == ocpp::FrameType::call_error;
    note_call(error ? Entry::Event::refused : Entry::Event::acked, call, head.rest, now);
    // Any answered message shows that we live (2.0.1 G02): the next Heartbeat may wait.
    if (is_accepted()) heartbeat_at_ = now.mono + heartbeat_interval_;
    if (call.kind == Kind::boot) on_boot_answer(head, call.purpose, now);
    if (call.kind == Kind::by_hand) return hear(call, error ? "" : head.rest, now);
    if (call.kind != Kind::charging) return;
    charging_waits_ = false;
    error ? charging_.lost() : charging_.answered(version_, head.rest, decoder_);
    if (ends_course_) end_course(now);
}

void Station::on_boot_answer(const ocpp::Head& head, Purpose purpose, Now now) {
    const auto answer = head.type == ocpp::FrameType::call_result
                            ? read_boot_answer(version_, head.rest, decoder_)
                            : std::nullopt;
    if (!answer || answer->status != BootAnswer::Status::accepted) {
        const bool pending = answer && answer->status == BootAnswer::Status::pending;
        if (answer) registration_ = pending ? Registration::pending : Registration::rejected;
        const bool says_when = answer && answer->interval > seconds{0};
        boot_at_ = now.mono + (says_when ? Micros{answer->interval} : behaviour_->boot_retry);
        heartbeat_at_ = Mono::max();
        return;
    }
    registration_ = Registration::accepted;
    boot_at_ = Mono::max();
    heartbeat_interval_ =
        answer->interval > seconds{0} ? Micros{answer->interval} : behaviour_->heartbeat_interval;
    heartbeat_at_ = now.mono + heartbeat_interval_;
    if (purpose == Purpose::own) add_statuses(false, now);
}

// ---- the CSMS's CALLs ----

Deviation Station::deviation_for(std::string_view action) const {
    const auto& deviations = behaviour_->deviations;
    if (deviations.empty()) return {};
    auto found = deviations.find(action);
    if (found == deviations.end()) found = deviations.find("*");
    return found == deviations.end() ? Deviation{} : found->second;
}

CommandAnswer Station::decide(const ocpp::Head& head, const Deviation& deviation) {
    if (deviation.kind == Deviation::Kind::call_error)
        return {.error = ocpp::Error::internal, .description = "this station was told to fail"};
    if (registration_ == Registration::rejected || registration_ == Registration::none)
        return {.error = ocpp::Error::security, .description = "not accepted by the CSMS yet"};
    const StationFacts facts{.connectors = static_cast<int>(statuses_.size()) - 1,
                             .heartbeat_interval = in_seconds(heartbeat_interval_),
                             .boot_accepted = is_accepted(),
                             .can = [this](const Order& order) { return can(order); }};
    return answer_command({version_, head.action, head.rest}, facts,
                          deviation.kind != Deviation::Kind::rejects, decoder_);
}

void Station::on_command(const ocpp::Head& head, Now now) {
    note_command(Entry::Event::command, head.action, head.id, head.rest, now);
    const Deviation deviation = deviation_for(head.action);
    if (deviation.kind == Deviation::Kind::never_answers) return;
    LateAnswer answer{.at = now.mono + deviation.delay,
                      .frame = {},
                      .message_id = head.id,
                      .action = head.action,
                      .answer = decide(head, deviation)};
    const CommandAnswer& decided = answer.answer;
    answer.frame = decided.payload.empty()
                       ? ocpp::call_error(head.raw_id, ocpp::code(decided.error, version_),
                                          decided.description)
                       : ocpp::call_result(head.raw_id, decided.payload);
    if (deviation.kind != Deviation::Kind::answers_late) return give_answer(answer, now);
    if (late_.size() < behaviour_->calls_queued_max) late_.push_back(std::move(answer));
}

void Station::give_answer(const LateAnswer& late, Now now) {
    const bool error = late.answer.payload.empty();
    note_command(Entry::Event::answered, late.action, late.message_id,
                 error ? std::string_view{late.frame} : late.answer.payload, now);
    outside_.send(*this, late.frame);
    take_effect(late.answer, now);
}

void Station::take_effect(const CommandAnswer& answer, Now now) {
    switch (answer.effect) {
        case Effect::none: return;
        case Effect::reboot: boot_reason_ = BootReason::remote_reset; return reboot(now);
        case Effect::send_boot: return add_boot(BootReason::triggered, now);
        case Effect::send_heartbeat: add(Kind::heartbeat, "{}", true, {}, now); return;
        case Effect::by_hand: return obey(answer.order, now);
        case Effect::send_status: break;
    }
    if (answer.connector < 0) return add_statuses(true, now);
    const auto index = static_cast<std::size_t>(answer.connector);
    add(Kind::status, status_payload(version_, answer.connector, statuses_.at(index), now.utc),
        true, {}, now);
}

// ---- ledger ----

void Station::note_call(Entry::Event event, const Call& call, std::string_view body, Now now) {
    const std::string message_id = call.message_no == 0 ? "" : std::to_string(call.message_no);
    ledger_.note({.event = event,
                  .station = id_,
                  .key = call.key,
                  .action = action_of(call),
                  .message_id = message_id,
                  .body = body,
                  .attempt = call.attempts,
                  .purpose = call.purpose,
                  .at = now,
                  .intended_at = call.intended_at,
                  .first_sent_at = call.first_sent_at});
}

void Station::note_command(Entry::Event event, std::string_view action, std::string_view message_id,
                           std::string_view body, Now now) {
    ledger_.note({.event = event,
                  .station = id_,
                  .action = action,
                  .message_id = message_id,
                  .body = body,
                  .at = now});
}

}  // namespace ohm::sim
