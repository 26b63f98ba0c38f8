// Answers of the REST interface as text for people: tables whose columns are a declaration. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "wire/codec.hpp"

namespace ohm::cli {

struct Page {
    std::vector<std::string> items;  // JSON each
    std::string next_cursor;         // "": the last page
    std::string sequence;            // of events: the place behind them
};
// Nothing where the text is no list.
std::optional<Page> read_page(wire::Decoder& decoder, std::string_view body);

struct Problem {
    std::string code, detail, pointer, request_id;
};
Problem read_problem(wire::Decoder& decoder, std::string_view body);
std::string sentence_of(const Problem& problem, int status);

// How a command ended, as far as its answer says.
struct CommandEnd {
    std::string state, result, failed_reason;
};
CommandEnd read_command(wire::Decoder& decoder, std::string_view body);

// Of a station's or the api's own words: control characters as blanks.
std::string harmless(std::string_view text);

// One line an item, below a line of names. What the api showed comes from stations: control
// characters are shown as blanks, and a cell has at most `cell_max` characters.
std::string table_of(wire::Decoder& decoder, const wire::Type& row,
                     const std::vector<std::string>& items, std::size_t cell_max, bool with_names);
// The same of one item: a line a member.
std::string card_of(wire::Decoder& decoder, const wire::Type& row, std::string_view item);
// The first column.
std::string name_of(wire::Decoder& decoder, const wire::Type& row, std::string_view item);

}  // namespace ohm::cli
