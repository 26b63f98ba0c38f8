// OpenAPI 3.1 from the table of routes. jsonSchemaDialect is not set: Swagger UI warns of it.
#include <algorithm>
#include <map>

#include "api/rest/errors.hpp"
#include "api/rest/kept_answers.hpp"
#include "api/rest/route.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

// Writes members of one JSON object after the other.
class Members {
public:
    explicit Members(std::string& out) : out_{out} { out_ += '{'; }
    Members(const Members&) = delete;
    Members& operator=(const Members&) = delete;
    ~Members() { out_ += '}'; }

    std::string& name(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        append_json_string(out_, name);
        return out_ += ':';
    }
    void text(std::string_view member, std::string_view value) {
        append_json_string(name(member), value);
    }
    void raw(std::string_view member, std::string_view json) { name(member) += json; }

private:
    std::string& out_;
    bool first_ = true;
};

std::string reference(std::string_view component) {
    return R"({"$ref":"#/components/schemas/)" + std::string{component} + "\"}";
}

std::string list_schema(std::string_view component) {
    return R"({"type":"object","properties":{"data":{"type":"array","items":)" +
           reference(component) +
           R"(},"next_cursor":{"type":["string","null"]},"total":{"type":"integer"}},)" +
           R"("required":["data","next_cursor"]})";
}

// ---- parameters ----

std::vector<std::string_view> path_parameters(std::string_view path) {
    std::vector<std::string_view> names;
    for (auto open = path.find('{'); open != std::string_view::npos;
         open = path.find('{', open + 1))
        names.push_back(path.substr(open + 1, path.find('}', open) - open - 1));
    return names;
}

void append_parameter(std::string& out, std::string_view name, std::string_view place,
                      std::string_view schema, std::string_view description) {
    if (out.back() != '[') out += ',';
    Members parameter{out};
    parameter.text("name", name);
    parameter.text("in", place);
    if (place == "path") parameter.raw("required", "true");
    if (!description.empty()) parameter.text("description", description);
    parameter.raw("schema", schema);
}

constexpr std::string_view text_schema = R"({"type":"string"})";

// Reads that If-None-Match can make short.
bool is_conditional(const Route& route) {
    return route.operation_id == "getStation" || route.operation_id == "getToken" ||
           route.operation_id == "getTransaction";
}

// Writes that say which version they were made for.
bool takes_if_match(const Route& route) {
    const auto& problems = route.problems;
    return route.method != "POST" &&
           std::find(problems.begin(), problems.end(), "version_conflict") != problems.end();
}

// A sign-in, an upload and a question are not kept.
bool takes_key(const Route& route) {
    return route.method == "POST" && !route.scope.is_open() && route.body.media != Media::stream &&
           route.operation_id != "tryAuthorize";
}

void append_header_parameters(std::string& out, const Route& route) {
    const bool is_read = route.method == "GET";
    if (is_read && is_conditional(route))
        append_parameter(out, "If-None-Match", "header", text_schema, "An ETag: 304 if still so.");
    if (takes_if_match(route))
        append_parameter(out, "If-Match", "header", text_schema,
                         "An ETag; only what operators write is compared.");
    if (takes_key(route))
        append_parameter(out, "Idempotency-Key", "header", R"({"type":"string","maxLength":200})",
                         "The same key and request again gives the same answer, done once.");
    if (route.tag == "commands" && route.method == "POST")
        append_parameter(out, "Prefer", "header", text_schema,
                         "wait=N waits at most N seconds for the command's end, respond-async not "
                         "at all (RFC 7240).");
}

std::string parameters_of(const Route& route) {
    std::string out = "[";
    for (const std::string_view name : path_parameters(route.path))
        append_parameter(out, name, "path", text_schema, "");
    for (const QueryParameter& parameter : route.query)
        append_parameter(out, parameter.name, "query", parameter.schema, parameter.description);
    append_header_parameters(out, route);
    return out + "]";
}

// ---- bodies ----

void append_media(Members& content, std::string_view media, std::string_view schema,
                  std::string_view example) {
    Members type{content.name(media)};
    type.raw("schema", schema);
    if (!example.empty()) type.raw("example", example);
}

std::string request_body_of(const Body& body) {
    std::string out;
    {
        Members request{out};
        request.raw("required", body.required ? "true" : "false");
        Members content{request.name("content")};
        if (body.media == Media::stream)
            append_media(
                content,
                body.component == "File" ? "application/octet-stream" : "multipart/form-data",
                reference(body.component), body.example);
        else
            append_media(content, "application/json", reference(body.component), body.example);
        if (body.media == Media::merge_patch)
            append_media(content, "application/merge-patch+json", reference(body.component),
                         body.example);
        if (body.media == Media::json_or_csv)
            append_media(content, "text/csv", text_schema, R"("id,name\r\nCP0001,Gate 1\r\n")");
    }
    return out;
}

// ---- answers ----

