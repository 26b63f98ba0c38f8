#include "ocpp/v201/authorization.hpp"

#include "api/certificates/contract.hpp"
#include "api/charging/authorize.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct Authorization : Handler {
    static void needs(const Authorize::Request& request, const Station&, Needs& needs) {
        need_token(presented(request.idToken), needs);
        if (request.certificate) need_contract_roots(needs);
    }

    using Status = decltype(Authorize::Response::certificateStatus)::value_type;

    // Of a certificate that nobody looked at there is no word, and none is vouched for (C07). A
    // valid one stays valid while its token may not charge now, or not here.
    static Status certificate_status(const Authorized& authorized,
                                     const std::optional<ContractVerdict>& verdict) {
        if (verdict && verdict->certificate != "Accepted")
            return Status::of(verdict->certificate).value();
        const std::string_view status = id_token_info(authorized).status.name();
        const bool passing = status == "ConcurrentTx" || status == "NotAtThisLocation" ||
                             status == "NotAtThisTime" || status == "NotAllowedTypeEVSE";
        if (!authorized.decision.is_accepted() && !(verdict && passing)) return "ContractCancelled";
        return verdict ? Status{"Accepted"} : Status{"NoCertificateAvailable"};
    }

    Authorize::Response on(const Authorize::Request& request) {
        const Presented shown = presented(request.idToken);
        const Authorized authorized = authorize(*this, shown, received_at());
        log_decision(*this, shown, authorized, {.action = "Authorize"});
        Authorize::Response response{.idTokenInfo = id_token_info(authorized)};
        if (!request.certificate && !request.iso15118CertificateHashData) return response;
        const auto verdict =
            request.certificate ? check_contract(*this, request.certificate->value) : std::nullopt;
        response.certificateStatus = certificate_status(authorized, verdict);
        // A contract whose certificate does not hold is no ground to charge, whatever the token.
        if (verdict && !verdict->token.empty())
            response.idTokenInfo.status =
                decltype(response.idTokenInfo.status)::of(verdict->token).value();
        return response;
    }
};

}  // namespace

const Routes& authorization_routes() {
    static const Routes table = routes<Authorization>(AuthorizationActions{});
    return table;
}

}  // namespace ohm::api::v201
