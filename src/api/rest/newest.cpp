#include "api/rest/newest.hpp"

#include "base/text.hpp"

namespace ohm::api::rest {

std::string shown_id(std::string_view prefix, const store::Value& id) {
    const auto ulid = Ulid::from_bytes(store::as_bytes(id));
    return std::string{prefix} + (ulid ? ulid->text() : "");
}

NullableText shown_id_or_null(std::string_view prefix, const store::Value& id) {
    if (store::is_null(id) || store::as_bytes(id).empty()) return {};
    return {shown_id(prefix, id)};
}

std::optional<Ulid> parse_id(std::string_view prefix, std::string_view text) {
    if (!text.starts_with(prefix)) return std::nullopt;
    return Ulid::from_text(text.substr(prefix.size()));
}

namespace {

void add_late(const std::vector<Late>& late, Conditions& where) {
    for (const Late& one : late) where.add(one.condition, one.values);
}

// The last of the rows that one page reads, where there are more.
std::optional<Ulid> end_of_window(store::Sql& sql, const NewestFirst& what, Conditions where) {
    const std::string before = where.bind(read_a_page - 1);
    const auto rows = sql.query(std::string{what.ids} + where.text() + " order by " +
                                    std::string{what.id} + " desc limit 1 offset " + before,
                                where.values());
    return rows.empty() ? std::nullopt : Ulid::from_bytes(store::as_bytes(rows[0][0]));
}

}  // namespace

net::Response newest_first(const Exchange& exchange, store::Sql& sql, const NewestFirst& what,
                           Conditions&& where, const std::vector<Late>& late) {
    const auto page = read_page(exchange, what.name, 1);
    if (!page) return problem_answer(exchange, page.error());
    ListAnswer list;
    if (page->total) {
        Conditions all = where;
        add_late(late, all);
        list.total = store::as_int(
            sql.query(std::string{what.count} + all.text(), all.values()).at(0).at(0));
    }
    if (page->after) {
        const auto id = Ulid::from_text(page->after->at(0));
        if (!id)
            return problem_answer(
                exchange, bad_parameter("cursor", "is not a cursor of this list and order"));
        where.add(std::string{what.id} + " < ?", {store::Bytes{id->bytes()}});
    }
    const auto window = late.empty() ? std::nullopt : end_of_window(sql, what, where);
    if (window) where.add(std::string{what.id} + " >= ?", {store::Bytes{window->bytes()}});
    add_late(late, where);
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sql.query(std::string{what.select} + where.text() + " order by " +
                              std::string{what.id} + " desc limit " + limit,
                          where.values());
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        list.next_cursor = make_cursor(what.name, {shown_id("", rows.back()[0])});
    } else if (window) {
        list.next_cursor = make_cursor(what.name, {window->text()});
    }
    for (const store::Row& row : rows) list.items.push_back(what.shown(row));
    return list_answer(exchange, list);
}

std::optional<Problem> add_times(const Exchange& exchange, Conditions& where,
                                 std::string_view column) {
    const auto from = time_parameter(exchange, "from");
    if (!from) return from.error();
    if (*from) where.add(std::string{column} + " >= ?", {micros(**from)});
    const auto to = time_parameter(exchange, "to");
    if (!to) return to.error();
    if (*to) where.add(std::string{column} + " < ?", {micros(**to)});
    return std::nullopt;
}

void add_station(const Exchange& exchange, Conditions& where) {
    if (const auto id = exchange.asked("station_id"))
        where.add("p.id_key = ?", {fold(*id).value_or("")});
}

}  // namespace ohm::api::rest
