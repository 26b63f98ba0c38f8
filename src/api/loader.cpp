#include "api/loader.hpp"

#include <algorithm>

#include "api/commands/commands.hpp"
#include "api/commands/known.hpp"
#include "api/compatibility.hpp"
#include "api/facts/loader.hpp"
#include "api/files/orders.hpp"
#include "api/held/held.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "store/sequences.hpp"

namespace ohm::api {
namespace {

using store::as_bytes;
using store::as_int;
using store::as_text;
using store::is_null;

constexpr std::string_view station_columns =
    "select c.station_no, c.id, c.id_key, c.partition_no, c.security_profile, c.password_hash, "
    "c.default_ocpp_version, c.strictness, "
    "c.message_log_level, c.call_timeout_s, c.ping_interval_s, c.boot_decision, "
    "c.boot_retry_interval_s, c.compatibility, c.next_password_hash, c.next_security_profile, "
    "s.worker, s.incarnation, "
    "s.connection, s.epoch, s.ocpp_version, s.address, "
    "s.tls, s.security_profile_in_use, s.subprotocol, s.connected_at, s.disconnected_at, "
    "s.disconnect_reason, s.last_seen_at, "
    "s.boot_status, s.boot_at, s.reported_status, s.reported_error_code, s.reported_info, "
    "s.reported_vendor_error_code, "
    "s.reported_vendor_id, s.reported_at, s.override_status, s.override_since_at, s.version "
    "from charge_points c join station_state s on s.station_no = c.station_no where c.archived_at "
    "is null and ";

// Reads a row from left to right.
class Columns {
public:
    explicit Columns(const store::Row& row) : row_{row} {}
    std::int64_t integer(std::int64_t otherwise = 0) { return as_int(row_[at_++], otherwise); }
    template <class T>
    T small(std::int64_t otherwise = 0) {  // of a column that holds no more
        return static_cast<T>(integer(otherwise));
    }
    std::string text() { return as_text(row_[at_++]); }
    std::string bytes() { return as_bytes(row_[at_++]); }
    bool next_is_null() const { return is_null(row_[at_]); }

private:
    const store::Row& row_;
    std::size_t at_ = 0;
};

std::optional<LogLevel> level_of(const std::string& name) {
    if (name.empty()) return std::nullopt;
    return name == "off" ? LogLevel::off : name == "errors" ? LogLevel::errors : LogLevel::all;
}

BootDecision decision_of(const std::string& name) {
    return name == "pending"    ? BootDecision::pending
           : name == "rejected" ? BootDecision::rejected
                                : BootDecision::accepted;
}

std::unique_ptr<Station> station_of(const store::Row& row) {
    auto s = std::make_unique<Station>();
    Columns in{row};
    s->no = {in.integer()};
    s->id = in.text();
    s->key = in.text();
    s->partition = {static_cast<std::uint32_t>(in.integer())};
    s->security_profile = in.small<std::int8_t>();
    s->password_hash = secret::packed(in.text());
    s->default_version = ocpp::version_of_short_name(in.text());
    const std::string strictness = in.text();
    if (!strictness.empty()) s->strict = strictness == "strict";
    s->log_level = level_of(in.text());
    s->call_timeout_s = in.small<std::int32_t>();
    s->ping_interval_s = in.small<std::int32_t>(-1);
    s->boot_decision = decision_of(in.text());
    s->boot_retry_interval_s = in.small<std::int32_t>();
    s->compatibility = read_compatibility(in.text());
    s->next_password_hash = in.text();
    s->next_security_profile = in.small<std::int8_t>();
    s->holder.worker = in.text();
    s->holder.incarnation = Ulid::from_bytes(in.bytes()).value_or(Ulid{});
    s->holder.connection = static_cast<std::uint64_t>(in.integer());
    s->epoch = static_cast<std::uint64_t>(in.integer());
    s->version = ocpp::version_of_short_name(in.text());
    s->address = in.text();
    s->tls = in.integer() != 0;
    s->profile_in_use = in.small<std::int8_t>(-1);
    s->subprotocol = in.text();
    s->connected_at = in.integer();
    s->disconnected_at = in.integer();
    s->disconnect_reason = in.text();
    s->last_seen_at = s->last_seen_written_at = in.integer();
    s->boot_status = in.text();
    s->boot_at = in.integer();
    s->reported.status = in.text();
    s->reported.error_code = in.text();
    s->reported.info = in.text();
    s->reported.vendor_error_code = in.text();
    s->reported.vendor_id = in.text();
    s->reported.at = in.integer();
    s->override_status = in.text();
    s->override_since_at = in.integer();
    s->state_version = in.integer();
    return s;
}

CommandState state_of(const std::string& name) {
    if (name == "answered") return CommandState::answered;
    return name == "sent" ? CommandState::sent : CommandState::queued;
}

// A command that an earlier owner may or may not have handed over is treated as handed over: it can
// only end by an answer, by news of the worker or by its deadline, and is never sent a second time.
std::unique_ptr<Command> command_of(const store::Row& row) {
    auto c = std::make_unique<Command>();
    Columns in{row};
    in.integer();  // station_no
    c->id = Ulid::from_bytes(in.bytes()).value_or(Ulid{});
    c->command = in.text();
    c->action = in.text();
    c->version = ocpp::version_of_short_name(in.text());
    c->message_id = in.text();
    c->request = in.text();
    c->state = state_of(in.text());
    c->epoch = static_cast<std::uint64_t>(in.integer());
    c->requested_by = in.text();
    c->created_at = in.integer();
    c->sent_at = in.integer();
    c->deadline_at = in.integer();
    c->idempotency_key = in.text();
    c->parameters = in.text();
    c->priority = in.integer();
    c->expires_at = in.integer();
    c->effect_timeout_s = in.integer();
    c->verify = in.integer() != 0;
    c->hides = c->masked = in.integer() != 0;
    c->batch = Ulid::from_bytes(in.bytes());
    c->response = in.text();
    c->result = in.text();
    c->status = in.text();
    c->answered_at = in.integer();
    c->effect_until_at = in.integer();
    c->effect_state = in.text();
    c->parts = commands::read_parts(in.text());
    c->part = Ulid::from_bytes(in.bytes()).value_or(Ulid{});
    c->not_before_at = in.integer();
    c->when_idle = in.integer() != 0;
    c->handed_over = c->epoch != 0;
    c->changed = false;
    return c;
}

using ByNumber = std::map<std::int64_t, Station*>;

std::vector<std::int64_t> numbers_of(const ByNumber& stations) {
    std::vector<std::int64_t> numbers;
    numbers.reserve(stations.size());
    for (const auto& [number, station] : stations) numbers.push_back(number);
    return numbers;
}

void load_connectors(store::Sql& sql, const ByNumber& stations) {
    const std::string text =
        "select station_no, evse, connector, status, error_code, info, vendor_id, "
        "vendor_error_code, status_at, received_at, override_since_at "
        "from connectors where " +
        store::any_of(sql.dialect(), "station_no", "$1") + " order by station_no, evse, connector";
    for (const store::Row& row : sql.query(text, {numbers_of(stations)})) {
        Columns in{row};
        Station& station = *stations.at(in.integer());
        ConnectorState c;
        c.evse = in.integer();
        c.connector = in.integer();
        c.status = in.text();
        c.error_code = in.text();
        c.info = in.text();
        c.vendor_id = in.text();
        c.vendor_error_code = in.text();
        c.status_at = in.integer();
        c.received_at = in.integer();
        c.override_since_at = in.integer();
        station.connectors.reserve(station.connectors.size() + 1);
        station.connectors.push_back(std::move(c));
    }
}

// Open ones, in the order that they go; of answered ones with a pending effect only that.
void load_commands(store::Sql& sql, ShardState& shard, const ByNumber& stations) {
    const std::string text =
        "select station_no, id, command, action, ocpp_version, message_id, request, state, epoch, "
        "requested_by, created_at, "
        "sent_at, deadline_at, idempotency_key, parameters, priority, expires_at, "
        "effect_timeout_s, verify, hides, batch_id, response, result, status, answered_at, "
        "effect_until_at, effect_state, parts, part_id, not_before_at, when_idle from commands "
        "where (state in ('queued', 'sent') or effect_state = "
        "'pending') and " +
        store::any_of(sql.dialect(), "station_no", "$1") + " order by priority desc, id";
    std::vector<std::pair<Station*, std::unique_ptr<Command>>> found;
    std::map<Ulid, Command*> by_id;
    for (const store::Row& row : sql.query(text, {numbers_of(stations)})) {
        auto& [station, command] = found.emplace_back(stations.at(as_int(row[0])), command_of(row));
        by_id[command->id] = command.get();
    }
    files::restore(sql, by_id);
    for (auto& [of, command] : found) {
        Station& station = *of;
        if (command->state == CommandState::answered) {
            restore_effect(shard, station, *command);
            continue;
        }
        const auto place = command->handed_over ? station.commands.begin() : station.commands.end();
        station.commands.insert(place, std::move(command));
    }
}

void add_loaded(store::Sql& sql, ShardState& shard, const std::vector<store::Row>& rows) {
    // Whole or not at all: a station without its commands would be sent a second one.
    std::vector<std::unique_ptr<Station>> loaded;
    ByNumber added;
    for (const store::Row& row : rows) {
        auto station = station_of(row);
        if (shard.stations.contains(station->key)) continue;
        added[station->no.value] = station.get();
        loaded.push_back(std::move(station));
    }
    if (added.empty()) return;
    load_connectors(sql, added);
    load_commands(sql, shard, added);
    load_facts(sql, shard, added);
    load_held(sql, shard, added);
    for (auto& station : loaded) {
        if (!station->commands.empty()) shard.busy_stations.insert(station->key);
        shard.stations.insert(std::move(station));
    }
}

void load_workers(store::Sql& sql, ShardState& shard, Mono now) {
    for (const store::Row& row :
         sql.query("select worker, incarnation, n, queue from bus_worker")) {
        Columns in{row};
        const std::string name = in.text();
        KnownWorker& worker = shard.workers[name];
        const Ulid incarnation = Ulid::from_bytes(in.bytes()).value_or(Ulid{});
        const auto n = static_cast<std::uint64_t>(in.integer());
        if (worker.incarnation > incarnation ||
            (worker.incarnation == incarnation && worker.n >= n))
            continue;
        worker.incarnation = incarnation;
        worker.n = n;
        worker.queue = in.text();
        worker.last_beat = now;  // gets its time to be heard of
    }
}

}  // namespace

void load_stations(store::Sql& sql, ShardState& shard, std::span<const std::string> keys) {
    std::vector<std::string> missing;
    for (const std::string& key : keys)
        if (!shard.stations.contains(key) &&
            shard.partitions.contains(partition_of(key, shard.options.partition_count)))
            missing.push_back(key);
    std::sort(missing.begin(), missing.end());
    missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
    if (missing.empty()) return;
    const std::string text = std::string{station_columns} +
                             store::any_of(sql.dialect(), "c.id_key", "$1") +
                             " order by c.station_no";
    add_loaded(sql, shard, sql.query(text, {missing}));
}

void load_partition(store::Sql& sql, ShardState& shard, Partition partition, Mono now) {
    const std::string text =
        std::string{station_columns} +
        "c.partition_no = $1 and (s.connection is not null or exists (select 1 from commands k "
        "where k.station_no = "
        "c.station_no and (k.state in ('queued', 'sent') or k.effect_state = 'pending')) or exists "
        "(select 1 from reports r where r.station_no = c.station_no and r.state = 'receiving') or "
        "exists (select 1 from reservations v where v.station_no = c.station_no and v.is_open = "
        "1)) "
        "order by c.station_no";
    add_loaded(sql, shard, sql.query(text, {std::int64_t{partition.value}}));
    load_workers(sql, shard, now);
}

void load_ocpp_numbers(store::Sql& sql, ShardState& shard, std::size_t count) {
    constexpr std::size_t block = 256;
    store::keep_fresh(sql, store::ocpp_numbers, shard.fresh_ocpp_numbers, count, block);
}

namespace {

// 2.0.1: ItemsPerMessage and BytesPerMessage with the action as instance, or the action behind the
// name; 1.6: GetConfigurationMaxKeys.
void take_call_limit(const store::Row& row,
                     std::map<std::string, commands::CallLimits>& of_station) {
    const std::string name = to_lower(as_text(row[1]));
    const auto number = parse_int(as_text(row[3]));
    if (!number || *number <= 0) return;
    if (name == "getconfigurationmaxkeys") {
        of_station["GetConfiguration"].items = *number;
        return;
    }
    for (const std::string_view action :
         {"GetVariables", "SetVariables", "SetVariableMonitoring", "ClearVariableMonitoring"}) {
        const std::string said = name + to_lower(as_text(row[2]));
        const std::string wanted = to_lower(action);
        if (said == "itemspermessage" + wanted) of_station[std::string{action}].items = *number;
        if (said == "bytespermessage" + wanted) of_station[std::string{action}].bytes = *number;
    }
}

void load_call_limits(store::Sql& sql, ShardState& shard, const std::vector<std::string>& keys) {
    shard.call_limits.clear();
    std::vector<std::int64_t> numbers;
    for (const std::string& key : keys)
        if (const Station* station = shard.find(key)) numbers.push_back(station->no.value);
    if (numbers.empty()) return;
    const std::string text =
        "select station_no, variable, instance, value from variables where (lower(variable) like "
        "'itemspermessage%' or lower(variable) like 'bytespermessage%' or lower(variable) = "
        "'getconfigurationmaxkeys') and attribute = 'Actual' and " +
        store::any_of(sql.dialect(), "station_no", "$1");
    for (const store::Row& row : sql.query(text, {numbers}))
        take_call_limit(row, shard.call_limits[as_int(row[0])]);
}

}  // namespace

void load_operation_needs(store::Sql& sql, ShardState& shard, const OperationNeeds& needs) {
    shard.idempotent.clear();
    shard.configs.clear();
    shard.locations.clear();
    shard.known_commands.clear();
    load_desired_variables(sql, shard, needs.desired_keys);
    files::load_images(sql, shard, needs.images, needs.station_keys);
    load_call_limits(sql, shard, needs.limit_keys);
    commands::load_model(sql, shard, needs);
    if (!needs.idempotency_keys.empty()) {
        const std::string text =
            "select key, fingerprint, status, body from idempotency_keys where " +
            store::any_of(sql.dialect(), "key", "$1");
        for (const store::Row& row : sql.query(text, {needs.idempotency_keys}))
            shard.idempotent[as_text(row[0])] = {as_bytes(row[1]), as_int(row[2]), as_text(row[3])};
    }
    if (!needs.location_ids.empty()) {
        const std::string text = "select id, location_no from locations where " +
                                 store::any_of(sql.dialect(), "id", "$1");
        for (const store::Row& row : sql.query(text, {needs.location_ids}))
            shard.locations[as_text(row[0])] = as_int(row[1]);
    }
    if (!needs.config_keys.empty()) {
        const std::string text =
            "select station_no, name, labels, note, location_no, version from charge_points where "
            "archived_at is null and " +
            store::any_of(sql.dialect(), "id_key", "$1");
        for (const store::Row& row : sql.query(text, {needs.config_keys}))
            shard.configs[as_int(row[0])] = {as_text(row[1]), as_text(row[2]), as_text(row[3]),
                                             as_int(row[4]), as_int(row[5])};
    }
    for (const Ulid& id : needs.repeated_commands)
        if (!sql.query("select 1 from commands where id = $1", {store::Bytes{id.bytes()}}).empty())
            shard.known_commands.insert(id);
    load_ocpp_numbers(sql, shard, needs.ocpp_numbers);
    constexpr std::size_t block = 64;
    store::keep_fresh(sql, store::station_numbers, shard.fresh_station_numbers, needs.new_stations,
                      block);
}

}  // namespace ohm::api
