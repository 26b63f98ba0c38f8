#include "egress/ocsp.hpp"

#include <algorithm>
#include <ctime>
#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <vector>

#include "base/text.hpp"

namespace ohm::egress {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t clock_ahead_at_most = 300 * second;

template <auto Free>
struct Freed {
    void operator()(auto* object) const { Free(object); }
};
using CertId = std::unique_ptr<OCSP_CERTID, Freed<OCSP_CERTID_free>>;
using Ask = std::unique_ptr<OCSP_REQUEST, Freed<OCSP_REQUEST_free>>;
using Response = std::unique_ptr<OCSP_RESPONSE, Freed<OCSP_RESPONSE_free>>;
using Basic = std::unique_ptr<OCSP_BASICRESP, Freed<OCSP_BASICRESP_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Borrowed = std::unique_ptr<STACK_OF(X509), FreeStack>;

// What failed stays in a queue of the thread, where the next TLS connection would find it.
struct NoErrorsLeft {
    NoErrorsLeft() = default;
    NoErrorsLeft(const NoErrorsLeft&) = delete;
    NoErrorsLeft& operator=(const NoErrorsLeft&) = delete;
    ~NoErrorsLeft() { ERR_clear_error(); }
};

struct Algorithm {
    std::string_view name;
    std::size_t bytes;
    char last_of_oid;
    const EVP_MD* (*digest)();
};
constexpr Algorithm algorithms[] = {
    {"SHA256", 32, 1, EVP_sha256}, {"SHA384", 48, 2, EVP_sha384}, {"SHA512", 64, 3, EVP_sha512}};

const Algorithm* algorithm_of(const CertificateId& id) {
    const auto* found =
        std::find_if(std::begin(algorithms), std::end(algorithms),
                     [&](const Algorithm& one) { return one.name == id.algorithm; });
    return found == std::end(algorithms) ? nullptr : found;
}

// One DER element of less than 256 bytes.
std::string element(char tag, const std::string& content) {
    std::string out{tag};
    constexpr std::size_t longest_short = 127;
    if (content.size() > longest_short) out += '\x81';
    out += static_cast<char>(content.size());
    return out + content;
}

std::optional<std::string> serial_bytes(std::string_view hex) {
    std::string even{hex.size() % 2 == 1 ? "0" : ""};
    even += hex;
    auto bytes = from_hex(even);
    if (!bytes || bytes->empty()) return std::nullopt;
    const auto first = std::min(bytes->find_first_not_of('\0'), bytes->size() - 1);
    bytes->erase(0, first);
    if (static_cast<unsigned char>(bytes->front()) >= 0x80) bytes->insert(0, 1, '\0');
    return bytes;
}

CertId cert_id_of(const CertificateId& id) {
    const Algorithm* algorithm = algorithm_of(id);
    const auto name = from_hex(id.issuer_name_hash), key = from_hex(id.issuer_key_hash);
    const auto serial = serial_bytes(id.serial);
    if (!algorithm || !name || !key || !serial) return nullptr;
    if (name->size() != algorithm->bytes || key->size() != algorithm->bytes) return nullptr;
    constexpr char sequence = 0x30, oid = 0x06, octets = 0x04, integer = 0x02;
    const std::string sha2{"\x60\x86\x48\x01\x65\x03\x04\x02", 8}, null{"\x05\x00", 2};
    const std::string der = element(
        sequence, element(sequence, element(oid, sha2 + algorithm->last_of_oid) + null) +
                      element(octets, *name) + element(octets, *key) + element(integer, *serial));
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    return CertId{d2i_OCSP_CERTID(nullptr, &at, static_cast<long>(der.size()))};
}

tl::unexpected<Refusal> refused(std::string detail) {
    return tl::unexpected{Refusal{"ocsp_refused", std::move(detail)}};
}

std::int64_t micros_of(const ASN1_GENERALIZEDTIME* time) {
    std::tm parts{};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    return static_cast<std::int64_t>(timegm(&parts)) * second;
}

std::vector<Certificate> read_certificates(std::string_view pem) {
    std::vector<Certificate> all;
    if (pem.empty()) return all;
    const Bio in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    while (X509* one = PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr))
        all.emplace_back(one);
    return all;
}

bool is_issuer(X509* certificate, const CertificateId& id) {
    const Algorithm* algorithm = algorithm_of(id);
    unsigned char key[EVP_MAX_MD_SIZE], name[EVP_MAX_MD_SIZE];
    unsigned key_size = 0, name_size = 0;
    const EVP_MD* digest = algorithm->digest();
    if (X509_pubkey_digest(certificate, digest, key, &key_size) != 1) return false;
    if (X509_NAME_digest(X509_get_subject_name(certificate), digest, name, &name_size) != 1)
        return false;
    const auto hex = [](const unsigned char* bytes, unsigned size) {
        return to_hex({reinterpret_cast<const char*>(bytes), size});
    };
    return hex(key, key_size) == to_lower(id.issuer_key_hash) &&
           hex(name, name_size) == to_lower(id.issuer_name_hash);
}

