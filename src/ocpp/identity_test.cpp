#include "ocpp/identity.hpp"

#include <gtest/gtest.h>

namespace ohm::ocpp {
namespace {

using namespace std::string_literals;

bool is_refused(std::string_view id, bool limit = false) {
    const auto identity = check_identity(id, limit);
    if (!identity) {
        EXPECT_EQ(identity.error().code, "bad_identity");
        EXPECT_FALSE(identity.error().detail.empty());
    }
    return !identity;
}

TEST(Identity, two_spellings_are_one_station) {
    const auto composed = check_identity("S\u00C4ule-1", true);
    const auto decomposed = check_identity("SA\u0308ULE-1", true);
    ASSERT_TRUE(composed && decomposed);
    EXPECT_EQ(composed->id, "S\u00C4ule-1");
    EXPECT_EQ(composed->key, decomposed->key);
    EXPECT_NE(composed->id, decomposed->id);
}

TEST(Identity, what_cannot_be_one) {
    for (const std::string& id : {""s, "a\0b"s, "a\nb"s, "\x7f"s, "."s, ".."s, "a/.."s, "./a"s,
                                  "\xFF"s, "\xC3"s, std::string(256, 'a')})
        EXPECT_TRUE(is_refused(id)) << id;
    for (const std::string& id : {"a"s, "a b"s, "..."s, "a/b"s, "a.b"s, std::string(255, 'a')})
        EXPECT_FALSE(is_refused(id)) << id;
}

TEST(Identity, the_length_of_2_0_1_counts_characters) {
    std::string umlauts;
    for (int i = 0; i < 48; ++i) umlauts += "\u00E4";
    EXPECT_FALSE(is_refused(umlauts, true));
    EXPECT_TRUE(is_refused(umlauts + "x", true));
    EXPECT_FALSE(is_refused(umlauts + "x", false));
}

}  // namespace
}  // namespace ohm::ocpp
