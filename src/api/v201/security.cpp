#include "ocpp/v201/security.hpp"

#include "api/facts/certificates.hpp"
#include "api/facts/events.hpp"
#include "api/v201/blocks.hpp"
#include "domain/security_event.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct Security : Handler {
    SignCertificate::Response on(const SignCertificate::Request& request) {
        const CertificateSigningUse use =
            request.certificateType.value_or(CertificateSigningUse{"ChargingStationCertificate"});
        if (take_certificate_request(*this, request.csr.value, use.name()))
            return {.status = "Accepted"};
        return {.status = "Rejected", .statusInfo = StatusInfo{.reasonCode = {"InvalidCSR"}}};
    }

    SecurityEventNotification::Response on(const SecurityEventNotification::Request& request) {
        note_event(*this, {.kind = "security",
                           .name = request.type,
                           .severity = domain::severity_of_security_event(request.type.value),
                           .said_at = said_at(request.timestamp),
                           .payload = wire::encode(request)});
        return {};
    }
};

}  // namespace

const Routes& security_routes() {
    static const Routes table = routes<Security>(SecurityActions{});
    return table;
}

}  // namespace ohm::api::v201
