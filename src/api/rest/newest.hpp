// Lists of what has a time-ordered id, newest first, page by page. On a reader's thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/rest/handlers.hpp"
#include "base/ids.hpp"

namespace ohm::api::rest {

std::string shown_id(std::string_view prefix, const store::Value& id);
NullableText shown_id_or_null(std::string_view prefix, const store::Value& id);
std::optional<Ulid> parse_id(std::string_view prefix, std::string_view text);

struct NewestFirst {
    std::string_view name;    // of the list, in its cursors
    std::string_view select;  // up to and with a where; the id is the first column
    std::string_view count;   // the same for a count
    std::string_view id;      // "t.id"
    std::function<std::string(const store::Row& row)> shown;
    std::string_view ids = {};  // the same for ids alone; where conditions come late
};
// A condition that no index serves: a page then ends after so many rows that the others fit, with a
// cursor behind them and perhaps shorter than was asked for.
struct Late {
    std::string condition;
    std::vector<store::Value> values;
};
constexpr std::int64_t read_a_page = 10'000;
net::Response newest_first(const Exchange& exchange, store::Sql& sql, const NewestFirst& what,
                           Conditions&& where, const std::vector<Late>& late = {});

// ?from= and ?to= of a column, ?station_id= of p.id_key, and a word of the query as it is.
std::optional<Problem> add_times(const Exchange& exchange, Conditions& where,
                                 std::string_view column);
void add_station(const Exchange& exchange, Conditions& where);

}  // namespace ohm::api::rest
