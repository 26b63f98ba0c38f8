#include "pki/x509.hpp"

#include <algorithm>
#include <array>
#include <openssl/asn1t.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::pki {
namespace {

constexpr int security_bits_min = 112;  // RSA 2048, EC 224 (2.0.1 A00.FR.505 and its neighbours)

std::string text_parameter(const EVP_PKEY& key, const char* name) {
    std::array<char, 80> text{};
    std::size_t length = 0;
    const bool known =
        EVP_PKEY_get_utf8_string_param(&key, name, text.data(), text.size(), &length) == 1;
    return known ? std::string{text.data(), length} : std::string{};
}

bool has_small_exponent(const EVP_PKEY& key) {
    BIGNUM* exponent = nullptr;
    if (EVP_PKEY_get_bn_param(&key, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1) return true;
    const bool small = BN_num_bits(exponent) < 2 || !BN_is_odd(exponent);
    BN_free(exponent);
    return small;
}

}  // namespace

Owned<BIO> reading(std::string_view text) {
    return Owned<BIO>{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string text_of(BIO& memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(&memory, &data);
    return size > 0 ? std::string{data, static_cast<std::size_t>(size)} : std::string{};
}

std::size_t count_blocks(std::string_view text) {
    constexpr std::string_view begin = "-----BEGIN ";
    std::size_t count = 0;
    for (auto at = text.find(begin); at != std::string_view::npos;
         at = text.find(begin, at + begin.size()))
        ++count;
    return count;
}

std::optional<std::string> single_entry(const X509_NAME& name, int nid) {
    const int at = X509_NAME_get_index_by_NID(&name, nid, -1);
    if (at < 0) return std::string{};
    if (X509_NAME_get_index_by_NID(&name, nid, at) >= 0) return std::nullopt;
    unsigned char* utf8 = nullptr;
    const int length =
        ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(&name, at)));
    if (length < 0) return std::nullopt;
    std::string text{reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length)};
    OPENSSL_free(utf8);
    // An embedded NUL would end the name for whoever reads it as C does.
    const bool readable = is_utf8(text) && !has_control_characters(text) &&
                          text.size() <= limits::certificate_name_bytes;
    if (!readable) return std::nullopt;
    return text;
}

Result<PublicKey> describe_key(EVP_PKEY& key) {
    const int bits = EVP_PKEY_get_bits(&key);
    if (EVP_PKEY_get_security_bits(&key) < security_bits_min)
        return refused("weak_key", "a key of " + std::to_string(bits) + " bits is too short");
    if (EVP_PKEY_get_base_id(&key) == EVP_PKEY_RSA) {
        if (bits > limits::rsa_bits_max) return refused("weak_key", "the RSA key is too long");
        if (has_small_exponent(key))
            return refused("weak_key", "the exponent of the RSA key is none");
        return PublicKey{PublicKey::Kind::rsa, bits, "RSA " + std::to_string(bits)};
    }
    if (EVP_PKEY_get_base_id(&key) != EVP_PKEY_EC)
        return refused("weak_key", "keys are RSA or EC; this one is neither");
    const std::string curve = text_parameter(key, OSSL_PKEY_PARAM_GROUP_NAME);
    const bool is_named = text_parameter(key, OSSL_PKEY_PARAM_EC_ENCODING) != "explicit";
    if (!is_named || curve.empty())
        return refused("weak_key", "the EC key brings a curve of its own");
    return PublicKey{PublicKey::Kind::ec, bits, "EC " + curve};
}

std::string digest_of_key(EVP_PKEY& key) {
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(&key, &der);
    if (length <= 0) return {};
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    const bool done = EVP_Digest(der, static_cast<std::size_t>(length), digest.data(), &size,
                                 EVP_sha256(), nullptr) == 1;
    OPENSSL_free(der);
    return done ? to_hex({reinterpret_cast<const char*>(digest.data()), size}) : std::string{};
}

bool is_strong_digest(int digest_nid) {
    constexpr std::array strong{NID_sha256,   NID_sha384,   NID_sha512,
                                NID_sha3_256, NID_sha3_384, NID_sha3_512};
    return std::find(strong.begin(), strong.end(), digest_nid) != strong.end();
}

int digest_in_parameters(const X509_ALGOR& algorithm) {
    const ASN1_OBJECT* kind = nullptr;
    X509_ALGOR_get0(&kind, nullptr, nullptr, &algorithm);
    if (OBJ_obj2nid(kind) != NID_rsassaPss) return NID_undef;
    auto* const parameters = static_cast<RSA_PSS_PARAMS*>(
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(RSA_PSS_PARAMS), algorithm.parameter));
    if (!parameters) return NID_undef;
    int digest = NID_sha1;  // what is meant where nothing is said
    if (parameters->hashAlgorithm) {
        const ASN1_OBJECT* hash = nullptr;
        X509_ALGOR_get0(&hash, nullptr, nullptr, parameters->hashAlgorithm);
        digest = OBJ_obj2nid(hash);
    }
    RSA_PSS_PARAMS_free(parameters);
    return digest;
}

}  // namespace ohm::pki
