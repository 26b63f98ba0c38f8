#include "pki/authority.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "pki/test_pki.hpp"

namespace ohm::pki {
namespace {

using testing::ec_key;
using testing::request;
using testing::rsa_key;

const Utc now = utc_from_micros(1'767'225'600'000'000);  // 2026-01-01T00:00:00Z
constexpr seconds day{86'400};

struct Pki : ::testing::Test {
    NewAuthority made = *make_authority("Acme CPO", now);
    std::vector<Certificate> roots = *read_certificates(made.root);
    Authority authority = *Authority::read(made.intermediate, made.intermediate_key);

    Order order(std::string csr) const {
        return {.request = std::move(csr),
                .serial = std::string(16, '\x81'),
                .use = Order::Use::station,
                .not_before = now - minutes{5},
                .lifetime = 365 * day};
    }
    std::vector<Certificate> signed_for(const std::string& csr) const {
        return *read_certificates(*authority.sign(order(csr)));
    }
};

TEST_F(Pki, ChainVerifiesAgainstTheRoot) {
    const auto chain = signed_for(request(ec_key()));
    ASSERT_EQ(chain.size(), 2u);
    EXPECT_EQ(verify_chain(chain, roots, now), ChainVerdict::valid);
    EXPECT_TRUE(chain[1].issued(chain[0]));
    const Description& leaf = chain[0].description();
    EXPECT_EQ(leaf.common_name, "SN-4711");
    EXPECT_EQ(leaf.organization, "Acme CPO");
    EXPECT_FALSE(leaf.is_authority);
    EXPECT_FALSE(leaf.is_weak);
    EXPECT_EQ(leaf.not_before, now - minutes{5});
    EXPECT_EQ(leaf.not_after, now - minutes{5} + 365 * day);
}

TEST_F(Pki, AnRsaKeyIsSignedAsWell) {
    EXPECT_EQ(verify_chain(signed_for(request(rsa_key(2048))), roots, now), ChainVerdict::valid);
}

// The same request, number and time make the same certificate but for the signature's own chance.
TEST_F(Pki, TheSameOrderMakesTheSameCertificate) {
    const std::string csr = request(ec_key());
    const auto first = signed_for(csr), second = signed_for(csr);
    EXPECT_EQ(first[0].description().serial_number, second[0].description().serial_number);
    EXPECT_EQ(first[0].description().not_after, second[0].description().not_after);
    EXPECT_EQ(first[0].description().serial_number.size(), 32u);
}

TEST_F(Pki, WhatARequestAsksForIsNotGranted) {
    const auto chain = signed_for(request(ec_key(), {.extensions_ca = "critical,CA:TRUE"}));
    EXPECT_FALSE(chain[0].description().is_authority);
}

TEST_F(Pki, NothingIsSignedThatARequestMayNotBe) {
    EXPECT_EQ(authority.sign(order("no PEM")).error().code, "not_pem");
    EXPECT_EQ(authority.sign(order(request(rsa_key(1024)))).error().code, "weak_key");
}

TEST_F(Pki, ACertificateDoesNotOutliveItsAuthority) {
    Order late = order(request(ec_key()));
    late.not_before = now + 9 * 365 * day;
    late.lifetime = 10 * 365 * day;
    const auto chain = *read_certificates(*authority.sign(late));
    EXPECT_EQ(chain[0].description().not_after, chain[1].description().not_after);
    late.not_before = now + 11 * 365 * day;
    EXPECT_EQ(authority.sign(late).error().code, "authority_expired");
}

TEST_F(Pki, AnAuthorityNeedsItsOwnKey) {
    EXPECT_EQ(Authority::read(made.intermediate, made.root_key).error().code, "wrong_key");
    EXPECT_EQ(Authority::read(made.intermediate, "no PEM").error().code, "wrong_key");
    EXPECT_EQ(Authority::read("no PEM", made.root_key).error().code, "not_pem");
    const auto key = ec_key();
    const std::string leaf = signed_for(request(key))[0].pem();
    EXPECT_EQ(Authority::read(leaf, testing::pem_of_key(key)).error().code, "not_an_authority");
}

TEST_F(Pki, ARootMaySignByItself) {
    const auto root = *Authority::read(made.root, made.root_key);
    const auto chain = *read_certificates(*root.sign(order(request(ec_key()))));
    EXPECT_EQ(chain.size(), 1u);
    EXPECT_EQ(verify_chain(chain, roots, now), ChainVerdict::valid);
}

TEST_F(Pki, ChainsThatDoNotHold) {
    const auto chain = signed_for(request(ec_key()));
    EXPECT_EQ(verify_chain({}, roots, now), ChainVerdict::broken);
    EXPECT_EQ(verify_chain(chain, {}, now), ChainVerdict::broken);
    EXPECT_EQ(verify_chain({chain[0]}, roots, now), ChainVerdict::broken);
    EXPECT_EQ(verify_chain(chain, roots, now + 366 * day), ChainVerdict::expired);
    EXPECT_EQ(verify_chain(chain, roots, now - 1 * day), ChainVerdict::expired);
    const auto others = *read_certificates(make_authority("Acme CPO", now)->root);
    EXPECT_NE(verify_chain(chain, others, now), ChainVerdict::valid);
}

TEST_F(Pki, AnIntermediateMayBeTrustedWithoutItsRoot) {
    const auto chain = signed_for(request(ec_key()));
    EXPECT_EQ(verify_chain({chain[0]}, {chain[1]}, now), ChainVerdict::valid);
}

TEST_F(Pki, AStationsCertificateSignsNoOther) {
    const auto key = ec_key();
    const auto chain = signed_for(request(key));
    const std::string own = chain[0].pem() + chain[1].pem();
    EXPECT_FALSE(Authority::read(own, testing::pem_of_key(key)));
}

}  // namespace
}  // namespace ohm::pki
