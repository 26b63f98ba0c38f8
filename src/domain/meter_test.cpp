#include "domain/meter.hpp"

#include <gtest/gtest.h>

namespace ohm::domain {
namespace {

TEST(ParseMilli, reads_what_chargers_write) {
    EXPECT_EQ(parse_milli("12", 0), 12'000);
    EXPECT_EQ(parse_milli("12.345", 0), 12'345);
    EXPECT_EQ(parse_milli("12.3456", 3), 12'345'600);
    EXPECT_EQ(parse_milli(" 0.0", 0), 0);
    EXPECT_EQ(parse_milli("1,5", 0), 1'500);
    EXPECT_EQ(parse_milli("-0.25", 0), -250);
    EXPECT_EQ(parse_milli("+7", 0), 7'000);
    EXPECT_EQ(parse_milli("1e3", 0), 1'000'000);
    EXPECT_EQ(parse_milli("1.5E-2", 0), 15);
    EXPECT_EQ(parse_milli(".5", 0), 500);
}

TEST(ParseMilli, rounds_half_away_from_zero) {
    EXPECT_EQ(parse_milli("0.0005", 0), 1);
    EXPECT_EQ(parse_milli("-0.0005", 0), -1);
    EXPECT_EQ(parse_milli("0.00049", 0), 0);
    EXPECT_EQ(parse_milli("123.4567", -3), 123);
}

TEST(ParseMilli, nothing_where_it_is_no_number_or_does_not_fit) {
    for (const char* text : {"", " ", "abc", "1.2.3", "12 Wh", "1,234.5", "NaN", "inf", "0x10",
                             "--1", "1e", "9223372036854775807", "1e400", "."})
        EXPECT_EQ(parse_milli(text, 0), std::nullopt) << text;
    EXPECT_EQ(parse_milli("1", 1'000'000), std::nullopt);
    EXPECT_EQ(parse_milli("9223372036854775", 0), 9'223'372'036'854'775'000);
    EXPECT_EQ(parse_milli("0.00000000000000000000000000000001", 0), 0);
    EXPECT_EQ(parse_milli("0", 90), 0);
}

TEST(Normalise, fills_in_the_defaults_of_both_versions) {
    const Sample sample = normalise({.value = "1234"});
    EXPECT_EQ(sample.measurand, "Energy.Active.Import.Register");
    EXPECT_EQ(sample.unit, "Wh");
    EXPECT_EQ(sample.context, "Sample.Periodic");
    EXPECT_EQ(sample.location, "Outlet");
    EXPECT_EQ(sample.milli, 1'234'000);
    EXPECT_TRUE(sample.raw.empty());
}

TEST(Normalise, thousands_become_base_units) {
    EXPECT_EQ(normalise({.value = "1.5", .unit = "kWh"}).milli, 1'500'000);
    const Sample power =
        normalise({.value = "7.4", .measurand = "Power.Active.Import", .unit = "kW"});
    EXPECT_EQ(power.milli, 7'400'000);
    EXPECT_EQ(power.unit, "W");
    EXPECT_EQ(normalise({.value = "2", .multiplier = 3}).milli, 2'000'000);
    EXPECT_EQ(normalise({.value = "2", .unit = "kWh", .multiplier = -3}).milli, 2'000);
}

TEST(Normalise, a_unit_follows_from_the_measurand) {
    EXPECT_EQ(normalise({.value = "230", .measurand = "Voltage"}).unit, "V");
    EXPECT_EQ(normalise({.value = "16", .measurand = "Current.Import"}).unit, "A");
    EXPECT_EQ(normalise({.value = "80", .measurand = "SoC"}).unit, "Percent");
    EXPECT_EQ(normalise({.value = "0.99", .measurand = "Power.Factor"}).unit, "");
    EXPECT_FALSE(normalise({.value = "0.99", .measurand = "Power.Factor"}).unknown_unit);
}

TEST(Normalise, what_cannot_be_read_is_kept) {
    const Sample odd = normalise({.value = "n/a", .unit = "Wh"});
    EXPECT_TRUE(odd.unreadable);
    EXPECT_EQ(odd.raw, "n/a");
    EXPECT_EQ(odd.milli, std::nullopt);
    const Sample strange = normalise({.value = "5", .unit = "KILO_WATT_HOURS"});
    EXPECT_TRUE(strange.unknown_unit);
    EXPECT_EQ(strange.unit, "KILO_WATT_HOURS");
    EXPECT_EQ(strange.milli, 5'000);
    const Sample data = normalise({.value = "OCMF|{}|{}", .is_signed = true});
    EXPECT_EQ(data.raw, "OCMF|{}|{}");
    EXPECT_FALSE(data.unreadable);
}

TEST(RegisterOf, the_total_or_the_sum_of_phases) {
    EXPECT_EQ(register_of({}), std::nullopt);
    std::vector<Sample> samples{normalise({.value = "1", .phase = "L1"}),
                                normalise({.value = "2", .phase = "L2"}),
                                normalise({.value = "3", .phase = "L3"})};
    EXPECT_EQ(register_of(samples)->mwh, 6'000);
    samples.push_back(normalise({.value = "7", .context = "Transaction.End"}));
    EXPECT_EQ(register_of(samples)->mwh, 7'000);
    EXPECT_EQ(register_of(samples)->moment, Moment::end);
}

TEST(RegisterOf, phases_that_do_not_add_up_to_a_number_are_no_reading) {
    std::vector<Sample> samples;
    for (const char* phase : {"L1", "L2", "L3"})
        samples.push_back(normalise({.value = "9223372036854775", .phase = phase}));
    EXPECT_EQ(register_of(samples), std::nullopt);
}

TEST(RegisterOf, other_quantities_and_places_do_not_count) {
    const std::vector<Sample> samples{
        normalise({.value = "1", .measurand = "Power.Active.Import"}),
        normalise({.value = "1", .unit = "apples"}), normalise({.value = "1", .location = "EV"}),
        normalise({.value = "x"}), normalise({.value = "1", .is_signed = true})};
    EXPECT_EQ(register_of(samples), std::nullopt);
}

TEST(PowerOf, the_total_or_the_sum_of_phases_that_a_station_can_give) {
    const auto said = [](const char* value, const char* unit, const char* phase) {
        return normalise(
            {.value = value, .measurand = "Power.Active.Import", .unit = unit, .phase = phase});
    };
    EXPECT_EQ(power_of({}), std::nullopt);
    std::vector<Sample> samples{said("2.3", "kW", "L1"), said("2300", "W", "L2")};
    EXPECT_EQ(power_of(samples), 4'600'000);
    samples.push_back(said("7", "kW", ""));
    EXPECT_EQ(power_of(samples), 7'000'000);
    for (const char* no_power : {"-1", "4001", "x"})
        EXPECT_EQ(power_of(std::vector{said(no_power, "kW", "")}), std::nullopt) << no_power;
    EXPECT_EQ(power_of(std::vector{normalise({.value = "7"})}), std::nullopt);  // a register
}

}  // namespace
}  // namespace ohm::domain
