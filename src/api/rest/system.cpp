#include "api/commands/neutral.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/service.hpp"
#include "base/limits.hpp"

namespace ohm::api::rest {
namespace {

net::Response health_answer(bool good, std::vector<Health::Check>&& checks, bool show_checks) {
    HealthShown shown;
    if (!good) shown.status = "unavailable";
    if (show_checks) {
        shown.checks.emplace();
        for (Health::Check& check : checks)
            shown.checks->items.push_back(
                {std::move(check.name), check.ok, std::move(check.detail)});
    }
    net::Response response = json_answer(good ? 200 : 503, wire::encode(shown));
    if (!good) response.headers.push_back({"Retry-After", "2"});
    return response;
}

constexpr std::int64_t as_shown(std::size_t bound) { return static_cast<std::int64_t>(bound); }

}  // namespace

net::Response show_version(const Exchange&, Service& service) {
    return json_answer(
        200, wire::encode(VersionShown{
                 .name = "Ohmstead", .version = service.settings().version, .api = "v1"}));
}

namespace {
std::vector<std::string> names_of_commands() {
    std::vector<std::string> names;
    for (const commands::NeutralCommand& command : commands::neutral_commands())
        names.emplace_back(command.words.name);
    names.emplace_back("ocpp-call");
    return names;
}
}  // namespace

net::Response show_capabilities(const Exchange&, Service&) {
    const CapabilitiesShown shown{
        .ocpp_versions = {{"1.6", "2.0.1"}},
        .commands = {names_of_commands()},
        .features = {{"message-log", "station-import", "tokens", "transactions", "command-batches",
                      "events", "alerts", "idempotency-keys", "conditional-requests"}},
        .limits = {.page_max = as_shown(limits::page_max),
                   .body_bytes = as_shown(limits::rest_body_bytes),
                   .import_bytes = as_shown(limits::http_body_bytes),
                   .import_rows = as_shown(limits::import_rows),
                   .prefer_wait_max_s = limits::prefer_wait_max.count(),
                   .commands_queued_per_station = as_shown(limits::commands_queued_per_station)}};
    return json_answer(200, wire::encode(shown));
}

MeShown me_of(const Caller& caller) {
    MeShown shown{.name = caller.name, .scopes = {caller.scopes}};
    if (!caller.role.empty()) shown.role = {caller.role};
    shown.is_operator = caller.is_operator;
    if (caller.expires_at != 0) shown.expires_at = {time_of(caller.expires_at)};
    return shown;
}

net::Response show_me(const Exchange& exchange, Service&) {
    return json_answer(200, wire::encode(me_of(exchange.caller)));
}

net::Response show_alive(const Exchange&, Service& service) {
    return health_answer(service.health().alive(), {}, false);
}

net::Response show_ready(const Exchange& exchange, Service& service) {
    std::vector<Health::Check> checks = service.health().checks();
    bool good = true;
    for (const Health::Check& check : checks) good = good && check.ok;
    const bool verbose = exchange.asked("verbose").has_value();
    return health_answer(good, std::move(checks), verbose || !good);
}

net::Response show_started(const Exchange&, Service& service) {
    return health_answer(service.health().started(), {}, false);
}

net::Response show_metrics(const Exchange&, Service& service) {
    return {.status = 200,
            .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
            .body = service.metrics()};
}

}  // namespace ohm::api::rest
