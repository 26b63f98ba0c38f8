// A connection for work that nobody waits for, as counting and looking for alerts. After each
// statement it rests for a multiple of the time that it took, and a unit is written in portions: in
// bursts it would take the database's processors from those who answer stations. The transaction
// stays open meanwhile, and its fence is checked last, so that it keeps no claim waiting. On SQLite
// writers exclude each other: there a short burst is the lesser evil, and there is no such
// connection. One thread.
#pragma once

#include <memory>

#include "base/limits_background.hpp"
#include "store/sql.hpp"

namespace ohm::store {

std::unique_ptr<Sql> open_background_postgres(const PostgresOptions& options);

// Of a span of such work, what it kept the database busy: the rest it rested, where it does.
constexpr Micros busy_in(Micros span, Dialect dialect) {
    return dialect == Dialect::postgres ? span / (1 + limits::background_rests) : span;
}

}  // namespace ohm::store
