#include "api/rest/handlers.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view select_attempts = R"(
select a.id, p.id, a.id_text, a.at, a.cause, a.http_status, a.address, a.tls, a.subprotocols,
       a.user_name, a.user_agent, a.worker, a.detail
  from connection_attempts a
  left join charge_points p on p.station_no = a.station_no
 where 1 = 1)";

ConnectionAttemptShown attempt_of(const store::Row& row) {
    ConnectionAttemptShown shown;
    const auto id = Ulid::from_bytes(store::as_bytes(row[0]));
    shown.id = "att_" + (id ? id->text() : "");
    shown.station_id = text_or_null(row[1]);
    shown.identity = text_or_null(row[2]);
    shown.at = time_of(row[3]);
    shown.cause = store::as_text(row[4]);
    shown.http_status = int_or_null(row[5]);
    shown.address = text_or_null(row[6]);
    if (!store::is_null(row[7])) shown.tls = {store::as_int(row[7]) != 0};
    shown.subprotocols = text_or_null(row[8]);
    shown.user_name = text_or_null(row[9]);
    shown.user_agent = text_or_null(row[10]);
    shown.worker = text_or_null(row[11]);
    shown.detail = text_or_null(row[12]);
    return shown;
}

Wanted<Conditions> read_filter(const Exchange& exchange) {
    Conditions where;
    if (const auto cause = exchange.asked("cause")) where.add("a.cause = ?", {std::string{*cause}});
    if (const auto id = exchange.asked("station_id"))
        where.add("a.id_key = ?", {fold(*id).value_or("")});
    const auto from = time_parameter(exchange, "from");
    if (!from) return refused(Problem{from.error()});
    if (*from) where.add("a.at >= ?", {micros(**from)});
    const auto to = time_parameter(exchange, "to");
    if (!to) return refused(Problem{to.error()});
    if (*to) where.add("a.at < ?", {micros(**to)});
    return where;
}

}  // namespace

net::Response list_connection_attempts(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "attempts", 1);
    if (!page) return problem_answer(exchange, page.error());
    auto where = read_filter(exchange);
    if (!where) return problem_answer(exchange, where.error());
    ListAnswer list;
    if (page->total)
        list.total = store::as_int(
            sources.sql
                .query("select count(*) from connection_attempts a where 1 = 1" + where->text(),
                       where->values())
                .at(0)
                .at(0));
    if (page->after) {
        const auto id = Ulid::from_text(page->after->at(0));
        if (!id)
            return problem_answer(
                exchange, bad_parameter("cursor", "is not a cursor of this list and order"));
        where->add("a.id < ?", {store::Bytes{id->bytes()}});
    }
    const std::string limit = where->bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        std::string{select_attempts} + where->text() + " order by a.id desc limit " + limit,
        where->values());
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        const auto last = Ulid::from_bytes(store::as_bytes(rows.back()[0]));
        list.next_cursor = make_cursor("attempts", {last.value_or(Ulid{}).text()});
    }
    for (const store::Row& row : rows) list.items.push_back(wire::encode(attempt_of(row)));
    return list_answer(exchange, list);
}

}  // namespace ohm::api::rest
