#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "store/message_log_rows.hpp"
#include "store/postgres_connection.hpp"

namespace ohm::store {
namespace {

using postgres::Connection;

constexpr std::string_view prefix = "message_log_h";
std::string table_of(std::int64_t hour) { return std::string{prefix} + std::to_string(hour); }

PostgresOptions log_options(PostgresOptions options) {
    options.durable = false;
    options.name += "-message-log";
    return options;
}

std::string copy_data(std::span<const LoggedFrame> frames) {
    std::string data = postgres::copy_header();
    for (const LoggedFrame& frame : frames) postgres::append_copy_row(data, row_of(frame));
    return data + postgres::copy_trailer();
}

// A partition an hour, dropped whole.
class PostgresMessageLog final : public MessageLog {
public:
    explicit PostgresMessageLog(const PostgresOptions& options)
        : connection_{log_options(options)} {}

    void append(std::span<const LoggedFrame> frames) override;
    void note_gap(const LogGap& gap) override;
    Page read(const Filter& filter) override;
    std::vector<LogGap> read_gaps(Utc from, Utc to) override;
    void prune(Utc now, Micros max_age, std::int64_t max_bytes) override;
    void reconnect() override {
        made_.clear();
        connection_.reopen();
    }

private:
    struct Hour {
        std::int64_t hour;
        std::int64_t bytes;
    };
    std::vector<Row> query(const std::string& sql, const std::vector<Value>& parameters);
    void copy(std::span<const LoggedFrame> frames, const std::string& data);
    void make_partition(std::int64_t hour);
    std::optional<Cursor> last_look(const LogTable& table, const Filter& filter);
    std::vector<Hour> hours();  // oldest first

    Connection connection_;
    std::set<std::int64_t> made_;  // partitions that this object knows to be there
};

std::vector<Row> PostgresMessageLog::query(const std::string& sql,
                                           const std::vector<Value>& parameters) {
    std::vector<postgres::Parameter> encoded;
    for (const Value& value : parameters) encoded.push_back(postgres::parameter_of(value));
    const std::string name = connection_.prepare(sql, encoded);
    connection_.queue(name, encoded);
    const auto results = connection_.run();
    return postgres::rows_of(results.at(0).get());
}

// Several processes come to a new hour at once, hence the lock: `if not exists` alone races.
void PostgresMessageLog::make_partition(std::int64_t hour) {
    if (made_.contains(hour)) return;
    const auto at = [](std::int64_t h) { return std::to_string(micros(start_of_hour(h))); };
    connection_.script(
        "select pg_advisory_xact_lock(hashtext('message_log')); create table if not exists " +
        table_of(hour) + " partition of message_log for values from (" + at(hour) + ") to (" +
        at(hour + 1) + ")");
    made_.insert(hour);
}

void PostgresMessageLog::append(std::span<const LoggedFrame> frames) {
    if (frames.empty()) return;
    const std::string data = copy_data(frames);
    try {
        copy(frames, data);
    } catch (const Fault& fault) {
        // Another process may have pruned an hour that this one believes to be there.
        made_.clear();
        if (fault.kind() != Fault::Kind::bad_data) throw;
        copy(frames, data);
    }
}

void PostgresMessageLog::copy(std::span<const LoggedFrame> frames, const std::string& data) {
    for (const LoggedFrame& frame : frames) make_partition(hour_of(frame.at));
    connection_.copy(
        "copy message_log (" + std::string{log_columns} + ") from stdin (format binary)", data);
}

void PostgresMessageLog::note_gap(const LogGap& gap) {
    query("insert into message_log_gaps (from_at, to_at, frames) values ($1, $2, $3)",
          {micros(gap.from), micros(gap.to), gap.frames});
}

MessageLog::Page PostgresMessageLog::read(const Filter& filter) {
    const LogTable table{"message_log", "position(? in frame) > 0"};
    const auto last = filter.look_at > 0 ? last_look(table, filter) : std::nullopt;
    const LogQuery text = log_query(table, filter, filter.limit + 1, last);
    Page page = page_of(query(text.sql, text.parameters), filter.limit);
    if (page.next.empty() && last) page.next = text_of(*last);
    return page;
}

std::optional<Cursor> PostgresMessageLog::last_look(const LogTable& table, const Filter& filter) {
    const LogQuery text = last_look_query(table, filter, filter.look_at);
    const auto rows = query(text.sql, text.parameters);
    if (rows.empty()) return std::nullopt;
    return Cursor{as_int(rows[0].at(0)), as_int(rows[0].at(1))};
}

std::vector<LogGap> PostgresMessageLog::read_gaps(Utc from, Utc to) {
    std::vector<LogGap> gaps;
    const auto rows = query(
        "select from_at, to_at, frames from message_log_gaps "
        "where to_at >= $1 and from_at < $2 order by from_at",
        {micros(from), micros(to)});
    for (const Row& row : rows) {
        gaps.push_back({utc_from_micros(as_int(row.at(0))), utc_from_micros(as_int(row.at(1))),
                        as_int(row.at(2))});
    }
    return gaps;
}

std::vector<PostgresMessageLog::Hour> PostgresMessageLog::hours() {
    std::vector<Hour> found;
    const auto rows = query(
        "select c.relname::text, pg_total_relation_size(c.oid) from pg_inherits i "
        "join pg_class c on c.oid = i.inhrelid where i.inhparent = 'message_log'::regclass",
        {});
    for (const Row& row : rows) {
        if (const auto hour = parse_int(as_text(row.at(0)).substr(prefix.size()))) {
            found.push_back({*hour, as_int(row.at(1))});
        }
    }
    std::sort(found.begin(), found.end(),
              [](const Hour& a, const Hour& b) { return a.hour < b.hour; });
    return found;
}

void PostgresMessageLog::prune(Utc now, Micros max_age, std::int64_t max_bytes) {
    const auto all = hours();
    std::int64_t total = 0;
    for (const Hour& hour : all) total += hour.bytes;
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        const bool too_old = start_of_hour(all[i].hour + 1) <= now - max_age;
        if (!too_old && total <= max_bytes) break;
        connection_.script("drop table if exists " + table_of(all[i].hour));
        made_.erase(all[i].hour);
        total -= all[i].bytes;
    }
    query("delete from message_log_gaps where to_at < $1", {micros(now - max_age)});
}

}  // namespace

std::unique_ptr<MessageLog> open_postgres_message_log(const PostgresOptions& options) {
    return std::make_unique<PostgresMessageLog>(options);
}

}  // namespace ohm::store
