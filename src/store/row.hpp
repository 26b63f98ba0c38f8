// A row put together from its values without copying them: an initializer list would copy each
// text. For rows that every message makes.
#pragma once

#include <utility>

#include "store/sql.hpp"

namespace ohm::store {

template <class... Values>
Row row_of(Values&&... values) {
    Row row;
    row.reserve(sizeof...(values));
    (row.emplace_back(std::forward<Values>(values)), ...);
    return row;
}

}  // namespace ohm::store
