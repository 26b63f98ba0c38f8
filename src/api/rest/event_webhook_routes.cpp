// What REST offers of webhooks that are told of events.
#include "api/rest/event_webhook_resources.hpp"
#include "api/rest/route_words.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view webhook_shown =
    R"({"id":"whk_01KDVNM5G00000000000000000","url":"https://example.com/ohmstead",)"
    R"("description":"billing","types":["transaction.*"],"station_id":null,"state":"active",)"
    R"("state_reason":null,"secret":null,"rotated_at":null,"failing_since":null,)"
    R"("last_success_at":null,"last_failure_at":null,"last_failure":null,"version":1,)"
    R"("created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"})";
constexpr std::string_view delivery_shown =
    R"({"id":"2-1041","type":"transaction.ended","station_id":"CP0001","state":"delivered",)"
    R"("attempts":1,"next_at":null,"last_at":"2026-01-01T00:00:00.000Z","last_status":204,)"
    R"("last_failure":null,"duration_ms":12,"event_at":"2026-01-01T00:00:00.000Z"})";

Outcome webhook(int status, std::string_view description) {
    return {status, description, Shape::object, "Webhook", webhook_shown};
}
Outcome delivery(int status, std::string_view description) {
    return {status, description, Shape::object, "WebhookDelivery", delivery_shown};
}

std::vector<Route> routes_of_webhooks() {
    return {{"GET",
             "/api/v1/webhooks",
             "webhooks:read",
             "listWebhooks",
             "webhooks",
             "List the webhooks that are told of events",
             list_webhooks,
             {},
             no_body,
             {{200, "All of them.", Shape::list, "Webhook", webhook_shown}}},
            {"POST",
             "/api/v1/webhooks",
             "webhooks:write",
             "createWebhook",
             "webhooks",
             "Have a webhook told of events; needs events:subscribe and tokens:read too",
             create_webhook,
             {},
             {.media = Media::json,
              .component = "WebhookCreate",
              .example = R"({"url":"https://example.com/ohmstead","types":["transaction.*"]})"},
             {webhook(201, "Created; the secret is shown this once.")},
             {"limit_reached"}},
            {"GET",
             "/api/v1/webhooks/{id}",
             "webhooks:read",
             "getWebhook",
             "webhooks",
             "Show a webhook, and how it fares",
             show_webhook,
             {},
             no_body,
             {webhook(200, "Without its secret.")},
             {"not_found"}},
            {"PATCH",
             "/api/v1/webhooks/{id}",
             "webhooks:write",
             "patchWebhook",
             "webhooks",
             "Change, pause or revive a webhook; needs what creating one needs",
             patch_webhook,
             {},
             {.media = Media::merge_patch,
              .component = "WebhookPatch",
              .example = R"({"state":"paused"})"},
             {webhook(200, "Changed; counts within a second.")},
             {"not_found", "version_conflict", "precondition_required"}},
            {"DELETE",
             "/api/v1/webhooks/{id}",
             "webhooks:write",
             "deleteWebhook",
             "webhooks",
             "Remove a webhook and its deliveries",
             delete_webhook,
             {},
             no_body,
             {{204, "Removed."}},
             {"not_found", "version_conflict", "precondition_required"}}};
}

std::vector<Route> routes_of_deliveries() {
    return {{"POST",
             "/api/v1/webhooks/{id}/ping",
             "webhooks:write",
             "pingWebhook",
             "webhooks",
             "Send a webhook.ping, once; its delivery says how it went",
             ping_webhook,
             {},
             no_body,
             {delivery(202, "On its way.")},
             {"not_found"}},
            {"POST",
             "/api/v1/webhooks/{id}/rotate-secret",
             "webhooks:write",
             "rotateWebhookSecret",
             "webhooks",
             "Sign with a new secret; the one before it signs as well for a day",
             rotate_webhook_secret,
             {},
             {.media = Media::json,
              .component = "WebhookSecretRotate",
              .required = false,
              .example = "{}"},
             {webhook(200, "The new secret is shown this once.")},
             {"not_found"}},
            {"GET",
             "/api/v1/webhooks/{id}/deliveries",
             "webhooks:read",
             "listWebhookDeliveries",
             "webhooks",
             "List what was sent and what waits, newest first",
             list_deliveries,
             Parameters{{"state", R"({"type":"string","enum":["pending","delivered","failed"]})",
                         "Only those in that state."}} +
                 Parameters{page_parameters.begin(), page_parameters.begin() + 2},
             no_body,
             {{200, "A page.", Shape::list, "WebhookDelivery", delivery_shown}},
             {"not_found"}},
            {"POST",
             "/api/v1/webhooks/{id}/deliveries/{delivery}/redeliver",
             "webhooks:write",
             "redeliverToWebhook",
             "webhooks",
             "Send an event again",
             redeliver,
             {},
             no_body,
             {delivery(202, "On its way.")},
             {"not_found", "events_expired"}}};
}

}  // namespace

const std::vector<Route>& event_webhook_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all = routes_of_webhooks();
        for (const Route& route : routes_of_deliveries()) all.push_back(route);
        return all;
    }();
    return table;
}

const std::vector<Component>& event_webhook_components() {
    static const std::vector<Component> table = {
        {"Webhook", &wire::type_of<WebhookShown>},
        {"WebhookCreate", &wire::type_of<WebhookCreate>},
        {"WebhookPatch", &wire::type_of<WebhookPatch>},
        {"WebhookSecretRotate", &wire::type_of<SecretRotate>},
        {"WebhookDelivery", &wire::type_of<DeliveryShown>},
    };
    return table;
}

}  // namespace ohm::api::rest
