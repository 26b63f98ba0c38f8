#include "api/tables.hpp"

#include "api/commands/parts.hpp"
#include "api/commands/secrets.hpp"

namespace ohm::api::tables {
namespace {

using store::Bytes;
using store::Kind;
using store::Mode;
using store::Null;
constexpr Kind integer = Kind::integer, text = Kind::text, blob = Kind::bytes;

// Order: new stations before changes of them, stations before what hangs on them.
constexpr int new_stations = -1, stations_first = 0, state_second = 1, details = 2, records = 3;

}  // namespace

const store::Write new_station{"charge_points",
                               Mode::insert_if_absent,
                               1,
                               {{"station_no", integer},
                                {"id", text},
                                {"id_key", text},
                                {"partition_no", integer},
                                {"name", text},
                                {"location_no", integer},
                                {"security_profile", integer},
                                {"password_hash", text},
                                {"default_ocpp_version", text},
                                {"strictness", text},
                                {"message_log_level", text},
                                {"call_timeout_s", integer},
                                {"ping_interval_s", integer},
                                {"labels", text},
                                {"note", text},
                                {"boot_decision", text},
                                {"boot_retry_interval_s", integer},
                                {"compatibility", text},
                                {"version", integer},
                                {"created_at", integer},
                                {"updated_at", integer}},
                               new_stations};
const store::Write station_config{"charge_points",
                                  Mode::update,
                                  1,
                                  {{"station_no", integer},
                                   {"name", text},
                                   {"location_no", integer},
                                   {"security_profile", integer},
                                   {"password_hash", text},
                                   {"default_ocpp_version", text},
                                   {"strictness", text},
                                   {"message_log_level", text},
                                   {"call_timeout_s", integer},
                                   {"ping_interval_s", integer},
                                   {"labels", text},
                                   {"note", text},
                                   {"boot_decision", text},
                                   {"boot_retry_interval_s", integer},
                                   {"compatibility", text},
                                   {"next_password_hash", text},
                                   {"next_security_profile", integer},
                                   {"version", integer},
                                   {"updated_at", integer}},
                                  stations_first};
// Behind what operators write in the same batch.
const store::Write station_credentials{"charge_points",
                                       Mode::update,
                                       1,
                                       {{"station_no", integer},
                                        {"security_profile", integer},
                                        {"next_security_profile", integer},
                                        {"password_hash", text},
                                        {"next_password_hash", text},
                                        {"updated_at", integer}},
                                       details};
const store::Write archive_station{"charge_points",
                                   Mode::update,
                                   1,
                                   {{"station_no", integer},
                                    {"archived_at", integer},
                                    {"updated_at", integer},
                                    {"version", integer}},
                                   stations_first};
const store::Write station_boot{"charge_points",
                                Mode::update,
                                1,
                                {{"station_no", integer},
                                 {"vendor", text},
                                 {"model", text},
                                 {"serial_number", text},
                                 {"firmware_version", text},
                                 {"iccid", text},
                                 {"imsi", text},
                                 {"meter_type", text},
                                 {"meter_serial_number", text},
                                 {"charge_box_serial_number", text},
                                 {"boot_reason", text},
                                 {"booted_at", integer}},
                                stations_first};
const store::Write new_state{"station_state",
                             Mode::insert_if_absent,
                             1,
                             {{"station_no", integer}, {"epoch", integer}, {"version", integer}},
                             state_second};
const store::Write state{"station_state",
                         Mode::update,
                         1,
                         {{"station_no", integer},
                          {"worker", text},
                          {"incarnation", blob},
                          {"connection", integer},
                          {"epoch", integer},
                          {"ocpp_version", text},
                          {"address", text},
                          {"tls", integer},
                          {"security_profile_in_use", integer},
                          {"subprotocol", text},
                          {"connected_at", integer},
                          {"disconnected_at", integer},
                          {"disconnect_reason", text},
                          {"last_seen_at", integer},
                          {"boot_status", text},
                          {"boot_at", integer},
                          {"reported_status", text},
                          {"reported_error_code", text},
                          {"reported_info", text},
                          {"reported_vendor_error_code", text},
                          {"reported_vendor_id", text},
                          {"reported_at", integer},
                          {"override_status", text},
                          {"override_since_at", integer},
                          {"version", integer}},
                         state_second};
const store::Write last_seen{
    "station_state",
    Mode::update,
    1,
    {{"station_no", integer}, {"last_seen_at", integer}, {"version", integer}},
    state_second};
const store::Write new_evse{"evses",
                            Mode::insert_if_absent,
                            2,
                            {{"station_no", integer}, {"evse", integer}, {"created_at", integer}},
                            details};
const store::Write connector{"connectors",
                             Mode::upsert,
                             3,
                             {{"station_no", integer},
                              {"evse", integer},
                              {"connector", integer},
                              {"status", text},
                              {"error_code", text},
                              {"info", text},
                              {"vendor_id", text},
                              {"vendor_error_code", text},
                              {"status_at", integer},
                              {"received_at", integer},
                              {"override_since_at", integer}},
                             details};
const store::Write boot{"boots",
                        Mode::insert_if_absent,
                        3,
                        {{"station_no", integer},
                         {"epoch", integer},
                         {"frame_no", integer},
                         {"at", integer},
                         {"vendor", text},
                         {"model", text},
                         {"serial_number", text},
                         {"firmware_version", text},
                         {"reason", text},
                         {"ocpp_version", text}},
                        records};
const store::Write command{"commands",
                           Mode::upsert,
                           1,
                           {{"id", blob},
                            {"station_no", integer},
                            {"command", text},
                            {"action", text},
                            {"ocpp_version", text},
                            {"message_id", text},
                            {"request", text},
                            {"state", text},
                            {"result", text},
                            {"failed_reason", text},
                            {"response", text},
                            {"error_code", text},
                            {"error_description", text},
                            {"error_details", text},
                            {"epoch", integer},
                            {"requested_by", text},
                            {"created_at", integer},
                            {"sent_at", integer},
                            {"answered_at", integer},
                            {"deadline_at", integer},
                            {"late_response", text},
                            {"effect_state", text},
                            {"idempotency_key", text},
                            {"parameters", text},
                            {"priority", integer},
                            {"expires_at", integer},
                            {"status", text},
                            {"effect_expects", text},
                            {"effect_until_at", integer},
                            {"effect_timeout_s", integer},
                            {"verify", integer},
                            {"hides", integer},
                            {"batch_id", blob},
                            {"parts", text},
                            {"part_id", blob},
                            {"not_before_at", integer},
                            {"when_idle", integer}},
                           records};
const store::Write command_effect{"commands",
                                  Mode::update,
                                  1,
                                  {{"id", blob}, {"effect_state", text}, {"effect_at", integer}},
                                  records + 1};
const store::Write late_answer{
    "commands", Mode::update, 1, {{"id", blob}, {"late_response", text}}, records + 1};
const store::Write connection_attempt{"connection_attempts",
                                      Mode::insert_if_absent,
                                      1,
                                      {{"id", blob},
                                       {"station_no", integer},
                                       {"id_text", text},
                                       {"id_key", text},
                                       {"at", integer},
                                       {"cause", text},
                                       {"http_status", integer},
                                       {"address", text},
                                       {"tls", integer},
                                       {"subprotocols", text},
                                       {"user_name", text},
                                       {"user_agent", text},
                                       {"worker", text},
                                       {"detail", text}},
                                      records};
const store::Write worker_up{"bus_worker",
                             Mode::upsert,
                             1,
                             {{"worker", text},
                              {"incarnation", blob},
                              {"n", integer},
                              {"queue", text},
                              {"seen_at", integer},
                              {"started_at", integer},
                              {"draining", integer},
                              {"connections", integer},
                              {"version", text}},
                             records};
const store::Write worker_seen{"bus_worker",
                               Mode::update,
                               1,
                               {{"worker", text},
                                {"seen_at", integer},
                                {"draining", integer},
                                {"connections", integer},
                                {"certificate", text},
                                {"certificate_expires_at", integer}},
                               records + 1};
// Used at once on two partitions, the later commit fails: its messages are handled again, and find
// the key.
const store::Write idempotency_key{"idempotency_keys",
                                   Mode::insert,
                                   1,
                                   {{"key", text},
                                    {"fingerprint", blob},
                                    {"status", integer},
                                    {"body", text},
                                    {"command_id", blob},
                                    {"at", integer}},
                                   records};
const store::Write quarantine{"quarantine",
                              Mode::insert_if_absent,
                              1,
                              {{"id", blob},
                               {"station_no", integer},
                               {"id_text", text},
                               {"at", integer},
                               {"kind", text},
                               {"frame", blob},
                               {"error", text}},
                              records};

store::Value text_or_null(std::string_view value) {
    if (value.empty()) return Null{};
    return std::string{value};
}
store::Value int_or_null(std::int64_t value, std::int64_t null_value) {
    if (value == null_value) return Null{};
    return value;
}
store::Value int_or_null(const std::optional<std::int64_t>& value) {
    if (!value) return Null{};
    return *value;
}
store::Value bytes(const Ulid& id) { return Bytes{id.bytes()}; }
store::Value bytes_or_null(const std::optional<Ulid>& id) {
    if (!id) return Null{};
    return bytes(*id);
}

Row state_row(const Station& s) {
    const bool online = s.online();
    return {s.no.value,
            text_or_null(s.holder.worker),
            online ? bytes(s.holder.incarnation) : Null{},
            int_or_null(static_cast<std::int64_t>(s.holder.connection)),
            static_cast<std::int64_t>(s.epoch),
            text_or_null(ocpp::short_name(s.version)),
            text_or_null(s.address),
            std::int64_t{s.tls},
            int_or_null(s.profile_in_use, -1),
            text_or_null(s.subprotocol),
            int_or_null(s.connected_at),
            int_or_null(s.disconnected_at),
            text_or_null(s.disconnect_reason),
            int_or_null(s.last_seen_at),
            text_or_null(s.boot_status),
            int_or_null(s.boot_at),
            text_or_null(s.reported.status),
            text_or_null(s.reported.error_code),
            text_or_null(s.reported.info),
            text_or_null(s.reported.vendor_error_code),
            text_or_null(s.reported.vendor_id),
            int_or_null(s.reported.at),
            text_or_null(s.override_status),
            int_or_null(s.override_since_at),
            s.state_version};
}

Row connector_row(const Station& s, const ConnectorState& c) {
    return {s.no.value,
            c.evse,
            c.connector,
            text_or_null(c.status),
            text_or_null(c.error_code),
            text_or_null(c.info),
            text_or_null(c.vendor_id),
            text_or_null(c.vendor_error_code),
            int_or_null(c.status_at),
            int_or_null(c.received_at),
            int_or_null(c.override_since_at)};
}

Row command_row(wire::Decoder& decoder, const Station& s, const Command& c) {
    using commands::parameters_without_secrets, commands::without_secrets;
    std::string request = c.request, parameters = c.parameters;
    if (c.hides) {
        request = without_secrets(decoder, c.action, c.request).value_or(c.request);
        const auto hidden = c.command == "call"
                                ? without_secrets(decoder, c.action, c.parameters)
                                : parameters_without_secrets(decoder, c.command, c.parameters);
        parameters = hidden.value_or(c.parameters);
    }
    const auto response = commands::answer_without_secrets(decoder, c.action, c.response);
    return {bytes(c.id),
            s.no.value,
            c.command,
            text_or_null(c.action),
            text_or_null(ocpp::short_name(c.version)),
            text_or_null(c.message_id),
            text_or_null(request),
            std::string{name_of(c.state)},
            text_or_null(c.result),
            text_or_null(c.failed_reason),
            text_or_null(response.value_or(c.response)),
            text_or_null(c.error_code),
            text_or_null(c.error_description),
            text_or_null(c.error_details),
            int_or_null(static_cast<std::int64_t>(c.epoch)),
            text_or_null(c.requested_by),
            c.created_at,
            int_or_null(c.sent_at),
            int_or_null(c.answered_at),
            int_or_null(c.deadline_at),
            text_or_null(c.late_response),
            c.effect_state.empty() ? std::string{"none"} : c.effect_state,
            text_or_null(c.idempotency_key),
            text_or_null(parameters),
            c.priority,
            int_or_null(c.expires_at),
            text_or_null(c.status),
            text_or_null(c.effect_expects),
            int_or_null(c.effect_until_at),
            int_or_null(c.effect_timeout_s),
            std::int64_t{c.verify},
            std::int64_t{c.hides},
            bytes_or_null(c.batch),
            c.parts ? store::Value{wire::encode(*c.parts)} : store::Value{Null{}},
            c.part == Ulid{} ? store::Value{Null{}} : store::Value{bytes(c.part)},
            int_or_null(c.not_before_at),
            int_or_null(std::int64_t{c.when_idle})};
}

}  // namespace ohm::api::tables
