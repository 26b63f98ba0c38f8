#include "store/sequences.hpp"

namespace ohm::store {

std::int64_t take_block(Sql& sql, std::string_view name, std::int64_t count) {
    ENSURE(count > 0);
    const auto rows =
        sql.query("update sequences set next = next + $2 where name = $1 returning next - $2",
                  {std::string{name}, count});
    ENSURE(rows.size() == 1);
    return as_int(rows[0].at(0));
}

}  // namespace ohm::store
