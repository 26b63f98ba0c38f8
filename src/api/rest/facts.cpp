// Lists of facts in time and of what goes on: events, progress, reports, requests, quirks.
#include "api/rest/fact_lists.hpp"
#include "api/rest/facts_resources.hpp"
#include "api/rest/newest.hpp"
#include "domain/security_event.hpp"

namespace ohm::api::rest {
namespace {

constexpr store::Kind integer = store::Kind::integer, text = store::Kind::text;

const FactList event_list{.name = "events",
                          .columns =
                              "t.at, t.hash, t.kind, t.name, t.received_at, t.ocpp_version, "
                              "t.evse, t.connector, t.request_id, "
                              "coalesce(t.severity, m.severity), t.payload",
                          .from =
                              "station_events t left join variable_monitors m on m.station_no "
                              "= t.station_no and m.monitor_id = t.monitor_id",
                          .key = {"t.at", "t.hash"},
                          .kinds = {integer, integer}};
const FactList report_list{.name = "reports",
                           .columns =
                               "t.updated_at, t.request_id, t.kind, t.state, "
                               "t.generated_at, t.parts, t.seen, t.last_seq, t.started_at",
                           .from = "reports t",
                           .key = {"t.updated_at", "t.request_id"},
                           .kinds = {integer, integer}};
const FactList csr_list{
    .name = "csrs",
    .columns =
        "t.received_at, t.csr_hash, t.id, t.certificate_type, "
        "t.common_name, t.organization, t.state, t.csr, t.reason, t.decided_at, "
        "t.decided_by",
    .from = "certificate_requests t",
    .key = {"t.received_at", "t.csr_hash"},
    .kinds = {integer, integer}};
const FactList quirk_list{.name = "quirks",
                          .columns = "t.quirk, t.count, t.first_at, t.last_at, t.action, t.path",
                          .from = "station_quirks t",
                          .key = {"t.quirk"},
                          .kinds = {text, text},
                          .newest_first = false};

EventShown event_of(const store::Row& row) {
    return {.kind = store::as_text(row[2]),
            .name = text_or_null(row[3]),
            .at = time_of(row[0]),
            .received_at = time_of(row[4]),
            .ocpp_version = text_or_null(row[5]),
            .evse_id = int_or_null(row[6]),
            .connector_id = int_or_null(row[7]),
            .request_id = int_or_null(row[8]),
            .severity = int_or_null(row[9]),
            .payload = json_or_null(row[10])};
}

SecurityEventShown security_event_of(const store::Row& row) {
    return {.type = store::as_text(row[3]),
            .at = time_of(row[0]),
            .received_at = time_of(row[4]),
            .critical = store::as_int(row[9], domain::severity_notice) <= domain::severity_critical,
            .details = json_or_null(row[10])};
}

ReportShown report_of(const store::Row& row) {
    ReportShown shown{.kind = store::as_text(row[2]),
                      .request_id = store::as_int(row[1]),
                      .generated_at = time_or_null(row[4]),
                      .parts = store::as_int(row[5]),
                      .seen = text_or_null(row[6]),
                      .last_seq = int_or_null(row[7]),
                      .started_at = time_of(row[8]),
                      .updated_at = time_of(row[0])};
    const std::string state = store::as_text(row[3]);
    if (state == "complete") shown.state = "complete";
    if (state == "gap") shown.state = "gap";
    if (state == "incomplete") shown.state = "incomplete";
    return shown;
}

QuirkShown quirk_of(const store::Row& row) {
    return {.quirk = store::as_text(row[0]),
            .count = store::as_int(row[1]),
            .first_at = time_of(row[2]),
            .last_at = time_of(row[3]),
            .action = text_or_null(row[4]),
            .path = text_or_null(row[5])};
}

Wanted<Conditions> event_filter(const Exchange& exchange, store::Dialect dialect) {
    Conditions where;
    if (const auto kind = exchange.asked("kind"))
        where.add(store::any_of(dialect, "t.kind", "?"), {comma_list(*kind)});
    if (auto problem = add_times(exchange, where, "t.at")) return refused(std::move(*problem));
    return where;
}

Wanted<Conditions> security_filter(const Exchange& exchange) {
    Conditions where;
    where.add("t.kind = 'security'", {});
    if (const auto type = exchange.asked("type")) where.add("t.name = ?", {std::string{*type}});
    const auto critical = flag_parameter(exchange, "critical");
    if (!critical) return refused(Problem{critical.error()});
    if (*critical) where.add("t.severity <= ?", {domain::severity_critical});
    if (auto problem = add_times(exchange, where, "t.at")) return refused(std::move(*problem));
    return where;
}

Conditions of_kinds(std::string_view condition) {
    Conditions where;
    where.add(condition, {});
    return where;
}

}  // namespace

CertificateRequestShown certificate_request_of(const store::Row& row) {
    const auto id = Ulid::from_bytes(store::as_bytes(row[2]));
    return {.id = "csr_" + id.value_or(Ulid{}).text(),
            .certificate_type = store::as_text(row[3]),
            .common_name = text_or_null(row[4]),
            .organization = text_or_null(row[5]),
            .state = store::as_text(row[6]),
            .reason = text_or_null(row[8]),
            .received_at = time_of(row[0]),
            .decided_at = time_or_null(row[9]),
            .decided_by = text_or_null(row[10]),
            .csr = store::as_text(row[7])};
}

net::Response list_events(const Exchange& exchange, ReadSources& sources) {
    return list_facts(exchange, sources, event_list, event_filter(exchange, sources.sql.dialect()),
                      event_of);
}

net::Response list_security_events(const Exchange& exchange, ReadSources& sources) {
    return list_facts(exchange, sources, event_list, security_filter(exchange), security_event_of);
}

net::Response list_reports(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    if (const auto kind = exchange.asked("kind")) where.add("t.kind = ?", {std::string{*kind}});
    if (const auto state = exchange.asked("state")) where.add("t.state = ?", {std::string{*state}});
    return list_facts(exchange, sources, report_list, where, report_of);
}

net::Response list_csrs(const Exchange& exchange, ReadSources& sources) {
    return list_facts(exchange, sources, csr_list, Conditions{}, certificate_request_of);
}

net::Response list_quirks(const Exchange& exchange, ReadSources& sources) {
    return list_facts(exchange, sources, quirk_list, Conditions{}, quirk_of);
}

// The text of a report is its parts in order; those of an earlier one under the same number are
// behind its end.
net::Response list_customer_information(const Exchange& exchange, ReadSources& sources) {
    auto read =
        read_facts(exchange, sources.sql, report_list, of_kinds("t.kind = 'customer_information'"));
    if (!read) return problem_answer(exchange, read.error());
    for (const store::Row& row : read->rows) {
        CustomerInformationShown shown{.request_id = store::as_int(row[1]),
                                       .state = store::as_text(row[3]),
                                       .parts = store::as_int(row[5]),
                                       .updated_at = time_of(row[0])};
        const auto parts = sources.sql.query(
            "select data from customer_information where station_no = $1 and request_id = $2 and "
            "received_at >= $3 order by seq_no",
            {read->station.station_no, shown.request_id, row[8]});
        for (const store::Row& part : parts) shown.data += store::as_text(part[0]);
        read->list.items.push_back(wire::encode(shown));
    }
    return list_answer(exchange, read->list);
}

}  // namespace ohm::api::rest
