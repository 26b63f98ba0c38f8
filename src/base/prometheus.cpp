#include "base/prometheus.hpp"

#include <charconv>

namespace ohm {

void PrometheusText::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    ((((text_ += "# HELP ") += name) += ' ') += help) += '\n';
    ((((text_ += "# TYPE ") += name) += ' ') += type) += '\n';
}

void PrometheusText::start_sample(Labels labels) {
    text_ += name_;
    char separator = '{';
    for (const auto& [key, value] : labels) {
        ((text_ += separator) += key) += "=\"";
        for (const char c : value) {
            if (c == '\\' || c == '"') text_ += '\\';
            if (c == '\n')
                text_ += "\\n";
            else
                text_ += c;
        }
        text_ += '"';
        separator = ',';
    }
    text_ += labels.size() > 0 ? "} " : " ";
}

void PrometheusText::sample(std::uint64_t value, Labels labels) {
    start_sample(labels);
    (text_ += std::to_string(value)) += '\n';
}

void PrometheusText::sample(double value, Labels labels) {
    start_sample(labels);
    char digits[64];
    const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
    text_.append(digits, end);
    text_ += '\n';
}

}  // namespace ohm
