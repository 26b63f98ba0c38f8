// OCPP 2.0.1, functional block C (Authorization), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct Authorize {  // C01
    static constexpr From from = From::station;
    struct Request {
        IdToken idToken;
        Optional<Text<5500>> certificate;
        Optional<List<OcspRequestData, 1, 4>> iso15118CertificateHashData;
        FIELDS(idToken, certificate, iso15118CertificateHashData)
    };
    struct Response {
        IdTokenInfo idTokenInfo;
        Optional<OneOf<"Accepted", "SignatureError", "CertificateExpired", "CertificateRevoked",
                       "NoCertificateAvailable", "CertChainError", "ContractCancelled">>
            certificateStatus;
        FIELDS(idTokenInfo, certificateStatus)
    };
};

struct ClearCache {  // C11
    static constexpr From from = From::csms;
    struct Request {
        FIELDS()
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

using AuthorizationActions = Actions<Authorize, ClearCache>;

}  // namespace ohm::ocpp::v201
