#include "domain/tariff.hpp"

#include <gtest/gtest.h>

namespace ohm::domain {
namespace {

TEST(Tariff, PricesAreReadAsPeopleWriteThem) {
    EXPECT_EQ(parse_price("0.35"), 3'500);
    EXPECT_EQ(parse_price("2"), 20'000);
    EXPECT_EQ(parse_price("0"), 0);
    EXPECT_EQ(parse_price("0.0001"), 1);
    for (const char* wrong : {"", ".", ".5", "1.", "-1", "1,5", "0.00001", "1234567", "1e3", " 1"})
        EXPECT_EQ(parse_price(wrong), std::nullopt) << wrong;
}

TEST(Tariff, EnergyTimeAndTheSessionItselfCost) {
    const Tariff tariff{3'500, 200, 10'000};
    EXPECT_EQ(cost_of(tariff, 0, 0), 100);
    EXPECT_EQ(cost_of(tariff, 10'000'000, 0), 450);
    EXPECT_EQ(cost_of(tariff, 10'000'000, 1'800), 510);
    EXPECT_EQ(cost_of({}, 10'000'000, 1'800), 0);
}

TEST(Tariff, HalfAHundredthIsRoundedUp) {
    EXPECT_EQ(cost_of({.per_session = 149}, 0, 0), 1);
    EXPECT_EQ(cost_of({.per_session = 150}, 0, 0), 2);
}

TEST(Tariff, NothingIsNegativeNorRunsOver) {
    const Tariff dear{9'999'999'999, 9'999'999'999, 0};
    EXPECT_EQ(cost_of(dear, -5, -5), 0);
    EXPECT_GT(cost_of(dear, INT64_MAX, 0), 0);
}

TEST(Tariff, CostsHaveTwoDecimals) {
    EXPECT_EQ(text_of_cost(0), "0.00");
    EXPECT_EQ(text_of_cost(5), "0.05");
    EXPECT_EQ(text_of_cost(1'230), "12.30");
}

}  // namespace
}  // namespace ohm::domain
