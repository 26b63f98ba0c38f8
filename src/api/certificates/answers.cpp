#include "api/certificates/answers.hpp"

#include <array>

#include "api/certificates/tables.hpp"
#include "api/exchanged.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "ocpp/v16/security.hpp"
#include "ocpp/v201/iso15118.hpp"
#include "ocpp/v201/security.hpp"
#include "pki/certificate.hpp"

namespace ohm::api {
namespace {

namespace v16 = ocpp::v16;
namespace v201 = ocpp::v201;

constexpr std::array<std::string_view, 5> types{"csms_root", "manufacturer_root", "v2g_root",
                                                "mo_root", "v2g_chain"};

std::string_view type_of(std::string_view use) {
    if (use == "CSMSRootCertificate" || use == "CentralSystemRootCertificate") return "csms_root";
    if (use == "ManufacturerRootCertificate") return "manufacturer_root";
    if (use == "V2GRootCertificate") return "v2g_root";
    return use == "MORootCertificate" ? "mo_root" : "v2g_chain";
}

template <class Data>
pki::HashData name_of(const Data& data) {
    return pki::normalized({std::string{data.hashAlgorithm.name()}, data.issuerNameHash.value,
                            data.issuerKeyHash.value, data.serialNumber.value});
}

void write_installed(Exchanged& in, std::string_view type, const pki::HashData& name,
                     std::string_view parent) {
    in.batch().unit.add(
        tables::installed_certificate,
        {in.station.no.value, std::string{type}, name.algorithm, name.serial_number,
         name.issuer_key_hash, name.issuer_name_hash, tables::text_or_null(parent), in.at()});
}

void write_list(Exchanged& in, std::string_view type) {
    in.batch().unit.add(tables::installed_list, {in.station.no.value, std::string{type}, in.at()});
}

// ---- GetInstalledCertificateIds: whole lists ----

void note_list_v16(Exchanged in) {
    using Action = v16::GetInstalledCertificateIds;
    Action::Request asked;
    Action::Response answered;
    if (!in.read<Action>(asked, answered)) return;
    const std::string_view type = type_of(asked.certificateType.name());
    write_list(in, type);
    if (!answered.certificateHashData || answered.status.is("NotFound")) return;
    for (const auto& data : *answered.certificateHashData)
        write_installed(in, type, name_of(data), "");
}

void note_list_v201(Exchanged in) {
    using Action = v201::GetInstalledCertificateIds;
    Action::Request asked;
    Action::Response answered;
    if (!in.read<Action>(asked, answered)) return;
    if (!asked.certificateType)
        for (const std::string_view type : types) write_list(in, type);
    else
        for (const auto& use : *asked.certificateType) write_list(in, type_of(use.name()));
    if (!answered.certificateHashDataChain || answered.status.is("NotFound")) return;
    for (const auto& chain : *answered.certificateHashDataChain) {
        const std::string_view type = type_of(chain.certificateType.name());
        const pki::HashData own = name_of(chain.certificateHashData);
        write_installed(in, type, own, "");
        if (!chain.childCertificateHashData) continue;
        for (const auto& child : *chain.childCertificateHashData)
            write_installed(in, type, name_of(child), own.serial_number);
    }
}

// ---- InstallCertificate, DeleteCertificate: one ----

// A station names it by an algorithm of its own choice: until it does, the usual one stands here.
template <class Action>
void note_installed(Exchanged in) {
    typename Action::Request asked;
    typename Action::Response answered;
    if (!in.read<Action>(asked, answered) || !answered.status.is("Accepted")) return;
    const auto read = pki::read_certificates(asked.certificate.value);
    if (!read) return;
    note_certificate_names(in.batch().unit, asked.certificate.value);
    const auto names = pki::all_hash_data_of(read->front(), *read);
    if (!names.empty())
        write_installed(in, type_of(asked.certificateType.name()), names.front(), "");
}

template <class Action>
void note_deleted(Exchanged in) {
    typename Action::Request asked;
    typename Action::Response answered;
    if (!in.read<Action>(asked, answered) || answered.status.is("Failed")) return;
    const pki::HashData name = name_of(asked.certificateHashData);
    for (const std::string_view type : types)
        in.batch().unit.add(tables::remove_installed_certificate,
                            {in.station.no.value, std::string{type}, name.algorithm,
                             name.serial_number, name.issuer_key_hash, name.issuer_name_hash});
}

// ---- CertificateSigned ----

template <class Action>
void note_signed(Exchanged in) {
    typename Action::Request asked;
    typename Action::Response answered;
    if (!in.read<Action>(asked, answered)) return;
    const auto read = pki::read_certificates(asked.certificateChain.value);
    if (!read) return;
    const bool accepted = answered.status.is("Accepted");
    in.batch().unit.add(tables::issued_certificate_answer,
                        {in.station.no.value, read->front().description().fingerprint,
                         std::string{accepted ? "accepted" : "refused"}, in.at()});
}

struct Learner {
    std::string_view action;
    void (*v16)(Exchanged);
    void (*v201)(Exchanged);
};
constexpr Learner learners[] = {
    {"GetInstalledCertificateIds", note_list_v16, note_list_v201},
    {"InstallCertificate", note_installed<v16::InstallCertificate>,
     note_installed<v201::InstallCertificate>},
    {"DeleteCertificate", note_deleted<v16::DeleteCertificate>,
     note_deleted<v201::DeleteCertificate>},
    {"CertificateSigned", note_signed<v16::CertificateSigned>,
     note_signed<v201::CertificateSigned>},
};

}  // namespace

void note_certificate_names(store::Unit& unit, std::string_view pem) {
    const auto read = pki::read_certificates(pem);
    if (!read) return;
    for (const pki::Certificate& one : *read)
        for (const pki::HashData& name : pki::all_hash_data_of(one, *read))
            unit.add(tables::certificate_name,
                     {name.algorithm, name.serial_number, name.issuer_key_hash,
                      name.issuer_name_hash, one.description().fingerprint,
                      one.description().subject, micros(one.description().not_after)});
}

void note_certificate_answer(Work& work, Station& station, std::string_view action,
                             std::string_view request, std::string_view response) {
    const bool is_v201 = station.version == ocpp::Version::v201;
    for (const Learner& learner : learners)
        if (learner.action == action)
            return (is_v201 ? learner.v201 : learner.v16)({work, station, request, response});
}

}  // namespace ohm::api
