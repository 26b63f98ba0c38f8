// The Prometheus text format, as far as counters, gauges and their labels need it. A family's
// samples follow its family(). One thread at a time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace ohm {

class PrometheusText {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    void family(std::string_view name, std::string_view type, std::string_view help);
    void sample(std::uint64_t value, Labels labels = {});
    void sample(double value, Labels labels = {});
    const std::string& text() const { return text_; }

private:
    void start_sample(Labels labels);
    std::string name_, text_;
};

}  // namespace ohm
