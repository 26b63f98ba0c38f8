// Certificates of one station: what it holds, what was made for it, and what is decided about its
// requests.
#include "api/rest/certificate_handlers.hpp"
#include "api/rest/certificate_resources.hpp"
#include "api/rest/fact_lists.hpp"
#include "api/rest/facts_resources.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr auto text = store::Kind::text;
constexpr auto integer = store::Kind::integer;

const FactList installed_list{
    .name = "installed_certificates",
    .columns =
        "t.certificate_type || '/' || t.serial_number || '/' || t.hash_algorithm || '/' || "
        "t.issuer_key_hash || '/' || t.issuer_name_hash, t.certificate_type, t.hash_algorithm, "
        "t.issuer_name_hash, t.issuer_key_hash, t.serial_number, t.parent_serial_number, "
        "n.subject, n.fingerprint, n.not_after, t.seen_at",
    .from =
        "installed_certificates t left join installed_lists l on l.station_no = t.station_no and "
        "l.certificate_type = t.certificate_type left join certificate_names n on "
        "n.hash_algorithm = t.hash_algorithm and n.serial_number = t.serial_number and "
        "n.issuer_key_hash = t.issuer_key_hash and n.issuer_name_hash = t.issuer_name_hash",
    .key = {"t.certificate_type || '/' || t.serial_number || '/' || t.hash_algorithm || '/' || "
            "t.issuer_key_hash || '/' || t.issuer_name_hash"},
    .kinds = {text, text},
    .newest_first = false};

const FactList issued_list{
    .name = "issued_certificates",
    .columns =
        "t.issued_at, t.fingerprint, t.request_id, t.certificate_type, t.serial_number, t.subject, "
        "t.issuer, t.not_before, t.not_after, t.state, t.command_id, case when c.fingerprint is "
        "null then 0 else 1 end, t.answered_at, t.used_at, t.revoked_at, t.revoked_by, t.chain",
    .from =
        "issued_certificates t left join client_certificates c on c.station_no = t.station_no "
        "and c.fingerprint = t.fingerprint",
    .key = {"t.issued_at", "t.fingerprint"},
    .kinds = {integer, text}};

InstalledCertificateShown installed_of(const store::Row& row) {
    return {.certificate_type = store::as_text(row[1]),
            .hash_algorithm = store::as_text(row[2]),
            .issuer_name_hash = store::as_text(row[3]),
            .issuer_key_hash = store::as_text(row[4]),
            .serial_number = store::as_text(row[5]),
            .parent_serial_number = text_or_null(row[6]),
            .subject = text_or_null(row[7]),
            .fingerprint = text_or_null(row[8]),
            .not_after = time_or_null(row[9]),
            .reported_at = time_of(row[10])};
}

IssuedCertificateShown issued_of(const store::Row& row) {
    IssuedCertificateShown shown;
    shown.issued_at = time_of(row[0]);
    shown.fingerprint = store::as_text(row[1]);
    shown.request_id = shown_id("csr_", row[2]);
    shown.certificate_type = store::as_text(row[3]);
    shown.serial_number = store::as_text(row[4]);
    shown.subject = store::as_text(row[5]);
    shown.issuer = store::as_text(row[6]);
    shown.not_before = time_of(row[7]);
    shown.not_after = time_of(row[8]);
    shown.state =
        decltype(shown.state)::of(store::as_text(row[9])).value_or(decltype(shown.state){"sent"});
    shown.command_id = shown_id("cmd_", row[10]);
    shown.in_use = store::as_int(row[11]) != 0;
    shown.answered_at = time_or_null(row[12]);
    shown.used_at = time_or_null(row[13]);
    shown.revoked_at = time_or_null(row[14]);
    shown.revoked_by = text_or_null(row[15]);
    shown.certificate_chain = store::as_text(row[16]);
    return shown;
}

constexpr std::string_view select_request =
    "select t.received_at, t.csr_hash, t.id, t.certificate_type, t.common_name, t.organization, "
    "t.state, t.csr, t.reason, t.decided_at, t.decided_by from certificate_requests t where t.id = "
    "$1";

net::Response show_request(const Exchange& exchange, ReadSources& sources) {
    const auto id = parse_id("csr_", exchange.path_value(1));
    const auto rows = id ? sources.sql.query(select_request, {store::Bytes{id->bytes()}})
                         : std::vector<store::Row>{};
    if (rows.empty())
        return problem_answer(exchange, not_found("certificate request", exchange.path_value(1)));
    return json_answer(200, wire::encode(certificate_request_of(rows.front())));
}

void decide(const SharedExchange& exchange, Service& service, CertificateDecision&& decision) {
    const auto id = parse_id("csr_", exchange->path_value(1));
    if (!id)
        return service.answer(
            exchange,
            problem_answer(*exchange, not_found("certificate request", exchange->path_value(1))));
    decision.request_id.value = id->text();
    service.operate(
        exchange,
        service.operation(*exchange, operation::decide_certificate_request, exchange->path_value(0),
                          wire::encode(decision)),
        [exchange, &service](OperationAnswer&&) { service.read(exchange, show_request); });
}

}  // namespace

net::Response list_installed_certificates(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    where.add("(l.listed_at is null or t.seen_at >= l.listed_at)", {});
    return list_facts(exchange, sources, installed_list, Wanted<Conditions>{where}, installed_of);
}

net::Response list_issued_certificates(const Exchange& exchange, ReadSources& sources) {
    return list_facts(exchange, sources, issued_list, Conditions{}, issued_of);
}

void sign_certificate_request(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<CertificateSign>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    CertificateDecision decision{.decision = "approve"};
    if (wanted->certificate_chain) {
        decision.decision = "deliver";
        decision.certificate_chain.emplace().value = wanted->certificate_chain->value;
    }
    decide(exchange, service, std::move(decision));
}

void reject_certificate_request(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<CertificateReject>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    decide(exchange, service, {.decision = "reject", .reason = wanted->reason});
}

void revoke_issued_certificate(const SharedExchange& exchange, Service& service) {
    CertificateRevoke wanted;
    wanted.fingerprint.value = to_lower(exchange->path_value(1));
    constexpr std::size_t sha256_digits = 64;
    if (wanted.fingerprint.value.size() != sha256_digits)
        return service.answer(
            exchange, problem_answer(*exchange, not_found("certificate", exchange->path_value(1))));
    service.operate(
        exchange,
        service.operation(*exchange, operation::revoke_certificate, exchange->path_value(0),
                          wire::encode(wanted)),
        [exchange, &service](OperationAnswer&&) { service.answer(exchange, {.status = 204}); });
}

}  // namespace ohm::api::rest
