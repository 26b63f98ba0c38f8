#include "api/rest/made_once.hpp"

#include "base/text.hpp"

namespace ohm::api::rest {

bool must_be_new(const Exchange& exchange) {
    return exchange.request.method == "PUT" &&
           trim(exchange.request.header("if-none-match")) == "*";
}

Problem exists_already(std::string_view what) {
    return {.code = "version_conflict",
            .detail = "The " + std::string{what} + " exists, and If-None-Match is *."};
}

}  // namespace ohm::api::rest
