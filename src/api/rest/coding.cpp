#include "api/rest/coding.hpp"

#include <algorithm>

#include "base/limits_rest.hpp"
#include "base/text.hpp"
#include "net/gzip.hpp"

namespace ohm::api::rest {
namespace {

bool has_header(const net::Response& response, std::string_view name) {
    return std::any_of(response.headers.begin(), response.headers.end(),
                       [&](const net::Header& header) { return header.name == name; });
}

// Text that programs read in long pieces. Not the metrics: they must not depend on anything.
bool is_packable(std::string_view type) {
    constexpr std::string_view types[] = {"application/json", "application/schema+json",
                                          "application/yaml", "application/x-ndjson",
                                          "text/csv",         "text/html"};
    const std::string_view name = trim(type.substr(0, type.find(';')));
    return std::find(std::begin(types), std::end(types), name) != std::end(types);
}

bool is_worth_packing(const net::Response& response) {
    if (response.status != 200 || response.body.size() < limits::gzip_from_bytes) return false;
    if (has_header(response, "ETag") || is_packed(response)) return false;
    return std::any_of(response.headers.begin(), response.headers.end(), [](const auto& header) {
        return header.name == "Content-Type" && is_packable(header.value);
    });
}

// `gzip;q=0` and `gzip;q=0.000` refuse it.
bool is_refused(std::string_view piece) {
    const auto weight = to_lower(piece).find("q=0");
    return weight != std::string_view::npos &&
           piece.substr(weight).find_first_of("123456789") == std::string_view::npos;
}

}  // namespace

bool takes_coding(const net::Request& request, std::string_view coding) {
    for (const net::Header& header : request.headers) {
        if (header.name != "accept-encoding") continue;
        for (const std::string_view piece : split(header.value, ','))
            if (equals_ignoring_case(trim(piece.substr(0, piece.find(';'))), coding))
                return !is_refused(piece);
    }
    return false;
}

bool is_packed(const net::Response& response) { return has_header(response, "Content-Encoding"); }

void pack(const net::Request& request, net::Response& response) {
    if (!is_worth_packing(response)) return;
    response.headers.push_back({"Vary", "Accept-Encoding"});
    if (!takes_coding(request, "gzip")) return;
    auto packed = net::gzip(response.body);
    if (!packed) return;
    response.body = std::move(*packed);
    response.headers.push_back({"Content-Encoding", "gzip"});
}

Document make_document(std::string&& text) {
    auto packed = net::gzip(text);
    return {std::move(text), std::move(packed)};
}

net::Response document_answer(const net::Request& request, const Document& document,
                              std::string_view type) {
    net::Response response{
        .status = 200,
        .headers = {{"Content-Type", std::string{type}}, {"Vary", "Accept-Encoding"}},
        .body = {}};
    const bool packs = document.packed && takes_coding(request, "gzip");
    response.body = packs ? *document.packed : document.text;
    if (packs) response.headers.push_back({"Content-Encoding", "gzip"});
    return response;
}

}  // namespace ohm::api::rest
