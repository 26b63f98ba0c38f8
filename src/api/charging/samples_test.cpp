#include "api/charging/samples.hpp"

#include <gtest/gtest.h>

namespace ohm::api {
namespace {

TEST(Samples, come_out_as_they_went_in) {
    std::vector<domain::Sample> samples{
        domain::normalise({.value = "12.5", .unit = "kWh"}),
        domain::normalise({.value = "n/a", .measurand = "Voltage", .phase = "L1"}),
        domain::normalise({.value = "7", .measurand = "Pulses", .unit = "apples"}),
        domain::normalise({.value = "OCMF|{}", .is_signed = true}),
        domain::normalise({.value = "-3", .measurand = "Current.Import", .context = "Trigger"})};
    const std::string packed = pack_samples(samples);
    EXPECT_EQ(unpack_samples(packed), samples);
    EXPECT_EQ(flags_of(samples), has_unreadable | has_unknown_unit | has_signed);
    EXPECT_EQ(flags_of(std::span{samples}.first(1)), 0);
}

TEST(Samples, an_ordinary_one_takes_few_bytes) {
    const std::vector<domain::Sample> one{domain::normalise({.value = "123456"})};
    EXPECT_LE(pack_samples(one).size(), 60u);
}

TEST(Samples, of_broken_bytes_there_are_none) {
    EXPECT_TRUE(unpack_samples("\x01\x02").empty());
    EXPECT_TRUE(unpack_samples("").empty());
}

}  // namespace
}  // namespace ohm::api
