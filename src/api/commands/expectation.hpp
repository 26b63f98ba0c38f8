// What follows an answer, and whether a station's message is it. Pure: from the CALL, its answer
// and the station's messages alone, so that what is pending can be made again from its row.
#pragma once

#include <optional>
#include <string_view>

#include "api/commands/pending.hpp"
#include "ocpp/version.hpp"
#include "wire/codec.hpp"

namespace ohm::api::commands {

// A CALL of ours that was answered.
struct Answered {
    std::string_view action, request, response;
    bool scheduled = false;  // it happens later
    Utc now{};
    std::string_view firmware = {};  // the version that is installed, where it is known
    bool awaits_file = false;        // the effect is a file that is sent to us
};
// Nothing where nothing more is to be seen.
std::optional<Expectation> expectation_of(wire::Decoder& decoder, const Answered& answered);
// Whether stations ever follow up on that action: for documents.
std::string_view effect_words(std::string_view action);

// said: the station has done its part, and more is to follow.
enum class Verdict : std::uint8_t { nothing, said, confirmed, contradicted };
Verdict judge(wire::Decoder& decoder, const Expectation& expectation, std::string_view action,
              std::string_view payload);

// Whether a status, as the station says it, is in (out of) service.
bool matches_availability(bool operative, std::string_view status);

}  // namespace ohm::api::commands
