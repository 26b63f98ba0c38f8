#include "net/served.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/text.hpp"

namespace ohm::net {
namespace {

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeX509 {
    void operator()(X509* certificate) const { X509_free(certificate); }
};

std::string subject_of(const X509& certificate) {
    std::array<char, 256> name{};
    X509_NAME_oneline(X509_get_subject_name(&certificate), name.data(),
                      static_cast<int>(name.size()));
    return name.data();
}

void add_certificates(const std::string& file, std::vector<ServedCertificate>& to) {
    constexpr std::size_t most = 100;
    const std::unique_ptr<BIO, FreeBio> bio{BIO_new_file(file.c_str(), "r")};
    while (bio && to.size() < most) {
        const std::unique_ptr<X509, FreeX509> certificate{
            PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)};
        if (!certificate) break;
        std::tm at{};
        if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &at) != 1) continue;
        to.push_back({subject_of(*certificate),
                      utc_from_micros(static_cast<std::int64_t>(timegm(&at)) * 1'000'000)});
    }
    ERR_clear_error();
}

}  // namespace

std::vector<ServedCertificate> served_certificates(const Server::Tls& files) {
    std::vector<ServedCertificate> served;
    for (const std::string_view name : split(files.certificate_file, ','))
        if (!trim(name).empty()) add_certificates(std::string{trim(name)}, served);
    if (!files.client_ca_file.empty()) add_certificates(files.client_ca_file, served);
    return served;
}

}  // namespace ohm::net
