// What both message logs share: columns, cursors, the text of a read. For src/store alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/message_log.hpp"

namespace ohm::store {

inline constexpr std::string_view log_columns =
    "at, station_no, direction, connection, message_type, message_id, action, error_code, bytes, "
    "frame";

constexpr std::int64_t hour_us = 3'600'000'000;
inline std::int64_t hour_of(Utc at) {  // rounded down, also before 1970
    const std::int64_t us = micros(at);
    return us / hour_us - (us % hour_us < 0 ? 1 : 0);
}
inline Utc start_of_hour(std::int64_t hour) { return utc_from_micros(hour * hour_us); }

std::string storable(std::string_view text);

// In the order of log_columns.
std::vector<Value> row_of(const LoggedFrame& frame);
LoggedFrame frame_of(const Row& row);

// A place between two frames: those before it in time are (at, seq) < (at, seq).
struct Cursor {
    std::int64_t at;
    std::int64_t seq;
};
std::optional<Cursor> cursor_of(const std::string& text);  // throws Fault{bad_data}

struct LogTable {
    std::string name;
    std::string_view holds;  // whether `frame` has the bytes of the parameter that follows: "…(?"
};
struct LogQuery {
    std::string sql;
    std::vector<Value> parameters;
};
// `select log_columns, seq from table …` newest first; none before `last`.
LogQuery log_query(const LogTable& table, const MessageLog::Filter& filter, std::size_t limit,
                   const std::optional<Cursor>& last);
// The place of the frame that is looked at last: `select at, seq`, or no row.
LogQuery last_look_query(const LogTable& table, const MessageLog::Filter& filter,
                         std::size_t look_at);
// How many frames there are to look at.
LogQuery count_query(const LogTable& table, const MessageLog::Filter& filter);
std::string text_of(const Cursor& cursor);

// The page of up to `limit` of the rows that log_query gave for limit + 1.
MessageLog::Page page_of(const std::vector<Row>& rows, std::size_t limit);

}  // namespace ohm::store
