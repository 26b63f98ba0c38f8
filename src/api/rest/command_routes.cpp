// The operations that order commands: one for each row of the table of neutral commands, one for
// each action that a CSMS sends, made from their declarations.
#include <algorithm>
#include <deque>

#include "api/commands/neutral.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/route_words.hpp"
#include "base/random.hpp"
#include "ocpp/action.hpp"
#include "wire/sample.hpp"

namespace ohm::api::rest {
namespace {

using ocpp::Version;

constexpr std::string_view flag_schema = R"({"type":"boolean","default":false})";
constexpr std::string_view wait_schema = R"({"type":"integer","minimum":1,"maximum":604800})";

const Parameters list_parameters{
    {"state", text_schema, "queued, sent, answered, failed, cancelled or expired; or several."},
    {"command", text_schema, "A command's name, or call."},
    {"result", text_schema, "accepted, rejected, scheduled …; or several."},
    {"effect", text_schema, "none, pending, confirmed, missed or contradicted; or several."},
    {"from", time_schema, "From this instant on."},
    {"to", time_schema, "Before this instant."},
    {"limit", R"({"type":"integer","minimum":1,"maximum":500,"default":50})", "Items a page."},
    {"cursor", text_schema, "next_cursor of the page before."},
    {"total", R"({"type":"string","enum":["none","exact","estimate"]})",
     "exact: the answer says how many items match."}};
const Parameters option_parameters{
    {"queue", flag_schema, "Wait for the station where it cannot be reached now."},
    {"expires_in", wait_schema, "Seconds that it may wait; a day where absent."},
    {"effect_timeout_s", wait_schema, "Seconds until its effect counts as missed."},
    {"verify", flag_schema, "Read back what was set."}};

const std::vector<Outcome> outcomes{
    {200, "The command has ended; `state`, `result` and `failed` say how.", Shape::object,
     "Command"},
    {202, "The command waits or is on its way; ask at Location.", Shape::object, "Command"}};
const std::vector<std::string_view> problems{
    "not_found",          "station_offline",          "station_not_accepted", "transaction_running",
    "rate_limited",       "idempotency_mismatch",     "queue_unavailable",    "insecure_connection",
    "certificate_in_use", "not_supported_by_protocol"};

// The texts that routes point to; they live as long as the table.
std::string_view keep(std::string text) {
    static std::deque<std::string> texts;
    return texts.emplace_back(std::move(text));
}

// "start-transaction" → "StartTransaction".
std::string camel_case(std::string_view name) {
    std::string out;
    bool upper = true;
    for (const char c : name) {
        if (c == '-') {
            upper = true;
            continue;
        }
        out += upper ? static_cast<char>(c - 'a' + 'A') : c;
        upper = false;
    }
    return out;
}

std::string operation_of(std::string_view name) {
    if (name == "reset") return "resetStation";
    std::string out = camel_case(name);
    out.front() = static_cast<char>(out.front() - 'A' + 'a');
    return out;
}

std::string component_of(const commands::NeutralCommand& command) {
    return camel_case(command.words.name) + "Command";
}

std::string component_of(Version version, const ocpp::ActionInfo& info) {
    return (version == Version::v16 ? "Ocpp16_" : "Ocpp201_") + std::string{info.name};
}

Route route_of(const commands::NeutralCommand& command) {
    const std::string name{command.words.name};
    const bool needs_nothing = command.parameters->field_count == 0;
    return {"POST",
            keep("/api/v1/stations/{id}/commands/" + name),
            scope_of_command(name),
            keep(operation_of(name)),
            "commands",
            command.words.summary,
            send_neutral,
            {},
            {.media = Media::json,
             .component = keep(component_of(command)),
             .required = !needs_nothing,
             .example = command.words.example},
            outcomes,
            problems};
}

// Validators that count in binary find that 8.7 is no multiple of 0.1.
bool has_tenths(std::string_view json) {
    for (const std::string_view name : {R"("limit":)", R"("minChargingRate":)"})
        for (auto at = json.find(name); at != std::string_view::npos; at = json.find(name, at)) {
            at += name.size();
            const auto end = std::min(json.find_first_of(",}", at), json.size());
            if (json.substr(at, end - at).find('.') != std::string_view::npos) return true;
        }
    return false;
}

std::string example_of(Version version, const ocpp::ActionInfo& info) {
    constexpr int tries = 100;
    SeededRandom random{fnv1a(component_of(version, info))};
    std::string example;
    for (int i = 0; i < tries && (i == 0 || has_tenths(example)); ++i)
        example = wire::random_json(*info.request, random, {wire::Strictness::strict});
    return example;
}

Route route_of(Version version, const ocpp::ActionInfo& info) {
    const std::string name{info.name};
    const std::string number{ocpp::short_name(version)};
    return {"POST",
            keep("/api/v1/stations/{id}/ocpp/" + number + "/" + name),
            "commands:raw",
            keep((version == Version::v16 ? "call16" : "call201") + name),
            version == Version::v16 ? "ocpp 1.6" : "ocpp 2.0.1",
            keep("Send " + name + " of OCPP " + number),
            send_action,
            option_parameters,
            {.media = Media::json,
             .component = keep(component_of(version, info)),
             .required = info.request->field_count > 0,
             .example = keep(example_of(version, info))},
            outcomes,
            problems};
}

const std::vector<Route> fixed_routes = {
    {"POST",
     "/api/v1/stations/{id}/ocpp/call",
     "commands:raw",
     "callStation",
     "commands",
     "Send a CALL as it is written; with validate, after checking it",
     send_call,
     {},
     {.media = Media::json,
      .component = "OcppCall",
      .example =
          R"({"action":"TriggerMessage","payload":{"requestedMessage":"StatusNotification"}})"},
     outcomes,
     problems},
    {"POST",
     "/api/v1/stations/{id}/ocpp/{version}/{action}",
     "commands:raw",
     "callOtherAction",
     "commands",
     "Send an action that OCPP does not have, unchecked; says why not for any other",
     send_other_action,
     {{"unchecked", flag_schema, "Send it although no declaration can check it."}},
     {.media = Media::json, .component = "OcppOther", .required = false, .example = "{}"},
     outcomes,
     problems},
    {"POST",
     "/api/v1/transactions/{transaction_id}/stop",
     "commands:execute",
     "stopTransactionById",
     "transactions",
     "Ask the transaction's station to stop it",
     stop_transaction,
     {},
     {.media = Media::json,
      .component = "CommandOptions",
      .required = false,
      .example = R"({"effect_timeout_s":120})"},
     outcomes,
     problems},
    {"GET",
     "/api/v1/stations/{id}/commands",
     "commands:read",
     "listStationCommands",
     "commands",
     "List the station's commands, newest first",
     list_station_commands,
     list_parameters,
     {},
     {{200, "A page.", Shape::list, "Command"}},
     {"not_found"}},
    {"GET",
     "/api/v1/commands",
     "commands:read",
     "listCommands",
     "commands",
     "List commands, newest first",
     list_commands,
     [] {
         Parameters all = list_parameters;
         all.push_back({"station_id", text_schema, "Of this station."});
         return all;
     }(),
     {},
     {{200, "A page.", Shape::list, "Command"}}},
    {"GET",
     "/api/v1/commands/{command_id}",
     "commands:read",
     "getCommand",
     "commands",
     "Show a command",
     show_command,
     {},
     {},
     {{200, "Done.", Shape::object, "Command"}},
     {"not_found"}},
    {"POST",
     "/api/v1/commands/{command_id}/cancel",
     "commands:execute",
     "cancelCommand",
     "commands",
     "Cancel a command that has not been sent",
     cancel_command,
     {},
     {},
     {{200, "Cancelled.", Shape::object, "Command"}},
     {"not_found", "command_not_waiting", "idempotency_mismatch", "queue_unavailable"}},
};

template <class Take>
void for_each_action(Take&& take) {
    for (const Version version : {Version::v16, Version::v201})
        for (const ocpp::ActionInfo& info : ocpp::declared_actions(version))
            if (ocpp::csms_sends(info.from)) take(version, info);
}

}  // namespace

const std::vector<Route>& command_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all;
        for (const auto& command : commands::neutral_commands()) all.push_back(route_of(command));
        all.insert(all.end(), fixed_routes.begin(), fixed_routes.end());
        for_each_action([&](Version version, const ocpp::ActionInfo& info) {
            all.push_back(route_of(version, info));
        });
        return all;
    }();
    return table;
}

std::span<const Component> command_components() {
    static const std::vector<Component> table = [] {
        std::vector<Component> all{{"OcppOther", &wire::type_of<wire::Any>},
                                   {"CommandOptions", &wire::type_of<CommandOptions>}};
        for (const auto& command : commands::neutral_commands())
            all.push_back({keep(component_of(command)), command.written});
        for_each_action([&](Version version, const ocpp::ActionInfo& info) {
            all.push_back(
                {keep(component_of(version, info)), info.request, version == Version::v201});
        });
        return all;
    }();
    return table;
}

}  // namespace ohm::api::rest
