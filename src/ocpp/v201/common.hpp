// OCPP 2.0.1 Part 2: what several functional blocks share. Every object may carry customData
// (wire::Rules::custom_data).
#pragma once

#include "ocpp/action.hpp"

namespace ohm::ocpp::v201 {

using wire::Any;
using wire::DateTime;
using wire::Integer;
using wire::List;
using wire::Number;
using wire::OneOf;
using wire::OneOfElse;
using wire::Optional;
using wire::Text;

struct StatusInfo {
    Text<20> reasonCode;
    Optional<Text<512>> additionalInfo;
    FIELDS(reasonCode, additionalInfo)
};

}  // namespace ohm::ocpp::v201
