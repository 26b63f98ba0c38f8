#include "api/files/multipart.hpp"

#include "base/limits.hpp"
#include "base/limits_files.hpp"
#include "base/text.hpp"

namespace ohm::api::files {
namespace {

// The value of a parameter: `name="a \"b\""` or `name=a`.
std::optional<std::string> parameter_of(std::string_view header, std::string_view name) {
    for (auto at = header.find(';'); at != std::string_view::npos;) {
        header = trim(header.substr(at + 1));
        const auto equals = header.find_first_of("=;");
        if (equals == std::string_view::npos || header[equals] == ';') {
            at = equals;
            continue;
        }
        const bool is_it = equals_ignoring_case(trim(header.substr(0, equals)), name);
        header = trim(header.substr(equals + 1));
        std::string value;
        std::size_t end = 0;
        if (header.starts_with('"')) {
            for (end = 1; end < header.size() && header[end] != '"'; ++end) {
                if (header[end] == '\\' && end + 1 < header.size() && header[end + 1] == '"') ++end;
                value += header[end];
            }
        } else {
            end = std::min(header.find(';'), header.size());
            value = trim(header.substr(0, end));
        }
        if (is_it) return value;
        at = header.find(';', end);
    }
    return std::nullopt;
}

void read_header(std::string_view line, Multipart::Part& part, bool& is_file) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name = trim(line.substr(0, colon)), value = trim(line.substr(colon + 1));
    if (equals_ignoring_case(name, "content-type")) part.content_type = value;
    if (!equals_ignoring_case(name, "content-disposition")) return;
    part.name = parameter_of(value, "name").value_or("");
    const auto file_name = parameter_of(value, "filename");
    is_file = file_name.has_value();
    part.file_name = file_name.value_or("");
}

}  // namespace

std::optional<std::string> boundary_of(std::string_view content_type) {
    const std::string_view media = trim(content_type.substr(0, content_type.find(';')));
    if (!equals_ignoring_case(media, "multipart/form-data")) return std::nullopt;
    auto boundary = parameter_of(content_type, "boundary");
    constexpr std::size_t boundary_max = 70;  // RFC 2046 §5.1.1
    if (!boundary || boundary->empty() || boundary->size() > boundary_max) return std::nullopt;
    return boundary;
}

Multipart::Multipart(std::string_view boundary, Taker& taker)
    : delimiter_{"\r\n--" + std::string{boundary}}, taker_{taker} {}

bool Multipart::feed(std::string_view bytes) {
    if (state_ == State::done) return true;  // what follows the last part means nothing
    buffer_.append(bytes);
    while (step()) {}
    return state_ != State::broken;
}

// True: there may be more to do.
bool Multipart::step() {
    switch (state_) {
        case State::preamble: return step_preamble();
        case State::boundary_end: return step_boundary_end();
        case State::head: return step_head();
        case State::body: return step_body();
        default: return false;
    }
}

bool Multipart::break_off() {
    state_ = State::broken;
    return false;
}

bool Multipart::step_preamble() {
    const auto at = buffer_.find(delimiter_);
    if (at == std::string::npos) {
        if (buffer_.size() > limits::multipart_head_bytes) return break_off();
        return false;
    }
    buffer_.erase(0, at + delimiter_.size());
    state_ = State::boundary_end;
    return true;
}

bool Multipart::step_boundary_end() {
    if (buffer_.size() < 2) return false;
    const bool ends = buffer_.starts_with("--");
    if (!ends && !buffer_.starts_with("\r\n")) return break_off();
    state_ = ends ? State::done : State::head;
    return !ends;
}

bool Multipart::step_head() {
    const auto end = buffer_.find("\r\n\r\n");
    if (end == std::string::npos) {
        if (buffer_.size() > limits::multipart_head_bytes) return break_off();
        return false;
    }
    part_ = {};
    is_file_ = false;
    field_.clear();
    for (const std::string_view line : split(std::string_view{buffer_}.substr(0, end), '\n'))
        read_header(trim(line), part_, is_file_);
    buffer_.erase(0, end + 4);
    if (is_file_) is_wanted_ = taker_.on_file(part_);
    if (!is_file_ && ++fields_ > limits::multipart_fields) return break_off();
    state_ = State::body;
    return true;
}

bool Multipart::step_body() {
    const auto at = buffer_.find(delimiter_);
    if (at == std::string::npos) {
        // The end of what is here may be the beginning of the delimiter.
        const std::size_t sure = buffer_.size() - std::min(buffer_.size(), delimiter_.size() - 1);
        if (!take_content(std::string_view{buffer_}.substr(0, sure))) return break_off();
        buffer_.erase(0, sure);
        return false;
    }
    if (!take_content(std::string_view{buffer_}.substr(0, at))) return break_off();
    buffer_.erase(0, at + delimiter_.size());
    if (!is_file_) taker_.on_field(part_.name, field_);
    state_ = State::boundary_end;
    return true;
}

bool Multipart::take_content(std::string_view content) {
    if (is_file_) {
        if (is_wanted_ && !content.empty()) taker_.on_file_bytes(content);
        return true;
    }
    field_.append(content);
    return field_.size() <= limits::multipart_field_bytes;
}

}  // namespace ohm::api::files
