// What a station shows people: 2.0.1 block O.
#include "api/commands/tokens.hpp"
#include "ocpp/v201/display_message.hpp"

namespace ohm::api::commands {

using DisplayPriority = OneOf<"AlwaysFront", "InFront", "NormalCycle">;
using DisplayState = OneOf<"Charging", "Faulted", "Idle", "Unavailable">;

struct SetDisplayParameters {
    Optional<NotNegative> message_id;  // absent: a number of ours; known: replaced
    DisplayPriority priority;
    Optional<DisplayState> state;
    Optional<wire::DateTime> from, to;
    Optional<Text<36>> transaction_id;
    Optional<OneOf<"ASCII", "HTML", "URI", "UTF8">> format;  // absent: UTF8
    Optional<Text<8>> language;
    Text<512, 1> content;
    FIELDS(message_id, priority, state, from, to, transaction_id, format, language, content)
};
struct GetDisplayParameters {
    Optional<List<NotNegative, 1, 1000>> message_ids;
    Optional<DisplayPriority> priority;
    Optional<DisplayState> state;
    FIELDS(message_ids, priority, state)
};
struct ClearDisplayParameters {
    NotNegative message_id;
    FIELDS(message_id)
};

namespace {

template <class To>
Optional<To> respelled(const auto& from) {
    if (!from) return {};
    return To::of(from->name());
}

PreparedOrRefusal set_v201(Preparing& preparing, const SetDisplayParameters& wanted) {
    ocpp::v201::SetDisplayMessage::Request request;
    auto& message = request.message;
    message.id = {wanted.message_id ? wanted.message_id->value : preparing.next_number()};
    message.priority = ocpp::v201::MessagePriority::of(wanted.priority.name()).value();
    message.state = respelled<ocpp::v201::MessageState>(wanted.state);
    message.startDateTime = wanted.from;
    message.endDateTime = wanted.to;
    if (wanted.transaction_id) message.transactionId = {{wanted.transaction_id->value}};
    message.message.format = "UTF8";
    if (wanted.format)
        message.message.format =
            decltype(message.message.format)::of(wanted.format->name()).value();
    message.message.language = wanted.language;
    message.message.content = {wanted.content.value};
    return call_of<ocpp::v201::SetDisplayMessage>(request);
}

PreparedOrRefusal get_v201(Preparing& preparing, const GetDisplayParameters& wanted) {
    ocpp::v201::GetDisplayMessages::Request request;
    request.requestId = {preparing.next_number()};
    request.priority = respelled<ocpp::v201::MessagePriority>(wanted.priority);
    request.state = respelled<ocpp::v201::MessageState>(wanted.state);
    if (wanted.message_ids) {
        auto& ids = request.id.emplace().items;
        for (const NotNegative& id : *wanted.message_ids) ids.push_back({id.value});
    }
    return call_of<ocpp::v201::GetDisplayMessages>(request);
}

PreparedOrRefusal clear_v201(Preparing&, const ClearDisplayParameters& wanted) {
    return call_of<ocpp::v201::ClearDisplayMessage>({{wanted.message_id.value}});
}

constexpr std::string_view instead = "data-transfer carries the vendor's own message";

constexpr NeutralCommand table[] = {
    neutral<SetDisplayParameters, nullptr, set_v201>(
        {.name = "set-display-message",
         .tag = "commands",
         .summary = "Show a message on the station's display",
         .example = R"({"priority":"NormalCycle","content":"Welcome"})",
         .instead = instead}),
    neutral<GetDisplayParameters, nullptr, get_v201>(
        {.name = "get-display-messages",
         .tag = "commands",
         .summary = "Ask which messages the station shows",
         .example = "{}",
         .instead = instead}),
    neutral<ClearDisplayParameters, nullptr, clear_v201>({.name = "clear-display-message",
                                                          .tag = "commands",
                                                          .summary = "Remove a message",
                                                          .example = R"({"message_id":1})",
                                                          .instead = instead}),
};

}  // namespace

Part display_commands() { return table; }

}  // namespace ohm::api::commands
