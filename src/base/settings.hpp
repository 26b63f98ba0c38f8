// What the operator can set, in one table, and the values in force. `main` loads them once at
// start, before any thread; after that they are read only, so any thread may ask.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace ohm {

// One row of the table. `--help`, `ohmstead config`, the page for operators and every check of a
// value are made of it.
struct Setting {
    enum class Kind : std::uint8_t {
        text,
        integer,
        boolean,
        port,
        choice,
        path,
        secret,   // never shown; KEY_FILE names a file that holds it
        address,  // an IPv4 or IPv6 address
        label,    // [a-z0-9-]{1,40}
    };
    enum class Part : std::uint8_t { api, worker, both };

    std::string_view key;
    std::string_view fallback;
    Kind kind;
    std::int64_t min = 0;
    std::int64_t max = 0;
    std::string_view choices = {};  // separated by blanks
    Part part = Part::both;
    std::string_view help;
};
std::span<const Setting> settings_table();

// Where values come from; later ones win: files in this order, environment, arguments.
struct SettingSources {
    std::vector<std::string> files;        // those that are absent are skipped
    std::vector<std::string> environment;  // `KEY=value`
    std::vector<std::string> arguments;    // `--key value`, `--key=value`
};
SettingSources process_sources(std::vector<std::string> arguments);

class Settings {
public:
    // The refusal's `detail` is one sentence that names key, value and remedy.
    static Result<Settings> load(const SettingSources& sources);

    // Asking for a key that is not in the table, or of another kind, is a bug.
    std::string text(std::string_view key) const;  // of any kind
    std::int64_t integer(std::string_view key) const;
    bool boolean(std::string_view key) const;
    // `default`, `environment`, `flag`, or file and line.
    std::string origin(std::string_view key) const;
    bool is_default(std::string_view key) const { return origin(key) == "default"; }

    // For a key that a person typed: the refusal has a spelling suggestion.
    Result<std::string> find(std::string_view key) const;

private:
    struct Value {
        std::string text;
        std::string origin;
    };
    std::vector<Value> values_;  // in the order of the table
};

// OHM_WORKER_ID where none is set: host name and port, folded to its alphabet. A long host name
// keeps its end, where names that are given out in numbers differ.
std::string default_worker_id(std::string_view host_name, std::int64_t port);

std::string settings_help();                                        // the part of --help
std::string settings_show(const Settings& settings, bool origins);  // KEY=value, secrets masked
std::string settings_example();                      // an env file with every key as a comment
std::string settings_markdown();                     // the table in docs/OPERATIONS.md
std::string flag_of(std::string_view key);           // HTTP_SERVER_PORT -> --http-server-port
std::string allowed_values(const Setting& setting);  // "a port, 0 to 65535"

}  // namespace ohm
