// OCPP 1.6, feature profile Local Auth List Management (edition 2, §5), one struct an action.
#pragma once

#include "ocpp/v16/common.hpp"

namespace ohm::ocpp::v16 {

struct GetLocalListVersion {  // §5.10
    static constexpr From from = From::csms;
    struct Request {
        FIELDS()
    };
    struct Response {
        Integer listVersion;
        FIELDS(listVersion)
    };
};

struct SendLocalList {  // §5.15
    static constexpr From from = From::csms;
    struct AuthorizationData {  // without idTagInfo: to be removed
        IdTag idTag;
        Optional<IdTagInfo> idTagInfo;
        FIELDS(idTag, idTagInfo)
    };
    struct Request {
        Integer listVersion;
        Optional<List<AuthorizationData>> localAuthorizationList;
        OneOf<"Differential", "Full"> updateType;
        FIELDS(listVersion, localAuthorizationList, updateType)
    };
    struct Response {
        OneOf<"Accepted", "Failed", "NotSupported", "VersionMismatch"> status;
        FIELDS(status)
    };
};

using LocalAuthListActions = Actions<GetLocalListVersion, SendLocalList>;

}  // namespace ohm::ocpp::v16
