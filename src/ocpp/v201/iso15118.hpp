// OCPP 2.0.1, functional block M (ISO 15118 CertificateManagement), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct Get15118EVCertificate {  // M01, M02
    static constexpr From from = From::station;
    struct Request {
        Text<50> iso15118SchemaVersion;
        OneOf<"Install", "Update"> action;
        Text<5600> exiRequest;
        FIELDS(iso15118SchemaVersion, action, exiRequest)
    };
    struct Response {
        OneOf<"Accepted", "Failed"> status;
        Optional<StatusInfo> statusInfo;
        Text<5600> exiResponse;
        FIELDS(status, statusInfo, exiResponse)
    };
};

struct GetInstalledCertificateIds {  // M03
    static constexpr From from = From::csms;
    using CertificateIdUse = OneOf<"V2GRootCertificate", "MORootCertificate", "CSMSRootCertificate",
                                   "V2GCertificateChain", "ManufacturerRootCertificate">;
    struct CertificateHashDataChain {
        CertificateHashData certificateHashData;
        CertificateIdUse certificateType;
        Optional<List<CertificateHashData, 1, 4>> childCertificateHashData;
        FIELDS(certificateHashData, certificateType, childCertificateHashData)
    };
    struct Request {
        Optional<List<CertificateIdUse, 1>> certificateType;
        FIELDS(certificateType)
    };
    struct Response {
        OneOf<"Accepted", "NotFound"> status;
        Optional<StatusInfo> statusInfo;
        Optional<List<CertificateHashDataChain, 1>> certificateHashDataChain;
        FIELDS(status, statusInfo, certificateHashDataChain)
    };
};

struct DeleteCertificate {  // M04
    static constexpr From from = From::csms;
    struct Request {
        CertificateHashData certificateHashData;
        FIELDS(certificateHashData)
    };
    struct Response {
        OneOf<"Accepted", "Failed", "NotFound"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct InstallCertificate {  // M05
    static constexpr From from = From::csms;
    struct Request {
        OneOf<"V2GRootCertificate", "MORootCertificate", "CSMSRootCertificate",
              "ManufacturerRootCertificate">
            certificateType;
        Text<5500> certificate;
        FIELDS(certificateType, certificate)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "Failed"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct GetCertificateStatus {  // M06
    static constexpr From from = From::station;
    struct Request {
        OcspRequestData ocspRequestData;
        FIELDS(ocspRequestData)
    };
    struct Response {
        OneOf<"Accepted", "Failed"> status;
        Optional<StatusInfo> statusInfo;
        Optional<Text<5500>> ocspResult;
        FIELDS(status, statusInfo, ocspResult)
    };
};

using Iso15118Actions = Actions<Get15118EVCertificate, GetInstalledCertificateIds,
                                DeleteCertificate, InstallCertificate, GetCertificateStatus>;

}  // namespace ohm::ocpp::v201
