#include "net/certificate_request.hpp"

#include <gtest/gtest.h>

namespace ohm::net {
namespace {

constexpr std::string_view csr = R"(-----BEGIN CERTIFICATE REQUEST-----
MIHgMIGHAgEAMCUxETAPBgNVBAoMCEFjbWUgQ1BPMRAwDgYDVQQDDAdTTi00NzEx
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgG4broTnfbA4wOQ0ise6hvRbIpoy
PfapbQmuQrxbvOnP/u5YU0ERtfc/yFduEg/lXCgUTCdj/Yk5OoWdq18cgaAAMAoG
CCqGSM49BAMCA0gAMEUCIGl6ENQoZ3kqr5PocTAGENe3/t5zfh6+FLYIIYNvnpsX
AiEAxPLdUEe0+MYUMKfZyFgh7fG23O5qQql2WLfFB5HFRtQ=
-----END CERTIFICATE REQUEST-----
)";

TEST(CertificateRequest, NamesItsSubject) {
    const auto request = read_certificate_request(csr);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->common_name, "SN-4711");
    EXPECT_EQ(request->organization, "Acme CPO");
}

TEST(CertificateRequest, TextBeforeItDoesNotMatter) {
    EXPECT_TRUE(read_certificate_request("a word before\n" + std::string{csr}));
}

TEST(CertificateRequest, OfAnotherSignatureIsNone) {
    std::string changed{csr};
    changed.replace(changed.find("SN") == std::string::npos ? changed.find("dTTi00") : 0, 6,
                    "dTTi01");
    EXPECT_FALSE(read_certificate_request(changed));
}

TEST(CertificateRequest, AnythingElseIsNone) {
    EXPECT_FALSE(read_certificate_request(""));
    EXPECT_FALSE(read_certificate_request("no PEM"));
    EXPECT_FALSE(read_certificate_request(csr.substr(0, 200)));
    EXPECT_FALSE(read_certificate_request(
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"));
}

}  // namespace
}  // namespace ohm::net
