// What REST offers of certificates.
#include "api/rest/certificate_handlers.hpp"
#include "api/rest/certificate_resources.hpp"
#include "api/rest/route_words.hpp"

namespace ohm::api::rest {
namespace {

Parameters with_pages(Parameters own) {
    own.insert(own.end(), page_parameters.begin(), page_parameters.end());
    return own;
}

namespace examples {
constexpr std::string_view installed =
    R"({"data":[{"certificate_type":"csms_root","hash_algorithm":"SHA256",)"
    R"("issuer_name_hash":"3b40f7e4","issuer_key_hash":"d5780e9a","serial_number":"ab01",)"
    R"("parent_serial_number":null,"subject":"CN=Acme Root,O=Acme CPO","fingerprint":null,)"
    R"("not_after":"2046-01-01T00:00:00.000Z","reported_at":"2026-01-01T00:00:00.000Z"}],)"
    R"("next_cursor":null})";
constexpr std::string_view issued =
    R"({"data":[{"fingerprint":"5f1c","request_id":"csr_01KDVDNA00CTMHXEB7TY99G4XV",)"
    R"("certificate_type":"ChargingStationCertificate","serial_number":"41aa",)"
    R"("subject":"CN=SN-4711,O=Acme CPO","issuer":"CN=Ohmstead Station CA,O=Acme CPO",)"
    R"("not_before":"2026-01-01T00:00:00.000Z","not_after":"2027-01-01T00:00:00.000Z",)"
    R"("state":"accepted","command_id":"cmd_01KDVDNA00CTMHXEB7TY99G4XW","in_use":true,)"
    R"("issued_at":"2026-01-01T00:00:00.000Z","answered_at":"2026-01-01T00:00:01.000Z",)"
    R"("used_at":"2026-01-01T00:00:02.000Z","revoked_at":null,"revoked_by":null,)"
    R"("certificate_chain":"-----BEGIN CERTIFICATE-----\n…"}],"next_cursor":null})";
constexpr std::string_view request =
    R"({"id":"csr_01KDVDNA00CTMHXEB7TY99G4XV","certificate_type":"ChargingStationCertificate",)"
    R"("common_name":"SN-4711","organization":"Acme CPO","state":"signed","reason":null,)"
    R"("received_at":"2026-01-01T00:00:00.000Z","decided_at":"2026-01-01T00:00:01.000Z",)"
    R"("decided_by":"key:ops","csr":"-----BEGIN CERTIFICATE REQUEST-----\n…"})";
constexpr std::string_view trusted =
    R"({"id":"crt_01KDVDNA00CTMHXEB7TY99G4XV","certificate_type":"csms_root","name":"Our root",)"
    R"("fingerprint":"5f1c","subject":"CN=Acme Root,O=Acme CPO",)"
    R"("issuer":"CN=Acme Root,O=Acme CPO","serial_number":"ab01","key":"EC prime256v1",)"
    R"("signature":"ecdsa-with-SHA256","self_signed":true,)"
    R"("not_before":"2026-01-01T00:00:00.000Z","not_after":"2046-01-01T00:00:00.000Z",)"
    R"("certificate":"-----BEGIN CERTIFICATE-----\n…",)"
    R"("created_at":"2026-01-01T00:00:00.000Z","created_by":"key:ops"})";
constexpr std::string_view trusted_list =
    R"({"data":[{"id":"crt_01KDVDNA00CTMHXEB7TY99G4XV","certificate_type":"csms_root",)"
    R"("name":"Our root","fingerprint":"5f1c","subject":"CN=Acme Root,O=Acme CPO",)"
    R"("issuer":"CN=Acme Root,O=Acme CPO","serial_number":"ab01","key":"EC prime256v1",)"
    R"("signature":"ecdsa-with-SHA256","self_signed":true,)"
    R"("not_before":"2026-01-01T00:00:00.000Z","not_after":"2046-01-01T00:00:00.000Z",)"
    R"("certificate":"-----BEGIN CERTIFICATE-----\n…",)"
    R"("created_at":"2026-01-01T00:00:00.000Z","created_by":"key:ops"}],"next_cursor":null})";
constexpr std::string_view trusted_write =
    R"({"certificate_type":"csms_root","certificate":"-----BEGIN CERTIFICATE-----\n…",)"
    R"("name":"Our root"})";
constexpr std::string_view expiring =
    R"({"data":[{"where":"issued","station_id":"CP0001",)"
    R"("certificate_type":"ChargingStationCertificate","fingerprint":"5f1c",)"
    R"("subject":"CN=SN-4711,O=Acme CPO","not_after":"2026-01-20T00:00:00.000Z"}],)"
    R"("next_cursor":null})";
constexpr std::string_view authority =
    R"({"mode":"local","subject":"CN=Ohmstead Station CA,O=Acme CPO",)"
    R"("certificate_chain":"-----BEGIN CERTIFICATE-----\n…",)"
    R"("not_after":"2036-01-01T00:00:00.000Z"})";
}  // namespace examples

const std::vector<Route> station_routes = {
    {"GET",
     "/api/v1/stations/{id}/certificates",
     "stations:read",
     "listInstalledCertificates",
     "certificates",
     "List the certificates that the station has said it holds",
     list_installed_certificates,
     page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "InstalledCertificate", examples::installed}},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/certificates/issued",
     "stations:read",
     "listIssuedCertificates",
     "certificates",
     "List the certificates that were made for the station, newest first",
     list_issued_certificates,
     page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "IssuedCertificate", examples::issued}},
     {"not_found"}},
    {"POST",
     "/api/v1/stations/{id}/certificates/csrs/{csr_id}/sign",
     "stations:write",
     "signCertificateRequest",
     "certificates",
     "Send the station this certificate for its request, or let the authority make one",
     sign_certificate_request,
     {},
     {.media = Media::json,
      .component = "CertificateSign",
      .required = false,
      .bytes_max = 0,
      .example = R"({"certificate_chain":"-----BEGIN CERTIFICATE-----\n…"})"},
     {{200, "Decided; the station gets the certificate when it can.", Shape::object,
       "CertificateRequest", examples::request}},
     {"not_found", "request_not_waiting", "certificate_chain_too_large", "insecure_connection",
      "station_offline", "rate_limited", "queue_unavailable"}},
    {"POST",
     "/api/v1/stations/{id}/certificates/csrs/{csr_id}/reject",
     "stations:write",
     "rejectCertificateRequest",
     "certificates",
     "Make no certificate for the request",
     reject_certificate_request,
     {},
     {.media = Media::json,
      .component = "CertificateReject",
      .required = false,
      .bytes_max = 0,
      .example = R"({"reason":"an unknown serial number"})"},
     {{200, "Rejected.", Shape::object, "CertificateRequest", examples::request}},
     {"not_found", "request_not_waiting", "queue_unavailable"}},
    {"POST",
     "/api/v1/stations/{id}/certificates/issued/{fingerprint}/revoke",
     "stations:write",
     "revokeIssuedCertificate",
     "certificates",
     "Let the station in with this certificate no more; an open connection stays",
     revoke_issued_certificate,
     {},
     no_body,
     {{204, "Revoked."}},
     {"not_found", "queue_unavailable"}},
};

