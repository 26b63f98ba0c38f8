#include "api/commands/secrets.hpp"

#include "api/commands/neutral.hpp"
#include "api/commands/variables.hpp"
#include "base/text.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v201/authorization.hpp"
#include "ocpp/v201/provisioning.hpp"
#include "ocpp/v201/transactions.hpp"

namespace ohm::api::commands {
namespace {

constexpr wire::Rules lenient{wire::Strictness::lenient, true};
const std::string all_hidden = '"' + std::string{mask} + '"';

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

bool names_secret(std::string_view key) {
    const std::string name = to_lower(key);
    for (const std::string_view word :
         {"authorizationkey", "password", "passwd", "passphrase", "secret", "privatekey", "simpin"})
        if (contains(name, word)) return true;
    return false;
}

// As encode(), with "***" for members whose type is secret.
void encode_masked(std::string& out, const wire::Type& type, const void* value) {
    using wire::Kind;
    if (type.secret) {
        out += all_hidden;
        return;
    }
    if (type.kind == Kind::optional) return encode_masked(out, *type.element, type.at(value, 0));
    if (type.kind == Kind::list) {
        out += '[';
        for (std::size_t i = 0; i < type.count(value); ++i) {
            if (i > 0) out += ',';
            encode_masked(out, *type.element, type.at(value, i));
        }
        out += ']';
        return;
    }
    if (type.kind != Kind::object) return wire::encode(out, type, value);
    out += '{';
    bool first = true;
    for (std::size_t i = 0; i < type.field_count; ++i) {
        const wire::Field& field = type.fields[i];
        const void* member = static_cast<const std::byte*>(value) + field.offset;
        if (field.type->kind == Kind::optional && field.type->count(member) == 0) continue;
        if (!std::exchange(first, false)) out += ',';
        append_json_string(out, field.name);
        out += ':';
        encode_masked(out, *field.type, member);
    }
    out += '}';
}

std::optional<std::string> masked(wire::Decoder& decoder, std::string_view json,
                                  const wire::Type& type) {
    const auto object = type.make();
    if (decoder.decode(json, type, object.get(), lenient, nullptr)) return all_hidden;
    std::string out;
    encode_masked(out, type, object.get());
    return out;
}

std::optional<std::string> without_key(wire::Decoder& decoder, std::string_view payload) {
    ocpp::v16::ChangeConfiguration::Request request;
    if (decoder.decode(payload, request, lenient)) return all_hidden;
    if (!names_secret(request.key.value)) return std::nullopt;
    request.value.value = mask;
    return wire::encode(request);
}

std::optional<std::string> without_values(wire::Decoder& decoder, std::string_view payload) {
    ocpp::v201::SetVariables::Request request;
    if (decoder.decode(payload, request, lenient)) return all_hidden;
    bool hides = false;
    for (auto& item : request.setVariableData.items) {
        if (!names_secret(item.variable.name.value)) continue;
        item.attributeValue.value = mask;
        hides = true;
    }
    if (!hides) return std::nullopt;
    return wire::encode(request);
}

}  // namespace

std::optional<std::string> without_secrets(wire::Decoder& decoder, std::string_view action,
                                           std::string_view payload) {
    if (action == "ChangeConfiguration") return without_key(decoder, payload);
    if (action == "SetVariables") return without_values(decoder, payload);
    if (action == "SetNetworkProfile")
        return masked(decoder, payload, wire::type_of<ocpp::v201::SetNetworkProfile::Request>);
    return std::nullopt;
}

std::optional<std::string> parameters_without_secrets(wire::Decoder& decoder,
                                                      std::string_view command,
                                                      std::string_view parameters) {
    if (command == "set-network-profile")
        return masked(decoder, parameters, *find_neutral(command)->parameters);
    if (command != "set-variables") return std::nullopt;
    SetVariablesParameters wanted;
    if (decoder.decode(parameters, wanted, lenient)) return all_hidden;
    bool hides = false;
    for (VariableSet& one : wanted.variables.items) {
        if (!names_secret(one.variable.value)) continue;
        one.value.value = mask;
        hides = true;
    }
    if (!hides) return std::nullopt;
    return wire::encode(wanted);
}

std::optional<std::string> answer_without_secrets(wire::Decoder& decoder, std::string_view action,
                                                  std::string_view payload) {
    bool hides = false;
    const auto hide = [&](std::string_view name, auto& value) {
        if (!names_secret(name) || !value || value->value.empty()) return;
        value->value = mask;
        hides = true;
    };
    // Of a late answer the action is no longer known: its own members say what it is.
    const auto may_be = [&](std::string_view name, std::string_view member) {
        return action == name || (action.empty() && contains(payload, member));
    };
    if (may_be("GetConfiguration", "configurationKey")) {
        ocpp::v16::GetConfiguration::Response answer;
        if (decoder.decode(payload, answer, lenient) || !answer.configurationKey)
            return std::nullopt;
        for (auto& key : answer.configurationKey->items) hide(key.key.value, key.value);
        return hides ? std::optional{wire::encode(answer)} : std::nullopt;
    }
    if (!may_be("GetVariables", "getVariableResult")) return std::nullopt;
    ocpp::v201::GetVariables::Response answer;
    if (decoder.decode(payload, answer, lenient)) return std::nullopt;
    for (auto& item : answer.getVariableResult.items)
        hide(item.variable.name.value, item.attributeValue);
    return hides ? std::optional{wire::encode(answer)} : std::nullopt;
}

std::optional<std::string> report_without_secrets(wire::Decoder& decoder,
                                                  std::string_view payload) {
    ocpp::v201::NotifyReport::Request report;
    if (decoder.decode(payload, report, lenient) || !report.reportData) return std::nullopt;
    bool hides = false;
    for (auto& data : report.reportData->items) {
        if (!names_secret(data.variable.name.value)) continue;
        for (auto& attribute : data.variableAttribute.items) {
            if (!attribute.value || attribute.value->value.empty()) continue;
            attribute.value->value = mask;
            hides = true;
        }
    }
    return hides ? std::optional{wire::encode(report)} : std::nullopt;
}

std::optional<std::string> call_without_code(wire::Decoder& decoder, std::string_view action,
                                             std::string_view payload) {
    if (payload.find("KeyCode") == std::string_view::npos) return std::nullopt;
    const auto hide = [](ocpp::v201::IdToken& token) {
        if (!token.type.is("KeyCode")) return false;
        token.idToken.value = mask;
        token.additionalInfo.reset();
        return true;
    };
    if (action == "Authorize") {
        ocpp::v201::Authorize::Request request;
        if (decoder.decode(payload, request, lenient)) return std::string{"{}"};
        return hide(request.idToken) ? std::optional{wire::encode(request)} : std::nullopt;
    }
    if (action != "TransactionEvent") return std::nullopt;
    ocpp::v201::TransactionEvent::Request request;
    if (decoder.decode(payload, request, lenient)) return std::string{"{}"};
    const bool hides = request.idToken && hide(*request.idToken);
    return hides ? std::optional{wire::encode(request)} : std::nullopt;
}

bool may_hold_secret(std::string_view text) {
    return names_secret(text) || contains(text, "SetNetworkProfile") ||
           contains(text, "set-network-profile");
}

std::optional<std::string> new_password_in(wire::Decoder& decoder, std::string_view action,
                                           std::string_view payload) {
    if (action == "ChangeConfiguration") {
        ocpp::v16::ChangeConfiguration::Request request;
        if (decoder.decode(payload, request, lenient) ||
            !equals_ignoring_case(request.key.value, "AuthorizationKey"))
            return std::nullopt;
        return request.value.value;
    }
    if (action != "SetVariables") return std::nullopt;
    ocpp::v201::SetVariables::Request request;
    if (decoder.decode(payload, request, lenient)) return std::nullopt;
    for (const auto& item : request.setVariableData.items)
        if (equals_ignoring_case(item.variable.name.value, "BasicAuthPassword"))
            return item.attributeValue.value;
    return std::nullopt;
}

PasswordAnswer password_answer(wire::Decoder& decoder, std::string_view action,
                               std::string_view payload) {
    std::string_view status = "Rejected";
    ocpp::v16::ChangeConfiguration::Response key;
    ocpp::v201::SetVariables::Response variables;
    if (action == "ChangeConfiguration") {
        if (!decoder.decode(payload, key, lenient)) status = key.status.name();
    } else if (!decoder.decode(payload, variables, lenient)) {
        for (const auto& item : variables.setVariableResult.items)
            if (equals_ignoring_case(item.variable.name.value, "BasicAuthPassword"))
                status = item.attributeStatus.name();
    }
    if (status == "Accepted") return PasswordAnswer::accepted;
    return status == "RebootRequired" ? PasswordAnswer::after_reboot : PasswordAnswer::refused;
}

}  // namespace ohm::api::commands
