#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "store/message_log_rows.hpp"

namespace ohm::store {
namespace {

constexpr std::string_view prefix = "frames_";
std::string table_of(std::int64_t hour) { return std::string{prefix} + std::to_string(hour); }

const Write add_gap{
    "gaps",
    Mode::insert,
    0,
    {{"from_at", Kind::integer}, {"to_at", Kind::integer}, {"frames", Kind::integer}},
    0};

// A table an hour, dropped whole; pages set free are given back to the file system.
class SqliteMessageLog final : public MessageLog {
public:
    SqliteMessageLog(const std::string& path, bool read_only)
        : sql_{open_sqlite({.path = path, .read_only = read_only, .durable = false})} {
        if (!read_only) prepare_file();
    }

    void append(std::span<const LoggedFrame> frames) override;
    void note_gap(const LogGap& gap) override;
    Page read(const Filter& filter) override;
    std::vector<LogGap> read_gaps(Utc from, Utc to) override;
    void prune(Utc now, Micros max_age, std::int64_t max_bytes) override;
    void reconnect() override { sql_->reconnect(); }

private:
    void prepare_file();
    void make_table(std::int64_t hour);
    std::vector<std::int64_t> hours();  // oldest first
    std::vector<Row> query(const LogQuery& text);
    std::optional<Cursor> last_look(const LogTable& table, const Filter& filter, std::size_t& left);
    std::int64_t bytes_used();
    std::int64_t pragma(const std::string& name);

    std::unique_ptr<Sql> sql_;
};

void SqliteMessageLog::prepare_file() {
    constexpr std::int64_t incremental = 2;
    if (pragma("auto_vacuum") != incremental) {
        sql_->query("pragma auto_vacuum = incremental");
        sql_->query("vacuum");  // the setting takes hold in an empty file only so
    }
    sql_->script(
        "create table if not exists gaps (from_at bigint not null, to_at bigint not null, "
        "frames bigint not null)");
}

void SqliteMessageLog::make_table(std::int64_t hour) {
    const std::string table = table_of(hour);
    sql_->script("create table if not exists " + table +
                 " (seq integer primary key, at bigint not null, station_no bigint not null, "
                 "direction bigint not null, connection bigint not null, "
                 "message_type text not null, message_id text not null, action text not null, "
                 "error_code text not null, bytes bigint not null, frame blob not null);"
                 "create index if not exists " +
                 table + "_station on " + table +
                 " (station_no, at);"
                 "create index if not exists " +
                 table + "_at on " + table + " (at)");
}

std::vector<std::int64_t> SqliteMessageLog::hours() {
    std::vector<std::int64_t> found;
    const auto tables =
        sql_->query("select name from sqlite_master where type = 'table' and name like 'frames_%'");
    for (const Row& row : tables) {
        if (const auto hour = parse_int(as_text(row.at(0)).substr(prefix.size()))) {
            found.push_back(*hour);
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

void SqliteMessageLog::append(std::span<const LoggedFrame> frames) {
    // The declarations of one commit, one an hour: nearly always just one.
    std::map<std::int64_t, std::pair<std::string, Write>> writes;
    const std::vector<Column> columns{{"at", Kind::integer},        {"station_no", Kind::integer},
                                      {"direction", Kind::integer}, {"connection", Kind::integer},
                                      {"message_type", Kind::text}, {"message_id", Kind::text},
                                      {"action", Kind::text},       {"error_code", Kind::text},
                                      {"bytes", Kind::integer},     {"frame", Kind::bytes}};
    Unit unit;
    for (const LoggedFrame& frame : frames) {
        const std::int64_t hour = hour_of(frame.at);
        const auto [entry, is_new] = writes.try_emplace(hour);
        auto& [table, write] = entry->second;
        if (is_new) {
            make_table(hour);
            table = table_of(hour);
            write = Write{table, Mode::insert, 0, columns, 0};
        }
        unit.add(write, row_of(frame));
    }
    sql_->commit(unit, {});
}

void SqliteMessageLog::note_gap(const LogGap& gap) {
    Unit unit;
    unit.add(add_gap, {micros(gap.from), micros(gap.to), gap.frames});
    sql_->commit(unit, {});
}

std::vector<Row> SqliteMessageLog::query(const LogQuery& text) {
    return sql_->query(text.sql, text.parameters);
}

MessageLog::Page SqliteMessageLog::read(const Filter& filter) {
    std::vector<Row> rows;
    const auto cursor = cursor_of(filter.cursor);
    std::size_t left = filter.look_at;
    std::optional<Cursor> last;
    const auto all = hours();
    for (auto hour = all.rbegin(); hour != all.rend() && rows.size() <= filter.limit; ++hour) {
        if (cursor && *hour > hour_of(utc_from_micros(cursor->at))) continue;
        if (filter.to && start_of_hour(*hour) >= *filter.to) continue;
        if (filter.from && start_of_hour(*hour + 1) <= *filter.from) break;
        const LogTable table{table_of(*hour), "instr(frame, ?) > 0"};
        if (filter.look_at > 0) last = last_look(table, filter, left);
        auto more = query(log_query(table, filter, filter.limit + 1 - rows.size(), last));
        std::move(more.begin(), more.end(), std::back_inserter(rows));
        if (last) break;
    }
    Page page = page_of(rows, filter.limit);
    if (page.next.empty() && last) page.next = text_of(*last);
    return page;
}

// The place of the last frame to look at, where it is in this hour; else `left` is lessened.
std::optional<Cursor> SqliteMessageLog::last_look(const LogTable& table, const Filter& filter,
                                                  std::size_t& left) {
    const auto rows = query(last_look_query(table, filter, left));
    if (!rows.empty()) return Cursor{as_int(rows[0].at(0)), as_int(rows[0].at(1))};
    left -= static_cast<std::size_t>(as_int(query(count_query(table, filter)).at(0).at(0)));
    return std::nullopt;
}

std::vector<LogGap> SqliteMessageLog::read_gaps(Utc from, Utc to) {
    std::vector<LogGap> gaps;
    const auto rows = sql_->query(
        "select from_at, to_at, frames from gaps where to_at >= $1 and from_at < $2 "
        "order by from_at",
        {micros(from), micros(to)});
    for (const Row& row : rows) {
        gaps.push_back({utc_from_micros(as_int(row.at(0))), utc_from_micros(as_int(row.at(1))),
                        as_int(row.at(2))});
    }
    return gaps;
}

std::int64_t SqliteMessageLog::pragma(const std::string& name) {
    return as_int(sql_->query("pragma " + name).at(0).at(0));
}

std::int64_t SqliteMessageLog::bytes_used() {
    return (pragma("page_count") - pragma("freelist_count")) * pragma("page_size");
}

void SqliteMessageLog::prune(Utc now, Micros max_age, std::int64_t max_bytes) {
    const auto all = hours();
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        const bool too_old = start_of_hour(all[i] + 1) <= now - max_age;
        if (!too_old && bytes_used() <= max_bytes) break;
        sql_->script("drop table if exists " + table_of(all[i]));
        sql_->query("pragma incremental_vacuum");
    }
    sql_->query("delete from gaps where to_at < $1", {micros(now - max_age)});
}

}  // namespace

std::unique_ptr<MessageLog> open_sqlite_message_log(const std::string& path, bool read_only) {
    return std::make_unique<SqliteMessageLog>(path, read_only);
}

}  // namespace ohm::store
