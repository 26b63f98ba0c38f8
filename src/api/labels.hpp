// The labels of a station: a JSON object of the operator's own. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ohm::api {

// What is wrong with them, as a sentence goes on behind "labels"; nothing where they may be stored.
std::optional<std::string> wrong_with_labels(std::string_view minified);

}  // namespace ohm::api
