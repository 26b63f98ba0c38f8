// Certificates that operators trust, what ends soon, and the authority of this installation.
#include "api/certificates/answers.hpp"
#include "api/rest/certificate_handlers.hpp"
#include "api/rest/certificate_resources.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"
#include "pki/certificate.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view select_trusted =
    "select t.id, t.certificate_type, t.name, t.fingerprint, t.subject, t.issuer, t.serial_number, "
    "t.key_name, t.signature_name, t.self_signed, t.not_before, t.not_after, t.pem, t.created_at, "
    "t.created_by from trusted_certificates t where t.tenant_no = 1";

TrustedCertificateShown trusted_of(const store::Row& row) {
    TrustedCertificateShown shown;
    shown.id = shown_id("crt_", row[0]);
    shown.certificate_type = store::as_text(row[1]);
    shown.name = text_or_null(row[2]);
    shown.fingerprint = store::as_text(row[3]);
    shown.subject = store::as_text(row[4]);
    shown.issuer = store::as_text(row[5]);
    shown.serial_number = store::as_text(row[6]);
    shown.key = store::as_text(row[7]);
    shown.signature = store::as_text(row[8]);
    shown.self_signed = store::as_int(row[9]) != 0;
    shown.not_before = time_of(row[10]);
    shown.not_after = time_of(row[11]);
    shown.certificate = store::as_text(row[12]);
    shown.created_at = time_of(row[13]);
    shown.created_by = text_or_null(row[14]);
    return shown;
}

const NewestFirst trusted_list{
    .name = "trusted_certificates",
    .select = select_trusted,
    .count = "select count(*) from trusted_certificates t where t.tenant_no = 1",
    .id = "t.id",
    .shown = [](const store::Row& row) { return wire::encode(trusted_of(row)); }};

Problem bad_certificate(std::string detail) {
    return {.code = "validation_failed",
            .detail = "The certificate cannot be used.",
            .errors = {{.pointer = std::string{"/certificate"}, .detail = std::move(detail)}}};
}

// One that is neither weak nor several.
Wanted<pki::Certificate> read_one(const std::string& pem) {
    auto read = pki::read_certificates(pem);
    if (!read) return refused(bad_certificate(read.error().detail));
    if (read->size() != 1) return refused(bad_certificate("there is more than one"));
    if (read->front().description().is_weak)
        return refused(bad_certificate("its key or its digest is too weak"));
    return read->front();
}

std::vector<store::Row> insert(store::Sql& sql, const TrustedCertificateWrite& wanted,
                               const pki::Certificate& certificate, const Ulid& id,
                               const Exchange& exchange) {
    const pki::Description& shown = certificate.description();
    const store::Value name =
        wanted.name ? store::Value{wanted.name->value} : store::Value{store::Null{}};
    return sql.query(
        "insert into trusted_certificates (fingerprint, id, certificate_type, name, subject, "
        "issuer, serial_number, key_name, signature_name, self_signed, not_before, not_after, pem, "
        "created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
        "$14, $15) on conflict (fingerprint) do nothing returning 1",
        {shown.fingerprint, store::Bytes{id.bytes()}, std::string{wanted.certificate_type.name()},
         name, shown.subject, shown.issuer, shown.serial_number, shown.key, shown.signature,
         std::int64_t{shown.is_self_signed}, micros(shown.not_before), micros(shown.not_after),
         certificate.pem(), micros(exchange.received_at), exchange.caller.name});
}

net::Response add(const Exchange& exchange, store::Sql& sql, const TrustedCertificateWrite& wanted,
                  const Ulid& id) {
    const auto certificate = read_one(wanted.certificate.value);
    if (!certificate) return problem_answer(exchange, certificate.error());
    if (insert(sql, wanted, *certificate, id, exchange).empty())
        return problem_answer(
            exchange, {.code = "already_exists", .detail = "This certificate is trusted already."});
    store::Unit unit;
    note_certificate_names(unit, certificate->pem());
    if (!unit.empty()) sql.commit(unit, {});
    const auto rows =
        sql.query(std::string{select_trusted} + " and t.id = $1", {store::Bytes{id.bytes()}});
    if (rows.empty()) return problem_answer(exchange, not_found("certificate", id.text()));
    const TrustedCertificateShown shown = trusted_of(rows.front());
    net::Response response = json_answer(201, wire::encode(shown));
    response.headers.push_back({"Location", "/api/v1/certificates/" + shown.id});
    return response;
}

// ---- what ends soon ----

