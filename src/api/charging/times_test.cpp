#include "api/charging/times.hpp"

#include <gtest/gtest.h>

namespace ohm::api {
namespace {

constexpr std::int64_t second = 1'000'000, heard = 1'767'225'600 * second, of_1970 = 10 * second;

TransactionRecord of(std::int64_t started_at, std::int64_t ended_at, std::int64_t ended_heard) {
    TransactionRecord record;
    record.received_at = heard;
    record.ended_received_at = ended_heard;
    record.facts.started_at = started_at;
    if (ended_at != 0) record.facts.ended_at = ended_at;
    return record;
}

TEST(TransactionTimes, AreThoseThatWereSaidWhereTheyCanBe) {
    const auto kept = of(heard - 3600 * second, heard - 600 * second, heard + 60 * second);
    EXPECT_EQ(began_at(kept), heard - 3600 * second);
    EXPECT_EQ(seconds_of(kept, heard + 99 * second), 3000);
    EXPECT_EQ(seconds_of(of(heard, 0, 0), heard + 99 * second), 99) << "it runs";
}

TEST(TransactionTimes, AreThoseOfTheReceiptWhereTheClockIsWrong) {
    const auto before_clock = of(of_1970, heard + 240 * second, heard + 240 * second);
    EXPECT_EQ(began_at(before_clock), heard);
    EXPECT_EQ(seconds_of(before_clock, 0), 240);
    EXPECT_EQ(seconds_of(of(of_1970, 0, 0), heard + 30 * second), 30) << "it runs";
    EXPECT_EQ(seconds_of(of(heard, of_1970, heard + 50 * second), 0), 50) << "it was set back";
}

TEST(TransactionTimes, OfOneWrongClockAreAsFarApartAsAny) {
    EXPECT_EQ(seconds_of(of(of_1970, of_1970 + 600 * second, heard + second), 0), 600);
}

}  // namespace
}  // namespace ohm::api
