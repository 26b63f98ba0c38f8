// OCPP 2.0.1, functional block N (Diagnostics), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

using MonitorType =
    OneOf<"UpperThreshold", "LowerThreshold", "Delta", "Periodic", "PeriodicClockAligned">;

struct GetLog {  // N01
    static constexpr From from = From::csms;
    struct LogParameters {
        Text<512> remoteLocation;
        Optional<DateTime> oldestTimestamp, latestTimestamp;
        FIELDS(remoteLocation, oldestTimestamp, latestTimestamp)
    };
    struct Request {
        LogParameters log;
        OneOf<"DiagnosticsLog", "SecurityLog"> logType;
        Integer requestId;
        Optional<Integer> retries, retryInterval;
        FIELDS(log, logType, requestId, retries, retryInterval)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "AcceptedCanceled"> status;
        Optional<StatusInfo> statusInfo;
        Optional<Text<255>> filename;
        FIELDS(status, statusInfo, filename)
    };
};

struct LogStatusNotification {  // N01
    static constexpr From from = From::station;
    struct Request {
        OneOf<"BadMessage", "Idle", "NotSupportedOperation", "PermissionDenied", "Uploaded",
              "UploadFailure", "Uploading", "AcceptedCanceled">
            status;
        Optional<Integer> requestId;
        FIELDS(status, requestId)
    };
    struct Response {
        FIELDS()
    };
};

struct GetMonitoringReport {  // N02
    static constexpr From from = From::csms;
    struct Request {
        Optional<List<ComponentVariable, 1>> componentVariable;
        Integer requestId;
        Optional<List<OneOf<"ThresholdMonitoring", "DeltaMonitoring", "PeriodicMonitoring">, 1, 3>>
            monitoringCriteria;
        FIELDS(componentVariable, requestId, monitoringCriteria)
    };
    struct Response {
        DeviceModelStatus status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct NotifyMonitoringReport {  // N02
    static constexpr From from = From::station;
    struct VariableMonitoring {
        Integer id;
        bool transaction;
        Number value;
        MonitorType type;
        Integer severity;
        FIELDS(id, transaction, value, type, severity)
    };
    struct MonitoringData {
        Component component;
        Variable variable;
        List<VariableMonitoring, 1> variableMonitoring;
        FIELDS(component, variable, variableMonitoring)
    };
    struct Request {
        Optional<List<MonitoringData, 1>> monitor;
        Integer requestId;
        Optional<bool> tbc;
        Integer seqNo;
        DateTime generatedAt;
        FIELDS(monitor, requestId, tbc, seqNo, generatedAt)
    };
    struct Response {
        FIELDS()
    };
};

struct SetMonitoringBase {  // N03
    static constexpr From from = From::csms;
    struct Request {
        OneOf<"All", "FactoryDefault", "HardWiredOnly"> monitoringBase;
        FIELDS(monitoringBase)
    };
    struct Response {
        DeviceModelStatus status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct SetVariableMonitoring {  // N04
    static constexpr From from = From::csms;
    struct SetMonitoringData {
        Optional<Integer> id;
        Optional<bool> transaction;
        Number value;
        MonitorType type;
        Integer severity;
        Component component;
        Variable variable;
        FIELDS(id, transaction, value, type, severity, component, variable)
    };
    struct SetMonitoringResult {
        Optional<Integer> id;
        Optional<StatusInfo> statusInfo;
        OneOf<"Accepted", "UnknownComponent", "UnknownVariable", "UnsupportedMonitorType",
              "Rejected", "Duplicate">
            status;
        MonitorType type;
        Component component;
        Variable variable;
        Integer severity;
        FIELDS(id, statusInfo, status, type, component, variable, severity)
    };
    struct Request {
        List<SetMonitoringData, 1> setMonitoringData;
        FIELDS(setMonitoringData)
    };
    struct Response {
        List<SetMonitoringResult, 1> setMonitoringResult;
        FIELDS(setMonitoringResult)
    };
};

struct SetMonitoringLevel {  // N05
    static constexpr From from = From::csms;
    struct Request {
        Integer severity;
        FIELDS(severity)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct ClearVariableMonitoring {  // N06
    static constexpr From from = From::csms;
    struct ClearMonitoringResult {
        OneOf<"Accepted", "Rejected", "NotFound"> status;
        Integer id;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, id, statusInfo)
    };
    struct Request {
        List<Integer, 1> id;
        FIELDS(id)
    };
    struct Response {
        List<ClearMonitoringResult, 1> clearMonitoringResult;
        FIELDS(clearMonitoringResult)
    };
};

struct NotifyEvent {  // N07
    static constexpr From from = From::station;
    struct EventData {
        Integer eventId;
        DateTime timestamp;
        OneOf<"Alerting", "Delta", "Periodic"> trigger;
        Optional<Integer> cause;
        Text<2500> actualValue;
        Optional<Text<50>> techCode;
        Optional<Text<500>> techInfo;
        Optional<bool> cleared;
        Optional<TransactionId> transactionId;
        Component component;
        Optional<Integer> variableMonitoringId;
        OneOf<"HardWiredNotification", "HardWiredMonitor", "PreconfiguredMonitor", "CustomMonitor">
            eventNotificationType;
        Variable variable;
        FIELDS(eventId, timestamp, trigger, cause, actualValue, techCode, techInfo, cleared,
               transactionId, component, variableMonitoringId, eventNotificationType, variable)
    };
    struct Request {
        DateTime generatedAt;
        Optional<bool> tbc;
        Integer seqNo;
        List<EventData, 1> eventData;
        FIELDS(generatedAt, tbc, seqNo, eventData)
    };
    struct Response {
        FIELDS()
    };
};

struct CustomerInformation {  // N09, N10
    static constexpr From from = From::csms;
    struct Request {
        Optional<CertificateHashData> customerCertificate;
        Optional<IdToken> idToken;
        Integer requestId;
        bool report, clear;
        Optional<Text<64>> customerIdentifier;
        FIELDS(customerCertificate, idToken, requestId, report, clear, customerIdentifier)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "Invalid"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct NotifyCustomerInformation {  // N09
    static constexpr From from = From::station;
    struct Request {
        Text<512> data;
        Optional<bool> tbc;
        Integer seqNo;
        DateTime generatedAt;
        Integer requestId;
        FIELDS(data, tbc, seqNo, generatedAt, requestId)
    };
    struct Response {
        FIELDS()
    };
};

using DiagnosticsActions =
    Actions<GetLog, LogStatusNotification, GetMonitoringReport, NotifyMonitoringReport,
            SetMonitoringBase, SetVariableMonitoring, SetMonitoringLevel, ClearVariableMonitoring,
            NotifyEvent, CustomerInformation, NotifyCustomerInformation>;

}  // namespace ohm::ocpp::v201
