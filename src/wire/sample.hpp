// Random messages of a declared type: valid for strict decoding, in exactly the text that encode()
// writes (declared order, no blanks). For property tests, fuzzing seeds and load generators. The
// same seed gives the same text. Pure; any thread.
#pragma once

#include <string>

#include "base/random.hpp"
#include "wire/codec.hpp"

namespace ohm::wire {

// With rules.custom_data some objects also carry a customData, which decoding drops.
std::string random_json(const Type& type, Random& random, Rules rules);

}  // namespace ohm::wire
