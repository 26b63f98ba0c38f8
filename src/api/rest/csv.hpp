// Comma-separated values (RFC 4180): quotes, CRLF or LF, a byte order mark. Cells are text and stay
// text; what begins with `=` is no formula here. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/fields.hpp"

namespace ohm::api::rest {

struct Csv {
    std::vector<std::vector<std::string>> rows;  // empty lines are left out
    std::string broken;                          // a sentence where it is no CSV, else ""
};
// Reads at most `most` rows and the one that is too many.
Csv parse_csv(std::string_view text, std::size_t most);

// A row as a JSON object for the decoder: an empty cell is absent, numbers are numbers where the
// declaration wants them. `names` are members of `type`; `cells` may be fewer.
std::string json_of_row(const wire::Type& type, const std::vector<std::string>& names,
                        const std::vector<std::string>& cells);

// A cell as a spreadsheet may open it: quoted where needed, and what would be a formula there
// begins with an apostrophe.
std::string csv_cell(std::string_view text);

}  // namespace ohm::api::rest