const std::vector<Route> installation_routes = {
    {"GET",
     "/api/v1/certificates",
     "stations:read",
     "listTrustedCertificates",
     "certificates",
     "List the certificates that this installation trusts, newest first",
     list_trusted_certificates,
     with_pages({{"certificate_type", text_schema, "Only of this type."}}),
     no_body,
     {{200, "A page.", Shape::list, "TrustedCertificate", examples::trusted_list}}},
    {"POST",
     "/api/v1/certificates",
     "stations:write",
     "addTrustedCertificate",
     "certificates",
     "Trust a certificate",
     add_trusted_certificate,
     {},
     {.media = Media::json,
      .component = "TrustedCertificateWrite",
      .required = true,
      .bytes_max = 0,
      .example = examples::trusted_write},
     {{201, "Trusted.", Shape::object, "TrustedCertificate", examples::trusted}},
     {"already_exists"}},
    {"GET",
     "/api/v1/certificates/{certificate_id}",
     "stations:read",
     "getTrustedCertificate",
     "certificates",
     "Show a certificate that this installation trusts",
     show_trusted_certificate,
     {},
     no_body,
     {{200, "Done.", Shape::object, "TrustedCertificate", examples::trusted}},
     {"not_found"}},
    {"DELETE",
     "/api/v1/certificates/{certificate_id}",
     "stations:write",
     "deleteTrustedCertificate",
     "certificates",
     "Trust a certificate no more",
     delete_trusted_certificate,
     {},
     no_body,
     {{204, "Gone."}},
     {"not_found"}},
    {"GET",
     "/api/v1/expiring-certificates",
     "stations:read",
     "listExpiringCertificates",
     "certificates",
     "List the certificates that have ended or will end soon, the first one first",
     list_expiring_certificates,
     with_pages({{"days", R"({"type":"integer","minimum":0,"maximum":3650,"default":30})",
                  "How many days count as soon."}}),
     no_body,
     {{200, "A page.", Shape::list, "ExpiringCertificate", examples::expiring}}},
    {"GET",
     "/api/v1/certificate-authority",
     "stations:read",
     "getCertificateAuthority",
     "certificates",
     "Show who signs certificates of stations",
     show_certificate_authority,
     {},
     no_body,
     {{200, "Done.", Shape::object, "CertificateAuthority", examples::authority}}},
};

}  // namespace

const std::vector<Route>& certificate_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all = station_routes;
        all.insert(all.end(), installation_routes.begin(), installation_routes.end());
        return all;
    }();
    return table;
}

std::span<const Component> certificate_components() {
    static const std::vector<Component> table = {
        {"InstalledCertificate", &wire::type_of<InstalledCertificateShown>},
        {"IssuedCertificate", &wire::type_of<IssuedCertificateShown>},
        {"CertificateSign", &wire::type_of<CertificateSign>},
        {"CertificateReject", &wire::type_of<CertificateReject>},
        {"TrustedCertificateWrite", &wire::type_of<TrustedCertificateWrite>},
        {"TrustedCertificate", &wire::type_of<TrustedCertificateShown>},
        {"ExpiringCertificate", &wire::type_of<ExpiringCertificateShown>},
        {"CertificateAuthority", &wire::type_of<CertificateAuthorityShown>},
    };
    return table;
}

}  // namespace ohm::api::rest
