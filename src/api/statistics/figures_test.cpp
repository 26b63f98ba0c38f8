// Buckets and classes alone.
#include "api/statistics/figures.hpp"

#include <gtest/gtest.h>

namespace ohm::api::statistics {
namespace {

constexpr std::int64_t hours = hour_us;

TEST(Buckets, ReadAsTheyWereWritten) {
    Buckets buckets;
    const domain::TimeZone utc;
    buckets.spread(utc, 0, 30 * hours, Figure::energy_mwh, 100);
    buckets.count(utc, 5, Figure::connects, -3);
    const Buckets read = Buckets::from_text(buckets.text());
    EXPECT_EQ(read.days, buckets.days);
    EXPECT_EQ(read.hours, buckets.hours);
    std::int64_t sum = 0;
    for (const auto& [hour, figures] : read.hours) sum += figures[Figure::energy_mwh];
    EXPECT_EQ(sum, 100);  // parts are whole, and add up
    EXPECT_TRUE(Buckets::from_text("nonsense;h;d1 99=3;h2 x;").days[1].is_zero());
}

TEST(Latency, IsKeptInClasses) {
    LatencyClasses classes{};
    for (int i = 0; i < 98; ++i) count_latency(classes, 900);
    count_latency(classes, 45'000);
    count_latency(classes, 3'600'000'000);
    EXPECT_EQ(quantile_ms(classes, 0.5), 1);
    EXPECT_EQ(quantile_ms(classes, 0.99), 50);
    EXPECT_EQ(quantile_ms(classes, 1), 100'000);
    EXPECT_EQ(latency_of_text(text_of(classes)), classes);
    EXPECT_FALSE(quantile_ms({}, 0.5));
}

TEST(Figures, EveryStatusIsOfOneKind) {
    EXPECT_EQ(figure_of("Available", true, false), Figure::available_us);
    EXPECT_EQ(figure_of("Available", false, false), Figure::unknown_us);
    EXPECT_EQ(figure_of("", true, false), Figure::unknown_us);
    EXPECT_EQ(figure_of("Occupied", true, false), Figure::occupied_us);
    EXPECT_EQ(figure_of("Occupied", true, true), Figure::charging_us);
    EXPECT_EQ(figure_of("Charging", true, false), Figure::charging_us);
    EXPECT_EQ(figure_of("SuspendedEV", true, false), Figure::occupied_us);
    EXPECT_EQ(figure_of("Faulted", true, true), Figure::faulted_us);
    EXPECT_EQ(fault_of("Available", "NoError"), "");
    EXPECT_EQ(fault_of("Available", "WeakSignal"), "WeakSignal");
    EXPECT_EQ(fault_of("Faulted", ""), "Faulted");
}

TEST(Sessions, WithoutReadingsThereIsTimeAndNoEnergy) {
    const domain::TimeZone utc;
    const Buckets counted = count_session(utc, {hours / 2, 3 * hours / 2, true, {}, {}});
    EXPECT_EQ(counted.hours.at(0)[Figure::session_us], hours / 2);
    EXPECT_EQ(counted.hours.at(hours)[Figure::session_us], hours / 2);
    EXPECT_EQ(counted.days.at(0)[Figure::energy_mwh], 0);
    EXPECT_EQ(counted.days.at(0)[Figure::sessions_charged], 0);
}

}  // namespace
}  // namespace ohm::api::statistics
