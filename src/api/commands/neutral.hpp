// The version-neutral commands as data: each has declared parameters and, for each OCPP version
// that can say it, one function from parameters to a CALL. From this table come REST's operations,
// their schemas and examples, and what a station's owner sends. Pure; any thread.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "api/operations.hpp"
#include "ocpp/action.hpp"
#include "ocpp/version.hpp"
#include "wire/codec.hpp"

namespace ohm::api::commands {

using Positive = Int<1, 2147483647>;
using NotNegative = Int<0, 2147483647>;

// What a mapping may ask for beyond the parameters.
struct Preparing {
    std::function<std::int64_t()> next_number;  // requestId, remoteStartId, reservationId …
    std::function<std::string()> new_password;  // of a station
    Utc now{};
};

struct Prepared {
    std::string action, payload;
};
using PreparedOrRefusal = tl::expected<Prepared, OperationRefused>;
using Prepare = PreparedOrRefusal (*)(Preparing& preparing, const void* parameters);

enum class Priority : std::int64_t { bulk = -10, normal = 0, urgent = 10 };

// A command's words for people. `instead` names what is possible where a version lacks it.
struct Words {
    std::string_view name;     // "start-transaction"
    std::string_view tag;      // OpenAPI: the block it belongs to
    std::string_view summary;  // one line
    std::string_view example;  // parameters, JSON
    std::string_view instead = {};
    Priority priority = Priority::normal;
};

struct NeutralCommand {
    Words words;
    const wire::Type* parameters = nullptr;
    const wire::Type* written = nullptr;    // parameters and options, as one body of REST
    std::size_t options_offset = 0;         // in an object of `written`; parameters are at 0
    Prepare v16 = nullptr, v201 = nullptr;  // null: this version has no such message

    Prepare prepare(ocpp::Version version) const {
        return version == ocpp::Version::v201  ? v201
               : version == ocpp::Version::v16 ? v16
                                               : nullptr;
    }
};

std::span<const NeutralCommand> neutral_commands();
const NeutralCommand* find_neutral(std::string_view name);  // null where there is none

// The table's parts, one a file.
using Part = std::span<const NeutralCommand>;
Part remote_control_commands();
Part availability_commands();
Part configuration_commands();
Part network_commands();
Part authorization_commands();
Part reservation_commands();
Part smart_charging_commands();
Part firmware_commands();
Part diagnostics_commands();
Part monitoring_commands();
Part certificate_commands();
Part display_commands();

// ---- for the parts ----

inline tl::unexpected<OperationRefused> refusal(std::string code, std::string detail,
                                                std::string pointer = {}) {
    return tl::unexpected{OperationRefused{std::move(code), std::move(detail), std::move(pointer)}};
}
inline tl::unexpected<OperationRefused> not_in_protocol(std::string detail, std::string pointer) {
    return refusal("not_supported_by_protocol", std::move(detail), std::move(pointer));
}

template <class Action>
Prepared call_of(const typename Action::Request& request) {
    return {std::string{ocpp::action_name<Action>()}, wire::encode(request)};
}

namespace detail {

// Parameters and options in one object, their members side by side.
template <class P>
struct Written {
    P parameters;
    CommandOptions options;
};

template <class P>
consteval auto written_fields() {
    constexpr auto& own = wire::detail::fields_of<P>;
    constexpr auto& more = wire::detail::fields_of<CommandOptions>;
    std::array<wire::Field, own.size() + more.size()> all{};
    for (std::size_t i = 0; i < own.size(); ++i) all[i] = own[i];
    for (std::size_t i = 0; i < more.size(); ++i) {
        all[own.size() + i] = more[i];
        all[own.size() + i].offset += offsetof(Written<P>, options);
    }
    return all;
}
template <class P>
inline constexpr auto written_fields_of = written_fields<P>();
template <class P>
inline constexpr wire::Type written_type{
    .kind = wire::Kind::object,
    .fields = written_fields_of<P>.data(),
    .field_count = written_fields_of<P>.size(),
    .create = []() -> void* { return new Written<P>; },
    .destroy = [](void* it) { delete static_cast<Written<P>*>(it); }};

template <class P, auto Function>
constexpr Prepare typed() {
    if constexpr (std::is_null_pointer_v<decltype(Function)>)
        return nullptr;
    else
        return [](Preparing& preparing, const void* parameters) -> PreparedOrRefusal {
            return Function(preparing, *static_cast<const P*>(parameters));
        };
}

}  // namespace detail

// A row: P are the declared parameters, V16 and V201 functions `(Preparing&, const P&)` or null.
template <class P, auto V16, auto V201>
constexpr NeutralCommand neutral(Words words) {
    return {.words = words,
            .parameters = &wire::type_of<P>,
            .written = &detail::written_type<P>,
            .options_offset = offsetof(detail::Written<P>, options),
            .v16 = detail::typed<P, V16>(),
            .v201 = detail::typed<P, V201>()};
}

}  // namespace ohm::api::commands
