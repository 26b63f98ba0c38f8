// Slow hashes of chosen passwords, made here rather than on the thread that owns the station: its
// other stations would wait. Reading on any thread, hashing on a reader's.
#pragma once

#include <string>
#include <vector>

#include "api/operations.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {

// The chosen passwords in an operation's parameters, in their order.
std::vector<std::string> passwords_in(wire::Decoder& decoder, const bus::OperatorBody& body);
std::vector<std::string> passwords_in(wire::Decoder& decoder, const CommandCreate& command);
std::vector<std::string> hashes_of(const std::vector<std::string>& passwords);

}  // namespace ohm::api::rest
