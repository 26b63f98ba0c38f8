#include "api/commands/refusals.hpp"

#include "api/commands/tokens.hpp"
#include "api/facts/quirks.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v201/remote_control.hpp"
#include "wire/codec.hpp"

namespace ohm::api::commands {

// Not in an unnamed namespace: clang wants linkage of whatever FIELDS describes.
namespace partly {
struct Trigger {
    std::string requestedMessage;
    wire::Optional<wire::Integer> connectorId;
    FIELDS(requestedMessage, connectorId)
};
struct ProfileOrder {
    NotNegative evse_id;
    ProfileWritten profile;
    Optional<bool> fallback;
    FIELDS(evse_id, profile, fallback)
};
}  // namespace partly

namespace {

constexpr wire::Rules lenient{wire::Strictness::lenient, true};

// The whole station's status is asked for a connector at a time (quirk C10).
std::vector<Question> triggers_of_connectors(ShardState& shard, const Station& station,
                                             const Command& command) {
    std::vector<Question> questions;
    partly::Trigger trigger;
    if (shard.decoder.decode(command.request, trigger, lenient)) return questions;
    const bool is_of_all = trigger.requestedMessage == "StatusNotification" &&
                           (!trigger.connectorId || *trigger.connectorId <= 0);
    if (!is_of_all) return questions;
    for (const ConnectorState& connector : station.connectors) {
        if (connector.evse <= 0) continue;
        const std::string number = std::to_string(connector.evse);
        Question question{
            .command = "trigger-message",
            .parameters = R"({"message":"StatusNotification","evse_id":)" + number + "}"};
        question.call =
            Prepared{"TriggerMessage",
                     R"({"requestedMessage":"StatusNotification","connectorId":)" + number + "}"};
        questions.push_back(std::move(question));
    }
    return questions;
}

// The same start without its profile, which is set when the transaction runs (quirk H6).
template <class Action>
std::optional<Question> start_without_profile(ShardState& shard, const Command& command) {
    typename Action::Request request;
    if (shard.decoder.decode(command.request, request, lenient) || !request.chargingProfile)
        return std::nullopt;
    request.chargingProfile.reset();
    Question question{.command = command.command, .parameters = command.parameters};
    question.call = call_of<Action>(request);
    question.requested_by = command.requested_by;
    return question;
}

// A simpler profile; nothing where there is none (quirk H7).
bool simplify(ProfileWritten& profile, Utc now) {
    const bool has_level = profile.stack_level && profile.stack_level->value > 0;
    if (has_level) {
        profile.stack_level->value = 0;
        return true;
    }
    const bool is_relative = profile.kind ? profile.kind->is("relative") : !profile.start;
    if (is_relative) {
        static constexpr decltype(profile.kind)::value_type absolute{"absolute"};
        profile.kind = absolute;
        profile.start = wire::DateTime{.at = now};
        profile.stack_level = NotNegative{0};
        return true;
    }
    if (profile.purpose.is("default")) return false;
    profile.purpose = "default";
    profile.transaction_id.reset();
    return true;
}

std::optional<Question> simpler_profile(ShardState& shard, const Command& command, Utc now) {
    partly::ProfileOrder order;
    if (shard.decoder.decode(command.parameters, order, lenient)) return std::nullopt;
    if (!order.fallback.value_or(false) || !simplify(order.profile, now)) return std::nullopt;
    Question question{.command = command.command, .parameters = wire::encode(order)};
    question.requested_by = command.requested_by;
    return question;
}

struct Other {
    std::optional<Question> question;
    std::string_view quirk;
};
Other other_of(ShardState& shard, const Command& command, Utc now, bool is_strict) {
    if (command.command == "set-charging-profile")  // its operator asks for that
        return {simpler_profile(shard, command, now), "profile_simplified"};
    if (command.command != "start-transaction" || is_strict || command.result != "rejected")
        return {};
    if (command.action == "RemoteStartTransaction")
        return {start_without_profile<ocpp::v16::RemoteStartTransaction>(shard, command),
                "start_without_profile"};
    return {start_without_profile<ocpp::v201::RequestStartTransaction>(shard, command),
            "start_without_profile"};
}

}  // namespace

std::vector<Question> after_refusal(ShardState& shard, Batch& batch, Station& station,
                                    const Command& command) {
    const bool is_strict = station.strict.value_or(shard.options.strict);
    if (command.result != "rejected" && command.result != "not_supported") return {};
    std::vector<Question> questions;
    if (Other other = other_of(shard, command, batch.now, is_strict); other.question) {
        note_quirk(batch, station, command.action, other.quirk, "", micros(batch.now));
        questions.push_back(std::move(*other.question));
        return questions;
    }
    const bool is_trigger = command.action == "TriggerMessage" && command.result == "rejected" &&
                            station.version == ocpp::Version::v16;
    if (is_strict || !is_trigger) return {};
    questions = triggers_of_connectors(shard, station, command);
    if (!questions.empty())
        note_quirk(batch, station, command.action, "trigger_by_connector", "/connectorId",
                   micros(batch.now));
    return questions;
}

}  // namespace ohm::api::commands
