#include "ocpp/v201/data_transfer.hpp"

#include "api/boot.hpp"
#include "api/facts/data_transfer.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct Transfers : Handler {
    DataTransfer::Response on(const DataTransfer::Request& request) {
        const TransferAnswer answer = take_transfer(
            *this, request.vendorId.value, text_of(request.messageId), wire::encode(request));
        DataTransfer::Response response{.status = answer.status};
        if (answer.echoes_data) response.data = request.data;
        return response;
    }
};

}  // namespace

const Routes& data_transfer_routes() {
    static const Routes table = routes<Transfers>(DataTransferActions{});
    return table;
}

}  // namespace ohm::api::v201
