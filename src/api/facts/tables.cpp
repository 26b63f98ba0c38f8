#include "api/facts/tables.hpp"

namespace ohm::api::tables {
namespace {

using store::Kind;
using store::Mode;
constexpr Kind integer = Kind::integer, text = Kind::text;

// Behind the stations that they belong to; a later one of the same table wins.
constexpr int facts = 3, facts_then = 4, facts_last = 5;

}  // namespace

const store::Write station_event{"station_events",
                                 Mode::insert_if_absent,
                                 4,
                                 {{"station_no", integer},
                                  {"kind", text},
                                  {"said_at", integer},
                                  {"hash", integer},
                                  {"at", integer},
                                  {"received_at", integer},
                                  {"ocpp_version", text},
                                  {"name", text},
                                  {"evse", integer},
                                  {"connector", integer},
                                  {"request_id", integer},
                                  {"severity", integer},
                                  {"monitor_id", integer},
                                  {"payload", text}},
                                 facts};
const store::Write new_progress{"station_progress",
                                Mode::insert_if_absent,
                                3,
                                {{"station_no", integer},
                                 {"kind", text},
                                 {"request_id", integer},
                                 {"status", text},
                                 {"at", integer},
                                 {"started_at", integer}},
                                facts};
const store::Write progress{"station_progress",
                            Mode::update,
                            3,
                            {{"station_no", integer},
                             {"kind", text},
                             {"request_id", integer},
                             {"status", text},
                             {"at", integer},
                             {"details", text}},
                            facts_then};
const store::Write report{"reports",
                          Mode::upsert,
                          3,
                          {{"station_no", integer},
                           {"kind", text},
                           {"request_id", integer},
                           {"state", text},
                           {"generated_at", integer},
                           {"parts", integer},
                           {"seen", text},
                           {"last_seq", integer},
                           {"started_at", integer},
                           {"updated_at", integer}},
                          facts_then};
const store::Write report_if_absent{"reports", Mode::insert_if_absent, report.key_count,
                                    report.columns, facts};
// A report of all that a station has: what it does not name when it is complete is gone.
const store::Write full_report_announced{"reports",
                                         Mode::insert_if_absent,
                                         3,
                                         {{"station_no", integer},
                                          {"kind", text},
                                          {"request_id", integer},
                                          {"state", text},
                                          {"parts", integer},
                                          {"started_at", integer},
                                          {"updated_at", integer}},
                                         facts};
const store::Write full_report{
    "reports",
    Mode::update,
    3,
    {{"station_no", integer}, {"kind", text}, {"request_id", integer}, {"full_inventory", integer}},
    facts_last};
const store::Write all_variables_gone{
    "variables", Mode::remove, 1, {{"station_no", integer}}, facts - 1};
const store::Write all_monitors_gone{
    "variable_monitors", Mode::remove, 1, {{"station_no", integer}}, facts - 1};
const store::Write variable{"variables",
                            Mode::upsert,
                            2,
                            {{"station_no", integer},
                             {"name_key", text},
                             {"component", text},
                             {"component_instance", text},
                             {"evse", integer},
                             {"connector", integer},
                             {"variable", text},
                             {"instance", text},
                             {"attribute", text},
                             {"value", text},
                             {"mutability", text},
                             {"data_type", text},
                             {"unit", text},
                             {"min_limit", text},
                             {"max_limit", text},
                             {"values_list", text},
                             {"supports_monitoring", integer},
                             {"persistent", integer},
                             {"constant", integer},
                             {"reported_at", integer},
                             {"reboot_required", integer}},
                            facts};
const store::Write new_variable{"variables",
                                Mode::insert_if_absent,
                                2,
                                {{"station_no", integer},
                                 {"name_key", text},
                                 {"component", text},
                                 {"component_instance", text},
                                 {"evse", integer},
                                 {"connector", integer},
                                 {"variable", text},
                                 {"instance", text},
                                 {"attribute", text}},
                                facts_then};
const store::Write variable_value{"variables",
                                  Mode::update,
                                  2,
                                  {{"station_no", integer},
                                   {"name_key", text},
                                   {"value", text},
                                   {"reported_at", integer},
                                   {"reboot_required", integer}},
                                  facts_last};
const store::Write variable_mutability{
    "variables",
    Mode::update,
    2,
    {{"station_no", integer}, {"name_key", text}, {"mutability", text}},
    facts_last};
const store::Write desired_variables{
    "desired_variables",
    Mode::upsert,
    1,
    {{"station_no", integer}, {"variables", text}, {"updated_at", integer}, {"updated_by", text}},
    facts};
const store::Write monitor{"variable_monitors",
                           Mode::upsert,
                           2,
                           {{"station_no", integer},
                            {"monitor_id", integer},
                            {"component", text},
                            {"component_instance", text},
                            {"evse", integer},
                            {"connector", integer},
                            {"variable", text},
                            {"instance", text},
                            {"type", text},
                            {"value", text},
                            {"severity", integer},
                            {"in_transaction", integer},
                            {"reported_at", integer}},
                           facts};
const store::Write remove_monitor{"variable_monitors",
                                  Mode::remove,
                                  2,
                                  {{"station_no", integer}, {"monitor_id", integer}},
                                  facts_then};
const store::Write display_message{"display_messages",
                                   Mode::upsert,
                                   2,
                                   {{"station_no", integer},
                                    {"message_id", integer},
                                    {"priority", text},
                                    {"state", text},
                                    {"payload", text},
                                    {"reported_at", integer}},
                                   facts};
const store::Write remove_display_message{"display_messages",
                                          Mode::remove,
                                          2,
                                          {{"station_no", integer}, {"message_id", integer}},
                                          facts_then};
const store::Write customer_part{"customer_information",
                                 Mode::upsert,
                                 3,
                                 {{"station_no", integer},
                                  {"request_id", integer},
                                  {"seq_no", integer},
                                  {"data", text},
                                  {"received_at", integer}},
                                 facts};
const store::Write quirk{"station_quirks",
                         Mode::upsert,
                         2,
                         {{"station_no", integer},
                          {"quirk", text},
                          {"count", integer},
                          {"first_at", integer},
                          {"last_at", integer},
                          {"action", text},
                          {"path", text}},
                         facts};

}  // namespace ohm::api::tables
