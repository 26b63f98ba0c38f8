#include "sim/ledger.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {
namespace {

constexpr std::array<std::string_view, 9> event_names{"sent",      "acked",   "refused",
                                                      "timed_out", "dropped", "command",
                                                      "answered",  "stray",   "unreadable"};

void append_member(std::string& out, std::string_view name, std::string_view text) {
    if (text.empty()) return;
    ((out += ",\"") += name) += "\":";
    append_json_string(out, text);
}

void append_body(std::string& out, const Entry& entry) {
    if (entry.body.empty()) return;
    const auto json =
        entry.event == Entry::Event::unreadable ? std::nullopt : wire::minify(entry.body);
    if (!json) return append_member(out, "text", entry.body);
    (out += ",\"body\":") += *json;
}

}  // namespace

std::string_view name_of(Entry::Event event) {
    return event_names.at(static_cast<std::size_t>(event));
}

std::string to_json_line(const Entry& entry) {
    std::string out = R"({"at":")" + to_rfc3339(entry.at.utc, 6) + R"(","event":")";
    (out += name_of(entry.event)) += '"';
    append_member(out, "station", entry.station);
    if (entry.key != 0) (out += ",\"key\":") += std::to_string(entry.key);
    if (entry.attempt != 0) (out += ",\"attempt\":") += std::to_string(entry.attempt);
    append_member(out, "action", entry.action);
    append_member(out, "message_id", entry.message_id);
    append_body(out, entry);
    return out += "}\n";
}

LedgerFile::LedgerFile(const std::string& path)
    : path_{path},
      descriptor_{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)} {
    if (descriptor_ < 0)
        throw Fault{Fault::Kind::fatal,
                    "cannot open the ledger " + path + ": " + std::strerror(errno)};
}

LedgerFile::~LedgerFile() {
    try {
        flush();
    } catch (const Fault&) {  // whoever wants to know has called flush() before
    }
    ::close(descriptor_);
}

void LedgerFile::note(const Entry& entry) {
    waiting_ += to_json_line(entry);
    if (waiting_.size() >= limits::sim_ledger_buffer_bytes) flush();
}

void LedgerFile::flush() {
    std::string_view rest = waiting_;
    while (!rest.empty()) {
        const auto written = ::write(descriptor_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0)
            throw Fault{Fault::Kind::fatal,
                        "cannot write the ledger " + path_ + ": " + std::strerror(errno)};
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    waiting_.clear();
}

}  // namespace ohm::sim
