#include "egress/ocsp.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "egress/test_responder.hpp"

namespace ohm::egress {
namespace {

using testing::Authority;
using Says = Authority::Says;

const Utc now = utc_from_micros(1'767'312'000'000'000);  // 2026-01-02
const Utc later = now + minutes{30 * 24 * 60};

struct Ocsp : ::testing::Test {
    Authority issuer{"Issuer"};
    CertificateId id = issuer.id("1a2B");
    std::string request = ocsp_request(id).value_or("");
};

TEST_F(Ocsp, AsksForTheCertificateOfTheHashes) {
    ASSERT_FALSE(request.empty());
    EXPECT_NE(to_hex(request).find(id.issuer_key_hash), std::string::npos);
    EXPECT_NE(to_hex(request).find("02021a2b"), std::string::npos);
    EXPECT_EQ(ocsp_request(issuer.id("001A2b")), request);
    EXPECT_NE(to_hex(*ocsp_request(issuer.id("ff"))).find("020200ff"), std::string::npos);
}

TEST_F(Ocsp, AsksNothingWhereTheHashesAreNone) {
    for (const CertificateId& bad :
         {CertificateId{"SHA1", id.issuer_name_hash, id.issuer_key_hash, "1"},
          CertificateId{"SHA384", id.issuer_name_hash, id.issuer_key_hash, "1"},
          CertificateId{"SHA256", "aa", id.issuer_key_hash, "1"},
          CertificateId{"SHA256", id.issuer_name_hash, "", "1"},
          CertificateId{"SHA256", id.issuer_name_hash, id.issuer_key_hash, ""},
          CertificateId{"SHA256", id.issuer_name_hash, id.issuer_key_hash, "xy"}})
        EXPECT_FALSE(ocsp_request(bad));
    CertificateId large{"SHA512", std::string(128, 'a'), std::string(128, 'b'),
                        std::string(40, 'c')};
    EXPECT_TRUE(ocsp_request(large));
}

TEST_F(Ocsp, TakesTheIssuersWord) {
    const auto good = read_ocsp_answer(issuer.answer(request, {}), id, now);
    ASSERT_TRUE(good) << good.error().detail;
    EXPECT_EQ(good->state, CertificateState::good);
    EXPECT_TRUE(good->is_vouched);
    EXPECT_EQ(good->fresh_until, 1'767'830'400'000'000);
    const auto revoked = read_ocsp_answer(
        issuer.answer(request, {.state = V_OCSP_CERTSTATUS_REVOKED, .next_update = ""}), id, now);
    ASSERT_TRUE(revoked);
    EXPECT_EQ(revoked->state, CertificateState::revoked);
    EXPECT_EQ(revoked->fresh_until, 0);
    const auto unknown =
        read_ocsp_answer(issuer.answer(request, {.state = V_OCSP_CERTSTATUS_UNKNOWN}), id, now);
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->state, CertificateState::unknown);
}

TEST_F(Ocsp, VouchesForResponderOfTheIssuerOnly) {
    const Authority responder{"Responder", &issuer, "OCSPSigning"};
    const auto vouched =
        read_ocsp_answer(responder.answer(request, {.with = issuer.certificate()}), id, now);
    ASSERT_TRUE(vouched);
    EXPECT_TRUE(vouched->is_vouched);
    const auto alone = read_ocsp_answer(responder.answer(request, {}), id, now);
    ASSERT_TRUE(alone);
    EXPECT_FALSE(alone->is_vouched);
    EXPECT_TRUE(read_ocsp_answer(responder.answer(request, {}), id, now, issuer.pem())->is_vouched);
    const Authority web_server{"Web", &issuer, "serverAuth"}, plain{"Plain", &issuer};
    const Authority stranger{"Stranger"}, namesake{"Issuer"};
    for (const Authority* other : {&web_server, &plain, &stranger}) {
        const auto answer =
            read_ocsp_answer(other->answer(request, {.with = issuer.certificate()}), id, now);
        ASSERT_TRUE(answer);
        EXPECT_FALSE(answer->is_vouched);
    }
    const auto forged =
        read_ocsp_answer(namesake.answer(request, {.with = issuer.certificate()}), id, now);
    EXPECT_FALSE(forged && forged->is_vouched);
    const auto bare =
        read_ocsp_answer(issuer.answer(request, {.without_certificates = true}), id, now);
    ASSERT_TRUE(bare);
    EXPECT_FALSE(bare->is_vouched);
}

TEST_F(Ocsp, RefusesWhatDoesNotCount) {
    const std::string answer = issuer.answer(request, {});
    EXPECT_FALSE(read_ocsp_answer(answer, id, later));                        // too old
    EXPECT_FALSE(read_ocsp_answer(answer, id, now - minutes{30 * 24 * 60}));  // of the future
    EXPECT_FALSE(read_ocsp_answer(answer, issuer.id("1a2c"), now));
    EXPECT_FALSE(read_ocsp_answer(answer, Authority{"Issuer"}.id("1a2b"), now));
    std::string forged = answer;
    forged[forged.find("20260108") + 7] = '9';
    EXPECT_FALSE(read_ocsp_answer(forged, id, now));
}

TEST_F(Ocsp, SurvivesGarbage) {
    EXPECT_FALSE(read_ocsp_answer("", id, now));
    EXPECT_FALSE(read_ocsp_answer("<html>", id, now));
    EXPECT_FALSE(read_ocsp_answer(std::string{"\x30\x03\x0a\x01\x06", 5}, id, now));
    const std::string answer = issuer.answer(request, {});
    for (std::size_t size = 0; size < answer.size(); ++size)
        EXPECT_FALSE(read_ocsp_answer(answer.substr(0, size), id, now));
    SeededRandom random{1};
    for (int i = 0; i < 3'000; ++i) {
        std::string bad = answer;
        bad[random.below(bad.size())] ^= static_cast<char>(1u << random.below(8));
        const auto read = read_ocsp_answer(bad, id, now);
        const bool counts = read && read->is_vouched;
        EXPECT_TRUE(!counts || read->state == CertificateState::good);
    }
}

}  // namespace
}  // namespace ohm::egress
