// OCPP 2.0.1, functional block D (LocalAuthorizationList Management), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct SendLocalList {  // D01
    static constexpr From from = From::csms;
    struct AuthorizationData {
        IdToken idToken;
        Optional<IdTokenInfo> idTokenInfo;
        FIELDS(idToken, idTokenInfo)
    };
    struct Request {
        Optional<List<AuthorizationData, 1>> localAuthorizationList;
        Integer versionNumber;
        OneOf<"Differential", "Full"> updateType;
        FIELDS(localAuthorizationList, versionNumber, updateType)
    };
    struct Response {
        OneOf<"Accepted", "Failed", "VersionMismatch"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct GetLocalListVersion {  // D02
    static constexpr From from = From::csms;
    struct Request {
        FIELDS()
    };
    struct Response {
        Integer versionNumber;
        FIELDS(versionNumber)
    };
};

using LocalAuthListActions = Actions<SendLocalList, GetLocalListVersion>;

}  // namespace ohm::ocpp::v201
