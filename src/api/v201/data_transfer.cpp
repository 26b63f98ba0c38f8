#include "ocpp/v201/data_transfer.hpp"

#include "api/boot.hpp"
#include "api/facts/data_transfer.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

Transfer transfer_of(const DataTransfer::Request& request) {
    return {request.vendorId.value, text_of(request.messageId),
            request.data ? request.data->json : "", wire::encode(request)};
}

struct Transfers : Handler {
    std::optional<outside::Question> question(const DataTransfer::Request& request) const {
        return transfer_question(*this, transfer_of(request));
    }

    DataTransfer::Response on(const DataTransfer::Request& request) {
        const TransferAnswer answer = take_transfer(*this, transfer_of(request));
        DataTransfer::Response response{.status = answer.status};
        if (answer.echoes_data) response.data = request.data;
        if (answer.data) response.data = wire::Any{*answer.data};
        return response;
    }
};

}  // namespace

const Routes& data_transfer_routes() {
    static const Routes table = routes<Transfers>(DataTransferActions{});
    return table;
}

}  // namespace ohm::api::v201
