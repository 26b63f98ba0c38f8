#include "pki/request.hpp"

#include <gtest/gtest.h>

#include "pki/test_pki.hpp"

namespace ohm::pki {
namespace {

using testing::ec_key;
using testing::request;
using testing::rsa_key;

std::string_view refusal(std::string_view pem) {
    const auto read = read_request(pem);
    return read ? std::string_view{"taken"} : read.error().code;
}

TEST(CertificateRequest, NamesItsSubjectAndItsKey) {
    const auto read = read_request(request(ec_key()));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->common_name, "SN-4711");
    EXPECT_EQ(read->organization, "Acme CPO");
    EXPECT_EQ(read->key.name, "EC prime256v1");
    EXPECT_EQ(read->key_digest.size(), 64u);
    EXPECT_EQ(read_request(request(rsa_key(2048)))->key.name, "RSA 2048");
}

TEST(CertificateRequest, OfTheSameKeyHasTheSameDigest) {
    const auto key = ec_key();
    const auto digest = read_request(request(key))->key_digest;
    EXPECT_EQ(read_request(request(key, {.common_names = {"other"}}))->key_digest, digest);
    EXPECT_NE(read_request(request(ec_key()))->key_digest, digest);
}

TEST(CertificateRequest, TextBeforeItDoesNotMatter) {
    EXPECT_EQ(refusal("a word before\n" + request(ec_key())), "taken");
}

TEST(CertificateRequest, MayHaveNoSubject) {
    const auto read = read_request(request(ec_key(), {.common_names = {}, .organization = ""}));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->common_name, "");
}

TEST(CertificateRequest, ThatIsNoneIsRefused) {
    EXPECT_EQ(refusal(""), "not_pem");
    EXPECT_EQ(refusal("no PEM"), "not_pem");
    EXPECT_EQ(refusal("-----BEGIN CERTIFICATE REQUEST-----"), "not_a_request");
    EXPECT_EQ(refusal("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n"
                      "-----END CERTIFICATE REQUEST-----\n"),
              "not_a_request");
    EXPECT_EQ(refusal(request(ec_key()).substr(0, 200)), "not_a_request");
    EXPECT_EQ(refusal(testing::pem_of_key(ec_key())), "not_a_request");
}

TEST(CertificateRequest, OfSeveralBlocksIsRefused) {
    EXPECT_EQ(refusal(request(ec_key()) + request(ec_key())), "several_blocks");
    EXPECT_EQ(refusal(request(ec_key()) + testing::pem_of_key(ec_key())), "several_blocks");
}

TEST(CertificateRequest, OfAMebibyteIsRefused) {
    EXPECT_EQ(refusal(std::string(1024 * 1024, 'A')), "too_large");
    EXPECT_EQ(refusal(request(ec_key()) + std::string(1024 * 1024, '\n')), "too_large");
}

TEST(CertificateRequest, OfAWeakKeyIsRefused) {
    EXPECT_EQ(refusal(request(rsa_key(1024))), "weak_key");
    EXPECT_EQ(refusal(request(ec_key("P-192"))), "weak_key");
    EXPECT_EQ(refusal(request(ec_key("P-224"))), "taken");
    EXPECT_EQ(refusal(request(ec_key("P-384"))), "taken");
}

TEST(CertificateRequest, OfAnotherKindOfKeyIsRefused) {
    const testing::Key key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free};
    EXPECT_EQ(refusal(request(key, {.digest = nullptr})), "weak_key");
}

TEST(CertificateRequest, OfAWeakDigestIsRefused) {
    EXPECT_EQ(refusal(request(rsa_key(2048), {.digest = EVP_md5()})), "weak_digest");
    EXPECT_EQ(refusal(request(rsa_key(2048), {.digest = EVP_sha1()})), "weak_digest");
    EXPECT_EQ(refusal(request(ec_key(), {.digest = EVP_sha1()})), "weak_digest");
    EXPECT_EQ(refusal(request(ec_key(), {.digest = EVP_sha384()})), "taken");
}

TEST(CertificateRequest, MayBeSignedWithPss) {
    EXPECT_EQ(refusal(request(rsa_key(2048), {.pss = true})), "taken");
    EXPECT_EQ(refusal(request(rsa_key(2048), {.digest = EVP_sha1(), .pss = true})), "weak_digest");
}

TEST(CertificateRequest, SignedByAnotherKeyIsRefused) {
    EXPECT_EQ(refusal(request(ec_key(), {.signer = ec_key()})), "wrong_signature");
}

TEST(CertificateRequest, ChangedAfterwardsIsRefused) {
    std::string changed = request(ec_key());
    const auto middle = changed.size() / 2;
    std::size_t refused = 0;
    for (std::size_t at = middle; at < middle + 40; ++at) {
        if (changed[at] == '\n') continue;
        std::string other = changed;
        other[at] = other[at] == 'A' ? 'B' : 'A';
        refused += refusal(other) == "taken" ? 0 : 1;
    }
    EXPECT_GE(refused, 38u);
}

TEST(CertificateRequest, OfSeveralNamesIsRefused) {
    EXPECT_EQ(refusal(request(ec_key(), {.common_names = {"SN-1", "SN-2"}})), "unreadable_subject");
}

TEST(CertificateRequest, OfANameWithNulIsRefused) {
    EXPECT_EQ(refusal(request(ec_key(), {.common_names = {std::string("SN-1\0evil", 9)}})),
              "unreadable_subject");
}

}  // namespace
}  // namespace ohm::pki
