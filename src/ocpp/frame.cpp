#include "ocpp/frame.hpp"

#include <optional>

namespace ohm::ocpp {
namespace {

constexpr std::size_t description_max = 255;

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
    // A number, or a string with its quotes; empty where neither is there.
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
            if (text_[i] == '\\')
                ++i;
            else if (text_[i] == '"')
                return i + 1;
            else if (static_cast<std::uint8_t>(text_[i]) < 0x20)
                return 0;
        }
        return 0;
    }
    std::size_t number_length() const {
        const auto end = text_.find_first_not_of("0123456789+-.eE");
        return end == std::string_view::npos ? text_.size() : end;
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
    if (action.empty() || action.front() != '"' || !in.take(',')) return;
    const auto payload = up_to_bracket(in.rest());
    if (!payload || payload->empty()) return;
    head.action = unquote(action);
    head.rest = *payload == "null" ? "{}" : *payload;
    head.type = FrameType::call;
}

void read_answer(Scanner& in, Head& head, FrameType type) {
    if (!in.take(',')) return;
    const auto rest = up_to_bracket(in.rest());
    if (!rest) return;
    head.rest = *rest;
    head.type = type;
}

}  // namespace

std::string_view strip(std::string_view frame) {
    if (frame.starts_with("\xEF\xBB\xBF")) frame.remove_prefix(3);
    while (!frame.empty() && frame.back() == '\0') frame.remove_suffix(1);
    return trim(frame);
}

Head read_head(std::string_view frame) {
    Head head;
    Scanner in{strip(frame)};
    if (!in.take('[')) return head;
    const std::string_view type = in.scalar();
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
    std::size_t end = std::min(description.size(), description_max);
    while (end > 0 && end < description.size() && (description[end] & 0xC0) == 0x80)
        --end;  // no half character
    std::string out = "[4,";
    out += raw_id.empty() ? "\"-1\"" : raw_id;
    out += ',';
    append_json_string(out, code);
    out += ',';
    append_json_string(out, description.substr(0, end));
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
