// Bounds of REST itself; those of what it is about are in limits.hpp and beside it.
#pragma once

#include <cstddef>

#include "base/time.hpp"

namespace ohm::limits {

constexpr minutes idempotency_claim_age{2};          // of a request that its api never answered
constexpr seconds preflight_age{600};                // browsers ask again whether they may
constexpr seconds rate_window{60};                   // in which a caller may ask so often
constexpr std::size_t rate_buckets_unswept = 1'024;  // so many are kept, also where some are full
constexpr std::size_t gzip_from_bytes = 1'024;       // shorter answers go as they are
constexpr std::size_t labels_bytes = 8 * 1024;       // of a station, as JSON; more: 400

}  // namespace ohm::limits
