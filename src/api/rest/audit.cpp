// The record of what callers did, over REST: pages of it, files of it, and whether it is whole. On
// a reader's thread.
#include "api/people/summary.hpp"
#include "api/rest/csv.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/service.hpp"
#include "api/rest/station_rows.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::as_int;

AuditShown shown_of(const people::StoredAuditRow& row) {
    AuditShown shown;
    shown.number = row.number;
    shown.at = time_of(row.at);
    shown.who = row.who, shown.address = row.address;
    shown.method = row.method, shown.route = row.route;
    shown.operation = row.operation, shown.path = row.path;
    shown.target = row.target, shown.request_id = row.request_id;
    shown.status = row.status;
    shown.code = text_unless_empty(row.code);
    shown.summary = row.summary;
    shown.digest = to_hex(row.digest);
    return shown;
}

std::string up_to(std::string_view text) {
    return like_pattern(text).substr(1);  // without the wildcard in front
}

bool names_token(std::string_view target) {
    return (target.starts_with("tokens/") && target != "tokens/import") ||
           target.starts_with("unknown-tokens/");
}

void hide_tokens(people::StoredAuditRow& row) {
    row.summary = people::without_tokens(row.summary);
    const std::size_t begin = row.target.find('/') + 1;  // a token may hold more of them
    if (names_token(row.target))
        row.target = row.target.substr(0, begin) + people::masked_token(row.target.substr(begin));
    row.path = people::path_without_tokens(row.path);
}

Wanted<Conditions> conditions_of(const Exchange& exchange) {
    Conditions where;
    for (const auto& [parameter, column] :
         {std::pair{"who", "who"}, std::pair{"route", "route"}, std::pair{"operation", "operation"},
          std::pair{"method", "method"}})
        if (const auto text = exchange.asked(parameter); text && !text->empty())
            where.add(std::string{column} + " = ?", {std::string{*text}});
    if (const auto target = exchange.asked("target"); target && !target->empty()) {
        // Which tokens there are is not found out by asking for their traces.
        if (names_token(*target) && !exchange.caller.may("tokens:read"))
            return refused(missing_scope("tokens:read"));
        const bool is_one = target->find('/') != std::string_view::npos;
        if (is_one) where.add("target = ?", {std::string{*target}});
        if (!is_one)
            where.add("(target = ? or target like ? escape '!')",
                      {std::string{*target}, up_to(std::string{*target} + "/")});
    }
    const auto refusals = flag_parameter(exchange, "refused");
    if (!refusals) return refused(Problem{refusals.error()});
    if (*refusals) where.add("status >= ?", {std::int64_t{400}});
    if (auto problem = add_times(exchange, where, "at")) return refused(std::move(*problem));
    return where;
}

struct Found {
    std::vector<people::StoredAuditRow> rows;
    std::optional<std::string> next;
    std::optional<std::int64_t> total;
};

// The newest first.
Wanted<Found> find_rows(const Exchange& exchange, store::Sql& sql, std::size_t limit) {
    auto where = conditions_of(exchange);
    if (!where) return refused(Problem{where.error()});
    const auto page = read_page(exchange, "audit", 1);
    if (!page) return refused(Problem{page.error()});
    Found found;
    if (page->total)
        found.total =
            as_int(sql.query("select count(*) from audit where tenant_no = 1" + where->text(),
                             where->values())
                       .at(0)
                       .at(0));
    if (page->after) {
        const auto number = parse_int(page->after->at(0));
        if (!number) return refused(bad_parameter("cursor", "is not a cursor of this list"));
        where->add("number < ?", {*number});
    }
    if (limit == 0) limit = page->limit;
    const std::string bound = where->bind(static_cast<std::int64_t>(limit + 1));
    auto rows = sql.query("select " + std::string{people::audit_columns} +
                              " from audit where tenant_no = 1" + where->text() +
                              " order by number desc limit " + bound,
                          where->values());
    const bool more = rows.size() > limit;
    if (more) rows.resize(limit);
    for (const store::Row& row : rows) found.rows.push_back(people::stored_audit_row(row));
    if (!exchange.caller.may("tokens:read"))
        for (people::StoredAuditRow& row : found.rows) hide_tokens(row);
    if (more) found.next = make_cursor("audit", {std::to_string(found.rows.back().number)});
    return found;
}

std::string csv_of(const Found& found) {
    std::string out =
        "number,at,who,address,method,route,operation,path,target,request_id,status,code,summary,"
        "digest\r\n";
    for (const people::StoredAuditRow& row : found.rows) {
        out += std::to_string(row.number) + "," + to_rfc3339(utc_from_micros(row.at), 3);
        for (const std::string* text : {&row.who, &row.address, &row.method, &row.route,
                                        &row.operation, &row.path, &row.target, &row.request_id})
            out += "," + csv_cell(*text);
        out += "," + std::to_string(row.status) + "," + csv_cell(row.code) + "," +
               csv_cell(row.summary) + "," + to_hex(row.digest) + "\r\n";
    }
    return out;
}

std::string lines_of(const Found& found) {
    std::string out;
    for (const people::StoredAuditRow& row : found.rows) out += wire::encode(shown_of(row)) + "\n";
    return out;
}

}  // namespace

net::Response list_audit(const Exchange& exchange, ReadSources& sources) {
    const auto found = find_rows(exchange, sources.sql, 0);
    if (!found) return problem_answer(exchange, found.error());
    ListAnswer list;
    for (const people::StoredAuditRow& row : found->rows)
        list.items.push_back(wire::encode(shown_of(row)));
    list.next_cursor = found->next;
    list.total = found->total;
    return list_answer(exchange, list);
}

net::Response export_audit(const Exchange& exchange, ReadSources& sources) {
    const auto format = word_parameter(exchange, "format", {"csv", "ndjson"});
    if (!format) return problem_answer(exchange, format.error());
    const auto found = find_rows(exchange, sources.sql, limits::audit_export_rows);
    if (!found) return problem_answer(exchange, found.error());
    const bool is_csv = *format == "csv";
    net::Response response{
        .status = 200,
        .headers = {{"Content-Type", is_csv ? "text/csv; charset=utf-8" : "application/x-ndjson"},
                    {"Content-Disposition",
                     "attachment; filename=\"audit." + std::string{*format} + "\""}},
        .body = is_csv ? csv_of(*found) : lines_of(*found)};
    if (found->next) response.headers.push_back({"Ohm-Next-Cursor", *found->next});
    return response;
}

net::Response check_audit_chain(const Exchange& exchange, ReadSources& sources) {
    const auto from = integer_parameter(exchange, "from_number", 1, INT64_MAX);
    if (!from) return problem_answer(exchange, from.error());
    const auto check =
        people::check_audit(sources.sql, from->value_or(1), limits::audit_rows_checked);
    AuditCheckShown shown;
    shown.intact = !check.broken_at;
    shown.first = check.first, shown.last = check.last;
    if (check.broken_at) shown.broken_at = {*check.broken_at};
    // From the last one again: that the next one follows it is part of the chain.
    if (!check.is_end && !check.broken_at) shown.next = {check.last};
    shown.head = to_hex(check.head);
    return json_answer(200, wire::encode(shown));
}

}  // namespace ohm::api::rest
