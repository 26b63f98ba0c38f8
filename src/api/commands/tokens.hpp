// Tokens, EVSEs and charging profiles as operators write them, and what the two versions make of
// them. Shared by the parts of the table of neutral commands.
#pragma once

#include "api/commands/neutral.hpp"
#include "ocpp/v16/common.hpp"
#include "ocpp/v201/common.hpp"

namespace ohm::api::commands {

struct TokenWritten {
    Text<36> uid;
    Optional<OneOf<"Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress",
                   "NoAuthorization">>
        type;  // absent: ISO14443
    FIELDS(uid, type)
};
ocpp::v201::IdToken id_token(const TokenWritten& token);

// 1.6 knows one connector an EVSE: number 1.
std::optional<OperationRefused> refused_connector(const Optional<Positive>& connector_id);

using Purpose = OneOf<"max", "default", "transaction", "external">;

struct PeriodWritten {
    NotNegative start_s;
    wire::Number limit;
    Optional<Int<1, 3>> phases;
    FIELDS(start_s, limit, phases)
};
struct ProfileWritten {
    Optional<Positive> id;  // absent: a number of ours
    Optional<NotNegative> stack_level;
    Purpose purpose;
    Optional<OneOf<"absolute", "recurring", "relative">> kind;  // absent: by start
    Optional<OneOf<"daily", "weekly">> recurrency;
    Optional<wire::DateTime> valid_from, valid_to, start;
    Optional<Text<36>> transaction_id;
    OneOf<"A", "W"> unit;
    Optional<Positive> duration_s;
    Optional<wire::Number> min_rate;
    List<PeriodWritten, 1, 1024> periods;
    FIELDS(id, stack_level, purpose, kind, recurrency, valid_from, valid_to, start, transaction_id,
           unit, duration_s, min_rate, periods)
};
tl::expected<ocpp::v16::ChargingProfile, OperationRefused> profile_v16(
    Preparing& preparing, const ProfileWritten& written);
tl::expected<ocpp::v201::ChargingProfile, OperationRefused> profile_v201(
    Preparing& preparing, const ProfileWritten& written);
tl::expected<ocpp::v16::ChargingProfilePurpose, OperationRefused> purpose_v16(Purpose purpose);
ocpp::v201::ChargingProfilePurpose purpose_v201(Purpose purpose);

// A transaction id that 1.6 can say.
tl::expected<std::int64_t, OperationRefused> transaction_number(std::string_view id);

// An operator's number as OCPP's integer, and what may be left out.
template <class T>
Optional<wire::Integer> integer(const Optional<T>& value) {
    if (!value) return {};
    return wire::Integer{value->value};
}

}  // namespace ohm::api::commands
