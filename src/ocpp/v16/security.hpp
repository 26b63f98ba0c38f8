// OCPP 1.6, the security extension (whitepaper "Improved security for OCPP 1.6-J"; its use cases
// bear the names of 2.0.1), one struct an action.
#pragma once

#include "ocpp/v16/common.hpp"

namespace ohm::ocpp::v16 {

using CertificateUse = OneOf<"CentralSystemRootCertificate", "ManufacturerRootCertificate">;

struct CertificateHashData {
    OneOf<"SHA256", "SHA384", "SHA512"> hashAlgorithm;
    Text<128> issuerNameHash, issuerKeyHash;
    Text<40> serialNumber;
    FIELDS(hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber)
};

struct CertificateSigned {  // A02, A03
    static constexpr From from = From::csms;
    struct Request {
        Text<10000> certificateChain;
        FIELDS(certificateChain)
    };
    struct Response {
        AcceptedOrRejected status;
        FIELDS(status)
    };
};

struct DeleteCertificate {  // M04
    static constexpr From from = From::csms;
    struct Request {
        CertificateHashData certificateHashData;
        FIELDS(certificateHashData)
    };
    struct Response {
        OneOf<"Accepted", "Failed", "NotFound"> status;
        FIELDS(status)
    };
};

struct ExtendedTriggerMessage {  // F06
    static constexpr From from = From::csms;
    struct Request {
        OneOf<"BootNotification", "LogStatusNotification", "FirmwareStatusNotification",
              "Heartbeat", "MeterValues", "SignChargePointCertificate", "StatusNotification">
            requestedMessage;
        Optional<Integer> connectorId;
        FIELDS(requestedMessage, connectorId)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "NotImplemented"> status;
        FIELDS(status)
    };
};

struct GetInstalledCertificateIds {  // M03
    static constexpr From from = From::csms;
    struct Request {
        CertificateUse certificateType;
        FIELDS(certificateType)
    };
    struct Response {
        Optional<List<CertificateHashData, 1>> certificateHashData;
        OneOf<"Accepted", "NotFound"> status;
        FIELDS(certificateHashData, status)
    };
};

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
        Optional<Text<255>> filename;
        FIELDS(status, filename)
    };
};

struct InstallCertificate {  // M05
    static constexpr From from = From::csms;
    struct Request {
        CertificateUse certificateType;
        Text<5500> certificate;
        FIELDS(certificateType, certificate)
    };
    struct Response {
        OneOf<"Accepted", "Failed", "Rejected"> status;
        FIELDS(status)
    };
};

struct LogStatusNotification {  // N01
    static constexpr From from = From::station;
    struct Request {
        OneOf<"BadMessage", "Idle", "NotSupportedOperation", "PermissionDenied", "Uploaded",
              "UploadFailure", "Uploading">
            status;
        Optional<Integer> requestId;
        FIELDS(status, requestId)
    };
    struct Response {
        FIELDS()
    };
};

struct SecurityEventNotification {  // A04
    static constexpr From from = From::station;
    struct Request {
        Text<50> type;
        DateTime timestamp;
        Optional<Text<255>> techInfo;
        FIELDS(type, timestamp, techInfo)
    };
    struct Response {
        FIELDS()
    };
};

struct SignCertificate {  // A02, A03
    static constexpr From from = From::station;
    struct Request {
        Text<5500> csr;
        FIELDS(csr)
    };
    struct Response {
        AcceptedOrRejected status;
        FIELDS(status)
    };
};

struct SignedFirmwareStatusNotification {  // L01
    static constexpr From from = From::station;
    struct Request {
        OneOf<"Downloaded", "DownloadFailed", "Downloading", "DownloadScheduled", "DownloadPaused",
              "Idle", "InstallationFailed", "Installing", "Installed", "InstallRebooting",
              "InstallScheduled", "InstallVerificationFailed", "InvalidSignature",
              "SignatureVerified">
            status;
        Optional<Integer> requestId;
        FIELDS(status, requestId)
    };
    struct Response {
        FIELDS()
    };
};

struct SignedUpdateFirmware {  // L01
    static constexpr From from = From::csms;
    struct Firmware {
        Text<512> location;
        DateTime retrieveDateTime;
        Optional<DateTime> installDateTime;
        Text<5500> signingCertificate;
        Text<800> signature;
        FIELDS(location, retrieveDateTime, installDateTime, signingCertificate, signature)
    };
    struct Request {
        Optional<Integer> retries, retryInterval;
        Integer requestId;
        Firmware firmware;
        FIELDS(retries, retryInterval, requestId, firmware)
    };
    struct Response {
        OneOf<"Accepted", "Rejected", "AcceptedCanceled", "InvalidCertificate",
              "RevokedCertificate">
            status;
        FIELDS(status)
    };
};

using SecurityActions = Actions<CertificateSigned, DeleteCertificate, ExtendedTriggerMessage,
                                GetInstalledCertificateIds, GetLog, InstallCertificate,
                                LogStatusNotification, SecurityEventNotification, SignCertificate,
                                SignedFirmwareStatusNotification, SignedUpdateFirmware>;

}  // namespace ohm::ocpp::v16
