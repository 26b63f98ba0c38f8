#include "api/events/collect.hpp"

#include <algorithm>

#include "api/certificates/tables.hpp"
#include "api/charging/tables.hpp"
#include "api/events/types.hpp"
#include "api/facts/tables.hpp"
#include "api/held/tables.hpp"
#include "api/tables.hpp"
#include "api/unless_empty.hpp"
#include "base/limits_events.hpp"

namespace ohm::api::events {
namespace {

NullableInt number_or_null(const std::optional<std::int64_t>& number) {
    if (!number) return {};
    return {*number};
}
std::string id_text(std::string_view prefix, std::string_view bytes) {
    return std::string{prefix} + Ulid::from_bytes(bytes).value_or(Ulid{}).text();
}

// A row of a declared write, its values by the names of their columns.
class Written {
public:
    Written(const store::Write& write, const std::vector<store::Value>& row)
        : write_{write}, row_{row} {}

    const store::Value& value(std::string_view column) const {
        for (std::size_t i = 0; i < write_.columns.size(); ++i)
            if (write_.columns[i].name == column) return row_[i];
        ENSURE(false);
        return row_[0];
    }
    std::int64_t number(std::string_view column) const { return store::as_int(value(column)); }
    std::string text(std::string_view column) const { return store::as_text(value(column)); }
    NullableText word(std::string_view column) const { return text_unless_empty(text(column)); }
    NullableInt integer(std::string_view column) const {
        if (store::is_null(value(column))) return {};
        return {number(column)};
    }
    Nullable<Instant> time(std::string_view column) const {
        return time_unless_zero(number(column));
    }
    std::string id(std::string_view prefix, std::string_view column) const {
        return id_text(prefix, store::as_bytes(value(column)));
    }
    NullableText id_or_null(std::string_view prefix, std::string_view column) const {
        if (store::is_null(value(column))) return {};
        return {id(prefix, column)};
    }

private:
    const store::Write& write_;
    const std::vector<store::Value>& row_;
};

class Collector {
public:
    Collector(ShardState& shard, Batch& batch) : shard_{shard}, batch_{batch} {}
    void run();

    template <class T>
    void add(const Station& station, std::string_view type, const T& told) {
        const EventType* declared = find_type(type);
        ENSURE(declared != nullptr && declared->data == &wire::type_of<T>);
        batch_.events.push_back(make_event(station.partition, type, station.id, micros(batch_.now),
                                           wire::encode(told)));
    }

private:
    const Station* station_of(std::int64_t number);
    void tell_connection(Station& station);
    void tell_end_of_connection(Station& station);
    void tell_status(Station& station);
    void tell_transactions(Station& station);
    void tell_rows(const store::Unit::Part& part);
    void tell_configuration(const store::Unit::Part& part);