constexpr std::string_view ending =
    "(select 'issued' as place, p.id as station_id, i.certificate_type, i.fingerprint, i.subject, "
    "i.not_after from issued_certificates i join charge_points p on p.station_no = i.station_no "
    "and p.archived_at is null where i.revoked_at is null and i.state <> 'refused' "
    "union all select 'connection', p.id, 'ChargingStationCertificate', c.fingerprint, "
    "c.common_name, c.not_after from client_certificates c join charge_points p on p.station_no = "
    "c.station_no and p.archived_at is null where c.not_after is not null "
    "union all select 'installed', p.id, n.certificate_type, n.fingerprint, n.subject, n.not_after "
    "from (select distinct t.station_no, t.certificate_type, m.fingerprint, m.subject, m.not_after "
    "from installed_certificates t join certificate_names m on m.hash_algorithm = "
    "t.hash_algorithm and m.serial_number = t.serial_number and m.issuer_key_hash = "
    "t.issuer_key_hash and m.issuer_name_hash = t.issuer_name_hash left join installed_lists l on "
    "l.station_no = t.station_no and l.certificate_type = t.certificate_type where l.listed_at is "
    "null or t.seen_at >= l.listed_at) n join charge_points p on p.station_no = n.station_no and "
    "p.archived_at is null "
    "union all select 'trusted', null, t.certificate_type, t.fingerprint, t.subject, t.not_after "
    "from trusted_certificates t where t.tenant_no = 1) e where 1 = 1";
constexpr std::string_view ending_key =
    "e.place || '/' || e.fingerprint || '/' || e.certificate_type || '/' || coalesce(e.station_id, "
    "'')";

ExpiringCertificateShown expiring_of(const store::Row& row) {
    ExpiringCertificateShown shown;
    shown.where =
        decltype(shown.where)::of(store::as_text(row[0])).value_or(decltype(shown.where){"issued"});
    shown.station_id = text_or_null(row[1]);
    shown.certificate_type = store::as_text(row[2]);
    shown.fingerprint = store::as_text(row[3]);
    shown.subject = store::as_text(row[4]);
    shown.not_after = time_of(row[5]);
    return shown;
}

}  // namespace

net::Response list_trusted_certificates(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    if (const auto type = exchange.asked("certificate_type"))
        where.add("t.certificate_type = ?", {std::string{*type}});
    return newest_first(exchange, sources.sql, trusted_list, std::move(where));
}

net::Response show_trusted_certificate(const Exchange& exchange, ReadSources& sources) {
    const auto id = parse_id("crt_", exchange.path_value(0));
    const auto rows = id ? sources.sql.query(std::string{select_trusted} + " and t.id = $1",
                                             {store::Bytes{id->bytes()}})
                         : std::vector<store::Row>{};
    if (rows.empty())
        return problem_answer(exchange, not_found("certificate", exchange.path_value(0)));
    return json_answer(200, wire::encode(trusted_of(rows.front())));
}

void add_trusted_certificate(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<TrustedCertificateWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    service.write(exchange, [wanted = *wanted, id = service.new_id()](const Exchange& asked,
                                                                      ReadSources& sources) {
        return add(asked, sources.sql, wanted, id);
    });
}

void delete_trusted_certificate(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        const auto id = parse_id("crt_", asked.path_value(0));
        const auto gone =
            id ? sources.sql.query(
                     "delete from trusted_certificates where tenant_no = 1 and id = $1 returning 1",
                     {store::Bytes{id->bytes()}})
               : std::vector<store::Row>{};
        if (gone.empty())
            return problem_answer(asked, not_found("certificate", asked.path_value(0)));
        return net::Response{.status = 204};
    });
}

net::Response list_expiring_certificates(const Exchange& exchange, ReadSources& sources) {
    constexpr std::int64_t days_usual = 30, days_max = 3'650;
    const auto page = read_page(exchange, "expiring_certificates", 2);
    if (!page) return problem_answer(exchange, page.error());
    const auto days = integer_parameter(exchange, "days", 0, days_max);
    if (!days) return problem_answer(exchange, days.error());
    Conditions where;
    where.add("e.not_after < ?",
              {micros(exchange.received_at + seconds{days->value_or(days_usual) * 86'400})});
    ListAnswer list;
    if (page->total)
        list.total = store::as_int(
            sources.sql
                .query("select count(*) from " + std::string{ending} + where.text(), where.values())
                .at(0)
                .at(0));
    const auto after = page->after ? parse_int(page->after->at(0)) : std::nullopt;
    if (after)
        where.add("(e.not_after, " + std::string{ending_key} + ") > (?, ?)",
                  {*after, page->after->at(1)});
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        "select e.place, e.station_id, e.certificate_type, e.fingerprint, e.subject, "
        "e.not_after, " +
            std::string{ending_key} + " from " + std::string{ending} + where.text() +
            " order by e.not_after, " + std::string{ending_key} + " limit " + limit,
        where.values());
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        list.next_cursor = make_cursor(
            "expiring_certificates",
            {std::to_string(store::as_int(rows.back()[5])), store::as_text(rows.back()[6])});
    }
    for (const store::Row& row : rows) list.items.push_back(wire::encode(expiring_of(row)));
    return list_answer(exchange, list);
}

net::Response show_certificate_authority(const Exchange&, Service& service) {
    CertificateAuthorityShown shown;
    const auto chain = pki::read_certificates(service.settings().certificate_authority);
    if (chain) {
        shown.mode = "local";
        shown.subject = {chain->front().description().subject};
        shown.certificate_chain = {service.settings().certificate_authority};
        shown.not_after = {Instant{chain->front().description().not_after}};
    }
    return json_answer(200, wire::encode(shown));
}

}  // namespace ohm::api::rest
