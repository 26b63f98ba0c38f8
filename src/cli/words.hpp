// What somebody wrote behind `ohmstead`: noun, verb, words, filters and options. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace ohm::cli {

enum class Output : std::uint8_t {
    automatic,  // a table on a terminal, else JSON
    table,
    json,   // as the api answered
    lines,  // JSON, one item a line
    name,   // the first column alone
};

struct Words {
    std::string noun, verb;
    std::vector<std::string> rest;
    // `--status Faulted`: a query parameter of the list, as the api has it.
    std::vector<std::pair<std::string, std::string>> filters;
    std::string url = "http://127.0.0.1:8000", key, data_dir = "./data", ca_file;
    Output output = Output::automatic;
    bool watch = false;   // again and again
    bool follow = false;  // what is new in a list
    bool all = false;     // every page
    bool help = false;
    std::optional<std::int64_t> wait_s;  // for a command's answer
};

using Environment = std::function<std::optional<std::string>(std::string_view name)>;

// `arguments` begin with the noun. A Refusal says in a sentence what cannot be understood.
Result<Words> read_words(std::span<const std::string> arguments, const Environment& environment);

// `name=text` and `name:=JSON` as members of one object; dots in a name go into objects.
Result<std::string> object_of(std::span<const std::string> pairs);

}  // namespace ohm::cli
