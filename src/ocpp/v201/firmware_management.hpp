// OCPP 2.0.1, functional block L (FirmwareManagement), one struct an action.
#pragma once

#include "ocpp/v201/common.hpp"

namespace ohm::ocpp::v201 {

struct UpdateFirmware {  // L01
    static constexpr From from = From::csms;
    struct Firmware {
        Text<512> location;
        DateTime retrieveDateTime;
        Optional<DateTime> installDateTime;
        Optional<Text<5500>> signingCertificate;
        Optional<Text<800>> signature;
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
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct FirmwareStatusNotification {  // L01
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

struct PublishFirmware {  // L03
    static constexpr From from = From::csms;
    struct Request {
        Text<512> location;
        Optional<Integer> retries;
        Text<32> checksum;
        Integer requestId;
        Optional<Integer> retryInterval;
        FIELDS(location, retries, checksum, requestId, retryInterval)
    };
    struct Response {
        AcceptedOrRejected status;
        Optional<StatusInfo> statusInfo;
        FIELDS(status, statusInfo)
    };
};

struct PublishFirmwareStatusNotification {  // L03
    static constexpr From from = From::station;
    struct Request {
        OneOf<"Idle", "DownloadScheduled", "Downloading", "Downloaded", "Published",
              "DownloadFailed", "DownloadPaused", "InvalidChecksum", "ChecksumVerified",
              "PublishFailed">
            status;
        Optional<List<Text<512>, 1>> location;
        Optional<Integer> requestId;
        FIELDS(status, location, requestId)
    };
    struct Response {
        FIELDS()
    };
};

struct UnpublishFirmware {  // L04
    static constexpr From from = From::csms;
    struct Request {
        Text<32> checksum;
        FIELDS(checksum)
    };
    struct Response {
        OneOf<"DownloadOngoing", "NoFirmware", "Unpublished"> status;
        FIELDS(status)
    };
};

using FirmwareManagementActions =
    Actions<UpdateFirmware, FirmwareStatusNotification, PublishFirmware,
            PublishFirmwareStatusNotification, UnpublishFirmware>;

}  // namespace ohm::ocpp::v201
