#include "pki/certificate.hpp"

#include <gtest/gtest.h>

#include "pki/authority.hpp"
#include "pki/test_pki.hpp"

namespace ohm::pki {
namespace {

// openssl req -x509 -newkey ec … -subj "/O=Acme CPO/CN=Acme Root" -set_serial 0x00ab01
constexpr std::string_view root = R"(-----BEGIN CERTIFICATE-----
MIIBkjCCATigAwIBAgIDAKsBMAoGCCqGSM49BAMCMCcxETAPBgNVBAoMCEFjbWUg
Q1BPMRIwEAYDVQQDDAlBY21lIFJvb3QwHhcNMjYxMTIyMTk1OTMwWhcNNDYxMTE3
MTk1OTMwWjAnMREwDwYDVQQKDAhBY21lIENQTzESMBAGA1UEAwwJQWNtZSBSb290
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEyUS587Z00GAG0PiHASrFRpaz5eCA
bWIvjpaPEE1UAJIfiNTMcMt62DVaXGTjYyW6AniN4hmbUUfn1VGqbPK1JqNTMFEw
HQYDVR0OBBYEFKDfBN2Rj3u2KUutFQnUrfxvRfHKMB8GA1UdIwQYMBaAFKDfBN2R
j3u2KUutFQnUrfxvRfHKMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAw
RQIhAKMuPKHh417e194usjXRKi/aKbPutl+e/6DauQZmKvQtAiAm+Q8b5fZgpy+2
L2I3qddCTgN+2oxo8L7I5DRQd/3JsA==
-----END CERTIFICATE-----
)";

std::string_view refusal(std::string_view pem) {
    const auto read = read_certificates(pem);
    return read ? std::string_view{"taken"} : read.error().code;
}

TEST(Certificate, IsDescribed) {
    const auto read = read_certificates(root);
    ASSERT_TRUE(read);
    const Description& shown = read->front().description();
    EXPECT_EQ(shown.subject, "CN=Acme Root,O=Acme CPO");
    EXPECT_EQ(shown.issuer, shown.subject);
    EXPECT_EQ(shown.serial_number, "ab01");
    EXPECT_EQ(shown.key, "EC prime256v1");
    EXPECT_EQ(shown.signature, "ecdsa-with-SHA256");
    EXPECT_EQ(shown.fingerprint,
              "383accfa628186fe8aa4ca20c9e532afc7435d6ecad417ae79e06deacedd852b");
    EXPECT_TRUE(shown.is_authority);
    EXPECT_TRUE(shown.is_self_signed);
    EXPECT_EQ(read->front().pem(), root);
}

// What `openssl ocsp -issuer root.pem -cert root.pem -sha256 -req_text` says of the same one.
TEST(Certificate, HasTheHashDataOfOcsp) {
    const auto read = *read_certificates(root);
    const auto data = hash_data_of(read[0], read[0], "SHA256");
    ASSERT_TRUE(data);
    EXPECT_EQ(data->issuer_name_hash,
              "3b40f7e439037bfd434105fc51df3ae429ab9e517754675e6c53e0fe8576a122");
    EXPECT_EQ(data->issuer_key_hash,
              "d5780e9a10cb4f91224f4659befe20fc4866ae7f222c14608f2ea650461a3430");
    EXPECT_EQ(data->serial_number, "ab01");
    EXPECT_EQ(hash_data_of(read[0], read[0], "SHA384")->issuer_name_hash.size(), 96u);
    EXPECT_EQ(hash_data_of(read[0], read[0], "SHA512")->issuer_key_hash.size(), 128u);
    EXPECT_FALSE(hash_data_of(read[0], read[0], "MD5"));
}

TEST(Certificate, HashDataNeedTheIssuer) {
    const auto made = *make_authority("Acme CPO", utc_from_micros(1'767'225'600'000'000));
    const auto mine = *read_certificates(made.root), other = *read_certificates(root);
    const auto under = *read_certificates(made.intermediate);
    EXPECT_FALSE(hash_data_of(under[0], other[0], "SHA256"));
    EXPECT_TRUE(all_hash_data_of(under[0], other).empty());
    EXPECT_EQ(all_hash_data_of(under[0], mine).size(), 3u);
    EXPECT_EQ(all_hash_data_of(mine[0], {}).size(), 3u);
    EXPECT_NE(hash_data_of(under[0], mine[0], "SHA256")->serial_number,
              hash_data_of(mine[0], mine[0], "SHA256")->serial_number);
}

TEST(Certificate, HashDataAreComparedInOneSpelling) {
    const HashData data = normalized({"SHA256", "ABcd", "EF01", "00AB01"});
    EXPECT_EQ(data, (HashData{"SHA256", "abcd", "ef01", "ab01"}));
    EXPECT_EQ(normalized({"SHA256", "", "", "0000"}).serial_number, "0");
}

TEST(Certificate, OfAChainAreReadInOrder) {
    const auto made = *make_authority("Acme CPO", utc_from_micros(1'767'225'600'000'000));
    const auto read = read_certificates(made.intermediate + "words between\n" + made.root);
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 2u);
    EXPECT_TRUE((*read)[1].issued((*read)[0]));
}

TEST(Certificate, ThatIsNoneIsRefused) {
    EXPECT_EQ(refusal(""), "not_pem");
    EXPECT_EQ(refusal("no PEM"), "not_pem");
    EXPECT_EQ(refusal("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
              "not_a_certificate");
    EXPECT_EQ(refusal(root.substr(0, 300)), "not_a_certificate");
    EXPECT_EQ(refusal(std::string{root} + testing::pem_of_key(testing::ec_key())),
              "not_a_certificate");
    EXPECT_EQ(refusal(std::string(1024 * 1024, 'A')), "too_large");
    std::string many;
    for (int i = 0; i < 20; ++i) many += root;
    EXPECT_EQ(refusal(many), "several_blocks");
}

}  // namespace
}  // namespace ohm::pki
