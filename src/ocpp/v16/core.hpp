// OCPP 1.6, feature profile Core (edition 2, §4 and §5), one struct an action.
#pragma once

#include "ocpp/v16/common.hpp"

namespace ohm::ocpp::v16 {

using RegistrationStatus = OneOf<"Accepted", "Pending", "Rejected">;
using ChargePointStatus = OneOf<"Available", "Preparing", "Charging", "SuspendedEVSE",
                                "SuspendedEV", "Finishing", "Reserved", "Unavailable", "Faulted">;
using ChargePointErrorCode =
    OneOfElse<"OtherError", "ConnectorLockFailure", "EVCommunicationError", "GroundFailure",
              "HighTemperature", "InternalError", "LocalListConflict", "NoError", "OtherError",
              "OverCurrentFailure", "PowerMeterFailure", "PowerSwitchFailure", "ReaderFailure",
              "ResetFailure", "UnderVoltage", "OverVoltage", "WeakSignal">;

struct SampledValue {  // §7.43; absent: Energy.Active.Import.Register in Wh
    Text<> value;
    Optional<
        OneOfElse<"Other", "Interruption.Begin", "Interruption.End", "Sample.Clock",
                  "Sample.Periodic", "Transaction.Begin", "Transaction.End", "Trigger", "Other">>
        context;
    Optional<OneOfOrOther<"Raw", "SignedData">> format;
    Optional<OneOfOrOther<"Energy.Active.Export.Register", "Energy.Active.Import.Register",
                          "Energy.Reactive.Export.Register", "Energy.Reactive.Import.Register",
                          "Energy.Active.Export.Interval", "Energy.Active.Import.Interval",
                          "Energy.Reactive.Export.Interval", "Energy.Reactive.Import.Interval",
                          "Power.Active.Export", "Power.Active.Import", "Power.Offered",
                          "Power.Reactive.Export", "Power.Reactive.Import", "Power.Factor",
                          "Current.Import", "Current.Export", "Current.Offered", "Voltage",
                          "Frequency", "Temperature", "SoC", "RPM">>
        measurand;
    Optional<OneOfOrOther<"L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1">>
        phase;
    Optional<OneOfOrOther<"Cable", "EV", "Inlet", "Outlet", "Body">> location;
    Optional<OneOfOrOther<"Wh", "kWh", "varh", "kvarh", "W", "kW", "VA", "kVA", "var", "kvar", "A",
                          "V", "K", "Celcius", "Celsius", "Fahrenheit", "Percent">>
        unit;
    FIELDS(value, context, format, measurand, phase, location, unit)
};
struct MeterValue {
    DateTime timestamp;
    List<SampledValue> sampledValue;
    FIELDS(timestamp, sampledValue)
};

struct Authorize {  // §4.1
    static constexpr From from = From::station;
    struct Request {
        IdTag idTag;
        FIELDS(idTag)
    };
    struct Response {
        IdTagInfo idTagInfo;
        FIELDS(idTagInfo)
    };
};

struct BootNotification {  // §4.2
    static constexpr From from = From::station;
    struct Request {
        Text<20> chargePointVendor, chargePointModel;
        Optional<Text<25>> chargePointSerialNumber, chargeBoxSerialNumber;
        Optional<Text<50>> firmwareVersion;
        Optional<Text<20>> iccid, imsi;
        Optional<Text<25>> meterType, meterSerialNumber;
        FIELDS(chargePointVendor, chargePointModel, chargePointSerialNumber, chargeBoxSerialNumber,
               firmwareVersion, iccid, imsi, meterType, meterSerialNumber)
    };
    struct Response {
        DateTime currentTime;
        Integer interval;
        RegistrationStatus status;
        FIELDS(currentTime, interval, status)
    };
};

struct DataTransfer {  // §4.3, §5.6
    static constexpr From from = From::both;
    struct Request {
        Text<255> vendorId;
        Optional<Text<50>> messageId;
        Optional<Text<>> data;
        FIELDS(vendorId, messageId, data)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"> status;
        Optional<Text<>> data;
        FIELDS(status, data)
    };
};

struct Heartbeat {  // §4.6
    static constexpr From from = From::station;
    struct Request {
        FIELDS()
    };
    struct Response {
        DateTime currentTime;
        FIELDS(currentTime)
    };
};

struct MeterValues {  // §4.7
    static constexpr From from = From::station;
    struct Request {
        Integer connectorId;
        Optional<Integer> transactionId;
        List<MeterValue> meterValue;
        FIELDS(connectorId, transactionId, meterValue)
    };
    struct Response {
        FIELDS()
    };
};

struct StartTransaction {  // §4.8
    static constexpr From from = From::station;
    struct Request {
        Integer connectorId;
        IdTag idTag;
        Integer meterStart;
        Optional<Integer> reservationId;
        DateTime timestamp;
        FIELDS(connectorId, idTag, meterStart, reservationId, timestamp)
    };
    struct Response {
        IdTagInfo idTagInfo;
        Integer transactionId;
        FIELDS(idTagInfo, transactionId)
    };
};

struct StatusNotification {  // §4.9
    static constexpr From from = From::station;
    struct Request {
        Integer connectorId;
        ChargePointErrorCode errorCode;
        Optional<Text<50>> info;
        ChargePointStatus status;
        Optional<DateTime> timestamp;
        Optional<Text<255>> vendorId;
        Optional<Text<50>> vendorErrorCode;
        FIELDS(connectorId, errorCode, info, status, timestamp, vendorId, vendorErrorCode)
    };
    struct Response {
        FIELDS()
    };
};

struct StopTransaction {  // §4.10
    static constexpr From from = From::station;
    struct Request {
        Optional<IdTag> idTag;
        Integer meterStop;
        DateTime timestamp;
        Integer transactionId;
        Optional<OneOfElse<"Other", "EmergencyStop", "EVDisconnected", "HardReset", "Local",
                           "Other", "PowerLoss", "Reboot", "Remote", "SoftReset", "UnlockCommand",
                           "DeAuthorized">>
            reason;
        Optional<List<MeterValue>> transactionData;
        FIELDS(idTag, meterStop, timestamp, transactionId, reason, transactionData)
    };
    struct Response {
        Optional<IdTagInfo> idTagInfo;
        FIELDS(idTagInfo)
    };
};

struct ChangeAvailability {  // §5.2
    static constexpr From from = From::csms;
    struct Request {
        Integer connectorId;
        OneOf<"Inoperative", "Operative"> type;
        FIELDS(connectorId, type)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "Scheduled"> status;
        FIELDS(status)
    };
};

struct ChangeConfiguration {  // §5.3
    static constexpr From from = From::csms;
    struct Request {
        Text<50> key;
        Text<500> value;
        FIELDS(key, value)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "RebootRequired", "NotSupported"> status;
        FIELDS(status)
    };
};

struct ClearCache {  // §5.4
    static constexpr From from = From::csms;
    struct Request {
        FIELDS()
    };
    struct Response {
        AcceptedOrRejected status;
        FIELDS(status)
    };
};

struct GetConfiguration {  // §5.8
    static constexpr From from = From::csms;
    struct KeyValue {
        Text<50> key;
        bool readonly;
        Optional<Text<500>> value;
        FIELDS(key, readonly, value)
    };
    struct Request {
        Optional<List<Text<50>>> key;
        FIELDS(key)
    };
    struct Response {
        Optional<List<KeyValue>> configurationKey;
        Optional<List<Text<50>>> unknownKey;
        FIELDS(configurationKey, unknownKey)
    };
};

struct RemoteStartTransaction {  // §5.11
    static constexpr From from = From::csms;
    struct Request {
        Optional<Integer> connectorId;
        IdTag idTag;
        Optional<ChargingProfile> chargingProfile;
        FIELDS(connectorId, idTag, chargingProfile)
    };
    struct Response {
        AcceptedOrRejected status;
        FIELDS(status)
    };
};

struct RemoteStopTransaction {  // §5.12
    static constexpr From from = From::csms;
    struct Request {
        Integer transactionId;
        FIELDS(transactionId)
    };
    struct Response {
        AcceptedOrRejected status;
        FIELDS(status)
    };
};

struct Reset {  // §5.14
    static constexpr From from = From::csms;
    struct Request {
        OneOf<"Hard", "Soft"> type;
        FIELDS(type)
    };
    struct Response {
        AcceptedOrRejected status;
        FIELDS(status)
    };
};

struct UnlockConnector {  // §5.18
    static constexpr From from = From::csms;
    struct Request {
        Integer connectorId;
        FIELDS(connectorId)
    };
    struct Response {
        OneOf<"Unlocked", "UnlockFailed", "NotSupported"> status;
        FIELDS(status)
    };
};

using CoreActions = Actions<Authorize, BootNotification, ChangeAvailability, ChangeConfiguration,
                            ClearCache, DataTransfer, GetConfiguration, Heartbeat, MeterValues,
                            RemoteStartTransaction, RemoteStopTransaction, Reset, StartTransaction,
                            StatusNotification, StopTransaction, UnlockConnector>;

}  // namespace ohm::ocpp::v16
