// Bounds of REST itself; those of what it is about are in limits.hpp and beside it.
#pragma once

#include <cstddef>

#include "base/time.hpp"

namespace ohm::limits {

constexpr minutes idempotency_claim_age{2};     // of a request that its api never answered
constexpr seconds preflight_age{600};           // browsers ask again whether they may
constexpr std::size_t labels_bytes = 8 * 1024;  // of a station, as JSON; more: 400

}  // namespace ohm::limits
