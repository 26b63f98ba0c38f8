// Whether firmware is what its manufacturer signed (2.0.1 L01, A00.FR.707). Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.hpp"

namespace ohm::net {

enum class FirmwareVerdict : std::uint8_t {
    good,
    bad_certificate,     // no PEM certificate, or a key that is neither RSA nor of a curve
    outside_validity,    // the certificate is not valid yet, or no longer
    bad_signature_text,  // not base64
    does_not_match,      // another file, another key
};
std::string_view words_of(FirmwareVerdict verdict);

// What can be said of them where the file is not here: that the certificate is one, and valid now,
// and the signature base64.
FirmwareVerdict check_signer(std::string_view certificate_pem, std::string_view signature, Utc now);

// `signature` is base64, over the SHA-256 sum: RSA-PSS, RSA PKCS#1 v1.5 or ECDSA.
FirmwareVerdict verify_firmware(std::string_view certificate_pem, std::string_view signature,
                                std::string_view sha256, Utc now);

}  // namespace ohm::net
