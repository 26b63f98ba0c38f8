// What Prometheus wants to know of any process, under the names that its own libraries use. Reads
// /proc; any thread.
#pragma once

#include <string>
#include <string_view>

namespace ohm {

// With ohm_build_info, whose value is always 1.
std::string process_metrics_text(std::string_view version, std::string_view role);

}  // namespace ohm
