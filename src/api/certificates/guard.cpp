#include "api/certificates/guard.hpp"

#include "api/facts/events.hpp"
#include "domain/security_event.hpp"
#include "ocpp/v16/security.hpp"
#include "pki/certificate.hpp"

namespace ohm::api {
namespace {

bool carries_certificates(std::string_view action) {
    return action == "InstallCertificate" || action == "CertificateSigned" ||
           action == "DeleteCertificate";
}

bool goes_over_plain(const Station& station, std::string_view action) {
    return station.online() && !station.tls && carries_certificates(action);
}

}  // namespace

std::optional<OperationRefused> refused_over_plain(const ApiOptions& options,
                                                   const Station& station,
                                                   std::string_view action) {
    if (options.certificates_over_plain != OverPlain::refuse || !goes_over_plain(station, action))
        return std::nullopt;
    return OperationRefused{"insecure_connection",
                            "the station is connected without TLS, and OHM_CERTIFICATES_OVER_WS "
                            "lets no certificate go there",
                            ""};
}

void note_sent_over_plain(ShardState& shard, Batch& batch, const Station& station,
                          std::string_view action, const Ulid& command) {
    const bool noted = shard.options.certificates_over_plain == OverPlain::warn;
    if (!noted || !goes_over_plain(station, action)) return;
    const std::string told_by = command.bytes();
    note_security(batch, station,
                  {.name = "CertificateSentWithoutTls",
                   .severity = domain::severity_notice,
                   .told_by = told_by,
                   .at = micros(batch.now),
                   .payload = R"({"action":")" + std::string{action} + "\"}"});
}

// Both versions name a certificate alike.
std::optional<OperationRefused> refused_deletion(ShardState& shard, const Station& station,
                                                 std::string_view action,
                                                 std::string_view request) {
    if (action != "DeleteCertificate" || !station.tls) return std::nullopt;
    const auto known = shard.certificates.stations.find(station.no.value);
    if (known == shard.certificates.stations.end() || known->second.client_serial_number.empty())
        return std::nullopt;
    ocpp::v16::DeleteCertificate::Request asked;
    if (shard.decoder.decode(request, asked, {wire::Strictness::lenient, true}))
        return std::nullopt;
    const auto& data = asked.certificateHashData;
    const pki::HashData name = pki::normalized({"", "", "", data.serialNumber.value});
    if (name.serial_number != known->second.client_serial_number) return std::nullopt;
    return OperationRefused{"certificate_in_use",
                            "the station proves with this certificate who it is", "/serial_number"};
}

}  // namespace ohm::api
