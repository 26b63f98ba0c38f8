// One request to the api and its answer, waited for. Its loop runs on the caller's thread.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/words.hpp"
#include "net/client.hpp"

namespace ohm::cli {

struct Request {
    std::string method, target, body, content_type;
    std::optional<std::int64_t> wait_s;
};

// Status 0: no answer came, `body` says why. A Refusal: --url is none.
using Ask = std::function<Result<net::HttpAnswer>(const Words& words, const Request& request)>;
inline constexpr std::string_view api_base = "/api/v1";
std::string key_of(const Words& words);
// The key is that of `words`, or of the data folder's admin.key.
Result<net::HttpAnswer> ask_api(const Words& words, const Request& request);

}  // namespace ohm::cli
