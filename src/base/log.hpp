// One line an event, `key=value` or JSON, to stderr. `error` means: a person must look. Values from
// outside are quoted and escaped, so a line is always one line. Never log secrets or payloads. Any
// thread; never blocks on a slow terminal.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace ohm::log {

enum class Level : std::uint8_t { trace, debug, info, warn, error, off };
enum class Format : std::uint8_t { text, json };

struct Field {
    std::string_view key;
    std::string value;
    bool quoted = true;

    Field(std::string_view k, std::string_view v) : key{k}, value{v} {}
    Field(std::string_view k, const char* v) : key{k}, value{v} {}
    Field(std::string_view k, const std::string& v) : key{k}, value{v} {}
    Field(std::string_view k, std::integral auto v)
        : key{k}, value{std::to_string(v)}, quoted{false} {}
};
using Fields = std::initializer_list<Field>;

Level level_of(std::string_view name);    // of OHM_LOG_LEVEL; info where unknown
Format format_of(std::string_view name);  // of OHM_LOG_FORMAT
void start(Level level, Format format,
           std::string_view role);  // once, from main, before any thread
void stop();                        // flushes
std::uint64_t error_count();        // of this process: a simulation run fails when it grows

void write(Level level, std::string_view event, Fields fields);
inline void debug(std::string_view event, Fields fields = {}) {
    write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
inline void warn(std::string_view event, Fields fields = {}) { write(Level::warn, event, fields); }
inline void error(std::string_view event, Fields fields = {}) {
    write(Level::error, event, fields);
}

}  // namespace ohm::log
