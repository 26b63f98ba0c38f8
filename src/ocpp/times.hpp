// Times in JSON that is ours, for stations that want fractions (quirk D7). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace ohm::ocpp {

// Every text that is an instant in whole seconds with Z, with three digits more.
std::string with_milliseconds(std::string_view json);

}  // namespace ohm::ocpp
