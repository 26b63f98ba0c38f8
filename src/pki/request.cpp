#include "pki/request.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/limits.hpp"
#include "pki/x509.hpp"

namespace ohm::pki {
namespace {

int digest_of_signature(const X509_REQ& request) {
    const ASN1_BIT_STRING* signature = nullptr;
    const X509_ALGOR* algorithm = nullptr;
    X509_REQ_get0_signature(&request, &signature, &algorithm);
    if (!algorithm) return NID_undef;
    int digest = NID_undef, key = NID_undef;
    OBJ_find_sigid_algs(X509_REQ_get_signature_nid(&request), &digest, &key);
    return digest == NID_undef ? digest_in_parameters(*algorithm) : digest;
}

Result<CertificateRequest> describe(X509_REQ& request) {
    EVP_PKEY* const key = X509_REQ_get0_pubkey(&request);
    if (!key) return refused("not_a_request", "its public key cannot be read");
    auto described = describe_key(*key);
    if (!described) return tl::unexpected{described.error()};
    if (!is_strong_digest(digest_of_signature(request)))
        return refused("weak_digest", "it is signed with a digest weaker than SHA-256");
    if (X509_REQ_verify(&request, key) != 1)
        return refused("wrong_signature", "it is not signed by the key that it holds");
    const X509_NAME* const subject = X509_REQ_get_subject_name(&request);
    const auto name = subject ? single_entry(*subject, NID_commonName) : std::nullopt;
    const auto organization = subject ? single_entry(*subject, NID_organizationName) : std::nullopt;
    if (!name || !organization)
        return refused("unreadable_subject", "its subject has several names, or unreadable ones");
    return CertificateRequest{*name, *organization, std::move(*described), digest_of_key(*key)};
}

}  // namespace

Result<CertificateRequest> read_request(std::string_view pem) {
    if (pem.size() > limits::certificate_request_bytes)
        return refused("too_large", "a certificate request has 8 KiB at most");
    const std::size_t blocks = count_blocks(pem);
    if (blocks == 0) return refused("not_pem", "it is no PEM text");
    if (blocks > 1) return refused("several_blocks", "it holds more than one PEM block");
    const auto memory = reading(pem);
    const Owned<X509_REQ> request{
        memory ? PEM_read_bio_X509_REQ(memory.get(), nullptr, nullptr, nullptr) : nullptr};
    auto described = request ? describe(*request)
                             : Result<CertificateRequest>{refused(
                                   "not_a_request", "its PEM block is no certificate request")};
    ERR_clear_error();
    return described;
}

}  // namespace ohm::pki
