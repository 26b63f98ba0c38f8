// How far a station has come on its way into service: steps with causes and remedies, from what is
// stored of it. Pure; on a reader's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/rest/station_check_resources.hpp"

namespace ohm::api::rest {

struct RefusedAttempt {
    std::int64_t at = 0;
    std::string cause, detail, subprotocols;  // as offered, separated by commas
};
// The newest order of a kind.
struct OrderMade {
    std::string state, result, failed_reason, effect, detail;
    std::int64_t created_at = 0, ended_at = 0;
    bool is_open() const { return state == "queued" || state == "sent"; }
};
// Times are microseconds UTC, 0: never.
struct OnboardingFacts {
    std::string station_id;
    std::int64_t now = 0, created_at = 0;
    bool online = false, has_default_version = false;
    std::int64_t connected_at = 0, disconnected_at = 0;
    std::string disconnect_reason, subprotocol, ocpp_version;
    std::optional<RefusedAttempt> refusal;  // the newest
    std::string boot_status, boot_decision;
    std::int64_t booted_at = 0;
    std::int64_t connectors = 0, connectors_expected = 0;  // that reported; 0: not known how many
    std::int64_t reported_at = 0;
    std::int64_t clock_at = 0, clock_ahead = 0;  // when it last said a time; µs before ours
    std::int64_t variables = 0, read_at = 0;
    std::optional<OrderMade> reading, trigger;
};

StationCheckShown check_of(const OnboardingFacts& facts);

}  // namespace ohm::api::rest
