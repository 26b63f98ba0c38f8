// One request to the api and its answer, waited for. Its loop runs on the caller's thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/words.hpp"
#include "net/client.hpp"
#include "net/url.hpp"

namespace ohm::cli {

struct Request {
    std::string method, target, body, content_type;
    std::optional<std::int64_t> wait_s;
};

// Status 0: no answer came, `body` says why. A Refusal: --url is none.
using Ask = std::function<Result<net::HttpAnswer>(const Words& words, const Request& request)>;
// Where the api's paths begin. A Refusal: --url is none.
Result<net::Url> api_url(const Words& words);
// That of `words`, or of the data folder's admin.key; nothing where there is neither.
std::vector<net::Header> authorization_of(const Words& words);
Result<net::HttpAnswer> ask_api(const Words& words, const Request& request);

}  // namespace ohm::cli
