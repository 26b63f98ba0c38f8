// What a handler may ask of the world outside before it answers: declared data, which leaves after
// the batch's commit; the CALL is parked meanwhile, and handled again with the answer at hand. No
// answer is an answer as well: what then holds, the handler says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "egress/outside.hpp"

namespace ohm::api::outside {

// A CALL asks each kind once.
enum class Kind : std::uint8_t { decision, transfer, certificates };

struct Question {
    struct Part {  // one request; the answers come in the order of the parts
        std::string url, body;
    };
    Kind kind = Kind::decision;
    egress::Source source = egress::Source::operators;
    std::vector<Part> parts;
    std::string_view content_type = "application/json";
    std::vector<std::string> secrets;  // each signs, as Standard Webhooks has it; none: unsigned
    milliseconds timeout{0};
};

struct Answer {
    Kind kind = Kind::decision;
    std::vector<egress::Answer> parts;
    // Of a question with one part: "" where it was answered well, else why not, in few words.
    std::string failure() const;
};
// What is heard of a CALL's questions so far.
using Heard = std::vector<Answer>;
const Answer* find(const Heard& heard, Kind kind);
// The answer of a question that nobody will answer.
Answer unanswered(const Question& question, std::string_view failure);
Answer unanswered(Kind kind, std::size_t parts, std::string_view failure);

}  // namespace ohm::api::outside
