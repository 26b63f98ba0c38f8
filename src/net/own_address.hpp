// By which address others reach this machine. Any thread.
#pragma once

#include <string>

namespace ohm::net {

// "192.0.2.1": the first that is neither loopback nor of the link only. "localhost" without one.
std::string own_address();

}  // namespace ohm::net
