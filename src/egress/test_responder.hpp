// A certificate authority with a responder, made on the spot. Tests only.
#pragma once

#include <memory>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string>

#include "base/text.hpp"
#include "egress/ocsp.hpp"

namespace ohm::egress::testing {

class Authority {
public:
    explicit Authority(const std::string& name, const Authority* issuer = nullptr,
                       const char* use = nullptr)
        : key_{EVP_EC_gen("P-256")}, certificate_{X509_new()} {
        X509* made = certificate_.get();
        X509_set_version(made, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(made), 7);
        ASN1_TIME_set_string_X509(X509_getm_notBefore(made), "20200101000000Z");
        ASN1_TIME_set_string_X509(X509_getm_notAfter(made), "20491231000000Z");
        X509_set_pubkey(made, key_.get());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(made, X509_get_subject_name(issuer ? issuer->certificate() : made));
        if (use) {
            X509_EXTENSION* extension =
                X509V3_EXT_conf_nid(nullptr, nullptr, NID_ext_key_usage, use);
            X509_add_ext(made, extension, -1);
            X509_EXTENSION_free(extension);
        }
        X509_sign(made, issuer ? issuer->key_.get() : key_.get(), EVP_sha256());
    }
    X509* certificate() const { return certificate_.get(); }

    CertificateId id(const std::string& serial) const {
        return {"SHA256", hex_digest(true), hex_digest(false), serial};
    }
    std::string pem() const {
        BIO* out = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(out, certificate());
        char* data = nullptr;
        const long size = BIO_get_mem_data(out, &data);
        std::string text(data, static_cast<std::size_t>(size));
        BIO_free(out);
        return text;
    }

    struct Says {
        int state = V_OCSP_CERTSTATUS_GOOD;
        std::string this_update = "20260101000000Z", next_update = "20260108000000Z";
        const X509* with = nullptr;  // a further certificate
        bool without_certificates = false;
    };
    // The answer to a request in DER, signed by this one.
    std::string answer(const std::string& request, const Says& says) const {
        const auto* at = reinterpret_cast<const unsigned char*>(request.data());
        OCSP_REQUEST* asked = d2i_OCSP_REQUEST(nullptr, &at, static_cast<long>(request.size()));
        OCSP_CERTID* id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(asked, 0));
        OCSP_BASICRESP* basic = OCSP_BASICRESP_new();
        ASN1_TIME* made = time_of(says.this_update);
        ASN1_TIME* until = says.next_update.empty() ? nullptr : time_of(says.next_update);
        OCSP_basic_add1_status(basic, id, says.state, OCSP_REVOKED_STATUS_KEYCOMPROMISE, made, made,
                               until);
        if (says.with) OCSP_basic_add1_cert(basic, const_cast<X509*>(says.with));
        OCSP_basic_sign(basic, certificate(), key_.get(), EVP_sha256(), nullptr,
                        says.without_certificates ? OCSP_NOCERTS : 0);
        OCSP_RESPONSE* response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
        unsigned char* der = nullptr;
        const int size = i2d_OCSP_RESPONSE(response, &der);
        std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
        OPENSSL_free(der);
        OCSP_RESPONSE_free(response);
        OCSP_BASICRESP_free(basic);
        OCSP_REQUEST_free(asked);
        ASN1_TIME_free(made);
        ASN1_TIME_free(until);
        return out;
    }

private:
    static ASN1_TIME* time_of(const std::string& text) {
        ASN1_TIME* time = ASN1_TIME_new();
        ASN1_TIME_set_string(time, text.c_str());
        return time;
    }
    std::string hex_digest(bool of_name) const {
        unsigned char bytes[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        if (of_name)
            X509_NAME_digest(X509_get_subject_name(certificate()), EVP_sha256(), bytes, &size);
        else
            X509_pubkey_digest(certificate(), EVP_sha256(), bytes, &size);
        return to_hex({reinterpret_cast<const char*>(bytes), size});
    }
    struct Free {
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
        void operator()(X509* certificate) const { X509_free(certificate); }
    };
    std::unique_ptr<EVP_PKEY, Free> key_;
    std::unique_ptr<X509, Free> certificate_;
};

}  // namespace ohm::egress::testing
