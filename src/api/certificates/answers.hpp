// What a station's answers to certificate commands say: which certificates it holds, and whether it
// took the one that was made for it. Called where answers are taken.
#pragma once

#include <string_view>

#include "api/shard_state.hpp"

namespace ohm::api {

void note_certificate_answer(Work& work, Station& station, std::string_view action,
                             std::string_view request, std::string_view response);
// Names by which OCPP knows these certificates, so that lists can show what they are.
void note_certificate_names(store::Unit& unit, std::string_view pem);

}  // namespace ohm::api
