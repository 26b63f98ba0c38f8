// Certificates of a station: 1.6 security extension, 2.0.1 blocks A and M.
#include "api/commands/tokens.hpp"
#include "ocpp/v16/security.hpp"
#include "ocpp/v201/iso15118.hpp"
#include "ocpp/v201/security.hpp"

namespace ohm::api::commands {

using CertificateKind = OneOf<"csms_root", "manufacturer_root", "v2g_root", "mo_root", "v2g_chain">;

struct InstallParameters {
    OneOf<"csms_root", "manufacturer_root", "v2g_root", "mo_root"> type;
    Text<5500, 1> certificate;  // PEM
    FIELDS(type, certificate)
};
struct DeleteParameters {
    OneOf<"SHA256", "SHA384", "SHA512"> hash_algorithm;
    Text<128, 1> issuer_name_hash, issuer_key_hash;
    Text<40, 1> serial_number;
    FIELDS(hash_algorithm, issuer_name_hash, issuer_key_hash, serial_number)
};
struct InstalledParameters {
    Optional<List<CertificateKind, 1, 5>> types;  // absent: all, in 2.0.1
    FIELDS(types)
};
struct SignedParameters {
    Text<10000, 1> certificate_chain;                 // PEM, the leaf first
    Optional<OneOf<"charging_station", "v2g">> type;  // 2.0.1; absent: charging_station
    FIELDS(certificate_chain, type)
};

namespace {

PreparedOrRefusal install_v16(Preparing&, const InstallParameters& wanted) {
    ocpp::v16::InstallCertificate::Request request;
    request.certificate = {wanted.certificate.value};
    request.certificateType = "CentralSystemRootCertificate";
    if (wanted.type.is("csms_root")) return call_of<ocpp::v16::InstallCertificate>(request);
    request.certificateType = "ManufacturerRootCertificate";
    if (wanted.type.is("manufacturer_root")) return call_of<ocpp::v16::InstallCertificate>(request);
    return not_in_protocol("OCPP 1.6 has csms_root and manufacturer_root", "/type");
}

PreparedOrRefusal install_v201(Preparing&, const InstallParameters& wanted) {
    ocpp::v201::InstallCertificate::Request request;
    request.certificate = {wanted.certificate.value};
    if (wanted.type.is("csms_root"))
        request.certificateType = "CSMSRootCertificate";
    else if (wanted.type.is("manufacturer_root"))
        request.certificateType = "ManufacturerRootCertificate";
    else if (wanted.type.is("v2g_root"))
        request.certificateType = "V2GRootCertificate";
    else
        request.certificateType = "MORootCertificate";
    return call_of<ocpp::v201::InstallCertificate>(request);
}

template <class HashData>
HashData hash_data(const DeleteParameters& wanted) {
    HashData data;
    data.hashAlgorithm = decltype(data.hashAlgorithm)::of(wanted.hash_algorithm.name()).value();
    data.issuerNameHash = {wanted.issuer_name_hash.value};
    data.issuerKeyHash = {wanted.issuer_key_hash.value};
    data.serialNumber = {wanted.serial_number.value};
    return data;
}

PreparedOrRefusal delete_v16(Preparing&, const DeleteParameters& wanted) {
    return call_of<ocpp::v16::DeleteCertificate>(
        {hash_data<ocpp::v16::CertificateHashData>(wanted)});
}
PreparedOrRefusal delete_v201(Preparing&, const DeleteParameters& wanted) {
    return call_of<ocpp::v201::DeleteCertificate>(
        {hash_data<ocpp::v201::CertificateHashData>(wanted)});
}

PreparedOrRefusal installed_v16(Preparing&, const InstalledParameters& wanted) {
    ocpp::v16::GetInstalledCertificateIds::Request request;
    if (!wanted.types || wanted.types->items.size() != 1)
        return not_in_protocol("OCPP 1.6 asks for one type: csms_root or manufacturer_root",
                               "/types");
    const CertificateKind kind = wanted.types->items.front();
    request.certificateType = "CentralSystemRootCertificate";
    if (kind.is("csms_root")) return call_of<ocpp::v16::GetInstalledCertificateIds>(request);
    request.certificateType = "ManufacturerRootCertificate";
    if (kind.is("manufacturer_root"))
        return call_of<ocpp::v16::GetInstalledCertificateIds>(request);
    return not_in_protocol("OCPP 1.6 has csms_root and manufacturer_root", "/types/0");
}

PreparedOrRefusal installed_v201(Preparing&, const InstalledParameters& wanted) {
    using Use = ocpp::v201::GetInstalledCertificateIds::CertificateIdUse;
    ocpp::v201::GetInstalledCertificateIds::Request request;
    if (!wanted.types) return call_of<ocpp::v201::GetInstalledCertificateIds>(request);
    auto& types = request.certificateType.emplace().items;
    for (const CertificateKind kind : *wanted.types) {
        Use use = "CSMSRootCertificate";
        if (kind.is("manufacturer_root")) use = "ManufacturerRootCertificate";
        if (kind.is("v2g_root")) use = "V2GRootCertificate";
        if (kind.is("mo_root")) use = "MORootCertificate";
        if (kind.is("v2g_chain")) use = "V2GCertificateChain";
        types.push_back(use);
    }
    return call_of<ocpp::v201::GetInstalledCertificateIds>(request);
}

PreparedOrRefusal signed_v16(Preparing&, const SignedParameters& wanted) {
    if (wanted.type && wanted.type->is("v2g"))
        return not_in_protocol("OCPP 1.6 has no V2G certificate", "/type");
    return call_of<ocpp::v16::CertificateSigned>({{wanted.certificate_chain.value}});
}

PreparedOrRefusal signed_v201(Preparing&, const SignedParameters& wanted) {
    ocpp::v201::CertificateSigned::Request request;
    request.certificateChain = {wanted.certificate_chain.value};
    if (wanted.type) {
        ocpp::v201::CertificateSigningUse use = "ChargingStationCertificate";
        if (wanted.type->is("v2g")) use = "V2GCertificate";
        request.certificateType = use;
    }
    return call_of<ocpp::v201::CertificateSigned>(request);
}

constexpr NeutralCommand table[] = {
    neutral<InstallParameters, install_v16, install_v201>(
        {.name = "install-certificate",
         .tag = "commands",
         .summary = "Install a root certificate",
         .example = R"({"type":"csms_root","certificate":"-----BEGIN CERTIFICATE-----\n…"})"}),
    neutral<DeleteParameters, delete_v16, delete_v201>(
        {.name = "delete-certificate",
         .tag = "commands",
         .summary = "Delete an installed certificate",
         .example = R"({"hash_algorithm":"SHA256","issuer_name_hash":"a1","issuer_key_hash":"b2",)"
                    R"("serial_number":"1f"})"}),
    neutral<InstalledParameters, installed_v16, installed_v201>(
        {.name = "get-installed-certificate-ids",
         .tag = "commands",
         .summary = "Ask which certificates are installed",
         .example = R"({"types":["csms_root"]})"}),
    neutral<SignedParameters, signed_v16, signed_v201>(
        {.name = "certificate-signed",
         .tag = "commands",
         .summary = "Send the certificate that the station had asked for",
         .example = R"({"certificate_chain":"-----BEGIN CERTIFICATE-----\n…"})"}),
};

}  // namespace

Part certificate_commands() { return table; }

}  // namespace ohm::api::commands
