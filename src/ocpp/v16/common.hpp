// OCPP 1.6 (edition 2, §7): what several feature profiles share.
#pragma once

#include "ocpp/action.hpp"

namespace ohm::ocpp::v16 {

using wire::DateTime;
using wire::Integer;
using wire::List;
using wire::OneOf;
using wire::OneOfElse;
using wire::OneOfOrOther;
using wire::Optional;
using wire::Tenths;
using wire::Text;
using wire::Uri;

using IdTag = Text<20>;
using AuthorizationStatus = OneOf<"Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx">;
using AcceptedOrRejected = OneOf<"Accepted", "Rejected">;
using ChargingProfilePurpose = OneOf<"ChargePointMaxProfile", "TxDefaultProfile", "TxProfile">;
using ChargingRateUnit = OneOf<"A", "W">;

struct IdTagInfo {
    Optional<DateTime> expiryDate;
    Optional<IdTag> parentIdTag;
    AuthorizationStatus status;
    FIELDS(expiryDate, parentIdTag, status)
};

struct ChargingSchedulePeriod {
    Integer startPeriod;
    Tenths limit;
    Optional<Integer> numberPhases;
    FIELDS(startPeriod, limit, numberPhases)
};
struct ChargingSchedule {
    Optional<Integer> duration;
    Optional<DateTime> startSchedule;
    ChargingRateUnit chargingRateUnit;
    List<ChargingSchedulePeriod> chargingSchedulePeriod;
    Optional<Tenths> minChargingRate;
    FIELDS(duration, startSchedule, chargingRateUnit, chargingSchedulePeriod, minChargingRate)
};
struct ChargingProfile {
    Integer chargingProfileId;
    Optional<Integer> transactionId;
    Integer stackLevel;
    ChargingProfilePurpose chargingProfilePurpose;
    OneOf<"Absolute", "Recurring", "Relative"> chargingProfileKind;
    Optional<OneOf<"Daily", "Weekly">> recurrencyKind;
    Optional<DateTime> validFrom, validTo;
    ChargingSchedule chargingSchedule;
    FIELDS(chargingProfileId, transactionId, stackLevel, chargingProfilePurpose,
           chargingProfileKind, recurrencyKind, validFrom, validTo, chargingSchedule)
};

}  // namespace ohm::ocpp::v16
