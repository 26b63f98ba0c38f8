// What REST shows and takes of webhooks that are told of events, and their rows in the tables of
// routes and components.
#pragma once

#include <vector>

#include "api/rest/webhook_resources.hpp"
#include "base/limits_events.hpp"
#include "wire/fields.hpp"

namespace ohm::api::rest {

using WebhookState = OneOf<"active", "paused", "disabled">;
using DeliveryState = OneOf<"pending", "delivered", "failed">;
using WebhookStateWrite = OneOf<"active", "paused">;
using EventTypeName = wire::Text<100, 1>;
using EventTypeNames = List<EventTypeName, 0, limits::event_filter_types>;

struct WebhookShown {
    std::string id, url;
    NullableText description;
    List<std::string> types;  // empty: all
    NullableText station_id;
    WebhookState state;
    NullableText state_reason;  // of a disabled one: failing, gone
    NullableText secret;        // only in the answer that made it
    Nullable<Instant> rotated_at, failing_since, last_success_at, last_failure_at;
    NullableText last_failure;
    std::int64_t version = 0;
    Instant created_at, updated_at;
    FIELDS(id, url, description, types, station_id, state, state_reason, secret, rotated_at,
           failing_since, last_success_at, last_failure_at, last_failure, version, created_at,
           updated_at)
};
struct WebhookCreate {
    HookUrl url;
    Optional<wire::Text<200>> description;
    Optional<EventTypeNames> types;
    Optional<wire::Text<48, 1>> station_id;
    Optional<HookSecret> secret;
    FIELDS(url, description, types, station_id, secret)
};
struct WebhookPatch {
    Optional<HookUrl> url;
    wire::Patch<wire::Text<200>> description;
    Optional<EventTypeNames> types;
    wire::Patch<wire::Text<48, 1>> station_id;
    Optional<WebhookStateWrite> state;
    FIELDS(url, description, types, station_id, state)
};
struct SecretRotate {
    Optional<HookSecret> secret;  // absent: a new one is made
    FIELDS(secret)
};
struct DeliveryShown {
    std::string id;  // that of the event
    std::string type;
    NullableText station_id;
    DeliveryState state;
    std::int64_t attempts = 0;
    Nullable<Instant> next_at;
    Instant last_at;
    Nullable<std::int64_t> last_status;
    NullableText last_failure;
    Nullable<std::int64_t> duration_ms;
    Instant event_at;
    FIELDS(id, type, station_id, state, attempts, next_at, last_at, last_status, last_failure,
           duration_ms, event_at)
};

net::Response list_webhooks(const Exchange& exchange, ReadSources& sources);
net::Response show_webhook(const Exchange& exchange, ReadSources& sources);
void create_webhook(const SharedExchange& exchange, Service& service);
void patch_webhook(const SharedExchange& exchange, Service& service);
void delete_webhook(const SharedExchange& exchange, Service& service);
void ping_webhook(const SharedExchange& exchange, Service& service);
void rotate_webhook_secret(const SharedExchange& exchange, Service& service);
net::Response list_deliveries(const Exchange& exchange, ReadSources& sources);
void redeliver(const SharedExchange& exchange, Service& service);

const std::vector<Route>& event_webhook_routes();
const std::vector<Component>& event_webhook_components();

}  // namespace ohm::api::rest
