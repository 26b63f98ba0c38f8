// Certificate signing requests (PKCS #10) as stations send them: what is in one, and why one is not
// to be signed. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ohm::pki {

struct PublicKey {
    enum class Kind : std::uint8_t { rsa, ec };
    Kind kind = Kind::ec;
    int bits = 0;
    std::string name;  // for people: "RSA 2048", "EC prime256v1"
};

struct CertificateRequest {
    std::string common_name, organization;  // UTF-8; "" where the subject has none
    PublicKey key;
    std::string key_digest;  // SHA-256 of the public key, hex: the same key asks again
};

// Refused with a word of ours: too_large, not_pem, several_blocks, not_a_request, weak_key,
// weak_digest, wrong_signature, unreadable_subject. What the request asks for as extensions is not
// looked at: certificates are made after our own profile.
Result<CertificateRequest> read_request(std::string_view pem);

}  // namespace ohm::pki
