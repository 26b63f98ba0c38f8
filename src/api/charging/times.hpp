// How long a transaction lasts, as far as its station's clock can be believed. Called by handlers
// in a batch.
#pragma once

#include <cstdint>

#include "api/charging/record.hpp"

namespace ohm::api {

// As it said; where that cannot be, when it was first heard of.
std::int64_t began_at(const TransactionRecord& record);
// From its beginning to its end, or to now.
std::int64_t seconds_of(const TransactionRecord& record, std::int64_t now);

}  // namespace ohm::api
