// What an operator sets for a station whose deviations cannot be learnt from what it says
// (docs/QUIRKS.md); null for most. Written by REST, kept as JSON in the station's row, read by
// handlers on its shard's thread.
#pragma once

#include <memory>
#include <string>

#include "wire/fields.hpp"

namespace ohm::api {

struct Station;

struct Compatibility {
    // Times in what is sent to it (quirk D7); absent: whole seconds.
    wire::Optional<wire::OneOf<"seconds", "milliseconds">> time_format;
    // The token of a remote start where an operator names none (quirk E2).
    wire::Optional<wire::Text<20, 1>> remote_start_token;
    // A token nobody knows is looked up with its bytes in reverse order as well (quirk E4).
    wire::Optional<bool> reversed_tokens;
    // What becomes of a transaction whose end was lost (quirks F5, I4); absent: it is flagged.
    wire::Optional<wire::OneOf<"flag", "close">> missing_stops;
    // 1.6: sessions are made of status and meter values (quirk F11).
    wire::Optional<bool> sessions_from_status;
    FIELDS(time_format, remote_start_token, reversed_tokens, missing_stops, sessions_from_status)

    bool wants_milliseconds() const { return time_format && time_format->is("milliseconds"); }
    bool closes_missing_stops() const { return missing_stops && missing_stops->is("close"); }
};

// What counts for a station that has none is what counts for all.
const Compatibility& compatibility_of(const Station& station);

std::string json_of(const Compatibility* settings);  // "" for null
// Null for "", for what sets nothing, and for what cannot be read.
std::unique_ptr<Compatibility> read_compatibility(const std::string& json);

}  // namespace ohm::api
