#include "cli/asker.hpp"

#include <fstream>

#include "base/text.hpp"
#include "net/url.hpp"

namespace ohm::cli {
namespace {

constexpr seconds patience{60};

std::string key_in(const std::string& folder) {
    std::ifstream file{folder + "/admin.key"};
    std::string key;
    std::getline(file, key);
    return std::string{trim(key)};
}

}  // namespace

std::string key_of(const Words& words) {
    return words.key.empty() ? key_in(words.data_dir) : words.key;
}

Result<net::HttpAnswer> ask_api(const Words& words, const Request& request) {
    net::Url url = net::parse_url(words.url, "http", "https");
    if (url.endpoint.host.empty())
        return tl::unexpected{Refusal{"bad_usage", "no http:// or https:// URL: " + words.url}};
    url.endpoint.ca_file = words.ca_file;
    while (url.path.ends_with('/')) url.path.pop_back();
    net::Request sent{.method = request.method,
                      .target = url.path + std::string{api_base} + request.target,
                      .headers = {{"accept", "application/json"}},
                      .body = request.body};
    const std::string key = key_of(words);
    if (!key.empty()) sent.headers.push_back({"authorization", "Bearer " + key});
    if (!request.content_type.empty())
        sent.headers.push_back({"content-type", request.content_type});
    if (request.wait_s)
        sent.headers.push_back({"prefer", "wait=" + std::to_string(*request.wait_s)});
    const SystemClock clock;
    net::Loop loop{clock};
    net::HttpAnswer answer;
    bool is_there = false;
    net::fetch(loop, url.endpoint, sent, patience + seconds{request.wait_s.value_or(0)},
               [&](net::HttpAnswer&& came) {
                   answer = std::move(came);
                   is_there = true;
               });
    while (!is_there) loop.turn(milliseconds{100});
    return answer;
}

}  // namespace ohm::cli
