#include "ocpp/v201/display_message.hpp"

#include "api/facts/reports.hpp"
#include "api/facts/states.hpp"
#include "api/v201/blocks.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

struct DisplayMessages : Handler {
    NotifyDisplayMessages::Response on(const NotifyDisplayMessages::Request& request) {
        if (request.messageInfo)
            for (const MessageInfo& message : *request.messageInfo)
                note_display_message(work.batch, station, received_at(), message);
        note_part(*this, {.kind = "display_messages",
                          .request_id = request.requestId.value,
                          .more_follow = request.tbc.value_or(false)});
        return {};
    }
};

}  // namespace

const Routes& display_message_routes() {
    static const Routes table = routes<DisplayMessages>(DisplayMessageActions{});
    return table;
}

}  // namespace ohm::api::v201
