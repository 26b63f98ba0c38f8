#include "api/events/outbox.hpp"

#include <algorithm>

#include "api/events/types.hpp"
#include "base/limits_events.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace ohm::api::tables {
namespace {
using store::Kind;
constexpr int behind_everything = 100;
}  // namespace

const store::Write outbox{"outbox",
                          store::Mode::insert_if_absent,
                          2,
                          {{"partition_no", Kind::integer},
                           {"first_n", Kind::integer},
                           {"count", Kind::integer},
                           {"at", Kind::integer},
                           {"events", Kind::text}},
                          behind_everything};

}  // namespace ohm::api::tables

namespace ohm::api::events {

// Not in an unnamed namespace: clang wants linkage of whatever FIELDS describes.
namespace stored {

struct OneEvent {
    std::string type, subject;
    std::int64_t at = 0;
    wire::Any data;
    FIELDS(type, subject, at, data)
};

}  // namespace stored

namespace {

using store::as_int;
using store::as_text;

struct StoredRow {
    Partition partition{};
    std::int64_t first_n = 0, count = 0;
    std::string events;
};

std::vector<std::int64_t> numbers_of_partitions(std::size_t count) {
    std::vector<std::int64_t> numbers;
    for (std::size_t i = 0; i < count; ++i) numbers.push_back(static_cast<std::int64_t>(i));
    return numbers;
}

// `shown` of the first row in that order, for each partition that has any.
Position ends(store::Sql& sql, std::size_t partition_count, std::string_view shown,
              std::string_view order) {
    const auto rows = store::joined_rows(sql.dialect(), {numbers_of_partitions(partition_count)});
    Position position = beginning(partition_count);
    for (const store::Row& row :
         sql.query("select u.c1, (select " + std::string{shown} +
                       " from outbox o where o.partition_no = u.c1 order by o.first_n " +
                       std::string{order} + " limit 1) from " + rows.table,
                   rows.values))
        position.next.at(static_cast<std::size_t>(as_int(row[0]))) = as_int(row[1], 1);
    return position;
}

// A place within a row is read from that row on.
std::vector<StoredRow> read_rows(store::Sql& sql, Partition partition, std::int64_t from,
                                 std::int64_t most) {
    std::vector<StoredRow> out;
    for (const store::Row& row : sql.query(
             "select first_n, count, events from outbox where partition_no = $1 and first_n >= "
             "coalesce((select max(first_n) from outbox where partition_no = $1 and first_n <= "
             "$2), $2) order by first_n limit $3",
             {std::int64_t{partition.value}, from, most}))
        out.push_back({partition, as_int(row[0]), as_int(row[1]), as_text(row[2])});
    return out;
}

// Only partitions with news are read.
std::vector<std::size_t> with_news(store::Sql& sql, const Position& from) {
    const auto rows =
        store::joined_rows(sql.dialect(), {numbers_of_partitions(from.next.size()), from.next});
    std::vector<std::size_t> partitions;
    for (const store::Row& row :
         sql.query("select u.c1 from " + rows.table +
                       " where (select o.first_n + o.count from outbox o where o.partition_no = "
                       "u.c1 order by o.first_n desc limit 1) > u.c2 order by u.c1",
                   rows.values))
        partitions.push_back(static_cast<std::size_t>(as_int(row[0])));
    return partitions;
}

void unpack(wire::Decoder& decoder, const StoredRow& row, std::int64_t from,
            std::vector<Event>& out) {
    wire::List<stored::OneEvent> events;
    if (decoder.decode(row.events, events, {wire::Strictness::lenient}))
        log::error("events_unreadable",
                   {{"partition", row.partition.value}, {"first", row.first_n}});
    std::int64_t n = row.first_n;
    for (stored::OneEvent& one : events.items) {
        if (n >= from)
            out.push_back({row.partition, n, std::string{name_now(one.type)},
                           std::move(one.subject), one.at, std::move(one.data.json)});
        ++n;
    }
}

}  // namespace

Made make_event(Partition partition, std::string_view type, std::string_view subject,
                std::int64_t at, std::string&& data) {
    std::string json = R"({"type":")" + std::string{type} + R"(","subject":)";
    append_json_string(json, subject);
    json += R"(,"at":)" + std::to_string(at) + R"(,"data":)";
    json += data;
    json += '}';
    return {partition, std::move(json)};
}

Page read_page(store::Sql& sql, wire::Decoder& decoder, const Position& from, std::size_t most) {
    constexpr std::int64_t rows_at_once = 20;
    Page page;
    page.after = from;
    for (const std::size_t partition : with_news(sql, from)) {
        std::int64_t& next = page.after.next[partition];
        const auto rows =
            read_rows(sql, {static_cast<std::uint32_t>(partition)}, next, rows_at_once);
        if (static_cast<std::int64_t>(rows.size()) == rows_at_once) page.more = true;
        for (const StoredRow& row : rows) {
            if (row.first_n > next) page.expired = true;
            if (page.expired) return page;
            if (page.events.size() >= most) {
                page.more = true;
                return page;
            }
            unpack(decoder, row, next, page.events);
            next = std::max(next, row.first_n + row.count);
        }
    }
    return page;
}

Position newest(store::Sql& sql, std::size_t partition_count) {
    return ends(sql, partition_count, "o.first_n + o.count", "desc");
}

Position oldest(store::Sql& sql, std::size_t partition_count) {
    return ends(sql, partition_count, "o.first_n", "asc");
}

std::int64_t next_number(store::Sql& sql, Partition partition) {
    const auto rows = sql.query(
        "select first_n + count from outbox where partition_no = $1 order by first_n desc limit 1",
        {std::int64_t{partition.value}});
    return rows.empty() ? 1 : as_int(rows[0][0]);
}

void sweep(store::Sql& sql, Utc now, std::size_t partition_count, std::int64_t events_max) {
    constexpr int portions_max = 100;
    constexpr std::size_t portion = 1'000;
    const std::int64_t before = micros(now) - Micros{limits::events_age}.count();
    const std::int64_t share =
        std::max<std::int64_t>(1, events_max / static_cast<std::int64_t>(partition_count));
    const Position end = newest(sql, partition_count);
    for (std::size_t partition = 0; partition < partition_count; ++partition) {
        for (int i = 0; i < portions_max; ++i) {
            const auto gone = sql.query(
                "delete from outbox where partition_no = $1 and first_n in (select first_n from "
                "outbox where partition_no = $1 order by first_n limit 1000) and first_n + count "
                "< $2 and (at < $3 or first_n + count <= $4) returning 1",
                {static_cast<std::int64_t>(partition), end.next[partition], before,
                 end.next[partition] - share});
            if (gone.size() < portion) break;
        }
    }
}

}  // namespace ohm::api::events
