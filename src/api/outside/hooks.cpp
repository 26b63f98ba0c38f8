#include "api/outside/hooks.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::api::outside {
namespace {

using store::as_int;
using store::as_text;

// url, secret, previous_secret, rotated_at, timeout_ms
Hook hook_of(const store::Row& row, std::size_t at, Utc now) {
    Hook hook{.url = as_text(row[at]),
              .secrets = {as_text(row[at + 1])},
              .timeout = milliseconds{as_int(row[at + 4], limits::hook_timeout_ms)}};
    const bool overlaps =
        as_int(row[at + 3]) + Micros{limits::hook_secret_overlap}.count() > micros(now);
    if (!store::is_null(row[at + 2]) && overlaps) hook.secrets.push_back(as_text(row[at + 2]));
    return hook;
}

Fallback fallback_of(std::string_view name) {
    if (name == "accept") return Fallback::accept;
    return name == "reject" ? Fallback::reject : Fallback::cache;
}

}  // namespace

const TransferHook* Hooks::find(std::string_view vendor, std::string_view message) const {
    const std::string wanted_vendor = to_lower(vendor), wanted_message = to_lower(message);
    const TransferHook* of_all = nullptr;
    for (const TransferHook& one : transfers) {
        if (one.vendor != wanted_vendor) continue;
        if (one.message == wanted_message && !one.message.empty()) return &one;
        if (one.message.empty()) of_all = &one;
    }
    return of_all;
}

bool Hooks::knows_vendor(std::string_view vendor) const {
    const std::string wanted = to_lower(vendor);
    return std::any_of(transfers.begin(), transfers.end(),
                       [&](const TransferHook& one) { return one.vendor == wanted; });
}

void refresh_hooks(store::Sql& sql, Hooks& hooks, Mono mono, Utc now) {
    if (hooks.read_at && mono - *hooks.read_at < limits::hooks_fresh) return;
    Hooks fresh;
    fresh.read_at = mono;
    for (const store::Row& row :
         sql.query("select url, secret, previous_secret, rotated_at, timeout_ms, fallback from "
                   "decision_webhooks where tenant_no = 1"))
        fresh.decision = {hook_of(row, 0, now), fallback_of(as_text(row[5]))};
    for (const store::Row& row :
         sql.query("select vendor_key, message_key, url, secret, previous_secret, rotated_at, "
                   "timeout_ms from data_transfer_handlers where tenant_no = 1 limit $1",
                   {static_cast<std::int64_t>(limits::transfer_handlers)}))
        fresh.transfers.push_back({as_text(row[0]), as_text(row[1]), hook_of(row, 2, now)});
    hooks = std::move(fresh);
}

}  // namespace ohm::api::outside
