#include "api/certificates/connections.hpp"

#include "api/certificates/tables.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"

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

}  // namespace ohm::api
