#include "ocpp/frame.hpp"

#include <optional>

namespace ohm::ocpp {
namespace {

constexpr std::size_t description_max = 255;  // characters

// Reads JSON tokens off the front of the text; only those that a head can hold.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_{text} {}

    bool take(char wanted) {
        skip_blanks();
        if (text_.empty() || text_.front() != wanted) return false;
        text_.remove_prefix(1);
        return true;
    }
    // A number, or a string with its quotes; empty where neither is there. What is echoed in an
    // answer has to be JSON, so both are read to the letter.
    std::string_view scalar() {
        skip_blanks();
        if (text_.empty()) return {};
        return take_off(text_.front() == '"' ? string_length() : number_length());
    }
    std::string_view rest() const { return text_; }

private:
    void skip_blanks() {
        while (!text_.empty() && (text_.front() == ' ' || text_.front() == '\t' ||
                                  text_.front() == '\n' || text_.front() == '\r'))
            text_.remove_prefix(1);
    }
    std::string_view take_off(std::size_t length) {
        const std::string_view token = text_.substr(0, length);
        text_.remove_prefix(length);
        return token;
    }
    std::size_t string_length() const {
        for (std::size_t i = 1; i < text_.size(); ++i) {
            if (text_[i] == '"') return is_utf8(text_.substr(0, i)) ? i + 1 : 0;
            if (static_cast<std::uint8_t>(text_[i]) < 0x20) return 0;
            if (text_[i] != '\\') continue;
            const std::size_t length = escape_length(i + 1);
            if (length == 0) return 0;
            i += length;
        }
        return 0;
    }
    // Of what follows a backslash; 0 where that is no escape.
    std::size_t escape_length(std::size_t at) const {
        if (at >= text_.size()) return 0;
        if (text_[at] != 'u') return std::string_view{"\"\\/bfnrt"}.find(text_[at]) < 8 ? 1 : 0;
        return text_.size() - at > 4 && from_hex(text_.substr(at + 1, 4)) ? 5 : 0;
    }
    std::size_t number_length() const {
        const auto digits_from = [this](std::size_t at) {
            while (at < text_.size() && text_[at] >= '0' && text_[at] <= '9') ++at;
            return at;
        };
        const auto is_at = [this](std::size_t at, std::string_view any_of) {
            return at < text_.size() && any_of.find(text_[at]) != std::string_view::npos;
        };
        const std::size_t first = is_at(0, "-") ? 1 : 0;
        std::size_t end = is_at(first, "0") ? first + 1 : digits_from(first);
        if (end == first) return 0;
        if (is_at(end, ".")) {
            const std::size_t after = end + 1;
            if ((end = digits_from(after)) == after) return 0;
        }
        if (is_at(end, "eE")) {
            const std::size_t after = end + (is_at(end + 1, "+-") ? 2 : 1);
            if ((end = digits_from(after)) == after) return 0;
        }
        return end;
    }
    std::string_view text_;
};

void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xE0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

// The text behind a token. Escapes outside the basic plane become U+FFFD: ids and actions have
// none.
std::string unquote(std::string_view token) {
    if (token.empty() || token.front() != '"') return std::string{token};
    std::string out;
    for (std::size_t i = 1; i + 1 < token.size(); ++i) {
        if (token[i] != '\\') {
            out += token[i];
            continue;
        }
        const char escape = token[++i];
        constexpr std::string_view names = "nrtbf", values = "\n\r\t\b\f";
        const auto known = names.find(escape);
        if (escape != 'u') {
            out += known == std::string_view::npos ? escape : values[known];
            continue;
        }
        const auto bytes = i + 4 < token.size() ? from_hex(token.substr(i + 1, 4)) : std::nullopt;
        const auto code = !bytes
                              ? 0xFFFDu
                              : static_cast<unsigned>(static_cast<std::uint8_t>((*bytes)[0]) << 8 |
                                                      static_cast<std::uint8_t>((*bytes)[1]));
        append_utf8(out, code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code);
        if (bytes) i += 4;
    }
    return out;
}

// What stands between here and the array's closing bracket, or nothing where it is not closed.
std::optional<std::string_view> up_to_bracket(std::string_view text) {
    const std::string_view trimmed = trim(text);
    if (trimmed.empty() || trimmed.back() != ']') return std::nullopt;
    return trim(trimmed.substr(0, trimmed.size() - 1));
}

void read_call(Scanner& in, Head& head) {
    head.type = FrameType::broken_call;
    if (!in.take(',')) return;
    const std::string_view action = in.scalar();
    if (action.empty() || action.front() != '"') return;
    const bool goes_on = in.take(',');
    const auto payload = up_to_bracket(in.rest());
    if (!payload || (!goes_on && !payload->empty())) return;
    head.has_payload = !payload->empty();
    head.action = unquote(action);
    head.rest = !head.has_payload || *payload == "null" ? "{}" : *payload;
    head.type = FrameType::call;
}

// An answer with a readable id is an answer, whatever its rest looks like: the caller learns at
// once that it is broken.
void read_answer(Scanner& in, Head& head, FrameType type) {
    head.type = type;
    if (!in.take(',')) return;
    head.rest = up_to_bracket(in.rest()).value_or(trim(in.rest()));
    if (type == FrameType::call_result && head.rest == "null") head.rest = "{}";
}

// 2.0 is the same number as 2 in JSON.
std::string_view without_zero_fraction(std::string_view number) {
    const auto point = number.find('.');
    const bool is_whole = point != std::string_view::npos &&
                          number.find_first_not_of('0', point + 1) == std::string_view::npos;
    return is_whole ? number.substr(0, point) : number;
}

}  // namespace

