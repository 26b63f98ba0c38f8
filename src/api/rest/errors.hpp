// The catalogue of errors that REST answers: one row makes the problem's title, its page under
// /docs/errors and docs/ERRORS.md. Codes are stable words. Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ohm::api::rest {

struct ErrorInfo {
    std::string_view code;
    int status;  // HTTP
    std::string_view title;
    std::string_view meaning;
    std::string_view remedy;
};

std::span<const ErrorInfo> error_catalogue();
const ErrorInfo* find_error(std::string_view code);  // null where not in the catalogue
std::string errors_document();                       // docs/ERRORS.md

}  // namespace ohm::api::rest
