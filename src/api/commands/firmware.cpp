// Firmware: 1.6 Firmware Management and security extension, 2.0.1 block L.
#include "api/commands/file_parameters.hpp"
#include "api/commands/tokens.hpp"
#include "ocpp/v16/firmware_management.hpp"
#include "ocpp/v16/security.hpp"
#include "ocpp/v201/firmware_management.hpp"

namespace ohm::api::commands {

namespace {

wire::DateTime retrieve_at(const Preparing& preparing, const FirmwareParameters& wanted) {
    return wanted.retrieve_at.value_or(wire::DateTime{.at = preparing.now});
}

std::optional<OperationRefused> half_signed(const FirmwareParameters& wanted) {
    if (wanted.signing_certificate.has_value() == wanted.signature.has_value()) return std::nullopt;
    return OperationRefused{"validation_failed",
                            "a signed update has both signing_certificate and signature",
                            wanted.signature ? "/signing_certificate" : "/signature"};
}

tl::unexpected<OperationRefused> nothing_named(std::string_view what) {
    return refusal("validation_failed", "name an image, or " + std::string{what}, "/image");
}

PreparedOrRefusal signed_v16(Preparing& preparing, const FirmwareParameters& wanted) {
    ocpp::v16::SignedUpdateFirmware::Request request;
    request.requestId = {preparing.next_number()};
    request.retries = integer(wanted.retries);
    request.retryInterval = integer(wanted.retry_interval_s);
    request.firmware.location = {wanted.location->value};
    request.firmware.retrieveDateTime = retrieve_at(preparing, wanted);
    request.firmware.installDateTime = wanted.install_at;
    request.firmware.signingCertificate = *wanted.signing_certificate;
    request.firmware.signature = *wanted.signature;
    return call_of<ocpp::v16::SignedUpdateFirmware>(request);
}

PreparedOrRefusal update_v16(Preparing& preparing, const FirmwareParameters& wanted) {
    if (!wanted.location) return nothing_named("a location");
    if (const auto refused = half_signed(wanted)) return tl::unexpected{*refused};
    if (wanted.signature && !wanted.plain.value_or(false)) return signed_v16(preparing, wanted);
    if (wanted.install_at)
        return not_in_protocol("OCPP 1.6 installs an unsigned update when it is there",
                               "/install_at");
    ocpp::v16::UpdateFirmware::Request request;
    request.location.value = wanted.location->value;
    request.retrieveDate = retrieve_at(preparing, wanted);
    request.retries = integer(wanted.retries);
    request.retryInterval = integer(wanted.retry_interval_s);
    return call_of<ocpp::v16::UpdateFirmware>(request);
}

PreparedOrRefusal update_v201(Preparing& preparing, const FirmwareParameters& wanted) {
    if (!wanted.location) return nothing_named("a location");
    if (const auto refused = half_signed(wanted)) return tl::unexpected{*refused};
    ocpp::v201::UpdateFirmware::Request request;
    request.requestId = {preparing.next_number()};
    request.retries = integer(wanted.retries);
    request.retryInterval = integer(wanted.retry_interval_s);
    request.firmware.location = {wanted.location->value};
    request.firmware.retrieveDateTime = retrieve_at(preparing, wanted);
    request.firmware.installDateTime = wanted.install_at;
    request.firmware.signingCertificate = wanted.signing_certificate;
    request.firmware.signature = wanted.signature;
    return call_of<ocpp::v201::UpdateFirmware>(request);
}

PreparedOrRefusal publish_v201(Preparing& preparing, const PublishParameters& wanted) {
    if (!wanted.location || !wanted.checksum) return nothing_named("a location and its checksum");
    ocpp::v201::PublishFirmware::Request request;
    request.location = {wanted.location->value};
    request.checksum = {wanted.checksum->value};
    request.requestId = {preparing.next_number()};
    request.retries = integer(wanted.retries);
    request.retryInterval = integer(wanted.retry_interval_s);
    return call_of<ocpp::v201::PublishFirmware>(request);
}

PreparedOrRefusal unpublish_v201(Preparing&, const UnpublishParameters& wanted) {
    if (!wanted.checksum) return nothing_named("the checksum of one");
    return call_of<ocpp::v201::UnpublishFirmware>({{wanted.checksum->value}});
}

constexpr NeutralCommand table[] = {
    neutral<FirmwareParameters, update_v16, update_v201>(
        {.name = "update-firmware",
         .tag = "commands",
         .summary = "Have the station fetch and install firmware, of an image here or of a "
                    "location elsewhere; "
                    "signed where there is a signature",
         .example = R"({"image":"fw_01KDZC3E000000000000000000"})",
         .priority = Priority::bulk}),
    neutral<PublishParameters, nullptr, publish_v201>(
        {.name = "publish-firmware",
         .tag = "commands",
         .summary = "Have a local controller offer firmware to its stations",
         .example = R"({"image":"fw_01KDZC3E000000000000000000"})",
         .instead = "update-firmware updates one station",
         .priority = Priority::bulk}),
    neutral<UnpublishParameters, nullptr, unpublish_v201>(
        {.name = "unpublish-firmware",
         .tag = "commands",
         .summary = "Have a local controller withdraw firmware",
         .example = R"({"checksum":"d41d8cd98f00b204e9800998ecf8427e"})",
         .instead = "there is nothing like it in OCPP 1.6"}),
};

}  // namespace

Part firmware_commands() { return table; }

}  // namespace ohm::api::commands
