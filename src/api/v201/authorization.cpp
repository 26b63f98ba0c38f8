#include "ocpp/v201/authorization.hpp"

#include <type_traits>

#include "api/certificates/contract.hpp"
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
    static void needs(const Authorize::Request& request, const Station& station, Needs& needs) {
        need_token(presented(request.idToken), station, needs);
        if (request.certificate) need_contract_roots(needs);
        outside::need_certificates(certificates_of(request), needs);
    }

    // Who may not charge at all, or shows a chain that does not hold, has no certificate asked for.
    std::optional<outside::Question> question(const Authorize::Request& request) const {
        const Presented shown = presented(request.idToken);
        auto decision =
            decision_question(*this, shown, {.action = "Authorize", .at = received_at()});
        if (decision && !heard(decision->kind)) return decision;
        if (!request.iso15118CertificateHashData) return std::nullopt;
        if (is_cancelled(authorize(*this, shown, received_at()))) return std::nullopt;
        const auto chain = chain_of(request);
        if (chain && !chain->token.empty()) return std::nullopt;
        return outside::certificates_question(*this, certificates_of(request));
    }

    Authorize::Response on(const Authorize::Request& request) {
        const Presented shown = as_listed(*this, presented(request.idToken));
        const Authorized authorized = authorize(*this, shown, received_at());
        log_decision(*this, shown, authorized, {.action = "Authorize"});
        Authorize::Response response{.idTokenInfo = id_token_info(authorized)};
        if (!request.certificate && !request.iso15118CertificateHashData) return response;
        const auto chain = chain_of(request);
        response.certificateStatus = status_of(request, authorized, chain);
        // A contract whose certificate does not hold is no ground to charge, whatever the token.
        if (chain && !chain->token.empty())
            response.idTokenInfo.status =
                decltype(response.idTokenInfo.status)::of(chain->token).value();
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
    // Nothing where the station shows no chain, or nobody here can judge it.
    std::optional<ContractVerdict> chain_of(const Authorize::Request& request) const {
        return request.certificate ? check_contract(*this, request.certificate->value)
                                   : std::nullopt;
    }
    static constexpr Status unknown{"NoCertificateAvailable"}, accepted{"Accepted"};

    // Of a chain that nobody looked at there is no word, whatever responders say of its serial
    // numbers (C07).
    Status status_of(const Authorize::Request& request, const Authorized& authorized,
                     const std::optional<ContractVerdict>& chain) {
        if (chain && !chain->token.empty()) return Status::of(chain->certificate).value();
        if (is_cancelled(authorized)) return "ContractCancelled";
        const bool is_unchecked = request.certificate && !chain;
        if (!request.iso15118CertificateHashData) return is_unchecked ? unknown : accepted;
        const Status word = word_of(certificates_of(request));
        return is_unchecked && word.is("Accepted") ? unknown : word;
    }
    // Vouched for only where each responder is one that its issuer stands for (C07).
    Status word_of(outside::Certificates certificates) {
        bool all_are_good = !certificates.empty();
        for (const auto& word : outside::certificate_words(*this, certificates)) {
            const bool has_answer = word.answer.has_value();
            if (has_answer && word.answer->state == egress::CertificateState::revoked)
                return "CertificateRevoked";
            all_are_good = all_are_good && has_answer && word.answer->is_vouched &&
                           word.answer->state == egress::CertificateState::good;
        }
        return all_are_good ? accepted : unknown;
    }
};

}  // namespace

const Routes& authorization_routes() {
    static const Routes table = routes<Authorization>(AuthorizationActions{});
    return table;
}

}  // namespace ohm::api::v201
