// JSON that chargers write by hand: what can be mended without guessing (quirk B1). Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ohm::wire {

// The same text without commas that separate nothing, and with null where a member has no value.
// Nothing where there was none of either.
std::optional<std::string> without_stray_commas(std::string_view json);

}  // namespace ohm::wire
