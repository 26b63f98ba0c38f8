#include "api/commands/refusals.hpp"

#include "api/facts/quirks.hpp"
#include "wire/codec.hpp"

namespace ohm::api::commands {

// Not in an unnamed namespace: clang wants linkage of whatever FIELDS describes.
namespace partly {
struct Trigger {
    std::string requestedMessage;
    wire::Optional<wire::Integer> connectorId;
    FIELDS(requestedMessage, connectorId)
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
        Question question{.command = "trigger-message",
                          .parameters =
                              R"({"message":"StatusNotification","evse_id":)" + number + "}"};
        question.call = Prepared{
            "TriggerMessage",
            R"({"requestedMessage":"StatusNotification","connectorId":)" + number + "}"};
        questions.push_back(std::move(question));
    }
    return questions;
}

}  // namespace

std::vector<Question> after_refusal(ShardState& shard, Batch& batch, Station& station,
                                    const Command& command) {
    const bool is_strict = station.strict.value_or(shard.options.strict);
    if (is_strict || command.result != "rejected" || station.version != ocpp::Version::v16)
        return {};
    if (command.action != "TriggerMessage") return {};
    auto questions = triggers_of_connectors(shard, station, command);
    if (!questions.empty())
        note_quirk(batch, station, command.action, "trigger_by_connector", "/connectorId",
                   micros(batch.now));
    return questions;
}

}  // namespace ohm::api::commands
