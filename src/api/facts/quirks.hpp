// How often a station's messages had to be repaired, by what was wrong: counted in memory, written
// in bulk. Called by dispatch, handlers and the shard.
#pragma once

#include <string_view>

#include "api/dispatch.hpp"
#include "wire/codec.hpp"

namespace ohm::api {

void note_repairs(Work& work, Station& station, std::string_view action,
                  const wire::Repairs& repairs);
// What is not the decoder's to see; `path` is a JSON Pointer into the message or "".
void note_quirk(Handler& handler, std::string_view quirk, std::string_view path);
void note_quirk(Work& work, Station& station, std::string_view action, std::string_view quirk,
                std::string_view path);

// Of what a station answers, or does not do.
void note_quirk(Batch& batch, Station& station, std::string_view action, std::string_view quirk,
                std::string_view path, std::int64_t at_us);

// Adds the rows of changed counters when it is time, or at once where `all`.
void write_quirks(Batch& batch, Station& station, bool all);

}  // namespace ohm::api
