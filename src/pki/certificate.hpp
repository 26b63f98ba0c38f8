// X.509 certificates: read, described, named by hash data as OCPP does, and checked against roots.
// Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/time.hpp"

struct x509_st;

namespace ohm::pki {

inline constexpr std::array<std::string_view, 3> hash_algorithms{"SHA256", "SHA384", "SHA512"};

// How OCPP names a certificate (RFC 6960 §4.1.1): hexadecimal, the serial number without zeros in
// front.
struct HashData {
    std::string algorithm, issuer_name_hash, issuer_key_hash, serial_number;
    friend bool operator==(const HashData&, const HashData&) = default;
};

struct Description {
    std::string subject, issuer;            // RFC 2253
    std::string common_name, organization;  // "" where it has none, or several
    std::string serial_number;              // hexadecimal, as in HashData
    std::string fingerprint;                // SHA-256 of the certificate, hexadecimal
    std::string key, signature;             // "EC prime256v1", "ecdsa-with-SHA256"
    Utc not_before, not_after;
    bool is_authority = false;
    bool is_self_signed = false;
    bool is_weak = false;  // key or digest
};

// One certificate. Cheap to copy; what it holds never changes.
class Certificate {
public:
    explicit Certificate(std::shared_ptr<x509_st> held);
    const Description& description() const { return *description_; }
    std::string pem() const;
    x509_st* x509() const { return held_.get(); }
    bool issued(const Certificate& other) const;  // by name and key identifiers

private:
    std::shared_ptr<x509_st> held_;
    std::shared_ptr<const Description> description_;
};

// PEM blocks in the order of the text, all of them certificates. Refused: too_large, not_pem,
// several_blocks (more than a chain has), not_a_certificate.
Result<std::vector<Certificate>> read_certificates(std::string_view pem);

// Nothing where `issuer` did not issue it, or the algorithm is none.
std::optional<HashData> hash_data_of(const Certificate& certificate, const Certificate& issuer,
                                     std::string_view algorithm);
// SHA-256 of its public key, as CertificateRequest::key_digest.
std::string key_digest_of(const Certificate& certificate);
// Each issuer is looked for in the chain, then among `others`; a self-signed one is its own.
std::vector<HashData> all_hash_data_of(const Certificate& certificate,
                                       const std::vector<Certificate>& others);
// Lower case, and the serial number without zeros in front: stations write it in several ways.
HashData normalized(HashData data);

enum class ChainVerdict : std::uint8_t { valid, expired, bad_signature, broken };
// The first is the one in question, the others may help; `roots` are trusted, self-signed or not.
ChainVerdict verify_chain(const std::vector<Certificate>& chain,
                          const std::vector<Certificate>& roots, Utc at);

}  // namespace ohm::pki
