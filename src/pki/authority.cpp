#include "pki/authority.hpp"

#include <algorithm>
#include <array>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/limits.hpp"
#include "pki/x509.hpp"

namespace ohm::pki {
namespace {

constexpr std::size_t serial_bytes = 16;
constexpr seconds year{365 * 86'400};

using Key = std::shared_ptr<EVP_PKEY>;

bool extend(X509& made, X509& issuer, int nid, const char* value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, &issuer, &made, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    const bool added = extension && X509_add_ext(&made, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

bool set_time(ASN1_TIME* into, Utc at) {
    return ASN1_TIME_set(into, static_cast<std::time_t>(micros(at) / 1'000'000)) != nullptr;
}

// Positive, and never of more than 20 bytes (RFC 5280 §4.1.2.2).
bool set_serial(X509& made, std::string_view bytes) {
    std::string serial{bytes.substr(0, serial_bytes)};
    if (serial.empty()) return false;
    serial[0] = static_cast<char>((static_cast<unsigned char>(serial[0]) & 0x7f) | 0x40);
    BIGNUM* const number = BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()),
                                     static_cast<int>(serial.size()), nullptr);
    const bool set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(&made)) != nullptr;
    BN_free(number);
    return set;
}

struct Content {
    const X509_NAME* subject;
    EVP_PKEY* key;
    std::string serial;
    Utc not_before, not_after;
};

Owned<X509> filled(const Content& content, const X509_NAME& issuer) {
    Owned<X509> made{X509_new()};
    const bool done = made && X509_set_version(made.get(), X509_VERSION_3) == 1 &&
                      set_serial(*made, content.serial) &&
                      X509_set_subject_name(made.get(), content.subject) == 1 &&
                      X509_set_issuer_name(made.get(), &issuer) == 1 &&
                      set_time(X509_getm_notBefore(made.get()), content.not_before) &&
                      set_time(X509_getm_notAfter(made.get()), content.not_after) &&
                      X509_set_pubkey(made.get(), content.key) == 1;
    return done ? std::move(made) : nullptr;
}

struct Extension {
    int nid;
    const char* value;
};
template <std::size_t N>
bool extend_all(X509& made, X509& issuer, const std::array<Extension, N>& extensions) {
    return std::all_of(extensions.begin(), extensions.end(), [&](const Extension& one) {
        return extend(made, issuer, one.nid, one.value);
    });
}

// RSA and EC keys sign with SHA-256.
bool sign_with(X509& made, EVP_PKEY& key) { return X509_sign(&made, &key, EVP_sha256()) > 0; }

std::string pem_of(X509& certificate) {
    const Owned<BIO> memory{BIO_new(BIO_s_mem())};
    if (!memory || PEM_write_bio_X509(memory.get(), &certificate) != 1) return {};
    return text_of(*memory);
}

std::string pem_of(EVP_PKEY& key) {
    const Owned<BIO> memory{BIO_new(BIO_s_secmem())};
    if (!memory ||
        PEM_write_bio_PrivateKey(memory.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return {};
    return text_of(*memory);
}

bool make_extensions(X509& made, X509& issuer, Order::Use use, bool rsa) {
    const char* const usage =
        rsa ? "critical,digitalSignature,keyEncipherment" : "critical,digitalSignature";
    const char* const v2g_usage = "critical,digitalSignature,keyAgreement";
    const bool is_v2g = use == Order::Use::v2g;
    return extend_all(made, issuer,
                      std::array<Extension, 4>{{{NID_basic_constraints, "critical,CA:FALSE"},
                                                {NID_key_usage, is_v2g ? v2g_usage : usage},
                                                {NID_subject_key_identifier, "hash"},
                                                {NID_authority_key_identifier, "keyid"}}}) &&
           (is_v2g || extend(made, issuer, NID_ext_key_usage, "clientAuth"));
}

struct FreeName {
    void operator()(X509_NAME* name) const { X509_NAME_free(name); }
};
using Name = std::unique_ptr<X509_NAME, FreeName>;

Name name_of(std::string_view organization, std::string_view common_name) {
    Name name{X509_NAME_new()};
    const auto add = [&](const char* what, std::string_view text) {
        return text.empty() ||
               X509_NAME_add_entry_by_txt(name.get(), what, MBSTRING_UTF8,
                                          reinterpret_cast<const unsigned char*>(text.data()),
                                          static_cast<int>(text.size()), -1, 0) == 1;
    };
    return name && add("O", organization) && add("CN", common_name) ? std::move(name) : nullptr;
}

std::string random_serial() {
    std::array<unsigned char, serial_bytes> bytes{};
    RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct Made {
    Owned<X509> certificate;
    Owned<EVP_PKEY> key;
};

// Signed by `above`, or by itself.
Made make_one(const Name& subject, const Made* above, const char* constraints, Utc now,
              seconds lifetime) {
    Made made{nullptr, Owned<EVP_PKEY>{EVP_EC_gen("P-256")}};
    if (!made.key || !subject) return made;
    const X509_NAME* const issuer =
        above ? X509_get_subject_name(above->certificate.get()) : subject.get();
    made.certificate =
        filled({subject.get(), made.key.get(), random_serial(), now - minutes{5}, now + lifetime},
               *issuer);
    if (!made.certificate) return made;
    X509& by = above ? *above->certificate : *made.certificate;
    const bool done =
        extend_all(*made.certificate, by,
                   std::array<Extension, 4>{{{NID_basic_constraints, constraints},
                                             {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                             {NID_subject_key_identifier, "hash"},
                                             {NID_authority_key_identifier, "keyid"}}}) &&
        sign_with(*made.certificate, above ? *above->key : *made.key);
    if (!done) made.certificate.reset();
    return made;
}

}  // namespace

Result<Authority> Authority::read(std::string_view chain, std::string_view key) {
    auto certificates = read_certificates(chain);
    if (!certificates) return tl::unexpected{certificates.error()};
    const Description& own = certificates->front().description();
    if (!own.is_authority)
        return refused("not_an_authority", "the first certificate may not sign others (CA:FALSE)");
    if (own.is_weak) return refused("weak_key", "the authority's key or digest is too weak");
    if (key.size() > limits::certificate_chain_bytes)
        return refused("too_large", "the key is none");
    const auto memory = reading(key);
    // No prompt for a pass phrase: a process without a terminal would wait for it.
    const auto no_phrase = [](char*, int, int, void*) { return 0; };
    Authority authority;
    authority.key_ = {
        memory ? PEM_read_bio_PrivateKey(memory.get(), nullptr, no_phrase, nullptr) : nullptr,
        EVP_PKEY_free};
    const bool matches = authority.key_ && X509_check_private_key(certificates->front().x509(),
                                                                  authority.key_.get()) == 1;
    ERR_clear_error();
    if (!matches)
        return refused("wrong_key", "the private key does not belong to the first certificate");
    authority.chain_ = std::move(*certificates);
    return authority;
}

Result<std::string> Authority::sign(const Order& order) const {
    const auto described = read_request(order.request);
    if (!described) return tl::unexpected{described.error()};
    const Description& own = chain_.front().description();
    if (order.not_before >= own.not_after)
        return refused("authority_expired", "the certificate authority has expired");
    const auto memory = reading(order.request);
    const Owned<X509_REQ> request{PEM_read_bio_X509_REQ(memory.get(), nullptr, nullptr, nullptr)};
    X509* const issuer = chain_.front().x509();
    const Utc not_after = std::min(
        order.not_before + std::chrono::duration_cast<Micros>(order.lifetime), own.not_after);
    const auto made =
        filled({X509_REQ_get_subject_name(request.get()), X509_REQ_get0_pubkey(request.get()),
                order.serial, std::max(order.not_before, own.not_before), not_after},
               *X509_get_subject_name(issuer));
    const bool is_rsa = described->key.kind == PublicKey::Kind::rsa;
    const bool done =
        made && make_extensions(*made, *issuer, order.use, is_rsa) && sign_with(*made, *key_);
    ERR_clear_error();
    if (!done) return refused("not_signed", "the certificate could not be signed");
    std::string chain = pem_of(*made);
    for (const Certificate& above : chain_)
        if (!above.description().is_self_signed) chain += above.pem();
    return chain;
}

Result<NewAuthority> make_authority(std::string_view organization, Utc now) {
    constexpr seconds root_lifetime{20 * year}, lifetime{10 * year};
    const Made root = make_one(name_of(organization, "Ohmstead Root CA"), nullptr,
                               "critical,CA:TRUE,pathlen:1", now, root_lifetime);
    const Made intermediate = root.certificate
                                  ? make_one(name_of(organization, "Ohmstead Station CA"), &root,
                                             "critical,CA:TRUE,pathlen:0", now, lifetime)
                                  : Made{};
    ERR_clear_error();
    if (!intermediate.certificate)
        return refused("not_made", "the certificate authority could not be made");
    return NewAuthority{pem_of(*root.certificate), pem_of(*root.key),
                        pem_of(*intermediate.certificate), pem_of(*intermediate.key)};
}

}  // namespace ohm::pki
