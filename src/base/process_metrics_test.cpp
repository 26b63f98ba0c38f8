#include "base/process_metrics.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace ohm {
namespace {

// The value of the family's only sample; nothing where there is none.
std::optional<double> value_of(const std::string& text, std::string_view family) {
    for (const std::string_view line : split(text, '\n')) {
        if (!line.starts_with(family)) continue;
        const std::string_view rest = line.substr(family.size());
        if (!rest.starts_with(' ') && !rest.starts_with('{')) continue;
        return std::stod(std::string{line.substr(line.rfind(' ') + 1)});
    }
    return std::nullopt;
}

TEST(ProcessMetrics, say_what_this_process_is_and_takes) {
    const std::string text = process_metrics_text("1.2.3", "worker");
    EXPECT_NE(text.find(R"(ohm_build_info{version="1.2.3",revision=")"), std::string::npos) << text;
    EXPECT_NE(text.find(R"(role="worker"} 1)"), std::string::npos) << text;
    EXPECT_GT(value_of(text, "process_resident_memory_bytes").value_or(0), 1'000'000);
    EXPECT_GE(value_of(text, "process_virtual_memory_bytes").value_or(0),
              value_of(text, "process_resident_memory_bytes").value_or(1e18));
    EXPECT_GE(value_of(text, "process_open_fds").value_or(0), 3);
    EXPECT_LE(value_of(text, "process_open_fds").value_or(1e18),
              value_of(text, "process_max_fds").value_or(0));
    EXPECT_GE(value_of(text, "process_cpu_seconds_total").value_or(-1), 0);
    EXPECT_GE(value_of(text, "process_threads").value_or(0), 1);
    EXPECT_GT(value_of(text, "process_start_time_seconds").value_or(0), 1'600'000'000);
}

}  // namespace
}  // namespace ohm
