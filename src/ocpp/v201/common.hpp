// OCPP 2.0.1 Part 2: what several functional blocks share. Every object may carry customData
// (wire::Rules::custom_data).
#pragma once

#include "ocpp/action.hpp"

namespace ohm::ocpp::v201 {

using wire::Any;
using wire::DateTime;
using wire::Int;
using wire::Integer;
using wire::List;
using wire::Number;
using wire::OneOf;
using wire::OneOfElse;
using wire::OneOfOrOther;
using wire::Optional;
using wire::Secret;
using wire::Text;

using AcceptedOrRejected = OneOf<"Accepted", "Rejected">;
using TransactionId = Text<36>;
using ChargingProfilePurpose = OneOf<"ChargingStationExternalConstraints",
                                     "ChargingStationMaxProfile", "TxDefaultProfile", "TxProfile">;
using ChargingRateUnit = OneOf<"W", "A">;
using DeviceModelStatus = OneOf<"Accepted", "Rejected", "NotSupported", "EmptyResultSet">;
using HashAlgorithm = OneOf<"SHA256", "SHA384", "SHA512">;

struct StatusInfo {
    Text<20> reasonCode;
    Optional<Text<512>> additionalInfo;
    FIELDS(reasonCode, additionalInfo)
};

struct Evse {
    Integer id;
    Optional<Integer> connectorId;
    FIELDS(id, connectorId)
};
struct Component {
    Optional<Evse> evse;
    Text<50> name;
    Optional<Text<50>> instance;
    FIELDS(evse, name, instance)
};
struct Variable {
    Text<50> name;
    Optional<Text<50>> instance;
    FIELDS(name, instance)
};
struct ComponentVariable {
    Component component;
    Optional<Variable> variable;
    FIELDS(component, variable)
};

struct AdditionalInfo {
    Text<36> additionalIdToken;
    Text<50> type;
    FIELDS(additionalIdToken, type)
};
struct IdToken {  // an unknown type must not cost a transaction
    Optional<List<AdditionalInfo, 1>> additionalInfo;
    Text<36> idToken;
    OneOfOrOther<"Central", "eMAID", "ISO14443", "ISO15693", "KeyCode", "Local", "MacAddress",
                 "NoAuthorization">
        type;
    FIELDS(additionalInfo, idToken, type)
};
struct MessageContent {
    OneOf<"ASCII", "HTML", "URI", "UTF8"> format;
    Optional<Text<8>> language;
    Text<512> content;
    FIELDS(format, language, content)
};
struct IdTokenInfo {
    OneOf<"Accepted", "Blocked", "ConcurrentTx", "Expired", "Invalid", "NoCredit",
          "NotAllowedTypeEVSE", "NotAtThisLocation", "NotAtThisTime", "Unknown">
        status;
    Optional<DateTime> cacheExpiryDateTime;
    Optional<Integer> chargingPriority;
    Optional<Text<8>> language1;
    Optional<List<Integer, 1>> evseId;
    Optional<IdToken> groupIdToken;
    Optional<Text<8>> language2;
    Optional<MessageContent> personalMessage;
    FIELDS(status, cacheExpiryDateTime, chargingPriority, language1, evseId, groupIdToken,
           language2, personalMessage)
};

struct SignedMeterValue {
    Text<2500> signedMeterData;
    Text<50> signingMethod, encodingMethod;
    Text<2500> publicKey;
    FIELDS(signedMeterData, signingMethod, encodingMethod, publicKey)
};
struct UnitOfMeasure {
    Optional<Text<20>> unit;
    Optional<Integer> multiplier;
    FIELDS(unit, multiplier)
};
struct SampledValue {
    Number value;
    Optional<OneOfElse<"Other", "Interruption.Begin", "Interruption.End", "Other", "Sample.Clock",
                       "Sample.Periodic", "Transaction.Begin", "Transaction.End", "Trigger">>
        context;
    Optional<OneOfOrOther<
        "Current.Export", "Current.Import", "Current.Offered", "Energy.Active.Export.Register",
        "Energy.Active.Import.Register", "Energy.Reactive.Export.Register",
        "Energy.Reactive.Import.Register", "Energy.Active.Export.Interval",
        "Energy.Active.Import.Interval", "Energy.Active.Net", "Energy.Reactive.Export.Interval",
        "Energy.Reactive.Import.Interval", "Energy.Reactive.Net", "Energy.Apparent.Net",
        "Energy.Apparent.Import", "Energy.Apparent.Export", "Frequency", "Power.Active.Export",
        "Power.Active.Import", "Power.Factor", "Power.Offered", "Power.Reactive.Export",
        "Power.Reactive.Import", "SoC", "Voltage">>
        measurand;
    Optional<OneOfOrOther<"L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1">>
        phase;
    Optional<OneOfOrOther<"Body", "Cable", "EV", "Inlet", "Outlet">> location;
    Optional<SignedMeterValue> signedMeterValue;
    Optional<UnitOfMeasure> unitOfMeasure;
    FIELDS(value, context, measurand, phase, location, signedMeterValue, unitOfMeasure)
};
struct MeterValue {
    List<SampledValue, 1> sampledValue;
    DateTime timestamp;
    FIELDS(sampledValue, timestamp)
};

struct RelativeTimeInterval {
    Integer start;
    Optional<Integer> duration;
    FIELDS(start, duration)
};
struct Cost {
    OneOf<"CarbonDioxideEmission", "RelativePricePercentage", "RenewableGenerationPercentage">
        costKind;
    Integer amount;
    Optional<Integer> amountMultiplier;
    FIELDS(costKind, amount, amountMultiplier)
};
struct ConsumptionCost {
    Number startValue;
    List<Cost, 1, 3> cost;
    FIELDS(startValue, cost)
};
struct SalesTariffEntry {
    RelativeTimeInterval relativeTimeInterval;
    Optional<Int<0, 2147483647>> ePriceLevel;
    Optional<List<ConsumptionCost, 1, 3>> consumptionCost;
    FIELDS(relativeTimeInterval, ePriceLevel, consumptionCost)
};
struct SalesTariff {
    Integer id;
    Optional<Text<32>> salesTariffDescription;
    Optional<Integer> numEPriceLevels;
    List<SalesTariffEntry, 1, 1024> salesTariffEntry;
    FIELDS(id, salesTariffDescription, numEPriceLevels, salesTariffEntry)
};
struct ChargingSchedulePeriod {
    Integer startPeriod;
    Number limit;
    Optional<Integer> numberPhases, phaseToUse;
    FIELDS(startPeriod, limit, numberPhases, phaseToUse)
};
struct ChargingSchedule {
    Integer id;
    Optional<DateTime> startSchedule;
    Optional<Integer> duration;
    ChargingRateUnit chargingRateUnit;
    List<ChargingSchedulePeriod, 1, 1024> chargingSchedulePeriod;
    Optional<Number> minChargingRate;
    Optional<SalesTariff> salesTariff;
    FIELDS(id, startSchedule, duration, chargingRateUnit, chargingSchedulePeriod, minChargingRate,
           salesTariff)
};
struct ChargingProfile {
    Integer id, stackLevel;
    ChargingProfilePurpose chargingProfilePurpose;
    OneOf<"Absolute", "Recurring", "Relative"> chargingProfileKind;
    Optional<OneOf<"Daily", "Weekly">> recurrencyKind;
    Optional<DateTime> validFrom, validTo;
    List<ChargingSchedule, 1, 3> chargingSchedule;
    Optional<TransactionId> transactionId;
    FIELDS(id, stackLevel, chargingProfilePurpose, chargingProfileKind, recurrencyKind, validFrom,
           validTo, chargingSchedule, transactionId)
};

struct CertificateHashData {
    HashAlgorithm hashAlgorithm;
    Text<128> issuerNameHash, issuerKeyHash;
    Text<40> serialNumber;
    FIELDS(hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber)
};
struct OcspRequestData {
    HashAlgorithm hashAlgorithm;
    Text<128> issuerNameHash, issuerKeyHash;
    Text<40> serialNumber;
    Text<512> responderURL;
    FIELDS(hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber, responderURL)
};

}  // namespace ohm::ocpp::v201
