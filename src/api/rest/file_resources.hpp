// What REST shows of firmware images, of updates and of logs. Members that may be empty are null.
#pragma once

#include "api/rest/resources.hpp"

namespace ohm::api::rest {

struct FirmwareImageShown {
    std::string id, vendor;
    NullableText model;
    std::string version;
    NullableText file_name, note;
    std::int64_t bytes = 0;
    std::string sha256, md5;
    bool is_signed = false;
    NullableText signing_certificate, signature, created_by;
    Instant created_at;
    FIELDS(id, vendor, model, version, file_name, note, bytes, sha256, md5, is_signed,
           signing_certificate, signature, created_by, created_at)
};
// The parts of the form by which an image is uploaded.
struct FirmwareImageForm {
    wire::Text<50, 1> vendor;
    Optional<wire::Text<50>> model;
    wire::Text<50, 1> version;
    Optional<wire::Text<64, 64>> sha256;             // hex; compared
    Optional<wire::Text<32, 32>> md5;                // hex; compared
    Optional<wire::Text<5500>> signing_certificate;  // PEM
    Optional<wire::Text<800>> signature;             // base64, over the SHA-256
    Optional<wire::Text<2000>> note;
    std::string file;  // the image itself, with a file name
    FIELDS(vendor, model, version, sha256, md5, signing_certificate, signature, note, file)
};
struct FirmwareUpdateShown {
    std::string kind;  // firmware, publish_firmware
    NullableText command_id, image_id, version;
    NullableText state, reason;  // null: the station updates without an order
    Nullable<std::int64_t> request_id;
    NullableText status;  // the station's own word
    Instant at;
    Nullable<Instant> started_at;
    Nullable<Any> details;
    NullableText version_before, version_now;
    Nullable<std::int64_t> bytes, bytes_sent, downloads;
    Nullable<Instant> first_download_at, last_download_at, expires_at;
    FIELDS(kind, command_id, image_id, version, state, reason, request_id, status, at, started_at,
           details, version_before, version_now, bytes, bytes_sent, downloads, first_download_at,
           last_download_at, expires_at)
};
struct LogShown {
    NullableText id, command_id;  // null: the station uploads without an order
    std::string kind;             // log, diagnostics
    NullableText type;            // diagnostics, security
    OneOf<"ordered", "receiving", "received", "removed", "elsewhere"> state;
    Nullable<std::int64_t> request_id;
    NullableText status;  // the station's own word
    Instant at;
    Nullable<Instant> started_at;
    Nullable<Any> details;
    NullableText file_name, content_type;  // as the station says
    Nullable<std::int64_t> bytes;
    NullableText sha256;
    Nullable<Instant> received_at, expires_at;
    FIELDS(id, command_id, kind, type, state, request_id, status, at, started_at, details,
           file_name, content_type, bytes, sha256, received_at, expires_at)
};

}  // namespace ohm::api::rest