    ShardState& shard_;
    Batch& batch_;
    std::map<std::int64_t, const Station*> by_number_;  // made when a row needs it
};

// ---- stations ----

void Collector::tell_connection(Station& station) {
    if (station.online()) tell_end_of_connection(station);  // of the one before
    if (!std::exchange(station.news.connected, false)) return;
    add(station, "station.connected",
        Connected{static_cast<std::int64_t>(station.epoch),
                  text_unless_empty(ocpp::short_name(station.version)),
                  text_unless_empty(station.address), text_unless_empty(station.holder.worker),
                  station.tls});
}

void Collector::tell_end_of_connection(Station& station) {
    if (!std::exchange(station.news.disconnected, false)) return;
    const bool is_latest = !station.online();
    add(station, "station.disconnected",
        Disconnected{static_cast<std::int64_t>(station.epoch) - (is_latest ? 0 : 1),
                     is_latest ? text_unless_empty(station.disconnect_reason) : NullableText{},
                     is_latest ? time_unless_zero(station.connected_at) : Nullable<Instant>{}});
}

void Collector::tell_status(Station& station) {
    const ReportedStatus& reported = station.reported;
    if (std::exchange(station.news.status, false))
        add(station, "station.status_changed",
            StatusChanged{
                text_unless_empty(reported.status), text_unless_empty(reported.error_code),
                text_unless_empty(reported.info), text_unless_empty(reported.vendor_id),
                text_unless_empty(reported.vendor_error_code), time_unless_zero(reported.at)});
    for (ConnectorState& one : station.connectors) {
        if (!std::exchange(one.status_is_news, false)) continue;
        add(station, "connector.status_changed",
            ConnectorChanged{one.evse, one.connector, text_unless_empty(one.status),
                             text_unless_empty(one.error_code), text_unless_empty(one.info),
                             text_unless_empty(one.vendor_id),
                             text_unless_empty(one.vendor_error_code),
                             time_unless_zero(one.status_at)});
    }
}

// ---- transactions ----

constexpr Micros told_every{minutes{1}};  // of a transaction that runs

TransactionTold told(const TransactionRecord& record, const std::string& evidence,
                     std::int64_t now) {
    const domain::Transaction& facts = record.facts;
    TransactionTold out;
    out.transaction_id = "tx_" + record.id.text();
    out.ocpp_transaction_id = record.station_id();
    out.state = facts.has_end ? "ended" : record.closed_at != 0 ? "closed" : "active";
    out.evse_id = number_or_null(facts.evse);
    out.connector_id = number_or_null(facts.connector);
    out.token = text_unless_empty(facts.token);
    out.charging_state = text_unless_empty(facts.charging_state);
    out.stop_reason = text_unless_empty(facts.stop_reason);
    out.started_at = time_unless_zero(facts.started_at.value_or(0));
    out.ended_at = time_unless_zero(facts.ended_at.value_or(0));
    if (const auto energy = domain::energy_mwh(facts))
        out.energy_wh = {Number{static_cast<double>(*energy) / 1000}};
    const bool is_fresh = record.power && now - record.power->heard_at <= told_every.count();
    if (record.is_active() && is_fresh)
        out.power_w = {Number{static_cast<double>(record.power->mw) / 1000}};
    out.closed_by = text_unless_empty(record.closed_by);
    out.closed_reason = text_unless_empty(record.closed_reason);
    if (!evidence.empty()) out.evidence = {Any{evidence}};
    return out;
}

void Collector::tell_transactions(Station& station) {
    if (!station.transactions) return;
    const std::int64_t now = micros(batch_.now);
    for (const auto& record : station.transactions->list) {
        if (!record->changed) continue;
        TransactionRecord::Told& before = record->told;
        const std::string evidence = tables::evidence_json(*record);
        const bool began = !std::exchange(before.start, true);
        const bool doubted = !evidence.empty() && !std::exchange(before.suspect, true);
        const bool ended = record->facts.has_end && !std::exchange(before.end, true);
        const bool closed =
            record->closed_at != 0 && !record->facts.has_end && !std::exchange(before.closed, true);
        const bool is_due = record->is_active() && now - before.at >= told_every.count();
        const bool has_news = began || doubted || ended || closed || is_due;
        if (!has_news) continue;
        before.at = now;
        const TransactionTold what = told(*record, evidence, now);
        if (began) add(station, "transaction.started", what);
        if (doubted) add(station, "transaction.suspect", what);
        if (ended) add(station, "transaction.ended", what);
        if (closed) add(station, "transaction.closed", what);
        if (!began && !doubted && !ended && !closed) add(station, "transaction.updated", what);
    }
}

// ---- rows ----

Reported reported(const Written& row) {
    Reported out;
    out.name = row.text("name");
    out.request_id = row.integer("request_id");
    out.evse_id = row.integer("evse");
    out.connector_id = row.integer("connector");
    out.severity = row.integer("severity");
    out.at = row.time("at");
    std::string payload = row.text("payload");
    if (!payload.empty() && payload.size() <= limits::event_details_bytes)
        out.details = {Any{std::move(payload)}};
    return out;
}

std::string_view type_of_fact(const Written& row) {
    const std::string kind = row.text("kind");
    if (kind == "security") return "security.event";
    if (kind == "firmware") return "firmware.progressed";
    if (kind == "event") return "monitoring.event";
    if (kind == "data_transfer") return "data_transfer.received";
    if (kind.starts_with("charging_limit")) return "charging_limit.changed";
    if (kind != "log" && kind != "diagnostics") return "";
    return row.text("name") == "Uploaded" ? "log.uploaded" : "log.progressed";
}

CommandTold command_told(const Written& row) {
    return {
        row.id("cmd_", "id"),      row.word("command"),      row.word("action"),
        row.word("state"),         row.word("result"),       row.word("status"),
        row.word("failed_reason"), row.word("requested_by"), row.id_or_null("bat_", "batch_id")};
}

AuthorizationTold authorization_told(const Written& row) {
    return {row.text("action"),
            row.word("token"),
            row.word("token_type"),
            row.word("status"),
            row.word("reason"),
            row.word("decided_by"),
            row.id_or_null("tx_", "transaction_id"),
            row.integer("evse")};
}

ReservationTold reservation_told(const Written& row) {
    return {row.id("rsv_", "id"),
            row.text("state"),
            row.integer("evse"),
            row.word("token"),
            row.word("status"),
            row.word("reason"),
            row.id_or_null("tx_", "transaction_id"),
            row.time("expires_at")};
}

// From the number in a row to its station: one that a batch is about is touched by it, or has sent
// one of its messages.
const Station* Collector::station_of(std::int64_t number) {
    if (by_number_.empty()) {
        for (const Station* station : batch_.touched) by_number_[station->no.value] = station;
        for (const Item& item : batch_.items)
            if (const Station* station = shard_.find(item.envelope.station))
                by_number_[station->no.value] = station;
    }
    const auto found = by_number_.find(number);
    return found == by_number_.end() ? nullptr : found->second;
}

// ---- which rows are events ----

void tell_created(Collector& collector, const Station& station, const Written&) {
    collector.add(station, "station.created", StationChanged{1});
}
void tell_updated(Collector& collector, const Station& station, const Written& row) {
    collector.add(station, "station.updated", StationChanged{row.number("version")});
}
void tell_deleted(Collector& collector, const Station& station, const Written& row) {
    collector.add(station, "station.deleted", StationChanged{row.number("version")});
}
void tell_refused(Collector& collector, const Station& station, const Written& row) {
    collector.add(station, "station.refused",
                  Refused{row.integer("http_status"), row.word("cause"), row.word("detail"),
                          row.word("address")});
}
void tell_booted(Collector& collector, const Station& station, const Written& row) {
    collector.add(
        station, "station.booted",
        Booted{text_unless_empty(station.boot_status), row.word("vendor"), row.word("model"),
               row.word("serial_number"), row.word("firmware_version"), row.word("reason")});
}
void tell_authorization(Collector& collector, const Station& station, const Written& row) {
    collector.add(station, "authorization.decided", authorization_told(row));
}
void tell_command(Collector& collector, const Station& station, const Written& row) {
    const std::string state = row.text("state"), effect = row.text("effect_state");
    if (state == "queued" || state == "sent") return;
    collector.add(station, state == "answered" ? "command.answered" : "command.failed",
                  command_told(row));
    // It may have been seen before the answer came.
    if (effect == "confirmed" || effect == "contradicted")
        collector.add(station, "command." + effect, EffectTold{row.id("cmd_", "id"), effect});
}
void tell_reservation(Collector& collector, const Station& station, const Written& row) {
    collector.add(station, "reservation." + row.text("state"), reservation_told(row));
}
void tell_fact(Collector& collector, const Station& station, const Written& row) {
    const std::string_view type = type_of_fact(row);
    if (!type.empty()) collector.add(station, type, reported(row));
}
void tell_certificate_request(Collector& collector, const Station& station, const Written& row) {
    CertificateTold told;
    told.certificate_type = row.text("certificate_type");
    told.common_name = row.word("common_name");
    told.state = row.word("state");
    told.reason = row.word("reason");
    collector.add(station, "certificate.requested", told);
}
void tell_certificate(Collector& collector, const Station& station, const Written& row) {
    CertificateTold told;
    told.certificate_type = row.text("certificate_type");
    told.common_name = row.word("subject");
    told.fingerprint = row.word("fingerprint");
    told.serial_number = row.word("serial_number");
    told.state = row.word("state");
    told.not_after = row.time("not_after");
    collector.add(station, "certificate.issued", told);
}
void tell_certificate_answer(Collector& collector, const Station& station, const Written& row) {
    CertificateTold told;
    told.fingerprint = row.word("fingerprint");
    told.state = row.word("state");
    collector.add(station, "certificate.answered", told);
}

struct Source {
    const store::Write* write;
    void (*tell)(Collector&, const Station&, const Written&);
};
constexpr Source sources[] = {
    {&tables::new_station, tell_created},
    {&tables::station_config, tell_updated},
    {&tables::archive_station, tell_deleted},
    {&tables::connection_attempt, tell_refused},
    {&tables::boot, tell_booted},
    {&tables::authorization, tell_authorization},
    {&tables::command, tell_command},
    {&tables::reservation, tell_reservation},
    {&tables::station_event, tell_fact},
    {&tables::new_certificate_request, tell_certificate_request},
    {&tables::issued_certificate, tell_certificate},
    {&tables::issued_certificate_answer, tell_certificate_answer},
};

void Collector::tell_rows(const store::Unit::Part& part) {
    const auto* const source =
        std::find_if(std::begin(sources), std::end(sources),
                     [&](const Source& one) { return one.write == part.write; });
    if (source == std::end(sources)) return;
    for (const auto& values : part.rows) {
        const Written row{*part.write, values};
        const store::Value& number = row.value("station_no");
        const Station* station = store::is_null(number) ? nullptr
                                 : part.write == &tables::new_station
                                     ? shard_.find(row.text("id_key"))
                                     : station_of(store::as_int(number));
        if (station) source->tell(*this, *station, row);
    }
}

// Hundreds of values in one message are one event.
void Collector::tell_configuration(const store::Unit::Part& part) {
    std::map<std::int64_t, ConfigurationTold> by_station;
    for (const auto& values : part.rows) {
        const Written row{*part.write, values};
        ConfigurationTold& told = by_station[row.number("station_no")];
        ++told.variables;
        told.reboot_required = told.reboot_required || row.number("reboot_required") != 0;
    }
    for (const auto& [number, told] : by_station)
        if (const Station* station = station_of(number))
            add(*station, "configuration.reported", told);
}

void Collector::run() {
    for (Station* station : batch_.touched) tell_connection(*station);
    for (const store::Unit::Part& part : batch_.unit.parts()) {
        tell_rows(part);
        if (part.write == &tables::variable || part.write == &tables::variable_value)
            tell_configuration(part);
    }
    for (Station* station : batch_.touched) {
        tell_status(*station);
        tell_transactions(*station);
    }
    for (const SettledEffect& effect : batch_.settled_effects)
        add(*effect.station, "command." + effect.state,
            EffectTold{"cmd_" + effect.command.text(), effect.state});
    for (Station* station : batch_.touched) tell_end_of_connection(*station);
}

}  // namespace

void collect(ShardState& shard, Batch& batch) { Collector{shard, batch}.run(); }

}  // namespace ohm::api::events
