// Firmware: 1.6 Firmware Management and security extension, 2.0.1 block L.
#include "api/commands/tokens.hpp"
#include "ocpp/v16/firmware_management.hpp"
#include "ocpp/v16/security.hpp"
#include "ocpp/v201/firmware_management.hpp"

namespace ohm::api::commands {

struct FirmwareParameters {
    Text<512, 1> location;                     // URL of the image
    Optional<wire::DateTime> retrieve_at;      // absent: now
    Optional<wire::DateTime> install_at;       // absent: when it is there
    Optional<Text<5500>> signing_certificate;  // PEM; with signature: a signed update
    Optional<Text<800>> signature;             // base64
    Optional<NotNegative> retries, retry_interval_s;
    FIELDS(location, retrieve_at, install_at, signing_certificate, signature, retries,
           retry_interval_s)
};
struct PublishParameters {
    Text<512, 1> location;
    Text<32, 32> checksum;  // MD5, hex
    Optional<NotNegative> retries, retry_interval_s;
    FIELDS(location, checksum, retries, retry_interval_s)
};
struct UnpublishParameters {
    Text<32, 32> checksum;
    FIELDS(checksum)
};

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

PreparedOrRefusal signed_v16(Preparing& preparing, const FirmwareParameters& wanted) {
    ocpp::v16::SignedUpdateFirmware::Request request;
    request.requestId = {preparing.next_number()};
    request.retries = integer(wanted.retries);
    request.retryInterval = integer(wanted.retry_interval_s);
    request.firmware.location = {wanted.location.value};
    request.firmware.retrieveDateTime = retrieve_at(preparing, wanted);
    request.firmware.installDateTime = wanted.install_at;
    request.firmware.signingCertificate = *wanted.signing_certificate;
    request.firmware.signature = *wanted.signature;
    return call_of<ocpp::v16::SignedUpdateFirmware>(request);
}

PreparedOrRefusal update_v16(Preparing& preparing, const FirmwareParameters& wanted) {
    if (const auto refused = half_signed(wanted)) return tl::unexpected{*refused};
    if (wanted.signature) return signed_v16(preparing, wanted);
    if (wanted.install_at)
        return not_in_protocol("OCPP 1.6 installs an unsigned update when it is there",
                               "/install_at");
    ocpp::v16::UpdateFirmware::Request request;
    request.location.value = wanted.location.value;
    request.retrieveDate = retrieve_at(preparing, wanted);
    request.retries = integer(wanted.retries);
    request.retryInterval = integer(wanted.retry_interval_s);
    return call_of<ocpp::v16::UpdateFirmware>(request);
}

PreparedOrRefusal update_v201(Preparing& preparing, const FirmwareParameters& wanted) {
    if (const auto refused = half_signed(wanted)) return tl::unexpected{*refused};
    ocpp::v201::UpdateFirmware::Request request;
    request.requestId = {preparing.next_number()};
    request.retries = integer(wanted.retries);
    request.retryInterval = integer(wanted.retry_interval_s);
    request.firmware.location = {wanted.location.value};
    request.firmware.retrieveDateTime = retrieve_at(preparing, wanted);
    request.firmware.installDateTime = wanted.install_at;
    request.firmware.signingCertificate = wanted.signing_certificate;
    request.firmware.signature = wanted.signature;
    return call_of<ocpp::v201::UpdateFirmware>(request);
}

PreparedOrRefusal publish_v201(Preparing& preparing, const PublishParameters& wanted) {
    ocpp::v201::PublishFirmware::Request request;
    request.location = {wanted.location.value};
    request.checksum = {wanted.checksum.value};
    request.requestId = {preparing.next_number()};
    request.retries = integer(wanted.retries);
    request.retryInterval = integer(wanted.retry_interval_s);
    return call_of<ocpp::v201::PublishFirmware>(request);
}

PreparedOrRefusal unpublish_v201(Preparing&, const UnpublishParameters& wanted) {
    return call_of<ocpp::v201::UnpublishFirmware>({{wanted.checksum.value}});
}

constexpr NeutralCommand table[] = {
    neutral<FirmwareParameters, update_v16, update_v201>(
        {.name = "update-firmware",
         .tag = "commands",
         .summary =
             "Have the station fetch and install firmware; signed where a signature is given",
         .example = R"({"location":"https://files.example/fw-2.bin"})",
         .priority = Priority::bulk}),
    neutral<PublishParameters, nullptr, publish_v201>(
        {.name = "publish-firmware",
         .tag = "commands",
         .summary = "Have a local controller offer firmware to its stations",
         .example = R"({"location":"https://files.example/fw-2.bin",)"
                    R"("checksum":"d41d8cd98f00b204e9800998ecf8427e"})",
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
