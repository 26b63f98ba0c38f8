// What a station's answer to a command says of its device model: called where answers are taken,
// with answers that keep their declaration.
#pragma once

#include <string_view>

#include "api/shard_state.hpp"

namespace ohm::api {

void note_answer(Work& work, Station& station, std::string_view action, std::string_view request,
                 std::string_view response);

}  // namespace ohm::api
