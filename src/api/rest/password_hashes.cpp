#include "api/rest/password_hashes.hpp"

#include "api/commands/secrets.hpp"
#include "api/commands/variables.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr wire::Rules lenient{wire::Strictness::lenient};
using Passwords = std::vector<std::string>;

bool is_own_password(std::string_view variable) {
    return equals_ignoring_case(variable, "AuthorizationKey") ||
           equals_ignoring_case(variable, "BasicAuthPassword");
}

template <class T>
void add(Passwords& all, const T& written) {
    if (written.password && !written.password->value.empty())
        all.push_back(written.password->value);
}

template <class T>
Passwords password_of(wire::Decoder& decoder, const std::string& parameters) {
    T written;
    Passwords all;
    if (!decoder.decode(parameters.empty() ? "{}" : parameters, written, lenient))
        add(all, written);
    return all;
}

}  // namespace

Passwords passwords_in(wire::Decoder& decoder, const CommandCreate& command) {
    if (!commands::may_hold_secret(command.parameters.json)) return {};
    if (command.command.value == "call") {
        const auto password =
            commands::new_password_in(decoder, command.action.value, command.parameters.json);
        return password ? Passwords{*password} : Passwords{};
    }
    commands::SetVariablesParameters set;
    if (command.command.value != "set-variables" ||
        decoder.decode(command.parameters.json, set, lenient))
        return {};
    for (const commands::VariableSet& one : set.variables)
        if (is_own_password(one.variable.value)) return {one.value.value};
    return {};
}

Passwords passwords_in(wire::Decoder& decoder, const bus::OperatorBody& body) {
    if (body.operation == operation::create_station)
        return password_of<StationCreate>(decoder, body.parameters);
    if (body.operation == operation::set_credentials)
        return password_of<CredentialsWrite>(decoder, body.parameters);
    if (body.operation == operation::import_stations) {
        StationImport rows;
        Passwords all;
        if (!decoder.decode(body.parameters, rows, lenient))
            for (const StationCreate& row : rows.rows) add(all, row);
        return all;
    }
    CommandCreate command;
    const bool is_command = body.operation == operation::send_command &&
                            commands::may_hold_secret(body.parameters) &&
                            !decoder.decode(body.parameters, command, lenient);
    return is_command ? passwords_in(decoder, command) : Passwords{};
}

Passwords hashes_of(const Passwords& passwords) {
    Passwords hashes;
    hashes.reserve(passwords.size());
    for (const std::string& password : passwords) hashes.push_back(secret::hash_password(password));
    return hashes;
}

}  // namespace ohm::api::rest
