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

LogQuery log_query(std::string_view table, std::string_view seq, const MessageLog::Filter& filter,
                   std::size_t limit) {
    LogQuery query;
    const std::string seq_name{seq};
    query.sql = "select " + std::string{log_columns} + ", " + seq_name + " from " +
                std::string{table} + " where true";
    const auto require = [&query](const std::string& condition, Value value) {
        query.parameters.push_back(std::move(value));
        query.sql += " and " + condition + " $" + std::to_string(query.parameters.size());
    };
    if (filter.station) require("station_no =", filter.station->value);
    if (filter.direction) require("direction =", static_cast<std::int64_t>(*filter.direction));
    if (!filter.action.empty()) require("action =", filter.action);
    if (!filter.message_id.empty()) require("message_id =", filter.message_id);
    if (filter.errors_only) require("error_code <>", std::string{});
    if (filter.from) require("at >=", micros(*filter.from));
    if (filter.to) require("at <", micros(*filter.to));
    if (const auto cursor = cursor_of(filter.cursor)) {
        require("at <=", cursor->at);  // lets the database leave out later hours
        query.parameters.push_back(cursor->seq);
        const std::size_t last = query.parameters.size();
        query.sql += " and (at, " + seq_name + ") < ($" + std::to_string(last - 1) + ", $" +
                     std::to_string(last) + ")";
    }
    query.parameters.push_back(static_cast<std::int64_t>(limit));
    query.sql += " order by at desc, " + seq_name + " desc limit $" +
                 std::to_string(query.parameters.size());
    return query;
}

MessageLog::Page page_of(const std::vector<Row>& rows, std::size_t limit) {
    MessageLog::Page page;
    const std::size_t count = std::min(rows.size(), limit);
    for (std::size_t i = 0; i < count; ++i) page.frames.push_back(frame_of(rows[i]));
    if (rows.size() > count && count > 0) {
        const Row& last = rows[count - 1];
        page.next = std::to_string(as_int(last.at(0))) + "_" + std::to_string(as_int(last.at(10)));
    }
    return page;
}

}  // namespace ohm::store
