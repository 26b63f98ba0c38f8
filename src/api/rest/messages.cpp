#include <map>
#include <set>

#include "api/rest/handlers.hpp"
#include "api/rest/message_shown.hpp"
#include "base/limits_events.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
MessageShown message_of(const std::string& station_id, store::LoggedFrame&& frame) {
    MessageShown shown{.station_id = station_id};
    shown.at.at = frame.at;
    if (frame.direction == store::Direction::out) shown.direction = "out";
    shown.message_type = std::move(frame.message_type);
    shown.message_id = text_unless_empty(frame.message_id);
    shown.action = text_unless_empty(frame.action);
    shown.error_code = text_unless_empty(frame.error_code);
    shown.bytes = frame.bytes;
    shown.connection = std::to_string(frame.connection.value);
    if (is_utf8(frame.frame))
        shown.frame = {std::move(frame.frame)};
    else
        shown.frame_base64 = {to_base64(frame.frame)};
    return shown;
}

namespace {

Wanted<store::MessageLog::Filter> read_filter(const Exchange& exchange) {
    store::MessageLog::Filter filter;
    filter.action = exchange.asked("action").value_or("");
    filter.message_id = exchange.asked("message_id").value_or("");
    filter.text = exchange.asked("text").value_or("");
    filter.look_at = limits::messages_looked_at;
    if (const auto direction = exchange.asked("direction")) {
        if (*direction != "in" && *direction != "out")
            return refused(bad_parameter("direction", "must be one of in, out"));
        filter.direction = *direction == "in" ? store::Direction::in : store::Direction::out;
    }
    const auto errors_only = flag_parameter(exchange, "errors_only");
    if (!errors_only) return refused(Problem{errors_only.error()});
    filter.errors_only = *errors_only;
    const auto from = time_parameter(exchange, "from");
    if (!from) return refused(Problem{from.error()});
    filter.from = *from;
    const auto to = time_parameter(exchange, "to");
    if (!to) return refused(Problem{to.error()});
    filter.to = *to;
    return filter;
}

using StationIds = std::map<std::int64_t, std::string>;

// Deleted ones as well: what they said is kept for its time.
StationIds ids_of(const std::vector<store::LoggedFrame>& frames, store::Sql& sql) {
    std::set<std::int64_t> wanted;
    for (const store::LoggedFrame& frame : frames) wanted.insert(frame.station.value);
    StationIds ids;
    if (wanted.empty()) return ids;
    for (const store::Row& row :
         sql.query("select station_no, id from charge_points where " +
                       store::any_of(sql.dialect(), "station_no", "$1"),
                   {std::vector<std::int64_t>{wanted.begin(), wanted.end()}}))
        ids[store::as_int(row.at(0))] = store::as_text(row.at(1));
    return ids;
}

// `ids` may be given by the caller, who then asks for one station alone.
net::Response answer_with(const Exchange& exchange, ReadSources& sources,
                          store::MessageLog::Filter&& filter, const Page& page, StationIds ids) {
    if (sources.messages == nullptr)
        return problem_answer(exchange, {.code = "database_unavailable",
                                         .detail = "The message log cannot be read here."});
    filter.limit = page.limit;
    if (page.after) filter.cursor = page.after->at(0);
    store::MessageLog::Page found;
    try {
        found = sources.messages->read(filter);
    } catch (const Fault& fault) {
        if (fault.kind() != Fault::Kind::bad_data) throw;
        return problem_answer(exchange,
                              bad_parameter("cursor", "is not a cursor of this list and order"));
    }
    if (ids.empty()) ids = ids_of(found.frames, sources.sql);
    ListAnswer list;
    for (store::LoggedFrame& frame : found.frames) {
        const std::string& id = ids[frame.station.value];
        list.items.push_back(wire::encode(message_of(id, std::move(frame))));
    }
    if (!found.next.empty()) list.next_cursor = make_cursor("messages", {found.next});
    return list_answer(exchange, list);
}

}  // namespace

net::Response list_messages(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "messages", 1);
    if (!page) return problem_answer(exchange, page.error());
    auto filter = read_filter(exchange);
    if (!filter) return problem_answer(exchange, filter.error());
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    filter->station = StationNo{station->station_no};
    return answer_with(exchange, sources, std::move(*filter), *page,
                       {{station->station_no, station->shown.id}});
}

net::Response list_all_messages(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "messages", 1);
    if (!page) return problem_answer(exchange, page.error());
    auto filter = read_filter(exchange);
    if (!filter) return problem_answer(exchange, filter.error());
    const auto id = exchange.asked("station_id");
    if (!id) return answer_with(exchange, sources, std::move(*filter), *page, {});
    const auto station = find_station(sources.sql, *id);
    if (!station) return list_answer(exchange, {});
    filter->station = StationNo{station->station_no};
    return answer_with(exchange, sources, std::move(*filter), *page,
                       {{station->station_no, station->shown.id}});
}

}  // namespace ohm::api::rest
