// ISO 15118 certificates come from providers outside. No pool of contracts is connected: stations
// are told so at once, before the vehicle's own time-out. Responders are asked.
#include "ocpp/v201/iso15118.hpp"

#include "api/facts/events.hpp"
#include "api/outside/certificates.hpp"
#include "api/v201/blocks.hpp"
#include "base/text.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

// What the provider for tests answers: base64, and no vehicle takes it for a certificate.
constexpr std::string_view test_exi_response = "dGVzdCBwcm92aWRlcjogbm8gY2VydGlmaWNhdGU=";

StatusInfo no_provider(std::string_view of_what) {
    StatusInfo info{.reasonCode = {"UnsupportedRequest"}};
    info.additionalInfo = {"no " + std::string{of_what} + " is connected to this CSMS"};
    return info;
}

struct Iso15118 : Handler {
    Get15118EVCertificate::Response on(const Get15118EVCertificate::Request& request) {
        note_event(*this, {.kind = "ev_certificate",
                           .name = std::string{request.action.name()},
                           .payload = wire::encode(request)});
        if (options().test_ev_certificates)
            return {.status = "Accepted", .exiResponse = {std::string{test_exi_response}}};
        return {.status = "Failed", .statusInfo = no_provider("contract certificate pool")};
    }

    static void needs(const GetCertificateStatus::Request& request, const Station&, Needs& needs) {
        outside::need_certificates({&request.ocspRequestData, 1}, needs);
    }

    std::optional<outside::Question> question(const GetCertificateStatus::Request& request) const {
        return outside::certificates_question(*this, {&request.ocspRequestData, 1});
    }

    // The station hands the answer on to vehicles, which look at its signature themselves.
    GetCertificateStatus::Response on(const GetCertificateStatus::Request& request) {
        const auto word = outside::certificate_words(*this, {&request.ocspRequestData, 1}).front();
        GetCertificateStatus::Response response{.status = "Failed"};
        std::string result = to_base64(word.der);
        const bool fits = result.size() <= limits::ocsp_result_characters;
        if (word.answer && fits) {
            response.status = "Accepted";
            response.ocspResult = {std::move(result)};
        } else {
            response.statusInfo = StatusInfo{.reasonCode = {word.answer ? "TooLarge" : "NoAnswer"}};
            if (!word.answer) response.statusInfo->additionalInfo = {word.failure};
        }
        note_event(*this, {.kind = "certificate_status",
                           .name = request.ocspRequestData.serialNumber,
                           .payload = R"({"status":")" + std::string{response.status.name()} +
                                      R"(","request":)" + wire::encode(request) + "}"});
        return response;
    }
};

}  // namespace

const Routes& iso15118_routes() {
    static const Routes table = routes<Iso15118>(Iso15118Actions{});
    return table;
}

}  // namespace ohm::api::v201
