// What a station is expected to do after it has answered a command. Kept with the station by its
// shard; few have any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace ohm::api::commands {

struct Expectation {
    enum class Kind : std::uint8_t {
        message,   // that action, of that connector
        boot,      // BootNotification
        start,     // a transaction with that token or remoteStartId
        stop,      // the end of that transaction
        status,    // a status that matches
        progress,  // status notifications up to a good or a bad end
        report,    // the last part with that requestId
        verify,    // the values that a command of ours reads back
        limit      // no sample above a charging profile's limit (quirk H8)
    };
    Kind kind = Kind::message;
    std::string action;  // of the station's CALL; "" for several
    std::string words;   // for people
    seconds timeout{60};
    std::string text;             // idTag, transactionId
    std::int64_t number = -1;     // requestId, remoteStartId; -1: none
    std::int64_t evse = -1;       // -1: any
    bool operative = false;       // status: in service afterwards
    std::string firmware;         // progress: and then a boot with this version
    bool awaits_file = false;     // progress: and a file that is sent to us
    bool came = false;            // the file is here
    bool said = false;            // the station has said that it is done
    std::int64_t settles_at = 0;  // limit: until then a sample above it says nothing
    std::string profile;  // start: what to limit the transaction with that begins (quirk H6)
    bool is_complete() const { return said && firmware.empty() && (came || !awaits_file); }
};

struct PendingEffect {
    Ulid command;
    Expectation expectation;
    std::int64_t until_at = 0;
};

// A station that is not accepted yet may send what we asked it for.
struct Asked {
    std::string action;
    std::int64_t until_at = 0;
};

struct Expected {
    std::vector<PendingEffect> effects;
    std::vector<Asked> asked;
};

}  // namespace ohm::api::commands
