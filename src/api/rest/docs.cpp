#include <algorithm>
#include <fstream>
#include <sstream>

#include "api/rest/errors.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/service.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view swagger_files[] = {"swagger-ui.css", "swagger-ui-bundle.js",
                                              "favicon-32x32.png", "favicon-16x16.png"};

net::Response page(int status, std::string_view title, std::string&& body) {
    std::string html = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>";
    html += title;
    html += "</title></head><body>\n";
    html += body;
    html += "\n</body></html>\n";
    return {.status = status,
            .headers = {{"Content-Type", "text/html; charset=utf-8"}},
            .body = std::move(html)};
}

constexpr std::string_view swagger_page = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Ohmstead API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head><body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>
</body></html>
)";

// A file of its own: the content security policy lets no script stand in the page.
constexpr std::string_view swagger_start = R"('use strict';
window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
)";

const Asset* find_asset(const Settings& settings, std::string_view name) {
    for (const Asset& asset : settings.swagger_ui)
        if (asset.name == name) return &asset;
    return nullptr;
}

std::string_view type_of_file(std::string_view name) {
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    return name.ends_with(".png") ? "image/png" : "application/octet-stream";
}

net::Response file_answer(std::string_view name, std::string_view body) {
    return {.status = 200,
            .headers = {{"Content-Type", std::string{type_of_file(name)}},
                        {"Cache-Control", "no-cache"}},
            .body = std::string{body}};
}

}  // namespace

std::vector<Asset> read_swagger_ui(const std::string& folder) {
    std::vector<Asset> assets;
    for (const std::string_view name : swagger_files) {
        std::ifstream file{folder + "/" + std::string{name}, std::ios::binary};
        if (!file) return {};
        std::ostringstream body;
        body << file.rdbuf();
        assets.push_back({std::string{name}, body.str()});
    }
    return assets;
}

net::Response show_root(const Exchange&, Service& service) {
    if (!service.settings().console.empty())  // relative: a proxy may have put a prefix before it
        return {.status = 302, .headers = {{"Location", "console/"}}, .body = {}};
    return page(200, "Ohmstead",
                "<p>This is Ohmstead, a charging station management system; its console is not "
                "part of this build, which had no Node: install <code>npm</code> and build again. "
                "<a href=\"/docs\">API documentation</a>, "
                "<a href=\"/openapi.json\">OpenAPI</a>, "
                "<a href=\"/readyz?verbose\">health</a>.</p>");
}

net::Response show_docs(const Exchange&, Service& service) {
    if (find_asset(service.settings(), swagger_files[1]) == nullptr)
        return page(200, "Ohmstead API",
                    "<p>Swagger UI is not part of this build; the API is described in "
                    "<a href=\"/openapi.json\">/openapi.json</a>.</p>");
    return {.status = 200,
            .headers = {{"Content-Type", "text/html; charset=utf-8"}},
            .body = std::string{swagger_page}};
}

net::Response show_docs_start(const Exchange&, Service&) {
    return file_answer("start.js", swagger_start);
}

net::Response show_docs_file(const Exchange& exchange, Service& service) {
    const Asset* asset = find_asset(service.settings(), exchange.path_value(0));
    if (asset == nullptr)
        return problem_answer(exchange, not_found("file", exchange.path_value(0)));
    return file_answer(asset->name, asset->body);
}

net::Response show_error_page(const Exchange& exchange, Service&) {
    const ErrorInfo* info = find_error(exchange.path_value(0));
    if (info == nullptr)
        return problem_answer(exchange, not_found("error", exchange.path_value(0)));
    std::string body = "<h1>" + std::string{info->code} + "</h1>\n<p>HTTP " +
                       std::to_string(info->status) + ". " + std::string{info->title} +
                       ".</p>\n<p>" + std::string{info->meaning} +
                       "</p>\n<p>What to do: " + std::string{info->remedy} + "</p>";
    return page(200, info->code, std::move(body));
}

net::Response show_openapi(const Exchange& exchange, Service& service) {
    return document_answer(exchange.request, service.openapi(), "application/json");
}

}  // namespace ohm::api::rest
