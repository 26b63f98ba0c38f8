#include "base/log.hpp"

#include <atomic>
#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/text.hpp"
#include "base/time.hpp"

namespace ohm::log {
namespace {

constexpr std::size_t queue_lines = 8'192;  // more: the oldest waiting lines go

struct Sink {
    std::shared_ptr<spdlog::logger> logger;
    Level level = Level::info;
    Format format = Format::text;
    std::string role;
    std::atomic<std::uint64_t> errors{0};
};
Sink& sink() {
    static Sink the_sink;
    return the_sink;
}

constexpr std::string_view name(Level level) {
    constexpr std::string_view names[] = {"trace", "debug", "info", "warn", "error", "off"};
    return names[static_cast<std::size_t>(level)];
}

bool is_plain(std::string_view value) {
    if (value.empty()) return false;
    for (const char c : value)
        if (static_cast<std::uint8_t>(c) <= ' ' || static_cast<std::uint8_t>(c) >= 0x7F ||
            c == '"' || c == '=' || c == '\\')
            return false;
    return true;
}

void append_text(std::string& line, std::string_view key, std::string_view value) {
    line += ' ';
    line += key;
    line += '=';
    if (is_plain(value))
        line += value;
    else
        append_json_string(line, value);
}

void append_json(std::string& line, std::string_view key, std::string_view value, bool quoted) {
    line += line.size() == 1 ? "" : ",";
    append_json_string(line, key);
    line += ':';
    if (quoted)
        append_json_string(line, value);
    else
        line += value;
}

std::string format_line(const Sink& to, Level level, std::string_view event, Fields fields) {
    const std::string at = to_rfc3339(SystemClock{}.utc(), 3);
    std::string line;
    if (to.format == Format::text) {
        line = at;
        line += ' ';
        line += name(level);
        append_text(line, "role", to.role);
        append_text(line, "event", event);
        for (const Field& field : fields) append_text(line, field.key, field.value);
        return line;
    }
    line = "{";
    append_json(line, "ts", at, true);
    append_json(line, "level", name(level), true);
    append_json(line, "role", to.role, true);
    append_json(line, "msg", event, true);
    for (const Field& field : fields) append_json(line, field.key, field.value, field.quoted);
    line += '}';
    return line;
}

}  // namespace

Level level_of(std::string_view wanted) {
    for (const Level level :
         {Level::trace, Level::debug, Level::info, Level::warn, Level::error, Level::off})
        if (name(level) == wanted) return level;
    return Level::info;
}
Format format_of(std::string_view wanted) { return wanted == "json" ? Format::json : Format::text; }

void start(Level level, Format format, std::string_view role) {
    Sink& to = sink();
    to.level = level;
    to.format = format;
    to.role = role;
    spdlog::init_thread_pool(queue_lines, 1);
    to.logger = spdlog::create_async_nb<spdlog::sinks::stderr_sink_mt>("ohmstead");
    to.logger->set_pattern("%v");
    to.logger->set_level(spdlog::level::trace);
    to.logger->flush_on(spdlog::level::trace);
}

void stop() {
    sink().logger.reset();
    spdlog::shutdown();
}

std::uint64_t error_count() { return sink().errors.load(std::memory_order_relaxed); }

void write(Level level, std::string_view event, Fields fields) {
    Sink& to = sink();
    if (level == Level::error) to.errors.fetch_add(1, std::memory_order_relaxed);
    if (level < to.level || !to.logger) return;
    to.logger->log(spdlog::level::info, "{}", format_line(to, level, event, fields));
}

}  // namespace ohm::log
