// For tests: keys, certificate requests and certificates made on the spot, good and bad ones.
#pragma once

#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string>
#include <vector>

namespace ohm::pki::testing {

struct Free {
    void operator()(BIO* memory) const { BIO_free(memory); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509_REQ* request) const { X509_REQ_free(request); }
    void operator()(X509* made) const { X509_free(made); }
};
using Key = std::shared_ptr<EVP_PKEY>;

inline Key ec_key(const char* curve = "P-256") { return {EVP_EC_gen(curve), EVP_PKEY_free}; }
inline Key rsa_key(unsigned bits) { return {EVP_RSA_gen(bits), EVP_PKEY_free}; }

template <class T, class Write>
std::string pem_of(T* what, Write write) {
    const std::unique_ptr<BIO, Free> memory{BIO_new(BIO_s_mem())};
    write(memory.get(), what);
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}
inline std::string pem_of_key(const Key& key) {
    return pem_of(key.get(), [](BIO* memory, EVP_PKEY* what) {
        return PEM_write_bio_PrivateKey(memory, what, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

inline void add_entry(X509_NAME* name, const char* what, const std::string& text) {
    X509_NAME_add_entry_by_txt(name, what, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(text.data()),
                               static_cast<int>(text.size()), -1, 0);
}

struct RequestWanted {
    std::vector<std::string> common_names{"SN-4711"};
    std::string organization = "Acme CPO";
    const EVP_MD* digest = EVP_sha256();
    Key signer;                      // null: the key itself
    bool pss = false;                // RSA-PSS in place of PKCS #1 v1.5
    std::string extensions_ca = "";  // basicConstraints to ask for
};

inline std::string request(const Key& key, const RequestWanted& wanted = {}) {
    const std::unique_ptr<X509_REQ, Free> made{X509_REQ_new()};
    X509_NAME* const subject = X509_REQ_get_subject_name(made.get());
    if (!wanted.organization.empty()) add_entry(subject, "O", wanted.organization);
    for (const std::string& name : wanted.common_names) add_entry(subject, "CN", name);
    X509_REQ_set_pubkey(made.get(), key.get());
    if (!wanted.extensions_ca.empty()) {
        STACK_OF(X509_EXTENSION)* const asked = sk_X509_EXTENSION_new_null();
        sk_X509_EXTENSION_push(asked, X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints,
                                                          wanted.extensions_ca.c_str()));
        X509_REQ_add_extensions(made.get(), asked);
        sk_X509_EXTENSION_pop_free(asked, X509_EXTENSION_free);
    }
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    EVP_PKEY_CTX* padding = nullptr;
    EVP_DigestSignInit(context, &padding, wanted.digest, nullptr,
                       wanted.signer ? wanted.signer.get() : key.get());
    if (wanted.pss) EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING);
    X509_REQ_sign_ctx(made.get(), context);
    EVP_MD_CTX_free(context);
    return pem_of(made.get(), PEM_write_bio_X509_REQ);
}

}  // namespace ohm::pki::testing
