#include "api/commands/known.hpp"

#include <algorithm>

#include "api/commands/variables.hpp"
#include "api/facts/variables.hpp"
#include "base/text.hpp"

namespace ohm::api::commands {

// As much of parameters as is looked at. Not in an unnamed namespace: clang wants linkage of
// whatever FIELDS describes.
namespace ordered {

struct Token {
    Optional<Text<>> uid;
    FIELDS(uid)
};
struct Start {
    Optional<Token> token;
    Optional<Any> group_token;
    FIELDS(token, group_token)
};
struct Slot {
    Optional<wire::Integer> slot;
    Optional<bool> replace;
    FIELDS(slot, replace)
};
struct Central {
    std::string uid, type;
    FIELDS(uid, type)
};

}  // namespace ordered

namespace {

constexpr std::string_view priority = "networkconfigurationpriority",
                           active_profile = "activenetworkprofile";
constexpr wire::Rules lenient{wire::Strictness::lenient, true};

bool names(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::vector<std::int64_t> numbers_in(std::string_view list) {
    std::vector<std::int64_t> numbers;
    for (const std::string_view part : split(list, ','))
        if (const auto number = parse_int(trim(part))) numbers.push_back(*number);
    return numbers;
}

bool has(const std::vector<std::int64_t>& numbers, std::int64_t number) {
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

void take_row(const store::Row& row, KnownOfStation& known) {
    domain::VariableName name{.component = store::as_text(row[1]),
                              .component_instance = store::as_text(row[2]),
                              .evse = store::as_int(row[3], -1),
                              .connector = store::as_int(row[4], -1),
                              .variable = store::as_text(row[5]),
                              .instance = store::as_text(row[6])};
    const std::string variable = to_lower(name.variable);
    const std::vector<std::int64_t> value = numbers_in(store::as_text(row[7]));
    NetworkSlots& slots = known.slots;
    if (variable == priority) slots.all = numbers_in(store::as_text(row[8]));
    if (variable == priority || variable == active_profile)
        slots.in_use.insert(slots.in_use.end(), value.begin(), value.end());
    known.data_types[domain::key_of(name)] = to_lower(store::as_text(row[9]));
}

// N04: what is no number has changed or it has not, and 1 says so.
bool is_no_number(const KnownOfStation& known, const MonitorWritten& monitor) {
    if (!monitor.component) return false;
    domain::VariableName name{.component = monitor.component->value,
                              .variable = monitor.variable.value};
    if (monitor.component_instance) name.component_instance = monitor.component_instance->value;
    if (monitor.variable_instance) name.instance = monitor.variable_instance->value;
    if (monitor.evse_id) name.evse = monitor.evse_id->value;
    if (monitor.connector_id) name.connector = monitor.connector_id->value;
    const auto type = known.data_types.find(domain::key_of(name));
    const bool is_known = type != known.data_types.end() && !type->second.empty();
    return is_known && type->second != "decimal" && type->second != "integer";
}

void correct_deltas(wire::Decoder& decoder, const KnownOfStation& known, CommandCreate& wanted) {
    SetMonitoringParameters set;
    if (decoder.decode(wanted.parameters.json, set)) return;  // it will be refused
    bool is_other = false;
    for (MonitorWritten& monitor : set.variables.items) {
        const bool is_wrong =
            monitor.type.is("Delta") && monitor.value.value != 1.0 && is_no_number(known, monitor);
        if (!is_wrong) continue;
        monitor.value = {1.0};
        is_other = true;
    }
    if (is_other) wanted.parameters.json = wire::encode(set);
}

std::optional<OperationRefused> refused_slot(wire::Decoder& decoder, const NetworkSlots& slots,
                                             const CommandCreate& wanted) {
    ordered::Slot asked;
    if (decoder.decode(wanted.parameters.json, asked, lenient) || !asked.slot) return std::nullopt;
    const std::int64_t slot = asked.slot->value;
    if (!slots.all.empty() && !has(slots.all, slot))
        return OperationRefused{"validation_failed", "the station has no such slot", "/slot"};
    if (!asked.replace.value_or(false) && has(slots.in_use, slot))
        return OperationRefused{
            "validation_failed",
            "the station uses this slot; with \"replace\":true it is written all the same",
            "/slot"};
    return std::nullopt;
}

// F01: the group of the token goes with it.
std::optional<OperationRefused> add_group(ShardState& shard, ocpp::Version version,
                                          CommandCreate& wanted) {
    ordered::Start start;
    if (shard.decoder.decode(wanted.parameters.json, start, lenient)) return std::nullopt;
    if (!start.token || !start.token->uid) return std::nullopt;
    const auto found = shard.charging.tokens.find(key_of_token(start.token->uid->value));
    if (found == shard.charging.tokens.end() || !found->second) return std::nullopt;
    const domain::Token& token = *found->second;
    if (token.master_pass)
        return OperationRefused{"validation_failed", "a master pass starts nothing", "/token"};
    const bool lacks_group =
        version == ocpp::Version::v201 && !start.group_token && !token.group.empty();
    std::string& json = wanted.parameters.json;
    const auto brace = json.find('{');
    if (!lacks_group || brace == std::string::npos) return std::nullopt;
    json.insert(brace + 1,
                "\"group_token\":" + wire::encode(ordered::Central{token.group, "Central"}) + ",");
    return std::nullopt;
}

std::optional<OperationRefused> refused_trigger(const Station& station, ocpp::Version version,
                                                const CommandCreate& wanted) {
    const bool asks_again = version == ocpp::Version::v16 && station.booted() &&
                            station.asked_boot != Station::AskedBoot::none &&
                            names(wanted.parameters.json, "\"BootNotification\"");
    if (!asks_again) return std::nullopt;
    return OperationRefused{"boot_asked_already",
                            "a BootNotification has been asked for since the station booted",
                            "/message"};
}

}  // namespace

void add_model_needs(wire::Decoder& decoder, const bus::OperatorBody& asked,
                     OperationNeeds& needs) {
    const bool sets_profile = names(asked.parameters, R"("command":"set-network-profile")");
    const bool monitors = names(asked.parameters, R"("command":"set-variable-monitoring")") &&
                          names(asked.parameters, "\"Delta\"");
    if (!sets_profile && !monitors) return;
    needs.model_keys.push_back(fold(asked.id).value_or(asked.id));
    if (sets_profile)
        needs.model_variables.insert(needs.model_variables.end(),
                                     {std::string{priority}, std::string{active_profile}});
    CommandCreate wanted;
    SetMonitoringParameters set;
    if (!monitors || decoder.decode(asked.parameters, wanted) ||
        decoder.decode(wanted.parameters.json, set))
        return;
    for (const MonitorWritten& monitor : set.variables)
        needs.model_variables.push_back(to_lower(monitor.variable.value));
}

void load_model(store::Sql& sql, ShardState& shard, const OperationNeeds& needs) {
    shard.known.clear();
    std::vector<std::int64_t> numbers;
    for (const std::string& key : needs.model_keys)
        if (const Station* station = shard.find(key)) numbers.push_back(station->no.value);
    if (numbers.empty()) return;
    const std::string text =
        "select station_no, component, component_instance, evse, connector, variable, instance, "
        "value, values_list, data_type from variables where attribute = 'Actual' and " +
        store::any_of(sql.dialect(), "station_no", "$1") + " and " +
        store::any_of(sql.dialect(), "lower(variable)", "$2");
    for (const store::Row& row : sql.query(text, {numbers, needs.model_variables}))
        take_row(row, shard.known[store::as_int(row[0])]);
}

void add_token_needs(wire::Decoder& decoder, const bus::Envelope& envelope, Needs& needs) {
    const auto asked = bus::body_of<bus::OperatorBody>(envelope);
    if (!asked || !names(asked->parameters, R"("command":"start-transaction")")) return;
    CommandCreate wanted;
    ordered::Start start;
    if (decoder.decode(asked->parameters, wanted) ||
        decoder.decode(wanted.parameters.json, start, lenient))
        return;
    if (start.token && start.token->uid)
        needs.tokens.push_back(key_of_token(start.token->uid->value));
}

std::optional<OperationRefused> complete(ShardState& shard, const Station& station,
                                         ocpp::Version version, CommandCreate& wanted) {
    const std::string& command = wanted.command.value;
    if (command == "start-transaction") return add_group(shard, version, wanted);
    if (command == "trigger-message") return refused_trigger(station, version, wanted);
    const auto known = shard.known.find(station.no.value);
    if (known == shard.known.end()) return std::nullopt;
    if (command == "set-network-profile")
        return refused_slot(shard.decoder, known->second.slots, wanted);
    if (command == "set-variable-monitoring") correct_deltas(shard.decoder, known->second, wanted);
    return std::nullopt;
}

void note_asked_boot(Station& station, const Command& command, std::int64_t now) {
    const bool asks =
        command.version == ocpp::Version::v16 && command.status == "Accepted" &&
        (command.action == "TriggerMessage" || command.action == "ExtendedTriggerMessage") &&
        names(command.request, "\"BootNotification\"");
    if (!asks) return;
    station.asked_boot = Station::AskedBoot::expected;
    station.boot_asked_at = now;
}

}  // namespace ohm::api::commands
