// What REST shows and takes of webhooks that are asked before a station is answered, and their rows
// in the tables of routes and components.
#pragma once

#include <vector>

#include "api/rest/resources.hpp"
#include "api/rest/route.hpp"
#include "base/limits.hpp"

namespace ohm::api::rest {

using HookUrl = wire::Text<static_cast<int>(limits::url_bytes), 1>;
using HookSecret = wire::Secret<wire::Text<200>>;  // whsec_ and base64 of 24 to 64 bytes
using HookTimeout = Int<100, limits::hook_timeout_ms_max>;
using FallbackName = OneOf<"cache", "accept", "reject">;

struct DecisionWebhookShown {
    std::string url;
    std::int64_t timeout_ms = 0;
    FallbackName fallback;
    NullableText secret;           // only in the answer to the write that made it
    Nullable<Instant> rotated_at;  // the secret before signs for a day as well
    std::int64_t version = 0;
    Instant created_at, updated_at;
    FIELDS(url, timeout_ms, fallback, secret, rotated_at, version, created_at, updated_at)
};
struct DecisionWebhookWrite {
    HookUrl url;
    Optional<HookSecret> secret;  // absent: as it was, or a new one
    Optional<HookTimeout> timeout_ms;
    Optional<FallbackName> fallback;  // absent: cache
    FIELDS(url, secret, timeout_ms, fallback)
};

struct TransferHandlerShown {
    std::string id;
    std::string vendor_id;
    NullableText message_id;  // null: every message without a handler of its own
    std::string url;
    std::int64_t timeout_ms = 0;
    NullableText secret;
    Nullable<Instant> rotated_at;
    std::int64_t version = 0;
    Instant created_at, updated_at;
    FIELDS(id, vendor_id, message_id, url, timeout_ms, secret, rotated_at, version, created_at,
           updated_at)
};
struct TransferHandlerWrite {
    wire::Text<255, 1> vendor_id;
    Optional<wire::Text<50, 1>> message_id;
    HookUrl url;
    Optional<HookSecret> secret;
    Optional<HookTimeout> timeout_ms;
    FIELDS(vendor_id, message_id, url, secret, timeout_ms)
};
struct TransferHandlerReplace {
    HookUrl url;
    Optional<HookSecret> secret;
    Optional<HookTimeout> timeout_ms;
    FIELDS(url, secret, timeout_ms)
};

// ---- webhooks.cpp ----
net::Response show_decision_webhook(const Exchange& exchange, ReadSources& sources);
void put_decision_webhook(const SharedExchange& exchange, Service& service);
void delete_decision_webhook(const SharedExchange& exchange, Service& service);
net::Response list_transfer_handlers(const Exchange& exchange, ReadSources& sources);
net::Response show_transfer_handler(const Exchange& exchange, ReadSources& sources);
void create_transfer_handler(const SharedExchange& exchange, Service& service);
void put_transfer_handler(const SharedExchange& exchange, Service& service);
void delete_transfer_handler(const SharedExchange& exchange, Service& service);

const std::vector<Route>& webhook_routes();
const std::vector<Component>& webhook_components();

}  // namespace ohm::api::rest
