// Parameters of the commands that have a station fetch or send a file. Where `location` is left
// out, api/files fills it in before the command is prepared.
#pragma once

#include "api/commands/neutral.hpp"

namespace ohm::api::commands {

struct FirmwareParameters {
    Optional<Text<40, 1>> image;               // "fw_…": what is fetched is known here
    Optional<Text<512, 1>> location;           // URL; absent: a URL of ours, for the image
    Optional<wire::DateTime> retrieve_at;      // absent: now
    Optional<wire::DateTime> install_at;       // absent: when it is there
    Optional<Text<5500>> signing_certificate;  // PEM; with signature: a signed update
    Optional<Text<800>> signature;             // base64
    Optional<bool> plain;                      // 1.6: unsigned, although the image is signed
    Optional<NotNegative> retries, retry_interval_s;
    FIELDS(image, location, retrieve_at, install_at, signing_certificate, signature, plain, retries,
           retry_interval_s)
};
struct PublishParameters {
    Optional<Text<40, 1>> image;
    Optional<Text<512, 1>> location;
    Optional<Text<32, 32>> checksum;  // MD5, hex; absent: the image's
    Optional<NotNegative> retries, retry_interval_s;
    FIELDS(image, location, checksum, retries, retry_interval_s)
};
struct UnpublishParameters {
    Optional<Text<40, 1>> image;
    Optional<Text<32, 32>> checksum;
    FIELDS(image, checksum)
};
struct LogParameters {
    OneOf<"diagnostics", "security"> type;
    Optional<Text<512, 1>> location;  // URL to upload to; absent: one of ours
    Optional<wire::DateTime> from, to;
    Optional<NotNegative> retries, retry_interval_s;
    Optional<bool> extended;  // 1.6: ask with the security extension's GetLog
    FIELDS(type, location, from, to, retries, retry_interval_s, extended)
};

}  // namespace ohm::api::commands
