// Help, completion and the man page, made of the table of verbs. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ohm::cli {

std::string program_help(std::string_view version);  // all but the settings
std::string help();                                  // every noun
std::string help_of(std::string_view noun);
std::string completion(std::string_view shell);  // bash, zsh or fish; "" for others
std::string man_page(std::string_view version);  // roff, section 1

}  // namespace ohm::cli