void append_outcome(Members& responses, const Outcome& outcome) {
    Members response{responses.name(std::to_string(outcome.status))};
    response.text("description", outcome.description);
    if (outcome.shape == Shape::nothing) return;
    Members content{response.name("content")};
    if (outcome.shape == Shape::text)
        append_media(content, outcome.component,
                     outcome.component.ends_with("json") ? "{}" : text_schema, outcome.example);
    if (outcome.shape == Shape::object)
        append_media(content, "application/json", reference(outcome.component), outcome.example);
    if (outcome.shape != Shape::list) return;
    std::string example{outcome.example};  // of the page, or of one item
    if (!example.empty() && !example.starts_with(R"({"data":[)"))
        example = R"({"data":[)" + example + R"(],"next_cursor":null})";
    append_media(content, "application/json", list_schema(outcome.component), example);
}

// Several codes may share a status: they become one response that names them all.
std::map<int, std::string> problems_of(const Route& route) {
    std::vector<std::string_view> codes = route.problems;
    codes.push_back("validation_failed");  // of the path and the query, at least
    if (!route.scope.is_open())
        codes.insert(codes.end(), {"unauthorized", "rate_limited", "database_unavailable"});
    if (route.scope.is_particular()) codes.push_back("insufficient_scope");
    if (route.body.media != Media::none)
        codes.insert(codes.end(), {"payload_too_large", "unsupported_media_type"});
    if (keeps_answer(route))
        codes.insert(codes.end(), {"idempotency_in_progress", "idempotency_mismatch"});
    std::map<int, std::string> by_status;
    for (const std::string_view code : codes) {
        const ErrorInfo* info = find_error(code);
        ENSURE(info != nullptr);
        std::string& names = by_status[info->status];
        names += (names.empty() ? "" : ", ") + std::string{code};
    }
    return by_status;
}

std::string responses_of(const Route& route) {
    std::string out;
    {
        Members responses{out};
        for (const Outcome& outcome : route.outcomes) append_outcome(responses, outcome);
        if (is_conditional(route))
            Members{responses.name("304")}.text("description", "Not modified.");
        for (const auto& [status, codes] : problems_of(route)) {
            Members response{responses.name(std::to_string(status))};
            response.text("description", codes);
            Members content{response.name("content")};
            append_media(content, "application/problem+json", reference("Problem"), "");
        }
    }
    return out;
}

// ---- the document ----

void append_operation(Members& path, const Route& route) {
    Members operation{path.name(to_lower(route.method))};
    operation.text("operationId", route.operation_id);
    operation.raw("tags", "[\"" + std::string{route.tag} + "\"]");
    operation.text("summary", route.summary);
    if (const std::string parameters = parameters_of(route); parameters != "[]")
        operation.raw("parameters", parameters);
    if (route.body.media != Media::none) operation.raw("requestBody", request_body_of(route.body));
    operation.raw("responses", responses_of(route));
    if (route.scope.is_open()) return operation.raw("security", "[]");
    // OpenAPI 3.1 lets any scheme name the roles that an operation needs.
    const std::string scope =
        route.scope.is_particular() ? "\"" + std::string{route.scope.name()} + "\"" : "";
    operation.raw("security", R"([{"bearer":[)" + scope + R"(]},{"session":[)" + scope + "]}]");
}

void append_paths(Members& document) {
    std::map<std::string_view, std::vector<const Route*>> by_path;
    for (const Route& route : routes()) by_path[route.path].push_back(&route);
    Members paths{document.name("paths")};
    for (const auto& [path, of_path] : by_path) {
        Members item{paths.name(path)};
        for (const Route* route : of_path) append_operation(item, *route);
    }
}

void append_components(Members& document) {
    Members parts{document.name("components")};
    {
        Members schemas{parts.name("schemas")};
        for (const Component& component : components())
            wire::describe(schemas.name(component.name), *component.type,
                           {wire::Strictness::strict, component.custom_data});
    }
    parts.raw("securitySchemes",
              R"({"bearer":{"type":"http","scheme":"bearer","description":"An API key: ohk_…"},)"
              R"("session":{"type":"apiKey","in":"cookie","name":"ohm_session","description":)"
              R"("An operator's, from POST /api/v1/session; what changes something also needs the )"
              R"(header X-Ohm-Csrf."}})");
}

}  // namespace

std::string openapi_document(std::string_view version) {
    std::string out;
    {
        Members document{out};
        document.text("openapi", "3.1.0");
        {
            Members info{document.name("info")};
            info.text("title", "Ohmstead");
            info.text("version", version);
            info.text(
                "description",
                "Charging station management. Lists give pages with `next_cursor`; errors are "
                "application/problem+json whose codes /docs/errors/{code} explains.");
        }
        document.raw("servers", R"([{"url":"/"}])");
        append_paths(document);
        append_components(document);
    }
    return out;
}

}  // namespace ohm::api::rest
