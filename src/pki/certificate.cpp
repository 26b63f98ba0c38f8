#include "pki/certificate.hpp"

#include <algorithm>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "base/limits.hpp"
#include "base/text.hpp"
#include "pki/x509.hpp"

namespace ohm::pki {
namespace {

std::string shown_name(const X509_NAME* name) {
    const Owned<BIO> memory{BIO_new(BIO_s_mem())};
    constexpr unsigned long flags = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
    if (!name || !memory || X509_NAME_print_ex(memory.get(), name, 0, flags) < 0) return {};
    return to_storable(text_of(*memory), limits::certificate_name_bytes);
}

std::string serial_of(const X509& certificate) {
    const ASN1_INTEGER* const serial = X509_get0_serialNumber(&certificate);
    BIGNUM* const number = ASN1_INTEGER_to_BN(serial, nullptr);
    char* const hex = number ? BN_bn2hex(number) : nullptr;
    std::string text = hex ? to_lower(hex) : std::string{};
    OPENSSL_free(hex);
    BN_free(number);
    const auto first = text.find_first_not_of('0');
    return first == std::string::npos ? "0" : text.substr(first);
}

std::string fingerprint_of(const X509& certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
    return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

Utc utc_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return utc_from_micros(std::int64_t{timegm(&parts)} * 1'000'000);
}

bool has_weak_signature(X509& certificate) {
    int digest = NID_undef;
    if (X509_get_signature_info(&certificate, &digest, nullptr, nullptr, nullptr) != 1) return true;
    return !is_strong_digest(digest);
}

Description described(X509& certificate) {
    Description out;
    const X509_NAME* const subject = X509_get_subject_name(&certificate);
    out.subject = shown_name(subject);
    out.issuer = shown_name(X509_get_issuer_name(&certificate));
    if (subject) out.common_name = single_entry(*subject, NID_commonName).value_or("");
    if (subject) out.organization = single_entry(*subject, NID_organizationName).value_or("");
    out.serial_number = serial_of(certificate);
    out.fingerprint = fingerprint_of(certificate);
    out.not_before = utc_of(X509_get0_notBefore(&certificate));
    out.not_after = utc_of(X509_get0_notAfter(&certificate));
    EVP_PKEY* const key = X509_get0_pubkey(&certificate);
    const auto strong = key ? describe_key(*key) : Result<PublicKey>{refused("weak_key", "none")};
    out.key = strong ? strong->name : "weak or unknown";
    const char* const signature = OBJ_nid2sn(X509_get_signature_nid(&certificate));
    out.signature = signature ? signature : "";
    out.is_authority = X509_check_ca(&certificate) == 1;
    out.is_self_signed = (X509_get_extension_flags(&certificate) & EXFLAG_SS) != 0;
    out.is_weak = !strong || (!out.is_self_signed && has_weak_signature(certificate));
    ERR_clear_error();
    return out;
}

const EVP_MD* algorithm_of(std::string_view name) {
    if (name == "SHA256") return EVP_sha256();
    if (name == "SHA384") return EVP_sha384();
    return name == "SHA512" ? EVP_sha512() : nullptr;
}

struct FreeStore {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
    void operator()(X509_STORE_CTX* check) const { X509_STORE_CTX_free(check); }
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

ChainVerdict verdict_of(int error) {
    switch (error) {
        case X509_V_OK: return ChainVerdict::valid;
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID: return ChainVerdict::expired;
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE: return ChainVerdict::bad_signature;
        default: return ChainVerdict::broken;
    }
}

}  // namespace

Certificate::Certificate(std::shared_ptr<x509_st> held)
    : held_{std::move(held)},
      description_{std::make_shared<const Description>(described(*held_))} {}

std::string Certificate::pem() const {
    const Owned<BIO> memory{BIO_new(BIO_s_mem())};
    if (!memory || PEM_write_bio_X509(memory.get(), held_.get()) != 1) return {};
    return text_of(*memory);
}

bool Certificate::issued(const Certificate& other) const {
    return X509_check_issued(held_.get(), other.held_.get()) == X509_V_OK;
}

Result<std::vector<Certificate>> read_certificates(std::string_view pem) {
    if (pem.size() > limits::certificate_chain_bytes)
        return refused("too_large", "a certificate chain has 64 KiB at most");
    const std::size_t blocks = count_blocks(pem);
    if (blocks == 0) return refused("not_pem", "it is no PEM text");
    if (blocks > limits::certificates_in_chain)
        return refused("several_blocks", "it holds more PEM blocks than a chain has");
    const auto memory = reading(pem);
    std::vector<Certificate> out;
    while (memory && out.size() < blocks) {
        const std::shared_ptr<X509> one{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr),
                                        X509_free};
        if (!one) break;
        out.emplace_back(one);
    }
    ERR_clear_error();
    if (out.size() != blocks)
        return refused("not_a_certificate", "one of its PEM blocks is no certificate");
    return out;
}

std::optional<HashData> hash_data_of(const Certificate& certificate, const Certificate& issuer,
                                     std::string_view algorithm) {
    const EVP_MD* const digest = algorithm_of(algorithm);
    if (!digest || !issuer.issued(certificate)) return std::nullopt;
    std::array<unsigned char, EVP_MAX_MD_SIZE> name{}, key{};
    unsigned int name_size = 0, key_size = 0;
    const bool done = X509_NAME_digest(X509_get_issuer_name(certificate.x509()), digest,
                                       name.data(), &name_size) == 1 &&
                      X509_pubkey_digest(issuer.x509(), digest, key.data(), &key_size) == 1;
    if (!done) return std::nullopt;
    const auto hex = [](const auto& bytes, unsigned int size) {
        return to_hex({reinterpret_cast<const char*>(bytes.data()), size});
    };
    return HashData{std::string{algorithm}, hex(name, name_size), hex(key, key_size),
                    certificate.description().serial_number};
}

std::vector<HashData> all_hash_data_of(const Certificate& certificate,
                                       const std::vector<Certificate>& others) {
    std::vector<HashData> out;
    const auto issuer = std::find_if(others.begin(), others.end(), [&](const Certificate& other) {
        return other.issued(certificate);
    });
    const Certificate& by = issuer == others.end() ? certificate : *issuer;
    for (const std::string_view algorithm : hash_algorithms)
        if (auto data = hash_data_of(certificate, by, algorithm)) out.push_back(std::move(*data));
    ERR_clear_error();
    return out;
}

std::string key_digest_of(const Certificate& certificate) {
    EVP_PKEY* const key = X509_get0_pubkey(certificate.x509());
    return key ? digest_of_key(*key) : std::string{};
}

HashData normalized(HashData data) {
    data.issuer_name_hash = to_lower(data.issuer_name_hash);
    data.issuer_key_hash = to_lower(data.issuer_key_hash);
    data.serial_number = to_lower(data.serial_number);
    const auto first = data.serial_number.find_first_not_of('0');
    data.serial_number =
        first == std::string::npos ? std::string{"0"} : data.serial_number.substr(first);
    return data;
}

ChainVerdict verify_chain(const std::vector<Certificate>& chain,
                          const std::vector<Certificate>& roots, Utc at) {
    if (chain.empty()) return ChainVerdict::broken;
    const std::unique_ptr<X509_STORE, FreeStore> store{X509_STORE_new()};
    const std::unique_ptr<STACK_OF(X509), FreeStore> helping{sk_X509_new_null()};
    const std::unique_ptr<X509_STORE_CTX, FreeStore> check{X509_STORE_CTX_new()};
    if (!store || !helping || !check) return ChainVerdict::broken;
    for (const Certificate& root : roots) X509_STORE_add_cert(store.get(), root.x509());
    for (std::size_t i = 1; i < chain.size(); ++i) sk_X509_push(helping.get(), chain[i].x509());
    if (X509_STORE_CTX_init(check.get(), store.get(), chain[0].x509(), helping.get()) != 1)
        return ChainVerdict::broken;
    X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(check.get());
    X509_VERIFY_PARAM_set_time(rules, static_cast<std::time_t>(micros(at) / 1'000'000));
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_auth_level(rules, 2);  // 112 bits
    const bool valid = X509_verify_cert(check.get()) == 1;
    const int error = X509_STORE_CTX_get_error(check.get());
    ERR_clear_error();
    return valid ? ChainVerdict::valid
                 : verdict_of(error == X509_V_OK ? X509_V_ERR_UNSPECIFIED : error);
}

}  // namespace ohm::pki
