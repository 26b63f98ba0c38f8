// What REST offers of webhooks that are asked before a station is answered.
#include "api/rest/webhook_resources.hpp"

namespace ohm::api::rest {
namespace {

const std::vector<QueryParameter> page_parameters{
    {"limit", R"({"type":"integer","minimum":1,"maximum":500,"default":50})", "Items a page."},
    {"cursor", R"({"type":"string"})", "next_cursor of the page before."}};
const Body no_body{};
const std::vector<std::string_view> write_problems{"not_found", "version_conflict",
                                                   "precondition_required"};

constexpr std::string_view decision_shown =
    R"({"url":"https://members.example/ohmstead","timeout_ms":1500,"fallback":"cache",)"
    R"("secret":null,"rotated_at":null,"version":1,"created_at":"2026-01-01T00:00:00.000Z",)"
    R"("updated_at":"2026-01-01T00:00:00.000Z"})";
constexpr std::string_view handler_shown =
    R"({"id":"dth_01KDVNM5G00000000000000000","vendor_id":"com.acme","message_id":"Report",)"
    R"("url":"https://acme.example/ohmstead","timeout_ms":1500,"secret":null,"rotated_at":null,)"
    R"("version":1,"created_at":"2026-01-01T00:00:00.000Z",)"
    R"("updated_at":"2026-01-01T00:00:00.000Z"})";

Outcome decision(int status, std::string_view description) {
    return {status, description, Shape::object, "DecisionWebhook", decision_shown};
}
Outcome handler(int status, std::string_view description) {
    return {status, description, Shape::object, "DataTransferHandler", handler_shown};
}

const std::vector<Route> decision_routes = {
    {"GET",
     "/api/v1/decision-webhook",
     "webhooks:read",
     "getDecisionWebhook",
     "webhooks",
     "Show the webhook that decides about tokens",
     show_decision_webhook,
     {},
     no_body,
     {decision(200, "Without its secret.")},
     {"not_found"}},
    {"PUT",
     "/api/v1/decision-webhook",
     "webhooks:write",
     "putDecisionWebhook",
     "webhooks",
     "Let a webhook decide about tokens, in two seconds; needs tokens:read too",
     put_decision_webhook,
     {},
     {.media = Media::json,
      .component = "DecisionWebhookWrite",
      .example =
          R"({"url":"https://members.example/ohmstead","timeout_ms":1500,"fallback":"cache"})"},
     {decision(200, "Replaced."), decision(201, "Created; the secret is shown this once.")},
     write_problems},
    {"DELETE",
     "/api/v1/decision-webhook",
     "webhooks:write",
     "deleteDecisionWebhook",
     "webhooks",
     "Let the list of tokens decide again",
     delete_decision_webhook,
     {},
     no_body,
     {{204, "Removed."}},
     write_problems}};

const std::vector<Route> transfer_routes = {
    {"GET",
     "/api/v1/data-transfer-handlers",
     "webhooks:read",
     "listDataTransferHandlers",
     "webhooks",
     "List the webhooks that answer stations' DataTransfer",
     list_transfer_handlers,
     page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "DataTransferHandler", handler_shown}}},
    {"POST",
     "/api/v1/data-transfer-handlers",
     "webhooks:write",
     "createDataTransferHandler",
     "webhooks",
     "Let a webhook answer a vendor's DataTransfer; in force within two seconds",
     create_transfer_handler,
     {},
     {.media = Media::json,
      .component = "DataTransferHandlerWrite",
      .example =
          R"({"vendor_id":"com.acme","message_id":"Report","url":"https://acme.example/ohmstead"})"},
     {handler(201, "Created; the secret is shown this once.")},
     {"already_exists", "limit_reached"}},
    {"GET",
     "/api/v1/data-transfer-handlers/{id}",
     "webhooks:read",
     "getDataTransferHandler",
     "webhooks",
     "Show a webhook that answers DataTransfer",
     show_transfer_handler,
     {},
     no_body,
     {handler(200, "Without its secret.")},
     {"not_found"}},
    {"PUT",
     "/api/v1/data-transfer-handlers/{id}",
     "webhooks:write",
     "putDataTransferHandler",
     "webhooks",
     "Change address, secret or time-out of a webhook that answers DataTransfer",
     put_transfer_handler,
     {},
     {.media = Media::json,
      .component = "DataTransferHandlerReplace",
      .example = R"({"url":"https://acme.example/ohmstead","timeout_ms":2000})"},
     {handler(200, "Replaced.")},
     write_problems},
    {"DELETE",
     "/api/v1/data-transfer-handlers/{id}",
     "webhooks:write",
     "deleteDataTransferHandler",
     "webhooks",
     "Remove a webhook that answers DataTransfer",
     delete_transfer_handler,
     {},
     no_body,
     {{204, "Removed."}},
     write_problems}};

}  // namespace

const std::vector<Route>& webhook_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all = decision_routes;
        all.insert(all.end(), transfer_routes.begin(), transfer_routes.end());
        return all;
    }();
    return table;
}

const std::vector<Component>& webhook_components() {
    static const std::vector<Component> table = {
        {"DecisionWebhook", &wire::type_of<DecisionWebhookShown>},
        {"DecisionWebhookWrite", &wire::type_of<DecisionWebhookWrite>},
        {"DataTransferHandler", &wire::type_of<TransferHandlerShown>},
        {"DataTransferHandlerWrite", &wire::type_of<TransferHandlerWrite>},
        {"DataTransferHandlerReplace", &wire::type_of<TransferHandlerReplace>},
    };
    return table;
}

}  // namespace ohm::api::rest
