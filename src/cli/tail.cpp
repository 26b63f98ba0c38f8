#include "cli/tail.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "cli/shown.hpp"

namespace ohm::cli {

// Not in the unnamed namespace: clang wants linkage of whatever FIELDS describes.
namespace answers {
struct StreamFrame {
    wire::Optional<wire::Text<>> type, subject, time, sequence, detail, code;
    wire::Optional<std::int64_t> status;
    wire::Optional<wire::Any> data;
    FIELDS(type, subject, time, sequence, detail, code, status, data)
};
}  // namespace answers

namespace {

constexpr int failed = 1, not_found = 3, no_answer = 5;
constexpr wire::Rules lenient{wire::Strictness::lenient, true};
constexpr milliseconds wait_min{500}, wait_max{15'000};
constexpr std::array<std::size_t, 3> widths{24, 28, 20};

std::string text_of(const wire::Optional<wire::Text<>>& text) {
    return text ? text->value : std::string{};
}

std::string filter_of(const Words& words, std::initializer_list<std::string_view> names) {
    std::string out;
    for (const auto& [name, value] : words.filters)
        if (std::find(names.begin(), names.end(), name) != names.end())
            out += (out.empty() ? "" : ",") + value;
    return out;
}

// Columns that stay where they are, whatever comes: the lines are not known together.
std::string row_of(const answers::StreamFrame& frame) {
    const std::array cells{text_of(frame.time), text_of(frame.type), text_of(frame.subject)};
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string cell = harmless(cells[i]);
        out += cell;
        const std::size_t used = count_code_points(cell);
        out.append(used < widths[i] ? widths[i] - used + 2 : 2, ' ');
    }
    return out + (frame.data ? harmless(frame.data->json) : "");
}

}  // namespace

Tail::Tail(const Words& words, bool as_table, std::int64_t most)
    : types_{filter_of(words, {"type", "types"})},
      station_{filter_of(words, {"station"})},
      as_table_{as_table},
      most_{most} {}

std::string Tail::target() const {
    std::string out = "/events/ws";
    const auto add = [&out](std::string_view name, const std::string& value) {
        if (value.empty()) return;
        out += out.find('?') == std::string::npos ? '?' : '&';
        out += std::string{name} + "=" + percent_encode(value);
    };
    add("types", types_);
    add("station", station_);
    add("after", sequence_);
    return out;
}

std::optional<std::string> Tail::on_event(std::string_view json) {
    answers::StreamFrame frame;
    if (decoder_.decode(json, frame, lenient) || !frame.type) return std::nullopt;
    if (frame.sequence) sequence_ = frame.sequence->value;
    ++shown_;
    return as_table_ ? row_of(frame) : std::string{json};
}

Tail::Heard Tail::on_message(std::string_view json) {
    answers::StreamFrame frame;
    if (decoder_.decode(json, frame, lenient)) return {};
    const std::string type = text_of(frame.type);
    if (frame.status) {  // a problem in place of the stream
        refusal_ = static_cast<int>(*frame.status);
        return {.line = {}, .sentence = sentence_of(read_problem(decoder_, json), refusal_)};
    }
    if (type == "ready") {
        was_connected_ = true;
        failures_ = 0;
        if (frame.sequence) sequence_ = frame.sequence->value;
        return {};
    }
    if (type == "stream.unauthorized") refusal_ = 401;
    if (type.starts_with("stream.")) {
        if (frame.sequence) sequence_ = frame.sequence->value;
        return {.line = {}, .sentence = type + ": " + harmless(text_of(frame.detail))};
    }
    return {.line = on_event(json).value_or(""), .sentence = {}};
}

std::optional<int> Tail::on_end(int status) {
    if (status == 0) status = std::exchange(refusal_, 0);
    // Whoever asks for a place that is gone is told the newest one, and goes on from there.
    const bool is_for_good = status >= 400 && status < 500 && status != 410 && status != 429;
    if (is_for_good) return status == 404 ? not_found : failed;
    if (!was_connected_ && status != 410) return no_answer;
    return std::nullopt;
}

milliseconds Tail::next_wait() {
    constexpr int doublings_max = 10;
    const auto wait = wait_min * (1 << std::min(failures_++, doublings_max));
    return std::min<milliseconds>(wait, wait_max);
}

}  // namespace ohm::cli
