// OCPP 2.0.1, functional block A (Security), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

using CertificateSigningUse = OneOf<"ChargingStationCertificate", "V2GCertificate">;

struct SignCertificate {  // A02, A03
    static constexpr From from = From::station;
    struct Request {
        Text<5500> csr;
        Optional<CertificateSigningUse> certificateType;
        FIELDS(csr, certificateType)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct CertificateSigned {  // A02, A03
    static constexpr From from = From::csms;
    struct Request {
        Text<10000> certificateChain;
        Optional<CertificateSigningUse> certificateType;
        FIELDS(certificateChain, certificateType)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct SecurityEventNotification {  // A04
    static constexpr From from = From::station;
    struct Request {
        Text<50> type;
        DateTime timestamp;
        Optional<Text<255>> techInfo;
        FIELDS(type, timestamp, techInfo)
    };
    struct Response {
        FIELDS()
    };
};

using SecurityActions = Actions<SignCertificate, CertificateSigned, SecurityEventNotification>;

}  // namespace ohm::ocpp::v201
