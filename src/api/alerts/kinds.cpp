#include "api/alerts/kinds.hpp"

#include <algorithm>

#include "base/id_time.hpp"
#include "base/text.hpp"

namespace ohm::api::alerts {
namespace {

// ---- what each kind asks for ----
//
// {before}, {span} and {ahead} of the one duration that a kind has, {count} and {level} become
// numbers, {id_before} an id, {STATION} and {ELSE} the columns of found_sql that say nothing. {HEX
// x} is a key as text, {OPEN} are the open transactions, o, and each as it is now, t.

constexpr std::string_view of_the_station =
    "cast(null as bigint) as evse, cast(null as bigint) as connector, cast(null as text) as "
    "subject";
constexpr std::string_view nothing_else =
    "cast(null as text) as worker, cast(null as {BYTES}) as ref, cast(null as bigint) as due_at";

constexpr Parameter offline_parameters[] = {
    {"minutes", "Offline for so long.", 5, 0, 10'080},
    {"group_from", "So many that went offline within two minutes are one alert.", 5, 2, 10'000}};
constexpr std::string_view offline_sql = R"(
select s.station_no, {STATION}, s.disconnected_at as since_at, s.disconnected_at as last_at,
       1 as n, s.disconnect_reason as what, s.worker as worker, cast(null as {BYTES}) as ref,
       cast(null as bigint) as due_at
  from station_state s
 where s.connection is null and s.disconnected_at <= {before})";

constexpr Parameter not_accepted_parameters[] = {
    {"minutes", "Connected for so long without an accepted boot.", 10, 0, 10'080}};
constexpr std::string_view not_accepted_sql = R"(
select s.station_no, {STATION}, s.connected_at as since_at, s.connected_at as last_at, 1 as n,
       coalesce(s.boot_status, 'no boot') as what, {ELSE}
  from station_state s
 where s.connection is not null and s.connected_at <= {before}
   and coalesce(s.boot_status, '') <> 'Accepted')";

constexpr Parameter refused_parameters[] = {
    {"minutes", "Within so long.", 15, 1, 1'440},
    {"count", "So many refused connections.", 5, 1, 100'000}};
constexpr std::string_view refused_sql = R"(
select c.station_no, {STATION}, min(c.at) as since_at, max(c.at) as last_at, count(*) as n,
       max(c.cause) as what, {ELSE}
  from connection_attempts c
 where c.at > {before} and c.station_no is not null
 group by c.station_no
having count(*) >= {count})";

constexpr Parameter faulted_parameters[] = {
    {"minutes", "So long after the station's newest word of it.", 0, 0, 10'080}};
constexpr std::string_view faulted_sql = R"(
select c.station_no, c.evse, c.connector, cast(null as text) as subject,
       c.received_at as since_at, c.received_at as last_at, 1 as n,
       coalesce(nullif(c.error_code, 'NoError'), c.vendor_error_code, c.info, '') as what, {ELSE}
  from connectors c
 where c.status = 'Faulted' and c.received_at <= {before}
 union all
select s.station_no, {STATION}, s.reported_at, s.reported_at, 1,
       coalesce(nullif(s.reported_error_code, 'NoError'), s.reported_vendor_error_code,
                s.reported_info, ''), {ELSE}
  from station_state s
 where s.reported_status = 'Faulted' and s.reported_at <= {before})";

constexpr Parameter missed_parameters[] = {
    {"hours", "For so long it is shown, unless somebody closes it.", 24, 1, 720}};
constexpr std::string_view missed_sql = R"(
select m.station_no, {STATION}, m.first_at as since_at, m.effect_until_at as last_at, m.n,
       m.command as what, cast(null as text) as worker, m.id as ref,
       cast(null as bigint) as due_at
  from (select c.station_no, c.id, c.command, c.effect_until_at,
               row_number() over (partition by c.station_no
                                      order by c.effect_until_at desc, c.id desc) as place,
               count(*) over (partition by c.station_no) as n,
               min(c.effect_until_at) over (partition by c.station_no) as first_at
          from commands c
         where c.effect_state in ('missed', 'contradicted') and c.effect_until_at > {before}) m
 where m.place = 1)";

constexpr Parameter suspect_parameters[] = {
    {"hours", "Of transactions that began within so long.", 72, 1, 2'160}};
constexpr std::string_view suspect_sql = R"(
select m.station_no, {STATION}, m.first_at as since_at, m.received_at as last_at, m.n,
       coalesce(m.evidence, '') as what, cast(null as text) as worker, m.id as ref,
       cast(null as bigint) as due_at
  from (select t.station_no, t.id, t.evidence, t.received_at,
               row_number() over (partition by t.station_no
                                      order by t.received_at desc, t.id desc) as place,
               count(*) over (partition by t.station_no) as n,
               min(t.received_at) over (partition by t.station_no) as first_at
          from transactions t
         where t.suspect = 1 and t.received_at > {before}) m
 where m.place = 1)";

constexpr Parameter no_energy_parameters[] = {
    {"minutes", "Running for so long, and nothing was given.", 30, 5, 10'080}};
// A vehicle that wants nothing is not the station's fault. Ids are in order of time: those that are
// too young are not looked at.
constexpr std::string_view no_energy_sql = R"(
select t.station_no, t.evse, cast(null as bigint) as connector, {HEX t.id} as subject,
       t.received_at as since_at, t.received_at as last_at, 1 as n,
       coalesce(t.charging_state, '') as what, cast(null as text) as worker, t.id as ref,
       cast(null as bigint) as due_at
  from {OPEN}
 where o.id < {id_before} and t.received_at <= {before} and coalesce(t.energy_mwh, 0) <= 0
   and coalesce(t.charging_state, '') <> 'SuspendedEV'
   and not exists (select 1 from connectors c
                    where c.station_no = t.station_no and c.evse = t.evse
                      and c.status = 'SuspendedEV'))";

constexpr Parameter security_parameters[] = {
    {"level", "Of this severity or a graver one, as OCPP 2.0.1 numbers them: 0 is danger.", 3, 0,
     9},
    {"hours", "For so long it is shown, unless somebody closes it.", 24, 1, 720}};
// Every start and every update of a station is a security event of the standard: these are routine.
constexpr std::string_view security_sql = R"(
select m.station_no, {STATION}, m.first_at as since_at, m.received_at as last_at, m.n,
       m.name as what, {ELSE}
  from (select e.station_no, e.name, e.received_at,
               row_number() over (partition by e.station_no
                                      order by e.received_at desc, e.hash) as place,
               count(*) over (partition by e.station_no) as n,
               min(e.received_at) over (partition by e.station_no) as first_at
          from station_events e
         where e.kind = 'security' and e.received_at > {before} and e.severity <= {level}
           and coalesce(e.name, '') not in ('StartupOfTheDevice', 'ResetOrReboot',
                                            'FirmwareUpdated', 'SettingSystemTime')) m
 where m.place = 1)";

constexpr Parameter certificate_parameters[] = {
    {"days", "It ends within so many days.", 21, 1, 365}};
constexpr std::string_view certificate_sql = R"(
select c.station_no, {STATION}, c.not_after - {span} as since_at, c.not_after - {span} as last_at,
       1 as n, c.common_name as what, cast(null as text) as worker, cast(null as {BYTES}) as ref,
       c.not_after as due_at
  from client_certificates c
 where c.not_after <= {ahead})";

constexpr Parameter drift_parameters[] = {
    {"seconds", "Its clock is so far from ours.", 60, 5, 86'400}};
// What was said while offline comes late without a wrong clock: an early word proves one always, a
// late one where the station has been connected for a while.
constexpr std::string_view drift_sql = R"(
select c.station_no, {STATION}, max(c.received_at) as since_at, max(c.received_at) as last_at,
       1 as n, '' as what, {ELSE}
  from connectors c
  join station_state s on s.station_no = c.station_no
 where c.status_at > 0
   and (c.status_at > c.received_at + {span}
        or (c.status_at < c.received_at - {span} and s.connection is not null
            and c.received_at > s.connected_at + 120000000))
 group by c.station_no)";

constexpr Parameter firmware_parameters[] = {
    {"hours", "For so long it is shown, unless an update succeeds.", 24, 1, 720}};
constexpr std::string_view firmware_sql = R"(
select m.station_no, {STATION}, m.received_at as since_at, m.received_at as last_at, m.n,
       m.name as what, {ELSE}
  from (select e.station_no, e.name, e.received_at,
               row_number() over (partition by e.station_no
                                      order by e.received_at desc, e.hash) as place,
               count(*) over (partition by e.station_no) as n
          from station_events e
         where e.kind = 'firmware' and e.received_at > {before}
           and e.name in ('DownloadFailed', 'InstallationFailed', 'InvalidSignature',
                          'InvalidChecksum', 'InstallVerificationFailed', 'PublishFailed')
           and not exists (select 1 from station_events i
                            where i.station_no = e.station_no and i.kind = 'firmware'
                              and i.name in ('Installed', 'Published')
                              and i.received_at > e.received_at)) m
 where m.place = 1)";

constexpr Parameter unknown_parameters[] = {
    {"count", "So many different ones at one station.", 10, 1, 100'000},
    {"minutes", "Within so long.", 60, 1, 10'080}};
constexpr std::string_view unknown_sql = R"(
select k.station_no, {STATION}, min(k.last_seen_at) as since_at, max(k.last_seen_at) as last_at,
       count(*) as n, '' as what, {ELSE}
  from unknown_tokens k
 where k.last_seen_at > {before}
 group by k.station_no
having count(*) >= {count})";

constexpr Parameter webhook_parameters[] = {
    {"minutes", "Failing for so long without a success.", 60, 1, 10'080}};
constexpr std::string_view webhook_sql = R"(
select cast(null as bigint) as station_no, cast(null as bigint) as evse,
       cast(null as bigint) as connector, {HEX w.id} as subject,
       coalesce(w.failing_since_at, w.updated_at) as since_at,
       coalesce(w.failing_since_at, w.updated_at) as last_at, 1 as n,
       coalesce(w.description, '') as what, cast(null as text) as worker, w.id as ref,
       cast(null as bigint) as due_at
  from webhooks w
 where w.state = 'disabled' or (w.state = 'active' and w.failing_since_at <= {before}))";

constexpr Parameter worker_parameters[] = {
    {"minutes", "Nothing was heard of it for so long.", 1, 1, 1'440}};
constexpr std::string_view worker_sql = R"(
select cast(null as bigint) as station_no, cast(null as bigint) as evse,
       cast(null as bigint) as connector, b.worker as subject, b.seen_at as since_at,
       b.seen_at as last_at, 1 as n, '' as what, b.worker as worker, cast(null as {BYTES}) as ref,
       cast(null as bigint) as due_at
  from bus_worker b
 where b.seen_at <= {before} and b.draining = 0)";

constexpr Parameter quarantine_parameters[] = {
    {"hours", "For so long it is shown, unless somebody closes it.", 24, 1, 720}};
constexpr std::string_view quarantine_sql = R"(
select cast(null as bigint) as station_no, cast(null as bigint) as evse,
       cast(null as bigint) as connector, 'quarantine' as subject, min(q.at) as since_at,
       max(q.at) as last_at, count(*) as n, coalesce(max(q.id_text), '') as what, {ELSE}
  from quarantine q
 where q.at > {before}
having count(*) > 0)";

// ---- the kinds ----

constexpr Kind table[] = {
    {"station_offline", "{station} is offline",
     "Look whether others at its location are offline as well: then it is the network there. "
     "Alone: have its power and its modem looked at.",
     "warning", offline_parameters, true, false, "", offline_sql,
     "{count} stations went offline together"},
    {"station_not_accepted", "{station} is connected and not accepted: {what}",
     "Look at the station's boot decision; a station that has not booted can be asked to by "
     "trigger-message.",
     "warning", not_accepted_parameters, true, false, "", not_accepted_sql, ""},
    {"station_refused", "{station} was refused {count} times: {what}",
     "The connection attempts say why, and what helps.", "warning", refused_parameters, true, true,
     "", refused_sql, ""},
    {"connector_faulted", "{station}{connector} is faulted: {what}",
     "A reset often helps; where it comes back, have the connector looked at.", "warning",
     faulted_parameters, true, false, "", faulted_sql, ""},
    {"command_missed", "{station} accepted {what}, and did not do it",
     "Look at the command and at the station's messages after it; order it again.", "warning",
     missed_parameters, true, true, "cmd_", missed_sql, ""},
    {"transaction_suspect", "{station} has a suspect session: {what}",
     "Look at the session before it is billed.", "info", suspect_parameters, true, true, "tx_",
     suspect_sql, ""},
    {"session_without_energy", "{station}{connector} has a session without energy",
     "The driver waits: stop the session and have it begun again, or reset the station.", "warning",
     no_energy_parameters, true, false, "tx_", no_energy_sql, ""},
    {"security_event", "{station} reports {what}",
     "Look at the station's security events and its security log.", "critical", security_parameters,
     true, true, "", security_sql, ""},
    {"certificate_expiring", "The certificate of {station} ends soon",
     "Have the station ask for a new one (trigger SignChargingStationCertificate), or install one.",
     "warning", certificate_parameters, true, false, "", certificate_sql, ""},
    {"clock_drift", "The clock of {station} is wrong",
     "Set its time source; times of its sessions are what it says.", "warning", drift_parameters,
     true, false, "", drift_sql, ""},
    {"firmware_failed", "The firmware update of {station} has failed: {what}",
     "Look at the update's progress and order it again.", "warning", firmware_parameters, true,
     true, "", firmware_sql, ""},
    {"unknown_tokens", "{station} was shown {count} unknown tokens",
     "A new fleet whose tokens are missing here, or somebody who tries.", "info",
     unknown_parameters, true, true, "", unknown_sql, ""},
    {"webhook_failing", "A webhook is not delivered: {what}",
     "Look at its deliveries; make it active again when its receiver is back.", "warning",
     webhook_parameters, false, false, "whk_", webhook_sql, ""},
    {"worker_silent", "Worker {worker} is silent",
     "Its stations reconnect to other workers. Start it again, or drain it before it is stopped.",
     "critical", worker_parameters, false, false, "", worker_sql, "", true},
    {"message_quarantined", "{count} messages could not be handled",
     "They lie in the table quarantine, with the reason.", "warning", quarantine_parameters, false,
     true, "", quarantine_sql, ""},
};

void replace_all(std::string& text, std::string_view token, std::string_view with) {
    for (std::size_t at = text.find(token); at != std::string::npos;
         at = text.find(token, at + with.size()))
        text.replace(at, token.size(), with);
}
void put(std::string& text, std::string_view token, std::int64_t number) {
    replace_all(text, token, std::to_string(number));
}

// Behind every id that was made at that time.
std::string id_literal(store::Dialect dialect, std::int64_t at_us) {
    const std::int64_t behind_us = std::max<std::int64_t>(0, at_us) + 1'000'000;
    const std::string hex = "'" + to_hex(first_id_at(behind_us).bytes()) + "'";
    return dialect == store::Dialect::sqlite ? "x" + hex : "decode(" + hex + ", 'hex')";
}

// Each is looked up by its id, whatever the plan believes of how many are open: until PostgreSQL
// has counted a new table, a join reads all transactions.
std::string_view open_transactions(store::Dialect dialect) {
    return dialect == store::Dialect::sqlite
               ? "open_transactions o join transactions_now t on t.id = o.id"
               : "open_transactions o cross join lateral (select * from transactions_now r where "
                 "r.id = o.id limit 1) t";
}

// `{HEX x}`: a key of bytes as text.
void write_hex(store::Dialect dialect, std::string& text) {
    constexpr std::string_view token = "{HEX ";
    for (std::size_t at = text.find(token); at != std::string::npos; at = text.find(token)) {
        const std::size_t end = text.find('}', at);
        const std::string column = text.substr(at + token.size(), end - at - token.size());
        text.replace(at, end + 1 - at,
                     dialect == store::Dialect::sqlite ? "hex(" + column + ")"
                                                       : "upper(encode(" + column + ", 'hex'))");
    }
}

const wire::Optional<std::int64_t>* member(const Parameters& parameters, std::string_view name) {
    if (name == "seconds") return &parameters.seconds;
    if (name == "minutes") return &parameters.minutes;
    if (name == "hours") return &parameters.hours;
    if (name == "days") return &parameters.days;
    if (name == "count") return &parameters.count;
    if (name == "level") return &parameters.level;
    if (name == "group_from") return &parameters.group_from;
    return nullptr;
}

const Parameter* declared(const Kind& kind, std::string_view name) {
    for (const Parameter& one : kind.parameters)
        if (one.name == name) return &one;
    return nullptr;
}

struct Unit {
    std::string_view name;
    std::int64_t us;
};
constexpr Unit units[] = {{"seconds", 1'000'000},
                          {"minutes", 60'000'000},
                          {"hours", 3'600'000'000},
                          {"days", 86'400'000'000}};

}  // namespace

std::span<const Kind> kinds() { return table; }

const Kind* find_kind(std::string_view name) {
    const auto* const found = std::find_if(std::begin(table), std::end(table),
                                           [&](const Kind& one) { return one.name == name; });
    return found == std::end(table) ? nullptr : found;
}

std::int64_t value_of(const Kind& kind, const Parameters& parameters, std::string_view name) {
    const Parameter* const one = declared(kind, name);
    if (!one) return 0;
    return member(parameters, name)->value_or(one->otherwise);
}

std::int64_t duration_us(const Kind& kind, const Parameters& parameters) {
    for (const Unit& unit : units)
        if (declared(kind, unit.name)) return unit.us * value_of(kind, parameters, unit.name);
    return 0;
}

std::optional<ParameterFault> check(const Kind& kind, const Parameters& parameters) {
    for (const std::string_view name :
         {"seconds", "minutes", "hours", "days", "count", "level", "group_from"}) {
        const auto& value = *member(parameters, name);
        if (!value) continue;
        const Parameter* const one = declared(kind, name);
        if (!one)
            return ParameterFault{std::string{name},
                                  "is no parameter of " + std::string{kind.name}};
        if (*value < one->min || *value > one->max)
            return ParameterFault{std::string{name}, "must be " + std::to_string(one->min) +
                                                         " to " + std::to_string(one->max)};
    }
    return std::nullopt;
}

std::string complete_json(const Kind& kind, const Parameters& parameters) {
    std::string out = "{";
    for (const Parameter& one : kind.parameters) {
        if (out.size() > 1) out += ',';
        out += '"' + std::string{one.name} +
               "\":" + std::to_string(value_of(kind, parameters, one.name));
    }
    return out + "}";
}

std::string found_sql(store::Dialect dialect, const Kind& kind, const Parameters& parameters,
                      Utc now) {
    const std::int64_t at = micros(now), span = duration_us(kind, parameters);
    std::string text{kind.sql};
    replace_all(text, "{STATION}", of_the_station);
    replace_all(text, "{ELSE}", nothing_else);
    replace_all(text, "{BYTES}", dialect == store::Dialect::sqlite ? "blob" : "bytea");
    replace_all(text, "{OPEN}", open_transactions(dialect));
    write_hex(dialect, text);
    replace_all(text, "{id_before}", id_literal(dialect, at - span));
    put(text, "{before}", at - span);
    put(text, "{ahead}", at + span);
    put(text, "{span}", span);
    put(text, "{count}", value_of(kind, parameters, "count"));
    put(text, "{level}", value_of(kind, parameters, "level"));
    return text;
}

std::string title_of(const Kind& kind, const Facts& facts) {
    std::string out{facts.is_group ? kind.group_title : kind.title};
    std::string connector;
    if (facts.evse != 0) connector = ", EVSE " + std::to_string(facts.evse);
    if (facts.connector > 1) connector += ", connector " + std::to_string(facts.connector);
    put(out, "{count}", facts.is_group ? facts.members : facts.count);
    replace_all(out, "{connector}", connector);
    replace_all(out, "{worker}", facts.worker);
    replace_all(out, "{station}", facts.station.empty() ? "A station" : facts.station);
    // Last, as it is a station's own word.
    if (facts.what.empty()) replace_all(out, ": {what}", "");
    replace_all(out, "{what}", facts.what);
    if (facts.is_group && !facts.worker.empty())
        out += " (worker " + std::string{facts.worker} + ")";
    return out;
}

}  // namespace ohm::api::alerts
