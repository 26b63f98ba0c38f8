// What goes wrong with a request, as a value, and how it looks on the wire (RFC 9457). Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "net/http.hpp"
#include "wire/codec.hpp"
#include "wire/fields.hpp"

namespace ohm::api::rest {

struct Exchange;

struct ProblemItem {
    wire::Optional<std::string> pointer;    // JSON Pointer into the body
    wire::Optional<std::string> parameter;  // of the query
    wire::Optional<std::string> header;
    std::string detail;
    wire::Optional<std::string> remedy;
    FIELDS(pointer, parameter, header, detail, remedy)
};

struct Problem {
    std::string code;
    std::string detail;
    std::vector<ProblemItem> errors{};
    int status = 0;       // 0: the catalogue's
    std::string scope{};  // that the caller lacks
};
template <class T>
using Wanted = tl::expected<T, Problem>;
inline auto refused(Problem&& problem) { return tl::unexpected<Problem>{std::move(problem)}; }

// As it is sent.
struct ProblemBody {
    std::string type, title;
    std::int64_t status = 0;
    std::string detail, instance, code, request_id;
    wire::Optional<std::string> scope;  // that the caller lacks
    wire::Optional<wire::List<ProblemItem>> errors;
    FIELDS(type, title, status, detail, instance, code, request_id, scope, errors)
};

Problem bad_parameter(std::string_view name, std::string&& detail);
Problem bad_header(std::string_view name, std::string&& detail);
Problem bad_body(const wire::Violation& violation, std::string_view pointer_prefix = "");
// Of a member that is of its type, but not one that can be. `detail` follows "The member /x".
Problem bad_member(std::string_view pointer, std::string_view detail);
Problem missing_scope(std::string_view scope);
Problem not_found(std::string_view what, std::string_view id);
// If-Match names another version of it than the stored one.
Problem changed_meanwhile(std::string_view what);

net::Response problem_answer(const Exchange& exchange, const Problem& problem);

}  // namespace ohm::api::rest
