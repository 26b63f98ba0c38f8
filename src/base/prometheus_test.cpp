#include "base/prometheus.hpp"

#include <gtest/gtest.h>

namespace ohm {
namespace {

TEST(Prometheus, families_and_samples) {
    PrometheusText out;
    out.family("a_total", "counter", "What it counts");
    out.sample(std::uint64_t{3});
    out.sample(std::uint64_t{18'446'744'073'709'551'615u}, {{"x", "1"}, {"y", "2"}});
    out.family("b_seconds", "gauge", "How long");
    out.sample(0.25, {{"x", ""}});
    EXPECT_EQ(out.text(),
              "# HELP a_total What it counts\n# TYPE a_total counter\na_total 3\n"
              "a_total{x=\"1\",y=\"2\"} 18446744073709551615\n"
              "# HELP b_seconds How long\n# TYPE b_seconds gauge\nb_seconds{x=\"\"} 0.25\n");
}

TEST(Prometheus, hostile_labels_stay_labels) {
    PrometheusText out;
    out.family("a", "gauge", "h");
    out.sample(std::uint64_t{1}, {{"x", "q\"b\\n\nend} 5"}});
    EXPECT_EQ(out.text().substr(out.text().rfind("gauge\n") + 6),
              "a{x=\"q\\\"b\\\\n\\nend} 5\"} 1\n");
}

}  // namespace
}  // namespace ohm
