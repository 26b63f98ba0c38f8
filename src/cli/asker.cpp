#include "cli/asker.hpp"

#include "base/secret.hpp"

namespace ohm::cli {
namespace {

constexpr seconds patience{60};

}  // namespace

Result<net::Url> api_url(const Words& words) {
    net::Url url = net::parse_url(words.url, "http", "https");
    if (url.endpoint.host.empty())
        return tl::unexpected{Refusal{"bad_usage", "no http:// or https:// URL: " + words.url}};
    url.endpoint.ca_file = words.ca_file;
    while (url.path.ends_with('/')) url.path.pop_back();
    url.path += "/api/v1";
    return url;
}

std::vector<net::Header> authorization_of(const Words& words) {
    const std::string key = words.key.empty() ? secret::admin_key_in(words.data_dir) : words.key;
    if (key.empty()) return {};
    return {{"authorization", "Bearer " + key}};
}

Result<net::HttpAnswer> ask_api(const Words& words, const Request& request) {
    const auto url = api_url(words);
    if (!url) return tl::unexpected{url.error()};
    net::Request sent{.method = request.method,
                      .target = url->path + request.target,
                      .headers = authorization_of(words),
                      .body = request.body};
    sent.headers.push_back({"accept", "application/json"});
    if (!request.content_type.empty())
        sent.headers.push_back({"content-type", request.content_type});
    if (request.wait_s)
        sent.headers.push_back({"prefer", "wait=" + std::to_string(*request.wait_s)});
    const SystemClock clock;
    net::Loop loop{clock};
    net::HttpAnswer answer;
    bool is_there = false;
    net::fetch(loop, url->endpoint, sent, patience + seconds{request.wait_s.value_or(0)},
               [&](net::HttpAnswer&& came) {
                   answer = std::move(came);
                   is_there = true;
               });
    while (!is_there) loop.turn(milliseconds{100});
    return answer;
}

}  // namespace ohm::cli
