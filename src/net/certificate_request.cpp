#include "net/certificate_request.hpp"

#include <memory>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::net {
namespace {

struct Free {
    void operator()(BIO* memory) const { BIO_free(memory); }
    void operator()(X509_REQ* request) const { X509_REQ_free(request); }
};

std::string entry_of(const X509_NAME* subject, int nid) {
    const int at = X509_NAME_get_index_by_NID(subject, nid, -1);
    if (at < 0) return {};
    unsigned char* utf8 = nullptr;
    const int length =
        ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (length < 0) return {};
    std::string text{reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(length)};
    OPENSSL_free(utf8);
    return text;
}

}  // namespace

std::optional<CertificateRequest> read_certificate_request(std::string_view pem) {
    if (pem.size() > limits::frame_bytes) return std::nullopt;
    const std::unique_ptr<BIO, Free> memory{
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    const std::unique_ptr<X509_REQ, Free> request{
        memory ? PEM_read_bio_X509_REQ(memory.get(), nullptr, nullptr, nullptr) : nullptr};
    EVP_PKEY* const key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
    const bool is_signed = key && X509_REQ_verify(request.get(), key) == 1;
    ERR_clear_error();
    if (!is_signed) return std::nullopt;
    const X509_NAME* const subject = X509_REQ_get_subject_name(request.get());
    return CertificateRequest{.common_name = entry_of(subject, NID_commonName),
                              .organization = entry_of(subject, NID_organizationName)};
}

}  // namespace ohm::net
