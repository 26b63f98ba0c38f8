#include "ocpp/peer.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "ocpp/action.hpp"
#include "ocpp/errors.hpp"

namespace ohm::ocpp {
namespace {

constexpr std::size_t expired_kept = 4;  // calls whose late answer is still attributed

// What a frame without a usable head is answered with; empty where the version wants silence.
std::string reply_to_unreadable(const Head& head, Version version, bool strict) {
    if (head.type == FrameType::broken_call)
        return call_error(head.raw_id, code(Error::format, version),
                          "a CALL is [2,\"<id>\",\"<action>\",{payload}]");
    if (version != Version::v201) return {};
    if (head.type == FrameType::unknown_type)
        return strict ? call_error(head.raw_id, code(Error::message_type, version),
                                   "the message type is not 2, 3 or 4")
                      : std::string{};
    return call_error(head.raw_id, code(Error::rpc_framework, version),
                      "the frame is no OCPP-J array with a message id");
}

bool needs_no_payload(const wire::Type& request) {
    return std::all_of(request.fields, request.fields + request.field_count,
                       [](const wire::Field& f) { return f.type->kind == wire::Kind::optional; });
}

// Without a payload only what needs none can be meant, and only leniently (quirk B17).
bool may_be_forwarded(const Head& head, Version version, bool strict) {
    if (head.type != FrameType::call || head.has_payload) return head.type == FrameType::call;
    const ActionInfo* action = find_action(version, head.action);
    return !strict && action && needs_no_payload(*action->request);
}

}  // namespace

Peer::Received Peer::receive(std::string_view frame, Mono now) {
    Received received;
    received.head = read_head(frame);
    received.frame_no = ++frame_no_;
    if (may_be_forwarded(received.head, version_, strict_)) {
        unreadable_in_a_row_ = 0;
        received.verdict = Verdict::forward;
        return received;
    }
    if (received.head.type == FrameType::call_result ||
        received.head.type == FrameType::call_error) {
        unreadable_in_a_row_ = 0;
        return take_answer(std::move(received), now);
    }
    if (received.head.type == FrameType::call) received.head.type = FrameType::broken_call;
    static_assert(limits::unreadable_frames_in_a_row < 255);
    if (unreadable_in_a_row_ < limits::unreadable_frames_in_a_row) ++unreadable_in_a_row_;
    const bool hopeless = unreadable_in_a_row_ >= limits::unreadable_frames_in_a_row;
    received.verdict = hopeless ? Verdict::hopeless : Verdict::unreadable;
    received.reply = reply_to_unreadable(received.head, version_, strict_);
    return received;
}

Peer::Received Peer::take_answer(Received&& received, Mono now) {
    const std::string& id = received.head.id;
    // A few stations answer with an empty id (quirk B5): it can only mean the one CALL that is
    // open.
    if (ours_ && (ours_->message_id == id || (id.empty() && !strict_))) {
        received.verdict = Verdict::answer;
        received.command_id = ours_->command_id;
        received.message_id = ours_->message_id;
        received.rtt_us = (now - ours_->sent_at).count();
        ours_.reset();
        return std::move(received);
    }
    const auto late = std::find_if(expired_.begin(), expired_.end(),
                                   [&](const OurCall& c) { return c.message_id == id; });
    if (late == expired_.end()) {
        received.verdict = Verdict::unexpected;
        return std::move(received);
    }
    received.verdict = Verdict::answer;
    received.late = true;
    received.command_id = late->command_id;
    received.message_id = late->message_id;
    received.rtt_us = (now - late->sent_at).count();
    expired_.erase(late);
    if (expired_.empty()) expired_.shrink_to_fit();
    return std::move(received);
}

void Peer::keep(std::uint64_t frame_no, std::int64_t received_at_us, std::string frame) {
    unanswered_.push_back({frame_no, received_at_us, std::move(frame)});
}

bool Peer::answered(std::uint64_t frame_no) {
    const auto found = std::find_if(unanswered_.begin(), unanswered_.end(),
                                    [&](const Unanswered& u) { return u.frame_no == frame_no; });
    if (found == unanswered_.end()) return false;
    unanswered_.erase(found);
    if (unanswered_.empty()) unanswered_.shrink_to_fit();
    return true;
}

bool Peer::start(OurCall&& call) {
    if (ours_) return false;
    ours_ = std::make_unique<OurCall>(std::move(call));
    return true;
}

std::unique_ptr<Peer::OurCall> Peer::expire(Mono now) {
    if (!ours_ || now < ours_->deadline) return nullptr;
    if (expired_.size() == expired_kept) expired_.erase(expired_.begin());
    expired_.push_back(*ours_);
    return std::move(ours_);
}

}  // namespace ohm::ocpp
