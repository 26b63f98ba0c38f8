#include "api/certificates/connections.hpp"

#include "api/certificates/tables.hpp"
#include "api/connections.hpp"
#include "api/facts/events.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "domain/security_event.hpp"

namespace ohm::api {
namespace {

const IssuedCertificate* issued_to(const ShardState& shard, const Station& station,
                                   const std::string& fingerprint) {
    const auto known = shard.certificates.issued.find(fingerprint);
    if (known == shard.certificates.issued.end()) return nullptr;
    for (const IssuedCertificate& one : known->second)
        if (one.station_no == station.no.value) return &one;
    return nullptr;
}

bool bears_name(const ShardState& shard, const Station& station, std::string_view common_name) {
    const auto name = fold(common_name);
    if (name == station.key) return true;
    const auto known = shard.certificates.stations.find(station.no.value);
    return known != shard.certificates.stations.end() && !known->second.serial_number.empty() &&
           name == fold(known->second.serial_number);
}

}  // namespace

ClientCertificate client_certificate_of(const ShardState& shard, const Station& station,
                                        const bus::ConnectBody& body) {
    if (const auto* issued = issued_to(shard, station, body.certificate_fingerprint))
        return issued->revoked ? ClientCertificate::revoked : ClientCertificate::its_own;
    const std::string& organization = shard.options.organization;
    const bool is_named = bears_name(shard, station, body.certificate_common_name);
    if (!is_named) return ClientCertificate::of_another;
    const bool is_ours = organization.empty() || body.certificate_organization == organization;
    return is_ours ? ClientCertificate::its_own : ClientCertificate::of_another_operator;
}

void note_client_certificate(Work& work, const Station& station, const bus::ConnectBody& body) {
    if (body.certificate_fingerprint.empty()) return;
    work.batch.unit.add(tables::client_certificate,
                        {station.no.value, body.certificate_fingerprint,
                         to_storable(body.certificate_common_name, limits::event_name_bytes),
                         tables::text_or_null(body.certificate_serial_number),
                         tables::int_or_null(body.certificate_not_after), work.now_us()});
    const auto* issued = issued_to(work.shard, station, body.certificate_fingerprint);
    if (issued && !issued->used)
        work.batch.unit.add(tables::issued_certificate_use,
                            {station.no.value, body.certificate_fingerprint, work.now_us()});
}

void need_client_certificate(const Station& station, Needs& needs) {
    if (station.security_profile == 3) needs.certificates.stations.push_back(station.no.value);
}

bool says_other_serial_number(const Handler& handler, std::string_view serial_number) {
    const Station& station = handler.station;
    if (station.security_profile != 3 || serial_number.empty()) return false;
    const auto known = handler.work.shard.certificates.stations.find(station.no.value);
    if (known == handler.work.shard.certificates.stations.end()) return false;
    const NamedStation& named = known->second;
    const auto name = fold(named.client_common_name);
    const bool bears_identity = name == station.key && !handler.is_strict();
    return !named.client_common_name.empty() && !bears_identity && !named.client_is_issued_here &&
           name != fold(serial_number);
}

void refuse_other_serial_number(Handler& handler, std::string_view serial_number) {
    const Station& station = handler.station;
    std::string payload = R"({"serialNumber":)";
    append_json_string(payload, serial_number);
    note_security(handler.work.batch, station,
                  {.name = "CertificateOfAnotherSerialNumber",
                   .severity = domain::severity_critical,
                   .told_by = payload,
                   .at = handler.received_at(),
                   .payload = payload + "}"});
    kick(handler.work, station, "kicked", 1008, "the certificate bears another serial number");
}

}  // namespace ohm::api
