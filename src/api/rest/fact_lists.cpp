#include "api/rest/fact_lists.hpp"

#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

std::string joined(const std::vector<std::string_view>& words, std::string_view behind_each) {
    std::string text;
    for (const std::string_view word : words) {
        if (!text.empty()) text += ", ";
        ((text += word) += behind_each);
    }
    return text;
}

std::string text_of(const store::Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    return store::as_text(value);
}

// Behind the last row of the page before; false where the cursor is not one of ours.
bool add_after(Conditions& where, const FactList& list, const std::vector<std::string>& after) {
    std::vector<store::Value> values;
    for (std::size_t i = 0; i < list.key.size(); ++i) {
        if (list.kinds[i] == store::Kind::text) {
            values.emplace_back(after.at(i));
            continue;
        }
        const auto number = parse_int(after.at(i));
        if (!number) return false;
        values.emplace_back(*number);
    }
    const std::string marks = list.key.size() == 1 ? "(?)" : "(?, ?)";
    where.add("(" + joined(list.key, "") + ")" + (list.newest_first ? " < " : " > ") + marks,
              values);
    return true;
}

}  // namespace

Wanted<FactRows> read_facts(const Exchange& exchange, store::Sql& sql, const FactList& list,
                            Conditions where) {
    const auto page = read_page(exchange, list.name, list.key.size());
    if (!page) return refused(Problem{page.error()});
    auto station = station_in_path(exchange, sql);
    if (!station) return refused(std::move(station.error()));
    FactRows out;
    out.station = std::move(*station);
    where.add("t.station_no = ?", {out.station.station_no});
    const std::string from = " from " + std::string{list.from} + " where 1 = 1";
    if (page->total)
        out.list.total = store::as_int(
            sql.query("select count(*)" + from + where.text(), where.values()).at(0).at(0));
    if (page->after && !add_after(where, list, *page->after))
        return refused(bad_parameter("cursor", "is not a cursor of this list and order"));
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    out.rows =
        sql.query("select " + std::string{list.columns} + from + where.text() + " order by " +
                      joined(list.key, list.newest_first ? " desc" : "") + " limit " + limit,
                  where.values());
    if (out.rows.size() <= page->limit) return out;
    out.rows.resize(page->limit);
    std::vector<std::string> last;
    for (std::size_t i = 0; i < list.key.size(); ++i) last.push_back(text_of(out.rows.back()[i]));
    out.list.next_cursor = make_cursor(list.name, last);
    return out;
}

}  // namespace ohm::api::rest
