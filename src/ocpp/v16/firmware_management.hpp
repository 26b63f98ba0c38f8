// OCPP 1.6, feature profile Firmware Management (edition 2, §4 and §5), one struct an action.
#pragma once

#include "ocpp/v16/common.hpp"

namespace ohm::ocpp::v16 {

struct DiagnosticsStatusNotification {  // §4.4
    static constexpr From from = From::station;
    struct Request {
        OneOf<"Idle", "Uploaded", "UploadFailed", "Uploading"> status;
        FIELDS(status)
    };
    struct Response {
        FIELDS()
    };
};

struct FirmwareStatusNotification {  // §4.5
    static constexpr From from = From::station;
    struct Request {
        OneOf<"Downloaded", "DownloadFailed", "Downloading", "Idle", "InstallationFailed",
              "Installing", "Installed">
            status;
        FIELDS(status)
    };
    struct Response {
        FIELDS()
    };
};

struct GetDiagnostics {  // §5.9
    static constexpr From from = From::csms;
    struct Request {
        Uri location;
        Optional<Integer> retries, retryInterval;
        Optional<DateTime> startTime, stopTime;
        FIELDS(location, retries, retryInterval, startTime, stopTime)
    };
    struct Response {
        Optional<Text<255>> fileName;
        FIELDS(fileName)
    };
};

struct UpdateFirmware {  // §5.19
    static constexpr From from = From::csms;
    struct Request {
        Uri location;
        Optional<Integer> retries;
        DateTime retrieveDate;
        Optional<Integer> retryInterval;
        FIELDS(location, retries, retrieveDate, retryInterval)
    };
    struct Response {
        FIELDS()
    };
};

using FirmwareManagementActions = Actions<DiagnosticsStatusNotification, FirmwareStatusNotification,
                                          GetDiagnostics, UpdateFirmware>;

}  // namespace ohm::ocpp::v16
