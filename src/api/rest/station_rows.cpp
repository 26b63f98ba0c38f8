#include "api/rest/station_rows.hpp"

#include <algorithm>
#include <unordered_map>

#include "api/compatibility.hpp"
#include "api/rest/exchange.hpp"
#include "base/limits_statistics.hpp"
#include "base/text.hpp"
#include "domain/station.hpp"
#include "store/row.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view select_stations = R"(
select p.station_no, p.id, p.id_key, p.name, p.security_profile,
       p.next_security_profile, p.password_hash,
       p.default_ocpp_version, p.strictness, p.message_log_level, p.call_timeout_s,
       p.ping_interval_s, p.boot_decision, p.boot_retry_interval_s, p.compatibility, p.vendor,
       p.model,
       p.serial_number, p.firmware_version, p.iccid, p.imsi,
       p.meter_type, p.meter_serial_number, p.charge_box_serial_number, p.boot_reason, p.booted_at,
       p.labels, p.note, p.version, p.created_at, p.updated_at, p.archived_at,
       l.id,
       s.worker, s.connection, s.epoch, s.ocpp_version, s.address, s.tls,
       s.security_profile_in_use, s.subprotocol, s.connected_at, s.disconnected_at,
       s.disconnect_reason, s.last_seen_at, s.boot_status, s.reported_status,
       s.reported_error_code, s.reported_info, s.reported_vendor_error_code,
       s.reported_vendor_id, s.reported_at, s.override_status, s.override_since_at, s.version
  from charge_points p
  left join station_state s on s.station_no = p.station_no
  left join locations l on l.location_no = p.location_no
 where p.tenant_no = 1)";

using store::Columns;

void take_configuration(Columns& columns, StationRead& read) {
    StationShown& shown = read.shown;
    read.station_no = store::as_int(columns.next());
    shown.id = store::as_text(columns.next());
    read.id_key = store::as_text(columns.next());
    shown.name = text_or_null(columns.next());
    shown.security_profile = store::as_int(columns.next());
    shown.next_security_profile = int_or_null(columns.next());
    shown.has_password = !store::as_text(columns.next()).empty();
    shown.default_ocpp_version = text_or_null(columns.next());
    shown.strictness = text_or_null(columns.next());
    shown.message_log_level = text_or_null(columns.next());
    shown.call_timeout_s = int_or_null(columns.next());
    shown.ping_interval_s = int_or_null(columns.next());
    shown.boot_decision = text_or_null(columns.next()).value_or("accepted");
    shown.boot_retry_interval_s = int_or_null(columns.next());
    if (const auto settings = read_compatibility(store::as_text(columns.next())))
        shown.compatibility = {*settings};
    for (NullableText* text :
         {&shown.vendor, &shown.model, &shown.serial_number, &shown.firmware_version, &shown.iccid,
          &shown.imsi, &shown.meter_type, &shown.meter_serial_number,
          &shown.charge_box_serial_number, &shown.boot_reason})
        *text = text_or_null(columns.next());
    shown.booted_at = time_or_null(columns.next());
    shown.labels = json_or_null(columns.next());
    shown.note = text_or_null(columns.next());
    shown.version = store::as_int(columns.next());
    shown.created_at = time_of(columns.next());
    shown.updated_at = time_of(columns.next());
    shown.archived_at = time_or_null(columns.next());
    shown.location_id = text_or_null(columns.next());
}

void take_connection(Columns& columns, StationRead& read) {
    StationShown& shown = read.shown;
    ConnectionShown connection;
    connection.worker = store::as_text(columns.next());
    const bool online = !store::is_null(columns.next());
    if (online) shown.connectivity = "online";
    if (!online) shown.connectivity = "offline";
    connection.epoch = store::as_int(columns.next());
    shown.ocpp_version = text_or_null(columns.next());
    connection.address = text_or_null(columns.next());
    connection.tls = store::as_int(columns.next()) != 0;
    read.security_profile_in_use = int_or_null(columns.next());
    connection.subprotocol = text_or_null(columns.next());
    connection.connected_at = time_or_null(columns.next());
    shown.disconnected_at = time_or_null(columns.next());
    shown.disconnect_reason = text_or_null(columns.next());
    shown.last_seen_at = time_or_null(columns.next());
    if (online) shown.connection = {std::move(connection)};
}

void take_report(Columns& columns, StationRead& read) {
    StationShown& shown = read.shown;
    shown.boot_status = text_or_null(columns.next());
    shown.reported_status = text_or_null(columns.next());
    shown.error_code = text_or_null(columns.next());
    shown.info = text_or_null(columns.next());
    shown.vendor_error_code = text_or_null(columns.next());
    shown.vendor_id = text_or_null(columns.next());
    shown.status_at = time_or_null(columns.next());
    const std::string override_status = store::as_text(columns.next());
    const Nullable<Instant> since = time_or_null(columns.next());
    if (!override_status.empty()) shown.override = {OverrideShown{override_status, since}};
    read.state_version = store::as_int(columns.next());
    const std::string own_word = shown.reported_status.value_or(
        std::string{domain::status_without_report(shown.boot_status.value_or(""))});
    shown.status = domain::shown_status(shown.connectivity.is("online"), override_status, own_word);
}

