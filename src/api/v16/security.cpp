#include "ocpp/v16/security.hpp"

#include "api/boot.hpp"
#include "api/certificates/requests.hpp"
#include "api/facts/events.hpp"
#include "api/v16/core.hpp"
#include "domain/security_event.hpp"

namespace ohm::api::v16 {
namespace {

using namespace ohm::ocpp::v16;

struct Security : Handler {
    LogStatusNotification::Response on(const LogStatusNotification::Request& request) {
        note_progress(*this, {.kind = "log",
                              .request_id = number_of(request.requestId),
                              .status = request.status.name(),
                              .payload = wire::encode(request)});
        return {};
    }

    SecurityEventNotification::Response on(const SecurityEventNotification::Request& request) {
        note_event(*this, {.kind = "security",
                           .name = request.type,
                           .severity = domain::severity_of_security_event(request.type.value),
                           .said_at = said_at(request.timestamp),
                           .payload = wire::encode(request)});
        return {};
    }

    static constexpr std::string_view certificate_use = "ChargePointCertificate";

    static void needs(const SignCertificate::Request& request, const Station& station,
                      Needs& needs) {
        need_certificate_request(request.csr.value, certificate_use, station, needs);
    }

    SignCertificate::Response on(const SignCertificate::Request& request) {
        if (take_certificate_request(*this, request.csr.value, certificate_use).accepted)
            return {.status = "Accepted"};
        return {.status = "Rejected"};
    }

    SignedFirmwareStatusNotification::Response on(
        const SignedFirmwareStatusNotification::Request& request) {
        note_progress(*this, {.kind = "firmware",
                              .request_id = number_of(request.requestId),
                              .status = request.status.name(),
                              .payload = wire::encode(request)});
        return {};
    }
};

}  // namespace

const Routes& security_routes() {
    static const Routes table = routes<Security>(SecurityActions{});
    return table;
}

}  // namespace ohm::api::v16
