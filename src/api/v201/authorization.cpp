#include "ocpp/v201/authorization.hpp"

#include "api/charging/authorize.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct Authorization : Handler {
    static void needs(const Authorize::Request& request, const Station&, Needs& needs) {
        need_token(presented(request.idToken), needs);
    }

    Authorize::Response on(const Authorize::Request& request) {
        const Presented shown = presented(request.idToken);
        const Authorized authorized = authorize(*this, shown, received_at());
        log_decision(*this, shown, authorized, {.action = "Authorize"});
        Authorize::Response response{.idTokenInfo = id_token_info(authorized)};
        if (!request.certificate && !request.iso15118CertificateHashData) return response;
        // Nobody is asked about certificates here, so none is vouched for (C07): a contract whose
        // token is not accepted counts as ended, of any other there is no word.
        using Status = decltype(response.certificateStatus)::value_type;
        Status status = "NoCertificateAvailable";
        if (!authorized.decision.is_accepted()) status = "ContractCancelled";
        response.certificateStatus = status;
        return response;
    }
};

}  // namespace

const Routes& authorization_routes() {
    static const Routes table = routes<Authorization>(AuthorizationActions{});
    return table;
}

}  // namespace ohm::api::v201
