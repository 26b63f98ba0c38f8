#include "ocpp/v201/security.hpp"

#include "api/certificates/requests.hpp"
#include "api/facts/events.hpp"
#include "api/v201/blocks.hpp"
#include "domain/security_event.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct Security : Handler {
    static CertificateSigningUse use_of(const SignCertificate::Request& request) {
        return request.certificateType.value_or(
            CertificateSigningUse{"ChargingStationCertificate"});
    }

    static void needs(const SignCertificate::Request& request, const Station& station,
                      Needs& needs) {
        need_certificate_request(request.csr.value, use_of(request).name(), station, needs);
    }

    SignCertificate::Response on(const SignCertificate::Request& request) {
        auto taken = take_certificate_request(*this, request.csr.value, use_of(request).name());
        if (taken.accepted) return {.status = "Accepted"};
        StatusInfo info{.reasonCode = {"InvalidCSR"}};
        info.additionalInfo = {std::move(taken.why)};
        return {.status = "Rejected", .statusInfo = std::move(info)};
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
