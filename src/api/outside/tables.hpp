// The writes of what was heard of the outside, declared; and what the keeper takes away of it.
#pragma once

#include "base/time.hpp"
#include "store/sql.hpp"

namespace ohm::api::tables {

extern const store::Write remembered_decision, ocsp_answer;

}  // namespace ohm::api::tables

namespace ohm::api::outside {

void sweep_outside(store::Sql& sql, Utc now);

}  // namespace ohm::api::outside
