#include "store/sql.hpp"

namespace ohm::store {

std::unique_ptr<Sql> open_postgres(const PostgresOptions&) {
    throw Fault{Fault::Kind::away, "postgres driver not built"};
}

}  // namespace ohm::store
