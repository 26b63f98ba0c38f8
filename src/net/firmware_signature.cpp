#include "net/firmware_signature.hpp"

#include <memory>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <optional>
#include <string>

#include "base/limits.hpp"
#include "base/limits_files.hpp"
#include "base/text.hpp"

namespace ohm::net {
namespace {

struct Free {
    void operator()(BIO* memory) const { BIO_free(memory); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
using Certificate = std::unique_ptr<X509, Free>;

Certificate read_certificate(std::string_view pem) {
    if (pem.size() > limits::signing_certificate_bytes) return nullptr;
    const std::unique_ptr<BIO, Free> memory{
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    return Certificate{memory ? PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)
                              : nullptr};
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// `padding` 0: the key's kind has none.
bool matches(EVP_PKEY& key, int padding, std::string_view signature, std::string_view sha256) {
    const std::unique_ptr<EVP_PKEY_CTX, Free> context{EVP_PKEY_CTX_new(&key, nullptr)};
    const bool ready =
        context && EVP_PKEY_verify_init(context.get()) == 1 &&
        (padding == 0 || EVP_PKEY_CTX_set_rsa_padding(context.get(), padding) == 1) &&
        EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256()) == 1;
    if (!ready) return false;
    if (padding == RSA_PKCS1_PSS_PADDING)
        EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), RSA_PSS_SALTLEN_AUTO);
    return EVP_PKEY_verify(context.get(), bytes_of(signature), signature.size(), bytes_of(sha256),
                           sha256.size()) == 1;
}

FirmwareVerdict judge_signer(const X509* certificate, Utc now) {
    const EVP_PKEY* const key = certificate ? X509_get0_pubkey(certificate) : nullptr;
    const int kind = key ? EVP_PKEY_get_base_id(key) : 0;
    if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC) return FirmwareVerdict::bad_certificate;
    time_t at = micros(now) / 1'000'000;
    const bool is_valid = X509_cmp_time(X509_get0_notBefore(certificate), &at) <= 0 &&
                          X509_cmp_time(X509_get0_notAfter(certificate), &at) >= 0;
    return is_valid ? FirmwareVerdict::good : FirmwareVerdict::outside_validity;
}

// `sha256` absent: the file is not here.
FirmwareVerdict judge(std::string_view pem, std::string_view signature,
                      std::optional<std::string_view> sha256, Utc now) {
    const Certificate certificate = read_certificate(pem);
    const FirmwareVerdict signer = judge_signer(certificate.get(), now);
    if (signer != FirmwareVerdict::good) return signer;
    const auto raw = from_base64(signature);
    if (!raw || raw->empty()) return FirmwareVerdict::bad_signature_text;
    if (!sha256) return FirmwareVerdict::good;
    EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
    const bool good = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC
                          ? matches(*key, 0, *raw, *sha256)
                          : matches(*key, RSA_PKCS1_PSS_PADDING, *raw, *sha256) ||
                                matches(*key, RSA_PKCS1_PADDING, *raw, *sha256);
    return good ? FirmwareVerdict::good : FirmwareVerdict::does_not_match;
}

}  // namespace

std::string_view words_of(FirmwareVerdict verdict) {
    switch (verdict) {
        case FirmwareVerdict::good: return "the signature matches";
        case FirmwareVerdict::bad_certificate:
            return "signing_certificate is no PEM certificate with an RSA or an elliptic key";
        case FirmwareVerdict::outside_validity:
            return "signing_certificate is not valid yet, or no longer";
        case FirmwareVerdict::bad_signature_text: return "signature is not base64";
        case FirmwareVerdict::does_not_match:
            return "signature was not made over the SHA-256 of this file with the key of "
                   "signing_certificate";
    }
    return "";
}

FirmwareVerdict check_signer(std::string_view certificate_pem, std::string_view signature,
                             Utc now) {
    const FirmwareVerdict verdict = judge(certificate_pem, signature, std::nullopt, now);
    ERR_clear_error();
    return verdict;
}

FirmwareVerdict verify_firmware(std::string_view certificate_pem, std::string_view signature,
                                std::string_view sha256, Utc now) {
    const FirmwareVerdict verdict = judge(certificate_pem, signature, sha256, now);
    ERR_clear_error();
    return verdict;
}

}  // namespace ohm::net