bool is_valid_at(const X509* certificate, Utc now) {
    std::time_t at = micros(now) / second;
    return X509_cmp_time(X509_get0_notBefore(certificate), &at) < 0 &&
           X509_cmp_time(X509_get0_notAfter(certificate), &at) > 0;
}

// The issuer itself, or one whom it has made a responder (RFC 6960 §4.2.2.2).
bool stands_for(X509* signer, X509* issuer, Utc now) {
    if (!is_valid_at(signer, now)) return false;
    if (X509_cmp(signer, issuer) == 0) return true;
    const bool names_uses = (X509_get_extension_flags(signer) & EXFLAG_XKUSAGE) != 0;
    const bool may = names_uses && (X509_get_extended_key_usage(signer) & XKU_OCSP_SIGN) != 0;
    return may && X509_verify(signer, X509_get0_pubkey(issuer)) == 1;
}

bool signature_is_right(const OCSP_BASICRESP* basic, X509* signer) {
    return ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), OCSP_resp_get0_tbs_sigalg(basic),
                            OCSP_resp_get0_signature(basic), OCSP_resp_get0_respdata(basic),
                            X509_get0_pubkey(signer)) == 1;
}

Result<bool> check_signer(OCSP_BASICRESP* basic, const CertificateId& id, Utc now,
                          std::string_view authorities) {
    const std::vector<Certificate> others = read_certificates(authorities);
    const Borrowed known{sk_X509_new_null()};
    for (const Certificate& one : others) sk_X509_push(known.get(), one.get());
    X509* signer = nullptr;
    if (OCSP_resp_get0_signer(basic, &signer, known.get()) != 1) return false;
    if (!signature_is_right(basic, signer)) return refused("the answer's signature is wrong");
    const STACK_OF(X509)* sent = OCSP_resp_get0_certs(basic);
    for (int i = 0; i < sk_X509_num(sent); ++i) sk_X509_push(known.get(), sk_X509_value(sent, i));
    for (int i = 0; i < sk_X509_num(known.get()); ++i) {
        X509* one = sk_X509_value(known.get(), i);
        if (is_issuer(one, id) && stands_for(signer, one, now)) return true;
    }
    return false;
}

}  // namespace

std::optional<std::string> ocsp_request(const CertificateId& id) {
    const NoErrorsLeft errors;
    CertId cert_id = cert_id_of(id);
    if (!cert_id) return std::nullopt;
    const Ask request{OCSP_REQUEST_new()};
    if (!OCSP_request_add0_id(request.get(), cert_id.get())) return std::nullopt;
    cert_id.release();  // the request owns it
    const int size = i2d_OCSP_REQUEST(request.get(), nullptr);
    if (size <= 0) return std::nullopt;
    std::string der(static_cast<std::size_t>(size), '\0');
    auto* at = reinterpret_cast<unsigned char*>(der.data());
    i2d_OCSP_REQUEST(request.get(), &at);
    return der;
}

Result<OcspAnswer> read_ocsp_answer(std::string_view der, const CertificateId& id, Utc now,
                                    std::string_view authorities) {
    const NoErrorsLeft errors;
    const CertId asked = cert_id_of(id);
    if (!asked) return refused("the question is none");
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const Response response{d2i_OCSP_RESPONSE(nullptr, &at, static_cast<long>(der.size()))};
    if (!response) return refused("the answer is no OCSP response");
    const int status = OCSP_response_status(response.get());
    if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
        return refused("the responder refused: " + std::string{OCSP_response_status_str(status)});
    const Basic basic{OCSP_response_get1_basic(response.get())};
    if (!basic) return refused("the answer is of an unknown type");
    const int found = OCSP_resp_find(basic.get(), asked.get(), -1);
    OCSP_SINGLERESP* single = found < 0 ? nullptr : OCSP_resp_get0(basic.get(), found);
    if (!single) return refused("the answer is about another certificate");
    ASN1_GENERALIZEDTIME *revoked_at = nullptr, *this_update = nullptr, *next_update = nullptr;
    int reason = 0;
    const int state =
        OCSP_single_get0_status(single, &reason, &revoked_at, &this_update, &next_update);
    OcspAnswer answer;
    answer.state = state == V_OCSP_CERTSTATUS_GOOD      ? CertificateState::good
                   : state == V_OCSP_CERTSTATUS_REVOKED ? CertificateState::revoked
                                                        : CertificateState::unknown;
    answer.fresh_until = micros_of(next_update);
    const std::int64_t made_at = micros_of(this_update);
    if (made_at == 0 || made_at > micros(now) + clock_ahead_at_most)
        return refused("the answer is of the future");
    if (next_update && answer.fresh_until <= micros(now)) return refused("the answer is too old");
    const auto vouched = check_signer(basic.get(), id, now, authorities);
    if (!vouched) return tl::unexpected{vouched.error()};
    answer.is_vouched = *vouched;
    return answer;
}

}  // namespace ohm::egress
