// For tests: certificates made on the spot, in files of a directory of their own.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string>

namespace ohm::net::testing {

enum class KeyKind { ecdsa, rsa };

class Certificates {
public:
    Certificates() {
        std::string pattern = std::filesystem::temp_directory_path() / "ohm-net-XXXXXX";
        directory_ = ::mkdtemp(pattern.data());
    }
    ~Certificates() { std::filesystem::remove_all(directory_); }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;

    std::string path(const std::string& name) const { return directory_ + "/" + name; }
    std::string certificate(const std::string& name) const { return path(name + ".crt"); }
    std::string key(const std::string& name) const { return path(name + ".key"); }

    // Signed by `issuer`, an earlier name, or by itself where that is empty.
    void make(const std::string& name, const std::string& common_name, KeyKind kind,
              const std::string& issuer) {
        const Key own{kind == KeyKind::ecdsa ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048)};
        const Certificate made{X509_new()};
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial_);
        X509_set_version(made.get(), 2);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 86400);
        X509_set_pubkey(made.get(), own.get());
        X509_NAME* subject = X509_get_subject_name(made.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.c_str()), -1,
                                   -1, 0);
        X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>("Ohm Tests"), -1, -1, 0);
        extend(*made, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
        extend(*made, NID_basic_constraints, issuer.empty() ? "critical,CA:TRUE" : "CA:FALSE");
        const Key signer = issuer.empty() ? nullptr : read_key(issuer);
        const Certificate parent = issuer.empty() ? nullptr : read_certificate(issuer);
        X509_set_issuer_name(made.get(), parent ? X509_get_subject_name(parent.get()) : subject);
        X509_sign(made.get(), signer ? signer.get() : own.get(), EVP_sha256());
        const File certificate_file{std::fopen(certificate(name).c_str(), "w")};
        PEM_write_X509(certificate_file.get(), made.get());
        const File key_file{std::fopen(key(name).c_str(), "w")};
        PEM_write_PrivateKey(key_file.get(), own.get(), nullptr, nullptr, 0, nullptr, nullptr);
    }

private:
    struct Free {
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
        void operator()(X509* made) const { X509_free(made); }
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    using Key = std::unique_ptr<EVP_PKEY, Free>;
    using Certificate = std::unique_ptr<X509, Free>;
    using File = std::unique_ptr<std::FILE, Free>;

    static void extend(X509& made, int nid, const char* value) {
        X509V3_CTX context{};
        X509V3_set_ctx(&context, &made, &made, nullptr, nullptr, 0);
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
        X509_add_ext(&made, extension, -1);
        X509_EXTENSION_free(extension);
    }
    Key read_key(const std::string& name) const {
        const File file{std::fopen(key(name).c_str(), "r")};
        return Key{PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr)};
    }
    Certificate read_certificate(const std::string& name) const {
        const File file{std::fopen(certificate(name).c_str(), "r")};
        return Certificate{PEM_read_X509(file.get(), nullptr, nullptr, nullptr)};
    }

    std::string directory_;
    long serial_ = 0;
};

}  // namespace ohm::net::testing
