#include "store/sequences.hpp"

#include <algorithm>

namespace ohm::store {

std::int64_t take_block(Sql& sql, std::string_view name, std::int64_t count) {
    ENSURE(count > 0);
    const auto rows =
        sql.query("update sequences set next = next + $2 where name = $1 returning next - $2",
                  {std::string{name}, count});
    ENSURE(rows.size() == 1);
    return as_int(rows[0].at(0));
}

void keep_fresh(Sql& sql, std::string_view name, std::vector<std::int64_t>& fresh,
                std::size_t count, std::size_t block) {
    if (fresh.size() >= count) return;
    const auto wanted = static_cast<std::int64_t>(std::max(block, count));
    const std::int64_t first = take_block(sql, name, wanted);
    for (std::int64_t i = wanted; i-- > 0;) fresh.push_back(first + i);
}

}  // namespace ohm::store
