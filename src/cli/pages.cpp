#include "cli/pages.hpp"

#include <algorithm>
#include <vector>

#include "cli/verbs.hpp"

namespace ohm::cli {
namespace {

struct Option {
    std::string_view name, takes, says;
};
constexpr Option options[] = {
    {"--url", "URL", "the api; else OHM_URL, else http://127.0.0.1:8000"},
    {"--key", "KEY", "API key; else OHM_ADMIN_KEY, else admin.key of the data folder"},
    {"--data-dir", "FOLDER", "where admin.key is; else OHM_DATA_DIR, else ./data"},
    {"--ca", "FILE", "PEM file that verifies https://; - verifies nothing"},
    {"--output", "WORD", "table, json, lines (an item a line) or name; short -o"},
    {"--watch", "", "again every two seconds"},
    {"--follow", "", "what is new in a list, as it comes; short -f"},
    {"--all", "", "every page of a list"},
    {"--wait", "SECONDS", "for a command's answer"},
    {"--NAME", "VALUE", "a filter of the list, as /docs has it: --status Faulted"},
};

std::vector<std::string_view> nouns() {
    std::vector<std::string_view> out;
    for (const Verb& verb : verbs())
        if (out.empty() || out.back() != verb.noun) out.push_back(verb.noun);
    return out;
}

std::string_view words_of(Body body) {
    switch (body) {
        case Body::pairs:
        case Body::created: return "[NAME=TEXT|NAME:=JSON]...";
        case Body::call: return "ACTION [JSON]";
        case Body::file:
        case Body::none: return "";
    }
    return "";
}

std::string usage_of(const Verb& verb) {
    std::string out{verb.noun};
    for (const std::string_view part : {verb.name, verb.takes, words_of(verb.body)})
        if (!part.empty()) (out += ' ') += part;
    return out;
}

void add_line(std::string& out, const std::string& left, std::string_view right) {
    constexpr std::size_t column = 46;
    out += "  " + left;
    if (left.size() + 3 > column)
        out += "\n" + std::string(column + 2, ' ');
    else
        out.append(column - left.size(), ' ');
    (out += right) += '\n';
}

void add_options(std::string& out) {
    out += "\nOptions:\n";
    for (const Option& option : options)
        add_line(out, std::string{option.name} + " " + std::string{option.takes}, option.says);
    out +=
        "\nExit codes: 0 done, 1 failed, 2 not understood, 3 not found, 4 refused by the "
        "station,\n5 no answer in time, 6 the station is offline, 7 some of many failed.\n";
}

std::string joined(const std::vector<std::string_view>& words) {
    std::string out;
    for (const std::string_view word : words) (out += out.empty() ? "" : " ") += word;
    return out;
}

std::vector<std::string_view> names_of(std::string_view noun) {
    std::vector<std::string_view> out;
    for (const Verb& verb : verbs())
        if (verb.noun == noun && !verb.name.empty()) out.push_back(verb.name);
    return out;
}

std::string bash_completion() {
    std::string out =
        "# ohmstead completion bash > /etc/bash_completion.d/ohmstead\n"
        "_ohmstead() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} noun=${COMP_WORDS[1]} verb=${COMP_WORDS[2]}\n"
        "    local words=\"\"\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        words=\"" +
        joined(nouns()) + "\"\n    elif [ \"$COMP_CWORD\" -eq 2 ]; then\n        case $noun in\n";
    for (const std::string_view noun : nouns()) {
        const auto names = names_of(noun);
        const std::string choices =
            names.empty() ? "$(ohmstead stations list -o name 2>/dev/null)" : joined(names);
        out += "            " + std::string{noun} + ") words=\"" + choices + "\" ;;\n";
    }
    out += "        esac\n    elif [ \"$COMP_CWORD\" -eq 3 ]; then\n        case $noun/$verb in\n";
    for (const Verb& verb : verbs())
        if (verb.takes.starts_with("STATION") && !verb.name.empty())
            out += "            " + std::string{verb.noun} + "/" + std::string{verb.name} +
                   ") words=\"$(ohmstead stations list -o name 2>/dev/null)\" ;;\n";
    return out +
           "        esac\n    fi\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
           "complete -F _ohmstead ohmstead\n";
}

std::string fish_completion() {
    std::string out = "# ohmstead completion fish > ~/.config/fish/completions/ohmstead.fish\n";
    out += "complete -c ohmstead -f -n __fish_use_subcommand -a '" + joined(nouns()) + "'\n";
    for (const std::string_view noun : nouns()) {
        const auto names = names_of(noun);
        const std::string choices =
            names.empty() ? "(ohmstead stations list -o name 2>/dev/null)" : joined(names);
        out += "complete -c ohmstead -f -n '__fish_seen_subcommand_from " + std::string{noun} +
               "' -a '" + choices + "'\n";
    }
    return out;
}

std::string roff(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '-') out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

std::string help() {
    std::string out;
    for (const Verb& verb : verbs()) add_line(out, usage_of(verb), verb.says);
    add_options(out);
    return out;
}

std::string program_help(std::string_view version) {
    return "ohmstead " + std::string{version} +
           ", a Charging Station Management System for OCPP 1.6J and 2.0.1\n\n"
           "  ohmstead all      api and worker in one process, on SQLite; needs no service\n"
           "  ohmstead api      REST, business and database; needs PostgreSQL and RabbitMQ\n"
           "  ohmstead worker   holds stations' connections; needs RabbitMQ\n"
           "  ohmstead sim      simulated stations; see ohmstead sim --help\n"
           "  ohmstead config   [show | get KEY | check | example | markdown]\n"
           "  ohmstead create-ca FOLDER [ORGANIZATION]  makes a certificate authority for "
           "stations\n"
           "  ohmstead migrate  brings the database to this version\n"
           "  ohmstead version\n\n"
           "Of a running api:\n" +
           help();
}

std::string help_of(std::string_view noun) {
    std::string out;
    for (const Verb& verb : verbs())
        if (verb.noun == noun) add_line(out, "ohmstead " + usage_of(verb), verb.says);
    add_options(out);
    return out;
}

std::string completion(std::string_view shell) {
    if (shell == "bash") return bash_completion();
    if (shell == "zsh") return "autoload -U +X bashcompinit && bashcompinit\n" + bash_completion();
    if (shell == "fish") return fish_completion();
    return {};
}

std::string man_page(std::string_view version) {
    std::string out = ".TH OHMSTEAD 1 \"\" \"ohmstead " + std::string{version} + "\"\n";
    out += ".SH NAME\nohmstead \\- a Charging Station Management System for OCPP\n";
    out += ".SH SYNOPSIS\n.B ohmstead\n.I NOUN VERB\n[\\fIWORD\\fR...] [\\fIOPTION\\fR...]\n";
    out +=
        ".SH DESCRIPTION\nAsks the REST interface of a running api. `ohmstead help` has the "
        "commands that run its parts.\n.SH COMMANDS\n";
    for (const Verb& verb : verbs())
        out += ".TP\n.B " + roff(usage_of(verb)) + "\n" + roff(verb.says) + ".\n";
    out += ".SH OPTIONS\n";
    for (const Option& option : options)
        out += ".TP\n\\fB" + roff(option.name) + "\\fR \\fI" + roff(option.takes) + "\\fR\n" +
               roff(option.says) + ".\n";
    out +=
        ".SH EXIT STATUS\n.TP\n.B 0\nDone.\n.TP\n.B 1\nFailed.\n.TP\n.B 2\nNot understood.\n"
        ".TP\n.B 3\nNot found.\n.TP\n.B 4\nRefused by the station.\n.TP\n.B 5\nNo answer in "
        "time.\n.TP\n.B 6\nThe station is offline.\n";
    return out;
}

}  // namespace ohm::cli
