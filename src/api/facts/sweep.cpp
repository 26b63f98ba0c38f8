#include "api/facts/sweep.hpp"

#include "base/limits.hpp"

namespace ohm::api {
namespace {

constexpr std::int64_t stations_a_portion = 1'000;

struct Bound {
    std::string_view table, newest;  // the column by which rows are old
    std::size_t rows;                // of one station
};
constexpr Bound bounds[] = {
    {"station_events", "at", limits::events_per_station},
    {"station_progress", "at", limits::records_per_station},
    {"reports", "updated_at", limits::records_per_station},
    {"variables", "reported_at", limits::variables_per_station},
    {"variable_monitors", "reported_at", limits::records_per_station},
    {"display_messages", "reported_at", limits::records_per_station},
    {"customer_information", "received_at", limits::customer_parts_per_station},
    {"certificate_requests", "received_at", limits::csrs_per_station},
    {"issued_certificates", "issued_at", limits::issued_per_station},
    {"installed_certificates", "seen_at", limits::records_per_station},
};

void sweep_table(store::Sql& sql, const Bound& bound, std::int64_t after, std::int64_t last) {
    const std::string table{bound.table}, newest{bound.newest};
    const auto rows = static_cast<std::int64_t>(bound.rows);
    const auto crowded = sql.query("select station_no from " + table +
                                       " where station_no > $1 and station_no <= $2 group by "
                                       "station_no having count(*) > $3",
                                   {after, last, rows});
    for (const store::Row& row : crowded)
        sql.query("delete from " + table + " where station_no = $1 and " + newest + " < (select " +
                      newest + " from " + table + " where station_no = $1 order by " + newest +
                      " desc limit 1 offset $2)",
                  {row[0], rows - 1});
}

// A full inventory has come whole: what it did not name is gone.
void sweep_gone_variables(store::Sql& sql) {
    const auto full = sql.query(
        "select station_no, request_id, started_at from reports where full_inventory = 1 and state "
        "= 'complete' limit 1000");
    for (const store::Row& row : full) {
        sql.query("delete from variables where station_no = $1 and reported_at < $2",
                  {row[0], row[2]});
        sql.query(
            "update reports set full_inventory = 2 where station_no = $1 and kind = 'variables' "
            "and request_id = $2",
            {row[0], row[1]});
    }
}

// What stations do not hold any more, and the oldest of reservations that have ended.
void sweep_held(store::Sql& sql, std::int64_t after, std::int64_t last) {
    for (const std::string_view gone :
         {"charging_profiles where is_held = 0", "charging_limits where is_set = 0",
          "local_list_entries where wanted is null and confirmed is null"})
        sql.query("delete from " + std::string{gone} + " and station_no > $1 and station_no <= $2",
                  {after, last});
    const auto most = static_cast<std::int64_t>(limits::records_per_station);
    for (const store::Row& row :
         sql.query("select station_no from reservations where station_no > $1 and station_no <= $2 "
                   "group by station_no having count(*) > $3",
                   {after, last, most}))
        sql.query(
            "delete from reservations where station_no = $1 and is_open = 0 and created_at < "
            "(select created_at from reservations where station_no = $1 order by created_at "
            "desc "
            "limit 1 offset $2)",
            {row[0], most - 1});
}

}  // namespace

std::int64_t sweep_facts(store::Sql& sql, Utc now, std::int64_t after) {
    sql.query("delete from customer_information where received_at < $1",
              {micros(now) - Micros{limits::customer_information_age}.count()});
    sweep_gone_variables(sql);
    const auto newest = sql.query("select coalesce(max(station_no), 0) from charge_points");
    const std::int64_t last = after + stations_a_portion;
    for (const Bound& bound : bounds) sweep_table(sql, bound, after, last);
    sweep_held(sql, after, last);
    return last >= store::as_int(newest.at(0).at(0)) ? 0 : last;
}

}  // namespace ohm::api
