// What a certificate's responder is asked, and what its answer is worth (RFC 6960). The issuer's
// certificate is often not at hand: then the answer is checked for form, time and signature, and
// `is_vouched` says whether its signer is one that the issuer stands for. OpenSSL inside. Pure
// functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/time.hpp"

namespace ohm::egress {

struct CertificateId {
    std::string algorithm;                          // SHA256, SHA384 or SHA512
    std::string issuer_name_hash, issuer_key_hash;  // hex
    std::string serial;                             // hex
};
// DER; nothing where the hashes are none of that algorithm.
std::optional<std::string> ocsp_request(const CertificateId& id);

enum class CertificateState : std::uint8_t { good, revoked, unknown };
struct OcspAnswer {
    CertificateState state = CertificateState::unknown;
    bool is_vouched = false;
    std::int64_t fresh_until = 0;  // 0: the responder does not say
};
// Refused: what is no answer to this question, or none that counts now. `authorities`: PEM, further
// issuers that are known.
Result<OcspAnswer> read_ocsp_answer(std::string_view der, const CertificateId& id, Utc now,
                                    std::string_view authorities = {});

}  // namespace ohm::egress
