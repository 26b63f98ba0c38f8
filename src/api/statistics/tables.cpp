#include "api/statistics/tables.hpp"

#include "api/statistics/figures.hpp"

namespace ohm::api::tables {
namespace {

using store::Column;
using store::Kind;
using store::Mode;
using store::Write;
constexpr Kind integer = Kind::integer, text = Kind::text;

Write figures_by(std::string_view table, std::vector<Column> key) {
    const std::size_t key_count = key.size();
    for (const std::string_view name : statistics::figure_names) key.push_back({name, integer});
    return {table, Mode::upsert, key_count, std::move(key), 0};
}

}  // namespace

const Write statistics_day = figures_by(
    "statistics_days",
    {{"station_no", integer}, {"evse", integer}, {"connector", integer}, {"day", integer}});
const Write statistics_hour =
    figures_by("statistics_hours", {{"station_no", integer}, {"hour_at", integer}});
const Write statistics_place_day =
    figures_by("statistics_place_days",
               {{"partition_no", integer}, {"location_no", integer}, {"day", integer}});
const Write statistics_place_hour =
    figures_by("statistics_place_hours",
               {{"partition_no", integer}, {"location_no", integer}, {"hour_at", integer}});
const Write statistics_fault{"statistics_faults",
                             Mode::upsert,
                             5,
                             {{"station_no", integer},
                              {"day", integer},
                              {"error_code", text},
                              {"model", text},
                              {"firmware_version", text},
                              {"location_no", integer},
                              {"count", integer},
                              {"lasted_us", integer}},
                             0};
const Write statistics_latency{
    "statistics_latency",
    Mode::upsert,
    3,
    {{"source", text}, {"direction", text}, {"hour_at", integer}, {"classes", text}},
    0};
const Write statistics_minute{"statistics_minutes",
                              Mode::upsert,
                              2,
                              {{"partition_no", integer},
                               {"minute_at", integer},
                               {"connects", integer},
                               {"disconnects", integer},
                               {"power_mw", integer},
                               {"sessions", integer}},
                              0};
const Write statistics_connector{"statistics_connectors",
                                 Mode::upsert,
                                 3,
                                 {{"station_no", integer},
                                  {"evse", integer},
                                  {"connector", integer},
                                  {"partition_no", integer},
                                  {"status", text},
                                  {"error_code", text},
                                  {"is_online", integer},
                                  {"is_charging", integer},
                                  {"since_at", integer}},
                                 0};
const Write statistics_connector_gone{
    "statistics_connectors", Mode::remove, 1, {{"station_no", integer}}, 1};
const Write statistics_transaction{"statistics_transactions",
                                   Mode::upsert,
                                   1,
                                   {{"transaction_id", Kind::bytes},
                                    {"partition_no", integer},
                                    {"station_no", integer},
                                    {"evse", integer},
                                    {"connector", integer},
                                    {"location_no", integer},
                                    {"is_final", integer},
                                    {"until_at", integer},
                                    {"energy_mwh", integer},
                                    {"touched_at", integer},
                                    {"counted", text}},
                                   0};
const Write statistics_position{"statistics_positions",
                                Mode::upsert,
                                1,
                                {{"partition_no", integer},
                                 {"next_n", integer},
                                 {"since_at", integer},
                                 {"counted_until_at", integer},
                                 {"before_id", Kind::bytes},
                                 {"after_id", Kind::bytes}},
                                2};

}  // namespace ohm::api::tables
