#include "api/rest/console.hpp"

#include <algorithm>
#include <charconv>

#include "api/rest/coding.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/service.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view first_line = "ohmstead console 1";
constexpr std::string_view start = "/console/";
constexpr std::string_view index_path = "index.html";
constexpr std::string_view base_mark = "@BASE@";

[[noreturn]] void refuse_pack() {
    throw Fault{Fault::Kind::fatal, "the console in this program is broken; build it again"};
}

// Takes the front of `rest` up to the mark, and the mark.
std::string_view take_until(std::string_view& rest, char mark) {
    const auto end = rest.find(mark);
    if (end == std::string_view::npos) refuse_pack();
    const std::string_view taken = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return taken;
}

std::size_t number_of(std::string_view text) {
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

const ConsoleFile* find_file(const Console& console, std::string_view path) {
    const auto found = std::find_if(console.begin(), console.end(),
                                    [&](const ConsoleFile& file) { return file.path == path; });
    return found == console.end() ? nullptr : &*found;
}

void set_body(const net::Request& request, const ConsoleFile& file, net::Response& response) {
    const bool brotli = !file.brotli.empty() && takes_coding(request, "br");
    const bool gzip = !brotli && !file.gzip.empty() && takes_coding(request, "gzip");
    response.body = brotli ? file.brotli : gzip ? file.gzip : file.identity;
    if (brotli || gzip) response.headers.push_back({"Content-Encoding", brotli ? "br" : "gzip"});
    response.headers.push_back({"Vary", "Accept-Encoding"});
}

// One page for every path that the page's own program knows. It names its files relative to
// itself, so that a proxy may put a prefix before everything.
std::string index_at(std::string_view path, std::string_view text) {
    const auto depth = static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
    std::string base = depth == 0 ? "./" : "";
    for (std::size_t i = 0; i < depth; ++i) base += "../";
    std::string out;
    for (;;) {
        const auto at = text.find(base_mark);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += base;
        text.remove_prefix(at + base_mark.size());
    }
}

net::Response not_changed_or(const net::Request& request, const ConsoleFile& file,
                             net::Response&& response) {
    response.headers.push_back({"ETag", file.etag});
    if (!matches_if_none_match(request, file.etag)) return std::move(response);
    response.status = 304;
    response.body.clear();
    return std::move(response);
}

}  // namespace

bool is_console_path(std::string_view path) { return path.starts_with(start); }

Console read_console_pack(std::string_view pack) {
    Console console;
    if (pack.empty()) return console;
    if (take_until(pack, '\n') != first_line) refuse_pack();
    struct Sizes {
        std::size_t identity, gzip, brotli;
    };
    std::vector<Sizes> sizes;
    for (std::string_view line = take_until(pack, '\n'); !line.empty();
         line = take_until(pack, '\n')) {
        const auto words = split(line, '\t');
        if (words.size() != 6) refuse_pack();
        console.push_back({.path = std::string{words[0]},
                           .type = std::string{words[1]},
                           .etag = std::string{words[2]}});
        sizes.push_back({number_of(words[3]), number_of(words[4]), number_of(words[5])});
    }
    const auto take = [&](std::size_t bytes) {
        if (bytes > pack.size()) refuse_pack();
        const std::string_view taken = pack.substr(0, bytes);
        pack.remove_prefix(bytes);
        return taken;
    };
    for (std::size_t i = 0; i < console.size(); ++i) {
        console[i].identity = take(sizes[i].identity);
        console[i].gzip = take(sizes[i].gzip);
        console[i].brotli = take(sizes[i].brotli);
    }
    return console;
}

net::Response show_console(const Exchange& exchange, Service& service) {
    const Console& console = service.settings().console;
    const std::string_view path = exchange.request.path().substr(start.size());
    const ConsoleFile* file = find_file(console, path);
    if (file == nullptr && path.starts_with("assets/"))
        return problem_answer(exchange, not_found("file", path));
    const bool is_index = file == nullptr || file->path == index_path;
    if (is_index) file = find_file(console, index_path);
    if (file == nullptr) return show_root(exchange, service);
    net::Response response{.status = 200, .headers = {{"Content-Type", file->type}}, .body = {}};
    response.headers.push_back(
        {"Cache-Control", is_index ? "no-cache" : "public, max-age=31536000, immutable"});
    if (is_index)
        response.body = index_at(path, file->identity);
    else
        set_body(exchange.request, *file, response);
    return not_changed_or(exchange.request, *file, std::move(response));
}

}  // namespace ohm::api::rest
