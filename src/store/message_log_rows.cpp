#include "store/message_log_rows.hpp"

#include "base/text.hpp"

namespace ohm::store {

std::string storable(std::string_view text) {
    std::string out{text};
    const bool broken = !is_utf8(text);
    for (char& c : out) {
        if (c == '\0' || (broken && static_cast<unsigned char>(c) >= 0x80)) c = '?';
    }
    return out;
}

std::vector<Value> row_of(const LoggedFrame& frame) {
    return {micros(frame.at),
            frame.station.value,
            static_cast<std::int64_t>(frame.direction),
            static_cast<std::int64_t>(frame.connection.value),
            storable(frame.message_type),
            storable(frame.message_id),
            storable(frame.action),
            storable(frame.error_code),
            frame.bytes,
            Bytes{frame.frame}};
}

LoggedFrame frame_of(const Row& row) {
    LoggedFrame frame;
    frame.at = utc_from_micros(as_int(row.at(0)));
    frame.station = {as_int(row.at(1))};
    frame.direction = as_int(row.at(2)) == 0 ? Direction::in : Direction::out;
    frame.connection = {static_cast<std::uint64_t>(as_int(row.at(3)))};
    frame.message_type = as_text(row.at(4));
    frame.message_id = as_text(row.at(5));
    frame.action = as_text(row.at(6));
    frame.error_code = as_text(row.at(7));
    frame.bytes = as_int(row.at(8));
    frame.frame = as_bytes(row.at(9));
    return frame;
}

std::optional<Cursor> cursor_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto parts = split(text, '_');
    if (parts.size() == 2) {
        const auto at = parse_int(parts[0]);
        const auto seq = parse_int(parts[1]);
        if (at && seq) return Cursor{*at, *seq};
    }
    throw Fault{Fault::Kind::bad_data, "not a cursor of the message log"};
}

namespace {

class QueryText {
public:
    explicit QueryText(std::string start) { query_.sql = std::move(start); }

    // `condition` ends where the parameter goes.
    void require(const std::string& condition, Value value, std::string_view behind = "") {
        (query_.sql += " and " + condition + " " + bind(std::move(value))) += behind;
    }
    // What an index answers: whose frames, and which span of time.
    void require_span(const MessageLog::Filter& filter) {
        if (filter.station) require("station_no =", filter.station->value);
        if (filter.from) require("at >=", micros(*filter.from));
        if (filter.to) require("at <", micros(*filter.to));
        const auto cursor = cursor_of(filter.cursor);
        if (!cursor) return;
        require("at <=", cursor->at);  // lets the database leave out later hours
        query_.sql += " and (at, seq) < " + place(*cursor);
    }
    void require_not_before(const Cursor& last) {
        require("at >=", last.at);
        query_.sql += " and (at, seq) >= " + place(last);
    }
    LogQuery newest_first(std::size_t limit, std::size_t skipped = 0) {
        query_.sql += " order by at desc, seq desc limit " +
                      bind(static_cast<std::int64_t>(limit)) + " offset " +
                      bind(static_cast<std::int64_t>(skipped));
        return std::move(query_);
    }
    LogQuery whole() { return std::move(query_); }

private:
    std::string bind(Value value) {
        query_.parameters.push_back(std::move(value));
        return "$" + std::to_string(query_.parameters.size());
    }
    std::string place(const Cursor& cursor) {
        const std::string at = bind(cursor.at);
        return "(" + at + ", " + bind(cursor.seq) + ")";
    }

    LogQuery query_;
};

}  // namespace

LogQuery log_query(const LogTable& table, const MessageLog::Filter& filter, std::size_t limit,
                   const std::optional<Cursor>& last) {
    QueryText text{"select " + std::string{log_columns} + ", seq from " + table.name +
                   " where true"};
    text.require_span(filter);
    if (last) text.require_not_before(*last);
    if (filter.direction) text.require("direction =", static_cast<std::int64_t>(*filter.direction));
    if (!filter.action.empty()) text.require("action =", filter.action);
    if (!filter.message_id.empty()) text.require("message_id =", filter.message_id);
    if (filter.errors_only) text.require("error_code <>", std::string{});
    if (!filter.text.empty()) {
        const std::size_t at = table.holds.find('?');
        text.require(std::string{table.holds.substr(0, at)}, Bytes{filter.text},
                     table.holds.substr(at + 1));
    }
    return text.newest_first(limit);
}

LogQuery last_look_query(const LogTable& table, const MessageLog::Filter& filter,
                         std::size_t look_at) {
    QueryText text{"select at, seq from " + table.name + " where true"};
    text.require_span(filter);
    return text.newest_first(1, look_at - 1);
}

LogQuery count_query(const LogTable& table, const MessageLog::Filter& filter) {
    QueryText text{"select count(*) from " + table.name + " where true"};
    text.require_span(filter);
    return text.whole();
}

std::string text_of(const Cursor& cursor) {
    return std::to_string(cursor.at) + "_" + std::to_string(cursor.seq);
}

MessageLog::Page page_of(const std::vector<Row>& rows, std::size_t limit) {
    MessageLog::Page page;
    const std::size_t count = std::min(rows.size(), limit);
    for (std::size_t i = 0; i < count; ++i) page.frames.push_back(frame_of(rows[i]));
    if (rows.size() > count && count > 0) {
        const Row& last = rows[count - 1];
        page.next = text_of({as_int(last.at(0)), as_int(last.at(10))});
    }
    return page;
}

}  // namespace ohm::store
