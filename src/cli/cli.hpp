// `ohmstead stations list` and its like: the REST interface from a terminal. Called by main.
#pragma once

#include <functional>
#include <iosfwd>
#include <span>
#include <string>

#include "base/time.hpp"
#include "cli/asker.hpp"
#include "cli/words.hpp"

namespace ohm::cli {

struct Terminal {
    std::ostream& out;                        // what was asked for
    std::ostream& err;                        // what is for people alone
    bool is_terminal = false;                 // `out` is
    bool shows_progress = false;              // `err` is
    std::function<void(milliseconds)> pause;  // between two looks of --watch and --follow
    std::function<bool()> goes_on = [] { return true; };
};

class Tail;
// Feeds it what happens; the exit code.
using Listen = std::function<int(const Words& words, Tail& tail, const Terminal& terminal)>;

// Whether `word` begins something of ours. Else it is none of run_cli's business.
bool is_cli_word(std::string_view word);
// The exit code: 0 done, 1 failed, 2 not understood, 3 not found, 4 refused by the station, 5 no
// answer in time, 6 the station is offline, 7 some of many failed.
int run_cli(std::span<const std::string> arguments, const Environment& environment,
            std::string_view version, const Ask& ask, const Listen& listen,
            const Terminal& terminal);
// The same with this process's environment, terminal and network; `out` is its standard output.
int run_cli_here(std::span<const std::string> arguments, std::string_view version,
                 std::ostream& out, std::ostream& err);

}  // namespace ohm::cli
