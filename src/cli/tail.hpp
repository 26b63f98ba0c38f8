// `ohmstead events tail`: events as they happen, a line each. Pure: what reads the WebSocket tells
// it what came, and asks it where to go on. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "cli/words.hpp"
#include "wire/codec.hpp"

namespace ohm::cli {

class Tail {
public:
    // `as_table`: columns for people, else JSON. `most` 0: without an end.
    Tail(const Words& words, bool as_table, std::int64_t most);

    // Of the WebSocket, behind the last event that came.
    std::string target() const;
    void goes_on_after(std::string sequence) { sequence_ = std::move(sequence); }
    // A line to print, or nothing.
    std::optional<std::string> on_event(std::string_view json);
    // What a frame of the stream is: an event's line, or a word to the stream itself.
    struct Heard {
        std::string line;      // to print
        std::string sentence;  // for people alone
    };
    Heard on_message(std::string_view json);
    // The connection ended, or was refused with an HTTP status. An exit code, or nothing: again.
    std::optional<int> on_end(int status);
    milliseconds next_wait();

    bool has_enough() const { return most_ > 0 && shown_ >= most_; }
    bool was_connected() const { return was_connected_; }

private:
    const std::string types_, station_;
    const bool as_table_;
    const std::int64_t most_;
    std::int64_t shown_ = 0;
    std::string sequence_;
    int failures_ = 0;
    int refusal_ = 0;  // of a problem that came in place of the stream
    bool was_connected_ = false;
    wire::Decoder decoder_;
};

}  // namespace ohm::cli
