#include "api/charging/meter_days.hpp"

#include <set>

#include "base/log.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace {

constexpr std::int64_t day_us = std::int64_t{24} * 3600 * 1'000'000;
constexpr std::int64_t days_behind = 1, days_ahead = 2;
constexpr std::string_view prefix = "meter_values_d";  // and the day's number since 1970

std::string table_of(std::int64_t day) { return std::string{prefix} + std::to_string(day); }

std::set<std::int64_t> days_there(store::Sql& sql) {
    std::set<std::int64_t> days;
    for (const store::Row& row : sql.query("select c.relname::text from pg_inherits i join "
                                           "pg_class c on c.oid = i.inhrelid where "
                                           "i.inhparent = 'meter_values'::regclass")) {
        const std::string name = store::as_text(row[0]);
        if (!name.starts_with(prefix)) continue;
        if (const auto day = parse_int(std::string_view{name}.substr(prefix.size())))
            days.insert(*day);
    }
    return days;
}

// Several apis may want the same at once. What stations with fast clocks have said of that day lies
// in the default partition, and moves.
void make_day(store::Sql& sql, std::int64_t day) {
    const std::string table = table_of(day), from = std::to_string(day * day_us),
                      to = std::to_string((day + 1) * day_us);
    sql.script(
        "set local lock_timeout = '2s'; set local statement_timeout = '60s';\n"
        "do $$ begin\n"
        "perform pg_advisory_xact_lock(1836020596);\n"
        "if to_regclass('" +
        table +
        "') is null then\n"
        "  lock table meter_values_other in access exclusive mode;\n"
        "  create table " +
        table +
        " (like meter_values including defaults);\n"
        "  with moved as (delete from meter_values_other where at >= " +
        from + " and at < " + to + " returning *) insert into " + table +
        " select * from moved;\n"
        "  alter table meter_values attach partition " +
        table + " for values from (" + from + ") to (" + to +
        ");\n"
        "end if;\nend $$;");
}

void keep_partitions(store::Sql& sql, std::int64_t today, std::int64_t days_kept) {
    const std::set<std::int64_t> there = days_there(sql);
    for (std::int64_t day = today - days_behind; day <= today + days_ahead; ++day)
        if (!there.contains(day)) make_day(sql, day);
    for (const std::int64_t day : there) {
        if (day >= today - days_kept) break;
        sql.script("set local lock_timeout = '2s'; drop table if exists " + table_of(day) + ";");
        log::info("meter_day_dropped", {{"day", day}});
    }
}

}  // namespace

void keep_meter_days(store::Sql& sql, Utc now, std::int64_t days_kept) {
    const std::int64_t today = micros(now) / day_us;
    const std::int64_t received_before = (today - days_kept) * day_us;
    if (sql.dialect() == store::Dialect::sqlite) {
        sql.query(
            "delete from meter_values where (station_no, at, evse, transaction_id, hash) in "
            "(select "
            "station_no, at, evse, transaction_id, hash from meter_values where received_at < $1 "
            "limit 10000)",
            {received_before});
        return;
    }
    keep_partitions(sql, today, days_kept);
    sql.query("delete from meter_values_other where received_at < $1", {received_before});
}

}  // namespace ohm::api
