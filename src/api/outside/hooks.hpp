// What operators wrote of webhooks that are asked before a station is answered, as a shard holds
// it: read when a message might ask, at most once a second. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/outside/question.hpp"
#include "store/sql.hpp"

namespace ohm::api::outside {

struct Hook {
    std::string url;
    std::vector<std::string> secrets;  // the newest first
    milliseconds timeout{0};
};
// What holds where the webhook does not answer: what it said last of this token, and what the list
// says; or everybody; or nobody.
enum class Fallback : std::uint8_t { cache, accept, reject };
struct DecisionHook {
    Hook hook;
    Fallback fallback = Fallback::cache;
};
struct TransferHook {
    std::string vendor, message;  // lower case; message "": all others of the vendor
    Hook hook;
};

struct Hooks {
    std::optional<DecisionHook> decision;
    std::vector<TransferHook> transfers;
    std::optional<Mono> read_at;

    const TransferHook* find(std::string_view vendor, std::string_view message) const;
    bool knows_vendor(std::string_view vendor) const;
};

void refresh_hooks(store::Sql& sql, Hooks& hooks, Mono mono, Utc now);

}  // namespace ohm::api::outside
