// What can be done from the command line, as data: each row is a request of the REST interface and
// how its answer is shown. Help, completion and the man page are made of the same rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "wire/fields.hpp"

namespace ohm::cli {

enum class Body : std::uint8_t {
    none,
    pairs,    // name=value …
    call,     // ACTION [JSON]
    created,  // the first word as `id`, and pairs
    file,     // of that name, CSV or JSON
};
enum class Answer : std::uint8_t {
    object,
    list,
    command,
    nothing,
    batch,   // of commands: followed until it is over
    report,  // of an import: in portions
    stream,  // of events: without an end
};

struct Verb {
    std::string_view noun, name;    // name "": the noun alone
    std::string_view method, path;  // each {} takes one word
    std::string_view takes;         // how those words are called in help
    Body body = Body::none;
    Answer answer = Answer::object;
    const wire::Type* row = nullptr;  // the columns of a table
    std::string_view says;
};

std::span<const Verb> verbs();
const Verb* find_verb(std::string_view noun, std::string_view name);
bool is_noun(std::string_view word);

}  // namespace ohm::cli
