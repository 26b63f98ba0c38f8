#include "ocpp/times.hpp"

namespace ohm::ocpp {
namespace {

constexpr std::string_view form = R"("dddd-dd-ddTdd:dd:ddZ")";

bool is_time(std::string_view text) {
    if (text.size() < form.size()) return false;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !is_digit : text[i] != form[i]) return false;
    }
    return true;
}

}  // namespace

std::string with_milliseconds(std::string_view json) {
    constexpr std::size_t seconds_end = form.size() - 2;
    std::string out;
    while (true) {
        const std::size_t quote = json.find('"');
        if (quote == std::string_view::npos) return out += json;
        out += json.substr(0, quote);
        json.remove_prefix(quote);
        const bool found = is_time(json);
        const std::size_t taken = found ? seconds_end : 1;
        out += json.substr(0, taken);
        if (found) out += ".000";
        json.remove_prefix(taken);
    }
}

}  // namespace ohm::ocpp
