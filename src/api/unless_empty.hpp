// What records hold as "" or 0 is null where it is shown or told. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "wire/fields.hpp"

namespace ohm::api {

inline wire::Nullable<std::string> text_unless_empty(std::string_view text) {
    if (text.empty()) return {};
    return {std::string{text}};
}
inline wire::Nullable<std::int64_t> int_unless_zero(std::int64_t number) {
    if (number == 0) return {};
    return {number};
}
inline wire::Nullable<wire::Instant> time_unless_zero(std::int64_t at_us) {
    if (at_us == 0) return {};
    return {wire::Instant{{utc_from_micros(at_us)}}};
}

}  // namespace ohm::api
