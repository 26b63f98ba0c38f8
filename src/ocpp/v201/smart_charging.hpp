// OCPP 2.0.1, functional block K (SmartCharging), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

using ChargingLimitSource = OneOf<"EMS", "Other", "SO", "CSO">;

struct SetChargingProfile {  // K01
    static constexpr From from = From::csms;
    struct Request {
        Integer evseId;
        ChargingProfile chargingProfile;
        FIELDS(evseId, chargingProfile)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct GetCompositeSchedule {  // K08
    static constexpr From from = From::csms;
    struct CompositeSchedule {
        List<ChargingSchedulePeriod, 1> chargingSchedulePeriod;
        Integer evseId, duration;
        DateTime scheduleStart;
        ChargingRateUnit chargingRateUnit;
        FIELDS(chargingSchedulePeriod, evseId, duration, scheduleStart, chargingRateUnit)
    };
    struct Request {
        Integer duration;
        Optional<ChargingRateUnit> chargingRateUnit;
        Integer evseId;
        FIELDS(duration, chargingRateUnit, evseId)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        Optional<CompositeSchedule> schedule;
        FIELDS(status, statusInfo, schedule)
    };
};

struct GetChargingProfiles {  // K09
    static constexpr From from = From::csms;
    struct ChargingProfileCriterion {
        Optional<ChargingProfilePurpose> chargingProfilePurpose;
        Optional<Integer> stackLevel;
        Optional<List<Integer, 1>> chargingProfileId;
        Optional<List<ChargingLimitSource, 1, 4>> chargingLimitSource;
        FIELDS(chargingProfilePurpose, stackLevel, chargingProfileId, chargingLimitSource)
    };
    struct Request {
        Integer requestId;
        Optional<Integer> evseId;
        ChargingProfileCriterion chargingProfile;
        FIELDS(requestId, evseId, chargingProfile)
    };
    struct Response {
        OneOf<"Accepted", "NoProfiles"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct ReportChargingProfiles {  // K09
    static constexpr From from = From::station;
    struct Request {
        Integer requestId;
        ChargingLimitSource chargingLimitSource;
        List<ChargingProfile, 1> chargingProfile;
        Optional<bool> tbc;
        Integer evseId;
        FIELDS(requestId, chargingLimitSource, chargingProfile, tbc, evseId)
    };
    struct Response {
        FIELDS()
    };
};

struct ClearChargingProfile {  // K10
    static constexpr From from = From::csms;
    struct Criteria {
        Optional<Integer> evseId;
        Optional<ChargingProfilePurpose> chargingProfilePurpose;
        Optional<Integer> stackLevel;
        FIELDS(evseId, chargingProfilePurpose, stackLevel)
    };
    struct Request {
        Optional<Integer> chargingProfileId;
        Optional<Criteria> chargingProfileCriteria;
        FIELDS(chargingProfileId, chargingProfileCriteria)
    };
    struct Response {
        OneOf<"Accepted", "Unknown"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct NotifyChargingLimit {  // K12
    static constexpr From from = From::station;
    struct ChargingLimit {
        ChargingLimitSource chargingLimitSource;
        Optional<bool> isGridCritical;
        FIELDS(chargingLimitSource, isGridCritical)
    };
    struct Request {
        Optional<List<ChargingSchedule, 1>> chargingSchedule;
        Optional<Integer> evseId;
        ChargingLimit chargingLimit;
        FIELDS(chargingSchedule, evseId, chargingLimit)
    };
    struct Response {
        FIELDS()
    };
};

struct ClearedChargingLimit {  // K13
    static constexpr From from = From::station;
    struct Request {
        ChargingLimitSource chargingLimitSource;
        Optional<Integer> evseId;
        FIELDS(chargingLimitSource, evseId)
    };
    struct Response {
        FIELDS()
    };
};

struct NotifyEVChargingNeeds {  // K15
    static constexpr From from = From::station;
    struct AcChargingParameters {
        Integer energyAmount, evMinCurrent, evMaxCurrent, evMaxVoltage;
        FIELDS(energyAmount, evMinCurrent, evMaxCurrent, evMaxVoltage)
    };
    struct DcChargingParameters {
        Integer evMaxCurrent, evMaxVoltage;
        Optional<Integer> energyAmount, evMaxPower;
        Optional<Int<0, 100>> stateOfCharge;
        Optional<Integer> evEnergyCapacity;
        Optional<Int<0, 100>> fullSoC, bulkSoC;
        FIELDS(evMaxCurrent, evMaxVoltage, energyAmount, evMaxPower, stateOfCharge,
               evEnergyCapacity, fullSoC, bulkSoC)
    };
    struct ChargingNeeds {
        Optional<AcChargingParameters> acChargingParameters;
        Optional<DcChargingParameters> dcChargingParameters;
        OneOf<"DC", "AC_single_phase", "AC_two_phase", "AC_three_phase"> requestedEnergyTransfer;
        Optional<DateTime> departureTime;
        FIELDS(acChargingParameters, dcChargingParameters, requestedEnergyTransfer, departureTime)
    };
    struct Request {
        Optional<Integer> maxScheduleTuples;
        ChargingNeeds chargingNeeds;
        Integer evseId;
        FIELDS(maxScheduleTuples, chargingNeeds, evseId)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "Processing"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct NotifyEVChargingSchedule {  // K15
    static constexpr From from = From::station;
    struct Request {
        DateTime timeBase;
        ChargingSchedule chargingSchedule;
        Integer evseId;
        FIELDS(timeBase, chargingSchedule, evseId)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

using SmartChargingActions =
    Actions<SetChargingProfile, GetCompositeSchedule, GetChargingProfiles, ReportChargingProfiles,
            ClearChargingProfile, NotifyChargingLimit, ClearedChargingLimit, NotifyEVChargingNeeds,
            NotifyEVChargingSchedule>;

}  // namespace ohm::ocpp::v201