NullableText note_on_security(const StationShown& shown) {
    if (shown.security_profile == 0) return std::string{"accepts anyone who knows the identity"};
    if (shown.security_profile == 1 && shown.connection && shown.connection->tls)
        return std::string{"connected by TLS: with profile 2 it could not fall back to plain text"};
    return {};
}

StationRead station_of(const store::Row& row) {
    StationRead read;
    Columns columns{row};
    take_configuration(columns, read);
    take_connection(columns, read);
    take_report(columns, read);
    read.shown.security_profile_note = note_on_security(read.shown);
    return read;
}

std::optional<StationRead> one_with_evses(store::Sql& sql, const Conditions& where) {
    auto stations = read_stations(sql, where, "p.station_no", 1);
    if (stations.empty()) return std::nullopt;
    add_evses(sql, stations);
    return std::move(stations.front());
}

// Which of its connectors' statuses an EVSE shows: what a driver or an operator must know first.
int weight(std::string_view status) {
    constexpr std::string_view ascending[] = {"Unknown", "Available", "Reserved"};
    if (status == "Faulted") return 100;
    if (status == "Unavailable") return 50;
    const auto* found = std::find(std::begin(ascending), std::end(ascending), status);
    return found == std::end(ascending) ? 75 : static_cast<int>(found - std::begin(ascending));
}

// A station that was permitted to reset takes all its connectors with it.
ConnectorShown connector_of(const store::Row& row, const StationShown& station) {
    ConnectorShown connector{.id = store::as_int(row[2])};
    connector.reported_status = text_or_null(row[3]);
    connector.error_code = text_or_null(row[4]);
    connector.info = text_or_null(row[5]);
    connector.vendor_id = text_or_null(row[6]);
    connector.vendor_error_code = text_or_null(row[7]);
    connector.status_at = time_or_null(row[8]);
    const bool overridden = station.override || !store::is_null(row[9]);
    connector.status =
        domain::shown_status(station.connectivity.is("online"), overridden ? "Unavailable" : "",
                             connector.reported_status.value_or(""));
    return connector;
}

// The reservation that a reserved connector waits with: its EVSE's own, else one of any EVSE.
void add_reservation(StationShown& shown, std::int64_t evse_id, const Ulid& id) {
    for (EvseShown& evse : shown.evses->items)
        for (ConnectorShown& connector : evse.connectors.items) {
            const bool waits = connector.reported_status == std::string{"Reserved"} &&
                               (evse_id == 0 || evse_id == evse.id);
            if (waits && !connector.reservation_id)
                connector.reservation_id = std::string{"rsv_"} + id.text();
        }
}

bool has_reserved(const StationShown& shown) {
    for (const EvseShown& evse : shown.evses->items)
        for (const ConnectorShown& connector : evse.connectors.items)
            if (connector.reported_status == std::string{"Reserved"}) return true;
    return false;
}

void add_part(StationRead& station, const store::Row& row) {
    StationShown& shown = station.shown;
    auto& evses = shown.evses->items;
    const std::int64_t id = store::as_int(row[1]);
    auto evse =
        std::find_if(evses.begin(), evses.end(), [&](const EvseShown& e) { return e.id >= id; });
    if (evse == evses.end() || evse->id != id) {
        const std::string_view of_station = shown.override ? "Unavailable" : "";
        const bool online = shown.connectivity.is("online");
        evse = evses.insert(
            evse, EvseShown{.id = id,
                            .status = std::string{domain::shown_status(online, of_station, "")}});
    }
    if (store::is_null(row[2])) return;
    station.connectors_at = std::max(station.connectors_at, store::as_int(row[10]));
    ConnectorShown connector = connector_of(row, shown);
    const bool first = evse->connectors.items.empty();
    if (first || weight(connector.status) > weight(evse->status)) evse->status = connector.status;
    evse->connectors.items.push_back(std::move(connector));
}

}  // namespace

const std::string_view shown_status_sql =
    "case when s.connection is null or s.override_status is not null then 'Unavailable' "
    "else coalesce(s.reported_status, case when s.boot_status = 'Accepted' then 'Available' end, "
    "'Unknown') end";

void Conditions::add(std::string_view text, std::vector<store::Value> values) {
    text_ += " and ";
    std::size_t used = 0;
    for (const char c : text) {
        if (c != '?')
            text_ += c;
        else
            text_ += bind(std::move(values.at(used++)));
    }
    ENSURE(used == values.size());
}

std::string Conditions::bind(store::Value value) {
    values_.push_back(std::move(value));
    return "$" + std::to_string(values_.size());
}

std::string like_pattern(std::string_view text) {
    std::string pattern = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '!') pattern += '!';
        pattern += c;
    }
    return pattern + "%";
}

