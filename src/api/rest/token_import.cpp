#include <algorithm>
#include <unordered_set>

#include "api/rest/charging_handlers.hpp"
#include "api/rest/csv.hpp"
#include "api/rest/service.hpp"
#include "api/rest/token_rows.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "domain/token.hpp"

namespace ohm::api::rest {
namespace {

struct ImportRow {
    TokenImportItem item;
    std::optional<TokenShown> token;  // none: refused
};

void refuse(ImportRow& row, std::string_view code, std::string detail, std::string pointer) {
    row.token.reset();
    row.item.result = "refused";
    row.item.code = std::string{code};
    row.item.detail = std::move(detail);
    if (!pointer.empty()) row.item.pointer = std::move(pointer);
}

void refuse(ImportRow& row, const Problem& problem) {
    const bool has_place = !problem.errors.empty() && problem.errors.front().pointer;
    refuse(row, problem.code, problem.detail, has_place ? *problem.errors.front().pointer : "");
}

void add_row(std::vector<ImportRow>& rows, wire::Decoder& decoder, std::string_view json) {
    ImportRow& row = rows.emplace_back();
    row.item.row = static_cast<std::int64_t>(rows.size());
    TokenWrite wanted;
    if (const auto violation = decoder.decode(json, wanted))
        return refuse(
            row, "validation_failed",
            (violation->path.empty() ? "the row" : violation->path) + " " + violation->detail,
            violation->path);
    if (!wanted.uid) return refuse(row, "validation_failed", "uid is required", "/uid");
    row.item.uid = wanted.uid->value;
    row.token = token_of(wanted, wanted.uid->value);
    if (const auto problem = check_token(row.token->uid, *row.token)) refuse(row, *problem);
}

Problem too_many_rows() {
    return {
        .code = "payload_too_large",
        .detail = "An import may have " + std::to_string(limits::import_rows) + " rows; split it."};
}

std::optional<Problem> read_json(const Exchange& exchange, std::vector<ImportRow>& rows) {
    wire::Decoder decoder;
    TokenImportWrite body;
    if (const auto violation = decoder.decode(exchange.request.body, body))
        return bad_body(*violation);
    if (body.tokens.items.size() > limits::import_rows) return too_many_rows();
    for (const Any& token : body.tokens) add_row(rows, decoder, token.json);
    return std::nullopt;
}

// Lists are JSON in their cell.
bool may_be_a_column(std::string_view name) {
    const wire::Type& type = wire::type_of<TokenWrite>;
    return std::any_of(type.fields, type.fields + type.field_count,
                       [&](const wire::Field& field) { return field.name == name; });
}

std::optional<Problem> read_csv(const Exchange& exchange, std::vector<ImportRow>& rows) {
    if (!is_utf8(exchange.request.body))
        return Problem{.code = "validation_failed", .detail = "The file is not UTF-8."};
    Csv csv = parse_csv(exchange.request.body, limits::import_rows + 1);
    if (!csv.broken.empty())
        return Problem{.code = "validation_failed",
                       .detail = "The file is not CSV: " + csv.broken + "."};
    if (csv.rows.size() > limits::import_rows + 1) return too_many_rows();
    std::vector<std::string> names;
    if (!csv.rows.empty())
        for (const std::string& cell : csv.rows.front()) names.emplace_back(trim(cell));
    const bool named = std::all_of(names.begin(), names.end(), may_be_a_column) &&
                       std::find(names.begin(), names.end(), "uid") != names.end();
    if (!named)
        return Problem{.code = "validation_failed",
                       .detail = "The header row must name uid and other members of TokenWrite."};
    wire::Decoder decoder;
    for (std::size_t i = 1; i < csv.rows.size(); ++i)
        add_row(rows, decoder, json_of_row(wire::type_of<TokenWrite>, names, csv.rows[i]));
    return std::nullopt;
}

void save_all(std::vector<ImportRow>& rows, store::Sql& sql, Utc now, bool dry_run) {
    std::unordered_set<std::string> seen;
    for (ImportRow& row : rows) {
        if (row.token && !seen.insert(domain::token_key(row.token->uid)).second)
            refuse(row, "validation_failed", "an earlier row has the same uid", "/uid");
        if (!row.token) continue;
        if (const auto problem = check_locations(sql, *row.token)) {
            refuse(row, *problem);
            continue;
        }
        const bool is_new =
            dry_run ? !find_token(sql, row.token->uid) : save_token(sql, *row.token, now).created;
        if (is_new)
            row.item.result = "created";
        else
            row.item.result = "updated";
    }
}

net::Response import_answer(std::vector<ImportRow>& rows, bool dry_run) {
    TokenImportShown shown{.dry_run = dry_run, .total = static_cast<std::int64_t>(rows.size())};
    for (ImportRow& row : rows) {
        shown.created += row.item.result.is("created");
        shown.updated += row.item.result.is("updated");
        shown.refused += row.item.result.is("refused");
        shown.items.items.push_back(std::move(row.item));
    }
    return json_answer(200, wire::encode(shown));
}

}  // namespace

void import_tokens(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        const auto dry_run = flag_parameter(asked, "dry_run");
        if (!dry_run) return problem_answer(asked, dry_run.error());
        std::vector<ImportRow> rows;
        const bool csv = equals_ignoring_case(media_type(asked.request), "text/csv");
        const auto problem = csv ? read_csv(asked, rows) : read_json(asked, rows);
        if (problem) return problem_answer(asked, *problem);
        save_all(rows, sources.sql, asked.received_at, *dry_run);
        return import_answer(rows, *dry_run);
    });
}

}  // namespace ohm::api::rest
