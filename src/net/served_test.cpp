#include "net/served.hpp"

#include <gtest/gtest.h>

#include "net/test_certificates.hpp"

namespace ohm::net {
namespace {

// Quirk A10.
TEST(Served, all_certificates_of_the_files_say_when_they_expire) {
    testing::Certificates files;
    files.make("root", "the root", testing::KeyKind::ecdsa, "");
    files.make("leaf", "csms.example", testing::KeyKind::ecdsa, "root");
    Server::Tls tls;
    tls.certificate_file = files.certificate("leaf") + ", " + files.certificate("root");
    tls.client_ca_file = files.path("none");
    const auto served = served_certificates(tls);
    ASSERT_EQ(served.size(), 2u);
    EXPECT_NE(served[0].subject.find("csms.example"), std::string::npos) << served[0].subject;
    EXPECT_NE(served[1].subject.find("the root"), std::string::npos);
    EXPECT_GT(served[0].expires_at, utc_from_micros(1'700'000'000'000'000));
}

}  // namespace
}  // namespace ohm::net
