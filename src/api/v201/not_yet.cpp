// Blocks without handlers: what their stations send is answered NotSupported.
#include "api/v201/blocks.hpp"
#include "ocpp/v201/authorization.hpp"
#include "ocpp/v201/metering.hpp"
#include "ocpp/v201/transactions.hpp"

namespace ohm::api::v201 {

using namespace ohm::ocpp::v201;

const Routes& authorization_routes() {
    using NotYet = Declined<Authorize>;
    static const Routes table = routes<Handler, NotYet>(AuthorizationActions{});
    return table;
}

const Routes& transactions_routes() {
    using NotYet = Declined<TransactionEvent>;
    static const Routes table = routes<Handler, NotYet>(TransactionActions{});
    return table;
}

const Routes& metering_routes() {
    using NotYet = Declined<MeterValues>;
    static const Routes table = routes<Handler, NotYet>(MeteringActions{});
    return table;
}

}  // namespace ohm::api::v201
