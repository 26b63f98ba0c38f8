// Tokens that stations showed and nobody has written here: listed, and taken over in one step.
#include "api/rest/charging_handlers.hpp"
#include "api/rest/service.hpp"
#include "api/rest/token_rows.hpp"
#include "base/text.hpp"
#include "domain/token.hpp"

namespace ohm::api::rest {
namespace {

net::Response adopt(const Exchange& asked, store::Sql& sql, const TokenWrite& wanted) {
    const std::string& uid = asked.path_value(0);
    const auto seen =
        sql.query("select token, type from unknown_tokens where tenant_no = 1 and token_key = $1",
                  {domain::token_key(uid)});
    if (seen.empty()) return problem_answer(asked, not_found("unknown token", uid));
    if (find_token(sql, uid))
        return problem_answer(asked, Problem{.code = "already_exists",
                                             .detail = "The token is in the list already."});
    TokenShown token = token_of(wanted, store::as_text(seen[0][0]));
    if (!token.type) token.type = text_or_null(seen[0][1]);
    if (const auto problem = check_token(uid, token)) return problem_answer(asked, *problem);
    if (const auto problem = check_locations(sql, token)) return problem_answer(asked, *problem);
    save_token(sql, token, asked.received_at);
    const auto saved = find_token(sql, uid);
    if (!saved) return problem_answer(asked, not_found("token", uid));
    net::Response response = json_answer(201, wire::encode(*saved), make_etag(saved->version, 0));
    response.headers.push_back({"Location", "/api/v1/tokens/" + percent_encode(saved->uid)});
    return response;
}

}  // namespace

namespace {
constexpr std::string_view from_unknown =
    " from unknown_tokens u left join charge_points p on p.station_no = u.station_no where "
    "u.tenant_no = 1 and not exists (select 1 from id_tokens t where t.tenant_no = 1 and t.uid_key "
    "= u.token_key)";
}  // namespace

net::Response list_unknown_tokens(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "unknown_tokens", 2);
    if (!page) return problem_answer(exchange, page.error());
    Conditions where;
    if (page->after) {
        const auto at = parse_int(page->after->at(0));
        if (!at) return problem_answer(exchange, bad_parameter("cursor", "is not of this list"));
        where.add("(u.last_seen_at, u.token_key) < (?, ?)", {*at, page->after->at(1)});
    }
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        "select u.token, u.type, p.id, u.last_seen_at, u.token_key" + std::string{from_unknown} +
            where.text() + " order by u.last_seen_at desc, u.token_key desc limit " + limit,
        where.values());
    ListAnswer list;
    if (page->total)
        list.total = store::as_int(
            sources.sql.query("select count(*)" + std::string{from_unknown}).at(0).at(0));
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        const store::Row& last = rows.back();
        list.next_cursor = make_cursor(
            "unknown_tokens", {std::to_string(store::as_int(last[3])), store::as_text(last[4])});
    }
    for (const store::Row& row : rows) {
        const UnknownTokenShown shown{.token = store::as_text(row[0]),
                                      .type = text_or_null(row[1]),
                                      .station_id = text_or_null(row[2]),
                                      .last_seen_at = time_of(row[3])};
        list.items.push_back(wire::encode(shown));
    }
    return list_answer(exchange, list);
}

void adopt_unknown_token(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<TokenWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    service.write(exchange, [wanted = *wanted](const Exchange& asked, ReadSources& sources) {
        return adopt(asked, sources.sql, wanted);
    });
}

}  // namespace ohm::api::rest
