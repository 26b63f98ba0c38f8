// What the sources of this folder share of OpenSSL. For them alone.
#pragma once

#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/time.hpp"
#include "pki/request.hpp"

namespace ohm::pki {

struct Free {
    void operator()(BIO* memory) const { BIO_free(memory); }
    void operator()(X509_REQ* request) const { X509_REQ_free(request); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

inline tl::unexpected<Refusal> refused(std::string_view code, std::string detail) {
    return tl::unexpected{Refusal{code, std::move(detail)}};
}

Owned<BIO> reading(std::string_view text);
// What was written to it.
std::string text_of(BIO& memory);

// How many PEM blocks a text has, whatever they are.
std::size_t count_blocks(std::string_view text);

// A name's one entry of that kind: "" where there is none; nothing where there are several, or it
// is no readable text.
std::optional<std::string> single_entry(const X509_NAME& name, int nid);

// Refused: weak_key.
Result<PublicKey> describe_key(EVP_PKEY& key);
std::string digest_of_key(EVP_PKEY& key);  // "" where it cannot be written

bool is_strong_digest(int digest_nid);
// The digest of a signature with parameters of its own (RSA-PSS); NID_undef where it has none.
int digest_in_parameters(const X509_ALGOR& algorithm);

}  // namespace ohm::pki
