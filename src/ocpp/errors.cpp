#include "ocpp/errors.hpp"

#include <array>

namespace ohm::ocpp {
namespace {

struct Spelling {
    std::string_view v16, v201;
};
constexpr std::array<Spelling, 12> spellings{{
    {"NotImplemented", "NotImplemented"},
    {"NotSupported", "NotSupported"},
    {"InternalError", "InternalError"},
    {"ProtocolError", "ProtocolError"},
    {"SecurityError", "SecurityError"},
    {"FormationViolation", "FormatViolation"},
    {"PropertyConstraintViolation", "PropertyConstraintViolation"},
    {"OccurenceConstraintViolation", "OccurrenceConstraintViolation"},
    {"TypeConstraintViolation", "TypeConstraintViolation"},
    {"GenericError", "GenericError"},
    {"GenericError", "MessageTypeNotSupported"},
    {"GenericError", "RpcFrameworkError"},
}};

}  // namespace

std::string_view code(Error error, Version version) {
    const Spelling& row = spellings[static_cast<std::size_t>(error)];
    return version == Version::v201 ? row.v201 : row.v16;
}

Error error_of(wire::Rule rule) {
    switch (rule) {
        case wire::Rule::malformed:
        case wire::Rule::extra: return Error::format;
        case wire::Rule::occurrence: return Error::occurrence;
        case wire::Rule::type: return Error::type;
        case wire::Rule::property: return Error::property;
    }
    return Error::format;
}

std::string describe(const wire::Violation& violation) {
    return (violation.path.empty() ? "the payload" : violation.path.substr(1)) + " " +
           violation.detail;
}

std::string details(const wire::Violation& violation) {
    std::string out = R"({"path":)";
    append_json_string(out, violation.path);
    return out += '}';
}

}  // namespace ohm::ocpp
