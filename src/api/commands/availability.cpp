// Resetting and taking out of service: 1.6 Core, 2.0.1 blocks B and G.
#include "ocpp/v201/availability.hpp"

#include "api/commands/tokens.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v201/provisioning.hpp"

namespace ohm::api::commands {

struct ResetParameters {
    // The versions' own spellings mean the same.
    Optional<OneOf<"immediate", "graceful", "on_idle", "Hard", "Soft", "Immediate", "OnIdle">>
        type;  // absent: graceful, which is Soft and OnIdle
    Optional<Positive> evse_id;
    FIELDS(type, evse_id)
};
struct AvailabilityParameters {
    OneOf<"operative", "inoperative", "Operative", "Inoperative"> type;
    Optional<Positive> evse_id, connector_id;  // absent: the whole station, the whole EVSE
    Optional<wire::DateTime> at, until;        // a window: from when, and when it is taken back
    FIELDS(type, evse_id, connector_id, at, until)
};

namespace {

bool is_immediate(const ResetParameters& wanted) {
    if (!wanted.type) return false;
    return wanted.type->is("immediate") || wanted.type->is("Hard") || wanted.type->is("Immediate");
}

PreparedOrRefusal reset_v16(Preparing&, const ResetParameters& wanted) {
    if (wanted.evse_id)
        return not_in_protocol("OCPP 1.6 cannot reset a single EVSE; leave evse_id out",
                               "/evse_id");
    ocpp::v16::Reset::Request request;
    request.type = "Soft";
    if (is_immediate(wanted)) request.type = "Hard";
    return call_of<ocpp::v16::Reset>(request);
}

PreparedOrRefusal reset_v201(Preparing&, const ResetParameters& wanted) {
    ocpp::v201::Reset::Request request;
    request.type = "OnIdle";
    if (is_immediate(wanted)) request.type = "Immediate";
    request.evseId = integer(wanted.evse_id);
    return call_of<ocpp::v201::Reset>(request);
}

bool is_operative(const AvailabilityParameters& wanted) {
    return wanted.type.is("operative") || wanted.type.is("Operative");
}

PreparedOrRefusal availability_v16(Preparing&, const AvailabilityParameters& wanted) {
    if (const auto refused = refused_connector(wanted.connector_id))
        return tl::unexpected{*refused};
    ocpp::v16::ChangeAvailability::Request request;
    request.connectorId = {wanted.evse_id ? wanted.evse_id->value : 0};
    request.type = "Inoperative";
    if (is_operative(wanted)) request.type = "Operative";
    return call_of<ocpp::v16::ChangeAvailability>(request);
}

PreparedOrRefusal availability_v201(Preparing&, const AvailabilityParameters& wanted) {
    if (wanted.connector_id && !wanted.evse_id)
        return refusal("validation_failed", "a connector is named with its EVSE", "/evse_id");
    ocpp::v201::ChangeAvailability::Request request;
    if (wanted.evse_id) request.evse = {{wanted.evse_id->value}, integer(wanted.connector_id)};
    request.operationalStatus = "Inoperative";
    if (is_operative(wanted)) request.operationalStatus = "Operative";
    return call_of<ocpp::v201::ChangeAvailability>(request);
}

constexpr NeutralCommand table[] = {
    neutral<ResetParameters, reset_v16, reset_v201>(
        {.name = "reset",
         .tag = "commands",
         .summary = "Reset the station or one EVSE; on_idle waits for the end of transactions",
         .example = R"({"type":"graceful"})"}),
    neutral<AvailabilityParameters, availability_v16, availability_v201>(
        {.name = "change-availability",
         .tag = "commands",
         .summary =
             "Take station, EVSE or connector out of service or back into it, now or in a window",
         .example = R"({"type":"inoperative","evse_id":1})"}),
};

}  // namespace

Part availability_commands() { return table; }

}  // namespace ohm::api::commands
