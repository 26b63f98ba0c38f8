#include "api/commands/prepare.hpp"

#include "base/error.hpp"
#include "base/secret.hpp"
#include "ocpp/errors.hpp"

namespace ohm::api::commands {
namespace {

using ocpp::Version;

tl::unexpected<OperationRefused> refusal_of(const wire::Violation& violation,
                                            const std::string& before = {}) {
    return refusal("validation_failed", ocpp::describe(violation), before + violation.path);
}

PreparedOrRefusal prepare_raw(ShardState& shard, Version version, const CommandCreate& wanted) {
    const std::string& action = wanted.action.value;
    const std::string name{ocpp::short_name(version)};
    if (wanted.ocpp_version && wanted.ocpp_version->name() != name)
        return refusal("not_supported_by_protocol", "the station speaks OCPP " + name + ", not " +
                                                        std::string{wanted.ocpp_version->name()});
    if (!ocpp::is_standard_action(version, action) && wanted.validate)
        return refusal("not_supported_by_protocol",
                       "OCPP " + name + " has no action " + action +
                           "; with \"validate\":false it is sent all the same",
                       "/action");
    const ocpp::ActionInfo* info = ocpp::find_action(version, action);
    if (info && !ocpp::csms_sends(info->from))
        return refusal("not_supported_by_protocol", action + " is sent by stations only",
                       "/action");
    const auto minified = wire::minify(wanted.parameters.json);
    if (!minified || !minified->starts_with('{'))
        return refusal("validation_failed", "payload must be a JSON object", "/payload");
    if (!info || !wanted.validate) return Prepared{action, *minified};
    // Only judged here; what is sent is the operator's own text, so that customData stays.
    const auto violation =
        ocpp::check_payload(shard.decoder, *minified, *info->request,
                            {wire::Strictness::strict, version == Version::v201});
    if (violation) return refusal_of(*violation, "/payload");
    return Prepared{action, *minified};
}

std::string not_there(Version version, const NeutralCommand& command) {
    std::string detail = "OCPP " + std::string{ocpp::short_name(version)} + " has no message for " +
                         std::string{command.words.name};
    if (!command.words.instead.empty()) detail += "; " + std::string{command.words.instead};
    return detail;
}

PreparedOrRefusal prepare_neutral(ShardState& shard, Utc now, Version version,
                                  const NeutralCommand& command, const std::string& parameters) {
    const auto wanted = command.parameters->make();
    if (const auto violation = shard.decoder.decode(parameters, *command.parameters, wanted.get(),
                                                    {wire::Strictness::strict}, nullptr))
        return refusal_of(*violation);
    const Prepare function = command.prepare(version);
    if (!function) return refusal("not_supported_by_protocol", not_there(version, command));
    Preparing preparing{.next_number =
                            [&shard] {
                                ENSURE(!shard.fresh_ocpp_numbers.empty());
                                const std::int64_t number = shard.fresh_ocpp_numbers.back();
                                shard.fresh_ocpp_numbers.pop_back();
                                return number;
                            },
                        .new_password = [] { return secret::generate_station_password(); },
                        .now = now};
    auto prepared = function(preparing, wanted.get());
    if (!prepared) return prepared;
    // Neutral bounds are wider than a version's: the CALL itself is judged as well.
    const ocpp::ActionInfo* info = ocpp::find_action(version, prepared->action);
    ENSURE(info != nullptr);
    const auto violation = ocpp::check_payload(shard.decoder, prepared->payload, *info->request,
                                               {wire::Strictness::strict, false});
    if (violation)
        return refusal("validation_failed", "OCPP " + std::string{ocpp::short_name(version)} + " " +
                                                prepared->action + ": " +
                                                ocpp::describe(*violation));
    return prepared;
}

}  // namespace

PreparedOrRefusal prepare(ShardState& shard, Utc now, Version version,
                          const CommandCreate& wanted) {
    if (wanted.command.value == "call") return prepare_raw(shard, version, wanted);
    const NeutralCommand* command = find_neutral(wanted.command.value);
    if (!command) return refusal("not_found", "there is no command " + wanted.command.value);
    return prepare_neutral(shard, now, version, *command,
                           wanted.parameters.json.empty() ? "{}" : wanted.parameters.json);
}

int http_status_of(std::string_view code) {
    if (code == "not_found") return 404;
    if (code == "not_supported_by_protocol" || code == "station_limit" ||
        code == "profile_conflict" || code == "firmware_invalid")
        return 422;
    if (code == "station_not_accepted" || code == "station_offline" ||
        code == "transaction_running" || code == "files_url_unknown" ||
        code == "insecure_connection" || code == "certificate_in_use" ||
        code == "reservation_conflict" || code == "boot_asked_already")
        return 409;
    return code == "rate_limited" ? 429 : 400;
}

}  // namespace ohm::api::commands
