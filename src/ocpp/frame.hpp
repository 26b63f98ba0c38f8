// OCPP-J frames: [2,id,action,payload], [3,id,payload], [4,id,code,description,details] (1.6-J
// §4, 2.0.1 Part 4 §4). read_head looks only at the array's head and leaves the payload as text:
// the worker needs no more. Pure, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ocpp/version.hpp"

namespace ohm::ocpp {

enum class FrameType : std::uint8_t {
    call,
    call_result,
    call_error,
    unknown_type,  // a readable array whose first item is no type we know
    broken_call,   // CALL with a readable id, but no action, or not closed
    unreadable,    // no JSON array, or no id
};

struct Head {
    FrameType type = FrameType::unreadable;
    std::string_view
        raw_id;          // as it stands in the frame, quotes included: echoed as it came (quirk B7)
    std::string id;      // its text
    std::string action;  // CALL
    // CALL, CALLRESULT: the payload, `null` and none in a CALL being {}; CALLERROR:
    // code,description,details. Of an answer it may be empty or broken.
    std::string_view rest;
    bool has_payload = true;  // CALL
};
Head read_head(std::string_view frame);

// Removes what chargers put around a frame: BOM, blanks, trailing NUL (quirk B2).
std::string_view strip(std::string_view frame);

std::string call(std::string_view message_id, std::string_view action, std::string_view payload);
std::string call_result(std::string_view raw_id, std::string_view payload);
// The description is cut to 255 characters. `details` is a JSON object.
std::string call_error(std::string_view raw_id, std::string_view code, std::string_view description,
                       std::string_view details = "{}");
std::string heartbeat_result(std::string_view raw_id, std::string_view current_time);

}  // namespace ohm::ocpp
