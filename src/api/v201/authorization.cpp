#include "ocpp/v201/authorization.hpp"

#include <type_traits>

#include "api/charging/decision.hpp"
#include "api/outside/certificates.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

using Status =
    std::remove_reference_t<decltype(*std::declval<Authorize::Response>().certificateStatus)>;

outside::Certificates certificates_of(const Authorize::Request& request) {
    if (!request.iso15118CertificateHashData) return {};
    return request.iso15118CertificateHashData->items;
}

struct Authorization : Handler {
    static void needs(const Authorize::Request& request, const Station&, Needs& needs) {
        need_token(presented(request.idToken), needs);
        outside::need_certificates(certificates_of(request), needs);
    }

    // Who may not charge at all has no certificate looked at.
    std::optional<outside::Question> question(const Authorize::Request& request) const {
        const Presented shown = presented(request.idToken);
        auto decision =
            decision_question(*this, shown, {.action = "Authorize", .at = received_at()});
        if (decision && !heard(decision->kind)) return decision;
        if (!request.iso15118CertificateHashData) return std::nullopt;
        if (is_cancelled(authorize(*this, shown, received_at()))) return std::nullopt;
        return outside::certificates_question(*this, certificates_of(request));
    }

    Authorize::Response on(const Authorize::Request& request) {
        const Presented shown = presented(request.idToken);
        const Authorized authorized = authorize(*this, shown, received_at());
        log_decision(*this, shown, authorized, {.action = "Authorize"});
        Authorize::Response response{.idTokenInfo = id_token_info(authorized)};
        if (!request.certificate && !request.iso15118CertificateHashData) return response;
        response.certificateStatus = is_cancelled(authorized) ? Status{"ContractCancelled"}
                                                              : status_of(certificates_of(request));
        if (response.certificateStatus->is("CertificateRevoked"))
            response.idTokenInfo.status = "Invalid";
        return response;
    }

private:
    // A token that is let in nowhere; one that is only let in elsewhere or later has a contract.
    static bool is_cancelled(const Authorized& authorized) {
        using domain::Verdict;
        const Verdict verdict = authorized.decision.verdict;
        return verdict == Verdict::invalid || verdict == Verdict::blocked ||
               verdict == Verdict::expired;
    }
    // Vouched for only where each responder is one that its issuer stands for (C07).
    Status status_of(outside::Certificates certificates) {
        bool all_are_good = !certificates.empty();
        for (const auto& word : outside::certificate_words(*this, certificates)) {
            const bool has_answer = word.answer.has_value();
            if (has_answer && word.answer->state == egress::CertificateState::revoked)
                return "CertificateRevoked";
            all_are_good = all_are_good && has_answer && word.answer->is_vouched &&
                           word.answer->state == egress::CertificateState::good;
        }
        return all_are_good ? Status{"Accepted"} : Status{"NoCertificateAvailable"};
    }
};

}  // namespace

const Routes& authorization_routes() {
    static const Routes table = routes<Authorization>(AuthorizationActions{});
    return table;
}

}  // namespace ohm::api::v201
