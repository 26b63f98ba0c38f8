// What rows of several route tables say alike: schemas, parameters of lists, bodies. For the files
// that declare routes alone; made before main, as the tables are.
#pragma once

#include "api/rest/route.hpp"

namespace ohm::api::rest {

inline constexpr std::string_view text_schema = R"({"type":"string"})";
inline constexpr std::string_view time_schema = R"({"type":"string","format":"date-time"})";

using Parameters = std::vector<QueryParameter>;

inline Parameters operator+(Parameters a, const Parameters& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

inline const Parameters page_parameters{
    {"limit", R"({"type":"integer","minimum":1,"maximum":500,"default":50})", "Items a page."},
    {"cursor", text_schema, "next_cursor of the page before."},
    {"total", R"({"type":"string","enum":["none","exact","estimate"]})",
     "The answer says how many items match: exact, or estimate, which may be less exact."}};

inline const Body no_body{};

}  // namespace ohm::api::rest