std::vector<StationRead> read_stations(store::Sql& sql, const Conditions& where,
                                       std::string_view order, std::size_t limit) {
    std::string text{select_stations};
    ((text += where.text()) += " order by ") += order;
    std::vector<store::Value> values = where.values();
    if (limit > 0) {
        values.emplace_back(static_cast<std::int64_t>(limit));
        text += " limit $" + std::to_string(values.size());
    }
    std::vector<StationRead> stations;
    for (const store::Row& row : sql.query(text, values)) stations.push_back(station_of(row));
    return stations;
}

std::int64_t count_stations(store::Sql& sql, const Conditions& where) {
    const std::string text =
        "select count(*) from charge_points p "
        "left join station_state s on s.station_no = p.station_no "
        "left join locations l on l.location_no = p.location_no where p.tenant_no = 1" +
        where.text();
    return store::as_int(sql.query(text, where.values()).at(0).at(0));
}

std::optional<StationRead> find_station(store::Sql& sql, std::string_view id) {
    const auto key = fold(id);
    if (!key) return std::nullopt;
    Conditions where;
    where.add("p.id_key = ? and p.archived_at is null", {*key});
    return one_with_evses(sql, where);
}

std::optional<StationRead> find_station(store::Sql& sql, std::int64_t station_no) {
    Conditions where;
    where.add("p.station_no = ?", {station_no});
    return one_with_evses(sql, where);
}

std::string etag_of(const StationRead& station) {
    return make_etag(station.shown.version, station.state_version + station.connectors_at);
}

void add_evses(store::Sql& sql, std::vector<StationRead>& stations) {
    std::vector<std::int64_t> numbers;
    std::unordered_map<std::int64_t, StationRead*> by_number;
    for (StationRead& station : stations) {
        numbers.push_back(station.station_no);
        by_number[station.station_no] = &station;
        station.shown.evses.emplace();
    }
    if (numbers.empty()) return;
    const std::string of_these = store::any_of(sql.dialect(), "station_no", "$1");
    const auto add_all = [&](std::string_view columns_and_table, std::string_view order) {
        const std::string text = "select " + std::string{columns_and_table} + " where " + of_these +
                                 " order by " + std::string{order};
        for (const store::Row& row : sql.query(text, {numbers}))
            add_part(*by_number.at(store::as_int(row[0])), row);
    };
    add_all("station_no, evse, null from evses", "station_no, evse");
    add_all(
        "station_no, evse, connector, status, error_code, info, vendor_id, vendor_error_code, "
        "status_at, override_since_at, received_at from connectors",
        "station_no, evse, connector");
    std::erase_if(numbers, [&](std::int64_t no) { return !has_reserved(by_number.at(no)->shown); });
    if (numbers.empty()) return;
    for (const store::Row& row :
         sql.query("select station_no, evse, id from reservations where is_open = 1 and state = "
                   "'accepted' and " +
                       of_these + " order by station_no, evse desc, id",
                   {numbers}))
        if (const auto id = Ulid::from_bytes(store::as_bytes(row[2])))
            add_reservation(by_number.at(store::as_int(row[0]))->shown, store::as_int(row[1]), *id);
}

void add_power(store::Sql& sql, std::vector<StationRead>& stations, Utc now) {
    std::vector<std::int64_t> numbers;
    std::unordered_map<std::int64_t, StationShown*> by_number;
    for (StationRead& station : stations) {
        numbers.push_back(station.station_no);
        by_number[station.station_no] = &station.shown;
    }
    if (numbers.empty()) return;
    for (const store::Row& row :
         sql.query("select station_no, cast(sum(power_mw) as bigint) from open_transactions where "
                   "power_at >= $2 and " +
                       store::any_of(sql.dialect(), "station_no", "$1") + " group by station_no",
                   {numbers, micros(now) - Micros{limits::statistics_power_stale}.count()}))
        by_number.at(store::as_int(row[0]))->power_w = {
            wire::Number{static_cast<double>(store::as_int(row[1])) / 1'000}};
}

// ---- columns ----

NullableText text_or_null(const store::Value& value) {
    if (store::is_null(value)) return {};
    return {store::as_text(value)};
}

Nullable<std::int64_t> int_or_null(const store::Value& value) {
    if (store::is_null(value)) return {};
    return {store::as_int(value)};
}

Instant time_of(const store::Value& value) {
    Instant instant;
    instant.at = utc_from_micros(store::as_int(value));
    return instant;
}

Nullable<Instant> time_or_null(const store::Value& value) {
    if (store::is_null(value)) return {};
    return {time_of(value)};
}

Nullable<Any> json_or_null(const store::Value& value) {
    if (store::is_null(value)) return {};
    const std::string text = store::as_text(value);
    if (auto json = wire::minify(text)) return {Any{std::move(*json)}};
    Any quoted;
    append_json_string(quoted.json, text);
    return {std::move(quoted)};
}

}  // namespace ohm::api::rest