std::string_view strip(std::string_view frame) {
    constexpr std::string_view blank{" \t\r\n\0", 5};
    const auto end = frame.find_last_not_of(blank);
    if (end == std::string_view::npos) return {};
    frame = trim(frame.substr(0, end + 1));
    if (frame.starts_with("\xEF\xBB\xBF")) frame.remove_prefix(3);
    return trim(frame);
}

Head read_head(std::string_view frame) {
    Head head;
    Scanner in{strip(frame)};
    if (!in.take('[')) return head;
    const std::string_view type = without_zero_fraction(in.scalar());
    if (type.empty() || !in.take(',')) return head;
    const std::string_view id = in.scalar();
    if (!id.empty()) {
        head.raw_id = id;
        head.id = unquote(id);
    }
    if (type != "2" && type != "3" && type != "4") {
        head.type = FrameType::unknown_type;
        return head;
    }
    if (id.empty()) return head;
    if (type == "2")
        read_call(in, head);
    else
        read_answer(in, head, type == "3" ? FrameType::call_result : FrameType::call_error);
    return head;
}

std::string call(std::string_view message_id, std::string_view action, std::string_view payload) {
    std::string out = "[2,";
    append_json_string(out, message_id);
    out += ',';
    append_json_string(out, action);
    out += ',';
    out += payload;
    out += ']';
    return out;
}

std::string call_result(std::string_view raw_id, std::string_view payload) {
    std::string out;
    out.reserve(raw_id.size() + payload.size() + 6);
    ((((out += "[3,") += raw_id) += ',') += payload) += ']';
    return out;
}

std::string call_error(std::string_view raw_id, std::string_view code, std::string_view description,
                       std::string_view details) {
    std::string out = "[4,";
    out += raw_id.empty() ? "\"-1\"" : raw_id;
    out += ',';
    append_json_string(out, code);
    out += ',';
    append_json_string(out, first_code_points(description, description_max));
    ((out += ',') += details) += ']';
    return out;
}

std::string heartbeat_result(std::string_view raw_id, std::string_view current_time) {
    std::string out;
    out.reserve(raw_id.size() + current_time.size() + 26);
    (((((out += "[3,") += raw_id) += R"(,{"currentTime":")") += current_time) += R"("}])");
    return out;
}

}  // namespace ohm::ocpp
