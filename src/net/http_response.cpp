#include "net/http_response.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace ohm::net {

std::string_view ResponseParser::header(std::string_view lower_case_name) const {
    for (const Header& header : answer_.headers)
        if (header.name == lower_case_name) return header.value;
    return {};
}

bool ResponseParser::refuse(std::string_view why) {
    refusal_ = why;
    return false;
}

ResponseParser::State ResponseParser::feed(std::string_view& input) {
    while (refusal_.empty() && part_ != Part::done && step(input)) {}
    if (!refusal_.empty()) return State::refused;
    return part_ == Part::done ? State::complete : State::incomplete;
}

ResponseParser::State ResponseParser::end_of_stream() {
    if (part_ == Part::rest) part_ = Part::done;
    if (part_ != Part::done) refuse("the answer ends too early");
    return part_ == Part::done ? State::complete : State::refused;
}

bool ResponseParser::step(std::string_view& input) {
    if (part_ == Part::body || part_ == Part::chunk_data || part_ == Part::rest) {
        if (part_ == Part::rest) awaited_ = input.size();
        if (input.empty() && (awaited_ > 0 || part_ == Part::rest)) return false;
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(awaited_, input.size()));
        if (answer_.body.size() + count > limits_.body_bytes) return refuse("body too large");
        answer_.body.append(input.substr(0, count));
        input.remove_prefix(count);
        awaited_ -= count;
        if (awaited_ == 0 && part_ == Part::body) part_ = Part::done;
        if (awaited_ == 0 && part_ == Part::chunk_data) part_ = Part::chunk_end;
        return true;
    }
    const auto end = input.find('\n');
    const std::size_t count = end == std::string_view::npos ? input.size() : end + 1;
    head_bytes_ += count;
    if (head_bytes_ > limits_.header_bytes) return refuse("header too large");
    line_.append(input.substr(0, count));
    input.remove_prefix(count);
    if (end == std::string_view::npos) return false;
    if (!line_.ends_with("\r\n")) return refuse("LF without CR");
    line_.resize(line_.size() - 2);
    const bool good = on_line(line_);
    line_.clear();
    return good;
}

bool ResponseParser::on_line(std::string_view line) {
    switch (part_) {
        case Part::chunk_size: return on_chunk_size(line);
        case Part::chunk_end:
            part_ = Part::chunk_size;
            head_bytes_ = 0;
            return line.empty() || refuse("chunk longer than its size");
        case Part::trailer:
            if (line.empty()) part_ = Part::done;
            return true;
        default: break;
    }
    if (answer_.status == 0) return on_status_line(line);
    return line.empty() ? on_head_end() : on_header_line(line);
}

bool ResponseParser::on_status_line(std::string_view line) {
    // `HTTP/1.1 200 OK`
    const bool formed =
        line.size() >= 12 && (line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 "));
    const auto status = formed ? parse_int(line.substr(9, 3)) : std::nullopt;
    if (!status || *status < 100 || *status > 999) return refuse("malformed status line");
    answer_.status = static_cast<int>(*status);
    return true;
}

bool ResponseParser::on_header_line(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return refuse("malformed header");
    answer_.headers.push_back({.name = to_lower(line.substr(0, colon)),
                               .value = std::string{trim(line.substr(colon + 1))}});
    return true;
}

bool ResponseParser::on_head_end() {
    const int status = answer_.status;
    if (status > 101 && status < 200) {
        answer_ = {};  // interim: the answer proper follows
        return true;
    }
    if (status == 100) {
        answer_ = {};
        return true;
    }
    if (status == 101 || status == 204 || status == 304 || head_only_) {
        part_ = Part::done;
        return true;
    }
    if (equals_ignoring_case(header("transfer-encoding"), "chunked")) {
        part_ = Part::chunk_size;
        head_bytes_ = 0;
        return true;
    }
    const std::string_view length = header("content-length");
    if (length.empty()) {
        part_ = Part::rest;
        return true;
    }
    const auto bytes = parse_int(length);
    if (!bytes || *bytes < 0) return refuse("malformed Content-Length");
    if (static_cast<std::uint64_t>(*bytes) > limits_.body_bytes) return refuse("body too large");
    awaited_ = static_cast<std::uint64_t>(*bytes);
    part_ = awaited_ == 0 ? Part::done : Part::body;
    return true;
}

bool ResponseParser::on_chunk_size(std::string_view line) {
    const std::string_view digits = line.substr(0, line.find(';'));
    std::uint64_t size = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty())
        return refuse("malformed chunk size");
    if (size > limits_.body_bytes) return refuse("body too large");
    awaited_ = size;
    part_ = size == 0 ? Part::trailer : Part::chunk_data;
    return true;
}

}  // namespace ohm::net
