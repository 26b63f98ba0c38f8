// Bounds of live events and of the webhooks that tell them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace ohm::limits {

constexpr std::size_t event_details_bytes = 4 * 1024;  // of a station's own words; more: left out
constexpr minutes events_age{72 * 60};                 // older ones are removed
constexpr milliseconds events_poll{100};               // for what other processes commit
constexpr milliseconds events_pace{20};                // between two looks at most this often
constexpr seconds events_watch_linger{10};             // without a subscriber: then nobody looks
constexpr std::size_t events_per_look = 1'000;         // about; the rest with the next look
constexpr int event_looks_unheard = 4;                 // that the loop has not taken; then it waits
constexpr std::size_t events_remembered =
    2'000;  // newest ones in memory, for who comes from behind
constexpr std::size_t messages_looked_at =
    20'000;  // of the message log, for one page; more: a short page, and where to go on
constexpr std::size_t event_subscribers = 500;               // of one api; more: refused
constexpr std::size_t event_filter_types = 50;               // names in `types`; more: 400
constexpr std::size_t event_buffer_bytes = 4 * 1024 * 1024;  // unread by a subscriber: overflow
constexpr std::size_t event_replay_bytes = 256 * 1024;       // unread: the next page waits
constexpr milliseconds event_replay_wait{20};
constexpr seconds event_keep_alive{15};
constexpr seconds event_ticket_age{30};
constexpr std::size_t event_tickets = 1'000;  // not used yet; more: refused
constexpr seconds subscription_deadline{10};  // for the first frame with the key; then closed

// ---- webhooks ----
constexpr std::size_t webhooks = 100;                   // more: 409
constexpr std::size_t webhook_round_events = 64;        // looked at together
constexpr std::size_t webhook_at_once = 8;              // requests to one webhook
constexpr std::size_t webhook_pending = 10'000;         // of one; more: it waits as a whole
constexpr milliseconds webhook_timeout{10'000};         // for an answer
constexpr milliseconds webhook_poll{250};               // for new events
constexpr seconds webhook_lease{15};                    // of the api that delivers
constexpr minutes webhook_disabled_after{3 * 24 * 60};  // of failing without a success
constexpr minutes webhook_log_age{30 * 24 * 60};        // of deliveries
constexpr std::int64_t webhook_log_rows = 10'000;       // of one webhook; oldest out
constexpr std::size_t webhook_answer_bytes = 4 * 1024;  // larger: counts as a failure

}  // namespace ohm::limits
