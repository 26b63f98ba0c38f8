#include "api/rest/handlers.hpp"
#include "api/rest/message_shown.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

NullableText unless_empty(const std::string& text) {
    if (text.empty()) return {};
    return {text};
}

}  // namespace

MessageShown message_of(const std::string& station_id, store::LoggedFrame&& frame) {
    MessageShown shown{.station_id = station_id};
    shown.at.at = frame.at;
    if (frame.direction == store::Direction::out) shown.direction = "out";
    shown.message_type = std::move(frame.message_type);
    shown.message_id = unless_empty(frame.message_id);
    shown.action = unless_empty(frame.action);
    shown.error_code = unless_empty(frame.error_code);
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

}  // namespace

net::Response list_messages(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "messages", 1);
    if (!page) return problem_answer(exchange, page.error());
    auto filter = read_filter(exchange);
    if (!filter) return problem_answer(exchange, filter.error());
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    if (sources.messages == nullptr)
        return problem_answer(exchange, {.code = "database_unavailable",
                                         .detail = "The message log cannot be read here."});
    filter->station = StationNo{station->station_no};
    filter->limit = page->limit;
    if (page->after) filter->cursor = page->after->at(0);
    store::MessageLog::Page found;
    try {
        found = sources.messages->read(*filter);
    } catch (const Fault& fault) {
        if (fault.kind() != Fault::Kind::bad_data) throw;
        return problem_answer(exchange,
                              bad_parameter("cursor", "is not a cursor of this list and order"));
    }
    ListAnswer list;
    for (store::LoggedFrame& frame : found.frames)
        list.items.push_back(wire::encode(message_of(station->shown.id, std::move(frame))));
    if (!found.next.empty()) list.next_cursor = make_cursor("messages", {found.next});
    return list_answer(exchange, list);
}

}  // namespace ohm::api::rest
