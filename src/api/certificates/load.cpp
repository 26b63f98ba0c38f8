#include "api/certificates/load.hpp"

#include "api/operations.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace {

using store::as_bytes;
using store::as_int;
using store::as_text;

constexpr std::string_view request_columns =
    "r.station_no, r.csr_hash, r.id, r.certificate_type, r.csr, r.state";

void add_request(ShardState& shard, const store::Row& row) {
    const auto id = Ulid::from_bytes(as_bytes(row[2]));
    if (!id || shard.certificates.find(as_int(row[0]), *id)) return;
    shard.certificates.requests.push_back(
        {as_int(row[0]), as_int(row[1]), *id, as_text(row[3]), as_text(row[4]), as_text(row[5])});
}

void load_requests(store::Sql& sql, ShardState& shard, const CertificateNeeds& needs) {
    if (!needs.requests.empty()) {
        std::vector<std::int64_t> numbers, hashes;
        for (const auto& [station_no, csr_hash] : needs.requests) {
            numbers.push_back(station_no);
            hashes.push_back(csr_hash);
        }
        const auto read = store::read_by_keys(
            sql.dialect(), {std::move(numbers), std::move(hashes)}, request_columns,
            "certificate_requests r", "r.station_no = u.c1 and r.csr_hash = u.c2");
        for (const store::Row& row : sql.query(read.text, read.values)) add_request(shard, row);
    }
    if (!needs.stations.empty())
        for (const store::Row& row :
             sql.query("select " + std::string{request_columns} +
                           " from certificate_requests r where r.state = 'pending' and " +
                           store::any_of(sql.dialect(), "r.station_no", "$1"),
                       {needs.stations}))
            add_request(shard, row);
    for (const std::string& id : needs.request_ids)
        for (const store::Row& row : sql.query("select " + std::string{request_columns} +
                                                   " from certificate_requests r where r.id = $1",
                                               {store::Bytes{id}}))
            add_request(shard, row);
}

void load_issued(store::Sql& sql, ShardState& shard, const CertificateNeeds& needs) {
    if (needs.fingerprints.empty()) return;
    for (const store::Row& row :
         sql.query("select fingerprint, station_no, used_at, revoked_at from issued_certificates "
                   "where " +
                       store::any_of(sql.dialect(), "fingerprint", "$1"),
                   {needs.fingerprints}))
        shard.certificates.issued[as_text(row[0])].push_back(
            {as_int(row[1]), !store::is_null(row[2]), !store::is_null(row[3])});
}

void add_station(ShardState& shard, const store::Row& row) {
    NamedStation& station = shard.certificates.stations[as_int(row[0])];
    station.serial_number = as_text(row[1]);
    station.client_serial_number = as_text(row[2]);
    station.recent_requests = as_int(row[4]);
    if (const auto bytes = parse_int(as_text(row[3]))) station.chain_bytes_max = *bytes;
    station.client_common_name = as_text(row[5]);
    station.client_is_issued_here = as_int(row[6]) != 0;
}

// How much of a chain a station takes: 1.6 and 2.0.1 have a variable each.
void load_stations_named(store::Sql& sql, ShardState& shard, const CertificateNeeds& needs,
                         Utc now) {
    const std::string text =
        "select p.station_no, p.serial_number, c.serial_number, (select max(v.value) from "
        "variables v where v.station_no = p.station_no and lower(v.variable) in "
        "('maxcertificatechainsize', 'certificatesignedmaxchainsize')), (select count(*) from "
        "certificate_requests q where q.station_no = p.station_no and q.received_at > $2), "
        "c.common_name, (select count(*) from issued_certificates i where i.station_no = "
        "p.station_no and i.fingerprint = c.fingerprint) from "
        "charge_points p left join client_certificates c on c.station_no = p.station_no where ";
    const std::int64_t since = micros(now - Micros{limits::certificate_request_span});
    if (!needs.stations.empty())
        for (const store::Row& row :
             sql.query(text + store::any_of(sql.dialect(), "p.station_no", "$1"),
                       {needs.stations, since}))
            add_station(shard, row);
    if (!needs.station_keys.empty())
        for (const store::Row& row :
             sql.query(text + store::any_of(sql.dialect(), "p.id_key", "$1"),
                       {needs.station_keys, since}))
            add_station(shard, row);
}

}  // namespace

void add_certificate_needs(wire::Decoder& decoder, const bus::Envelope& envelope,
                           CertificateNeeds& needs) {
    if (envelope.kind.is("connect")) {
        const auto body = bus::body_of<bus::ConnectBody>(envelope);
        if (!body || body->certificate_fingerprint.empty()) return;
        needs.fingerprints.push_back(body->certificate_fingerprint);
        needs.station_keys.push_back(envelope.station);
        return;
    }
    if (!envelope.kind.is("operator")) return;
    const auto asked = bus::body_of<bus::OperatorBody>(envelope);
    if (!asked) return;
    if (asked->operation == operation::send_command &&
        asked->parameters.find("elete") != std::string::npos)
        needs.station_keys.push_back(envelope.station);
    if (asked->operation == operation::revoke_certificate) {
        CertificateRevoke wanted;
        if (!decoder.decode(asked->parameters, wanted))
            needs.fingerprints.push_back(wanted.fingerprint.value);
    }
    if (asked->operation != operation::decide_certificate_request) return;
    CertificateDecision wanted;
    if (decoder.decode(asked->parameters, wanted)) return;
    const auto id = Ulid::from_text(wanted.request_id.value);
    if (!id) return;
    needs.request_ids.push_back(id->bytes());
    needs.station_keys.push_back(envelope.station);
}

void load_certificate_needs(store::Sql& sql, ShardState& shard, const CertificateNeeds& needs,
                            Utc now) {
    shard.certificates.clear();
    if (needs.empty()) return;
    load_requests(sql, shard, needs);
    load_issued(sql, shard, needs);
    load_stations_named(sql, shard, needs, now);
    if (!needs.contract_roots) return;
    for (const store::Row& row :
         sql.query("select pem from trusted_certificates where certificate_type in ('mo_root', "
                   "'v2g_root') order by not_after desc limit $1",
                   {static_cast<std::int64_t>(limits::contract_roots)}))
        shard.certificates.contract_roots.push_back(as_text(row[0]));
}

}  // namespace ohm::api
