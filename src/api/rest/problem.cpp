#include "api/rest/problem.hpp"

#include "api/rest/errors.hpp"
#include "api/rest/exchange.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::size_t shown_bytes = 300;  // of what the client sent, in a sentence

std::string_view remedy_for(wire::Rule rule) {
    switch (rule) {
        case wire::Rule::malformed: return "Send one JSON value, UTF-8, each name once.";
        case wire::Rule::occurrence: return "Add what is missing, or remove what is too much.";
        case wire::Rule::type: return "Write the value in the type that the schema names.";
        case wire::Rule::property: return "Choose a value that the schema allows.";
        case wire::Rule::extra: return "Leave it out; /openapi.json lists the members.";
    }
    return "";
}

std::string shortened(std::string_view text) {
    if (text.size() <= shown_bytes) return std::string{text};
    return std::string{text.substr(0, shown_bytes)} + "…";
}

}  // namespace

Problem bad_parameter(std::string_view name, std::string&& detail) {
    ProblemItem item{.parameter = shortened(name), .detail = std::move(detail)};
    std::string sentence = "The query parameter " + *item.parameter + " " + item.detail + ".";
    return {
        .code = "validation_failed", .detail = std::move(sentence), .errors = {std::move(item)}};
}

Problem bad_header(std::string_view name, std::string&& detail) {
    ProblemItem item{.header = std::string{name}, .detail = std::move(detail)};
    std::string sentence = "The header " + *item.header + " " + item.detail + ".";
    return {
        .code = "validation_failed", .detail = std::move(sentence), .errors = {std::move(item)}};
}

Problem bad_body(const wire::Violation& violation, std::string_view pointer_prefix) {
    const std::string pointer = std::string{pointer_prefix} + shortened(violation.path);
    ProblemItem item{.pointer = pointer,
                     .detail = violation.detail,
                     .remedy = std::string{remedy_for(violation.rule)}};
    const std::string place = pointer.empty() ? "The body" : "The member " + pointer;
    return {.code = "validation_failed",
            .detail = place + " " + violation.detail + ".",
            .errors = {std::move(item)}};
}

Problem bad_member(std::string_view pointer, std::string_view detail) {
    return bad_body({wire::Rule::property, std::string{pointer}, std::string{detail}});
}

Problem missing_scope(std::string_view scope) {
    return {.code = "insufficient_scope",
            .detail = "The scope " + std::string{scope} + " is needed.",
            .errors = {},
            .scope = std::string{scope}};
}

Problem not_found(std::string_view what, std::string_view id) {
    return {.code = "not_found",
            .detail = "There is no " + std::string{what} + " “" + shortened(id) + "”."};
}

Problem changed_meanwhile(std::string_view what) {
    return {.code = "version_conflict",
            .detail = "The " + std::string{what} + "'s version is another one."};
}

net::Response problem_answer(const Exchange& exchange, const Problem& problem) {
    const ErrorInfo* info = find_error(problem.code);
    const int status = problem.status != 0 ? problem.status : info != nullptr ? info->status : 500;
    ProblemBody body{.type = "/docs/errors/" + problem.code,
                     .title = std::string{info != nullptr ? info->title : problem.code},
                     .status = status,
                     .detail = problem.detail,
                     .instance = std::string{exchange.request.path()},
                     .code = problem.code,
                     .request_id = exchange.request_id};
    if (!problem.scope.empty()) body.scope = {problem.scope};
    if (!problem.errors.empty()) body.errors = {problem.errors};
    net::Response response{.status = status,
                           .headers = {{"Content-Type", "application/problem+json"}},
                           .body = wire::encode(body)};
    if (status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
    const bool comes_back =
        status == 429 || status == 503 || problem.code == "idempotency_in_progress";
    if (comes_back) response.headers.push_back({"Retry-After", "2"});
    return response;
}

}  // namespace ohm::api::rest
