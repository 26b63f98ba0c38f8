// OCPP 2.0.1, functional block B (Provisioning), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

using AttributeType = OneOf<"Actual", "Target", "MinSet", "MaxSet">;

struct BootNotification {  // B01
    static constexpr From from = From::station;
    struct Modem {
        Optional<Text<20>> iccid, imsi;
        FIELDS(iccid, imsi)
    };
    struct ChargingStation {
        Optional<Text<25>> serialNumber;
        Text<20> model;
        Optional<Modem> modem;
        Text<50> vendorName;
        Optional<Text<50>> firmwareVersion;
        FIELDS(serialNumber, model, modem, vendorName, firmwareVersion)
    };
    struct Request {
        ChargingStation chargingStation;
        OneOfElse<"Unknown", "ApplicationReset", "FirmwareUpdate", "LocalReset", "PowerUp",
                  "RemoteReset", "ScheduledReset", "Triggered", "Unknown", "Watchdog">
            reason;
        FIELDS(chargingStation, reason)
    };
    struct Response {
        DateTime currentTime;
        Integer interval;
        OneOf<"Accepted", "Pending", "Rejected"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(currentTime, interval, status, statusInfo)
    };
};

struct SetVariables {  // B05
    static constexpr From from = From::csms;
    struct SetVariableData {
        Optional<AttributeType> attributeType;
        Text<1000> attributeValue;
        Component component;
        Variable variable;
        FIELDS(attributeType, attributeValue, component, variable)
    };
    struct SetVariableResult {
        Optional<AttributeType> attributeType;
        OneOf<"Accepted", "Rejected", "UnknownComponent", "UnknownVariable",
              "NotSupportedAttributeType", "RebootRequired">
            attributeStatus;
        Optional<StatusInfo> attributeStatusInfo;
        Component component;
        Variable variable;
        FIELDS(attributeType, attributeStatus, attributeStatusInfo, component, variable)
    };
    struct Request {
        List<SetVariableData, 1> setVariableData;
        FIELDS(setVariableData)
    };
    struct Response {
        List<SetVariableResult, 1> setVariableResult;
        FIELDS(setVariableResult)
    };
};

struct GetVariables {  // B06
    static constexpr From from = From::csms;
    struct GetVariableData {
        Optional<AttributeType> attributeType;
        Component component;
        Variable variable;
        FIELDS(attributeType, component, variable)
    };
    struct GetVariableResult {
        Optional<StatusInfo> attributeStatusInfo;
        OneOf<"Accepted", "Rejected", "UnknownComponent", "UnknownVariable",
              "NotSupportedAttributeType">
            attributeStatus;
        Optional<AttributeType> attributeType;
        Optional<Text<2500>> attributeValue;
        Component component;
        Variable variable;
        FIELDS(attributeStatusInfo, attributeStatus, attributeType, attributeValue, component,
               variable)
    };
    struct Request {
        List<GetVariableData, 1> getVariableData;
        FIELDS(getVariableData)
    };
    struct Response {
        List<GetVariableResult, 1> getVariableResult;
        FIELDS(getVariableResult)
    };
};

struct GetBaseReport {  // B07
    static constexpr From from = From::csms;
    struct Request {
        Integer requestId;
        OneOf<"ConfigurationInventory", "FullInventory", "SummaryInventory"> reportBase;
        FIELDS(requestId, reportBase)
    };
    struct Response {
        DeviceModelStatus status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct GetReport {  // B08
    static constexpr From from = From::csms;
    struct Request {
        Optional<List<ComponentVariable, 1>> componentVariable;
        Integer requestId;
        Optional<List<OneOf<"Active", "Available", "Enabled", "Problem">, 1, 4>> componentCriteria;
        FIELDS(componentVariable, requestId, componentCriteria)
    };
    struct Response {
        DeviceModelStatus status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct NotifyReport {  // B07, B08
    static constexpr From from = From::station;
    struct VariableAttribute {
        Optional<AttributeType> type;
        Optional<Text<2500>> value;
        Optional<OneOf<"ReadOnly", "WriteOnly", "ReadWrite">> mutability;
        Optional<bool> persistent, constant;
        FIELDS(type, value, mutability, persistent, constant)
    };
    struct VariableCharacteristics {
        Optional<Text<16>> unit;
        OneOf<"string", "decimal", "integer", "dateTime", "boolean", "OptionList", "SequenceList",
              "MemberList">
            dataType;
        Optional<Number> minLimit, maxLimit;
        Optional<Text<1000>> valuesList;
        bool supportsMonitoring;
        FIELDS(unit, dataType, minLimit, maxLimit, valuesList, supportsMonitoring)
    };
    struct ReportData {
        Component component;
        Variable variable;
        List<VariableAttribute, 1, 4> variableAttribute;
        Optional<VariableCharacteristics> variableCharacteristics;
        FIELDS(component, variable, variableAttribute, variableCharacteristics)
    };
    struct Request {
        Integer requestId;
        DateTime generatedAt;
        Optional<List<ReportData, 1>> reportData;
        Optional<bool> tbc;
        Integer seqNo;
        FIELDS(requestId, generatedAt, reportData, tbc, seqNo)
    };
    struct Response {
        FIELDS()
    };
};

struct SetNetworkProfile {  // B09
    static constexpr From from = From::csms;
    struct Apn {
        Text<512> apn;
        Optional<Text<20>> apnUserName;
        Optional<Secret<Text<20>>> apnPassword;
        Optional<Secret<Integer>> simPin;
        Optional<Text<6>> preferredNetwork;
        Optional<bool> useOnlyPreferredNetwork;
        OneOf<"CHAP", "NONE", "PAP", "AUTO"> apnAuthentication;
        FIELDS(apn, apnUserName, apnPassword, simPin, preferredNetwork, useOnlyPreferredNetwork,
               apnAuthentication)
    };
    struct Vpn {
        Text<512> server;
        Text<20> user;
        Optional<Text<20>> group;
        Secret<Text<20>> password;
        Secret<Text<255>> key;
        OneOf<"IKEv2", "IPSec", "L2TP", "PPTP"> type;
        FIELDS(server, user, group, password, key, type)
    };
    struct NetworkConnectionProfile {
        Optional<Apn> apn;
        OneOf<"OCPP12", "OCPP15", "OCPP16", "OCPP20"> ocppVersion;
        OneOf<"JSON", "SOAP"> ocppTransport;
        Text<512> ocppCsmsUrl;
        Integer messageTimeout, securityProfile;
        OneOf<"Wired0", "Wired1", "Wired2", "Wired3", "Wireless0", "Wireless1", "Wireless2",
              "Wireless3">
            ocppInterface;
        Optional<Vpn> vpn;
        FIELDS(apn, ocppVersion, ocppTransport, ocppCsmsUrl, messageTimeout, securityProfile,
               ocppInterface, vpn)
    };
    struct Request {
        Integer configurationSlot;
        NetworkConnectionProfile connectionData;
        FIELDS(configurationSlot, connectionData)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "Failed"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct Reset {  // B11, B12
    static constexpr From from = From::csms;
    struct Request {
        OneOf<"Immediate", "OnIdle"> type;
        Optional<Integer> evseId;
        FIELDS(type, evseId)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "Scheduled"> status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

using ProvisioningActions = Actions<BootNotification, SetVariables, GetVariables, GetBaseReport,
                                    GetReport, NotifyReport, SetNetworkProfile, Reset>;

}  // namespace ohm::ocpp::v201
