// Reads one HTTP/1.1 response, for our own requests. Incremental; internal to net.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/client.hpp"

namespace ohm::net {

class ResponseParser {
public:
    struct Limits {
        std::size_t header_bytes;
        std::size_t body_bytes;
    };
    enum class State : std::uint8_t { incomplete, complete, refused };

    // `head_only`: the answer to a HEAD request.
    ResponseParser(Limits limits, bool head_only) : limits_{limits}, head_only_{head_only} {}
    // Takes bytes off the front of `input`. After a 101 what follows is no longer HTTP and stays.
    State feed(std::string_view& input);
    State end_of_stream();  // completes a body without a length
    HttpAnswer& answer() { return answer_; }
    std::string_view header(std::string_view lower_case_name) const;
    std::string_view refusal() const { return refusal_; }

private:
    enum class Part : std::uint8_t {
        head,
        body,
        rest,
        chunk_size,
        chunk_data,
        chunk_end,
        trailer,
        done
    };
    bool step(std::string_view& input);
    bool on_line(std::string_view line);
    bool on_status_line(std::string_view line);
    bool on_header_line(std::string_view line);
    bool on_head_end();
    bool on_chunk_size(std::string_view line);
    bool refuse(std::string_view why);

    Limits limits_;
    bool head_only_;
    Part part_ = Part::head;
    std::string line_;
    std::size_t head_bytes_ = 0;
    std::uint64_t awaited_ = 0;
    HttpAnswer answer_;
    std::string_view refusal_;
};

}  // namespace ohm::net
