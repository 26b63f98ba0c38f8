#include "ocpp/times.hpp"

#include <gtest/gtest.h>

namespace ohm::ocpp {
namespace {

TEST(Times, whole_seconds_get_three_digits_and_nothing_else_changes) {
    EXPECT_EQ(with_milliseconds(R"({"at":"2026-01-01T00:00:00Z","b":["2026-01-01T00:00:59Z"]})"),
              R"({"at":"2026-01-01T00:00:00.000Z","b":["2026-01-01T00:00:59.000Z"]})");
    for (const char* same :
         {R"({"at":"2026-01-01T00:00:00.5Z"})", R"({"at":"2026-01-01T00:00:00+01:00"})",
          R"({"text":"at 2026-01-01T00:00:00Z"})", R"({"open":"2026-01-01T00:00:00Z)", "", "{}"})
        EXPECT_EQ(with_milliseconds(same), same);
}

}  // namespace
}  // namespace ohm::ocpp
