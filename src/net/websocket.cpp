#include "net/websocket.hpp"

#include <cstring>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"

namespace ohm::net::websocket {
namespace {

constexpr std::size_t control_bytes_max = 125;
constexpr std::uint8_t fin_bit = 0x80;
constexpr std::uint8_t rsv1_bit = 0x40;
constexpr std::uint8_t mask_bit = 0x80;

std::uint8_t byte_at(std::span<const char> bytes, std::size_t i) {
    return static_cast<std::uint8_t>(bytes[i]);
}

std::uint64_t big_endian(std::span<const char> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8 | byte_at(bytes, i);
    return value;
}

void apply_mask(char* bytes, std::size_t count, Mask mask) {
    std::array<std::uint8_t, 8> twice{};
    for (std::size_t i = 0; i < twice.size(); ++i) twice[i] = mask[i % 4];
    std::uint64_t wide = 0;
    std::memcpy(&wide, twice.data(), sizeof wide);
    std::size_t i = 0;
    for (; i + sizeof wide <= count; i += sizeof wide) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + i, sizeof word);
        word ^= wide;
        std::memcpy(bytes + i, &word, sizeof word);
    }
    for (; i < count; ++i)
        bytes[i] = static_cast<char>(static_cast<std::uint8_t>(bytes[i]) ^ mask[i % 4]);
}

void append_head(std::string& out, Opcode opcode, bool compressed, std::size_t payload_bytes,
                 std::uint8_t masked) {
    const auto first = static_cast<std::uint8_t>(fin_bit | (compressed ? rsv1_bit : 0) |
                                                 static_cast<std::uint8_t>(opcode));
    out.push_back(static_cast<char>(first));
    const auto push_big_endian = [&](int count) {
        for (int i = count - 1; i >= 0; --i)
            out.push_back(static_cast<char>(payload_bytes >> (8 * i) & 0xFF));
    };
    if (payload_bytes <= control_bytes_max) {
        out.push_back(static_cast<char>(masked | payload_bytes));
    } else if (payload_bytes <= 0xFFFF) {
        out.push_back(static_cast<char>(masked | 126));
        push_big_endian(2);
    } else {
        out.push_back(static_cast<char>(masked | 127));
        push_big_endian(8);
    }
}

Event failure(std::uint16_t close_code, std::string_view detail) {
    return {.kind = Event::Kind::failed, .code = close_code, .detail = detail};
}

}  // namespace

struct Reader::Head {
    bool fin = false;
    bool rsv1 = false;
    bool rsv23 = false;
    bool masked = false;
    std::uint8_t opcode = 0;
    Mask mask{};
    std::uint8_t short_length = 0;  // 126 and 127 announce a longer one
    std::uint64_t payload_bytes = 0;
    std::size_t head_bytes = 0;
    bool whole = false;  // false: only the first two bytes are known

    bool is_control() const { return opcode >= 8; }
    static Head read(std::span<const char> input);
};

// Needs two bytes at least.
Reader::Head Reader::Head::read(std::span<const char> input) {
    Head head;
    const std::uint8_t first = byte_at(input, 0);
    const std::uint8_t second = byte_at(input, 1);
    head.fin = (first & fin_bit) != 0;
    head.rsv1 = (first & rsv1_bit) != 0;
    head.rsv23 = (first & 0x30) != 0;
    head.opcode = first & 0x0F;
    head.masked = (second & mask_bit) != 0;
    head.short_length = second & 0x7F;
    head.payload_bytes = head.short_length;
    const std::size_t length_bytes = head.payload_bytes == 126   ? 2
                                     : head.payload_bytes == 127 ? 8
                                                                 : 0;
    head.head_bytes = 2 + length_bytes + (head.masked ? 4 : 0);
    if (input.size() < head.head_bytes) return head;
    if (length_bytes > 0) head.payload_bytes = big_endian(input.subspan(2, length_bytes));
    if (head.masked) std::memcpy(head.mask.data(), input.data() + 2 + length_bytes, 4);
    head.whole = true;
    return head;
}

bool is_close_code(std::uint16_t close_code) {
    if (close_code >= 3000 && close_code <= 4999) return true;
    return close_code >= 1000 && close_code <= 1014 && close_code != 1004 && close_code != 1005 &&
           close_code != 1006;
}

void append_frame(std::string& out, Opcode opcode, bool compressed, std::string_view payload) {
    append_head(out, opcode, compressed, payload.size(), 0);
    out.append(payload);
}

void append_masked_frame(std::string& out, Opcode opcode, bool compressed, std::string_view payload,
                         Mask mask) {
    append_head(out, opcode, compressed, payload.size(), mask_bit);
    out.append(reinterpret_cast<const char*>(mask.data()), mask.size());
    out.append(payload);
    apply_mask(out.data() + out.size() - payload.size(), payload.size(), mask);
}

std::string close_payload(std::uint16_t close_code, std::string_view reason) {
    if (!is_close_code(close_code)) return {};
    std::string payload{static_cast<char>(close_code >> 8), static_cast<char>(close_code & 0xFF)};
    // Cut between characters: half of one would be invalid UTF-8.
    std::size_t cut = std::min(reason.size(), control_bytes_max - 2);
    while (cut > 0 && cut < reason.size() &&
           (static_cast<std::uint8_t>(reason[cut]) & 0xC0) == 0x80)
        --cut;
    return payload.append(is_utf8(reason) ? reason.substr(0, cut) : std::string_view{});
}

// What the first two bytes already forbid (RFC 6455 §5), null where nothing.
const char* Reader::offence(const Head& head, const Rules& rules) const {
    if (head.rsv23) return "reserved bit set";
    if (head.rsv1 && !rules.deflate) return "RSV1 without a negotiated extension";
    const bool known = head.opcode <= 2 || (head.opcode >= 8 && head.opcode <= 10);
    if (!known) return "reserved opcode";
    if (head.masked != (rules.role == Role::server))
        return head.masked ? "masked frame from a server" : "unmasked frame from a client";
    if (head.is_control()) {
        if (!head.fin) return "fragmented control frame";
        if (head.rsv1) return "compressed control frame";
        return head.short_length > control_bytes_max ? "control frame too long" : nullptr;
    }
    const bool continues = head.opcode == static_cast<std::uint8_t>(Opcode::continuation);
    if (continues && !in_message_) return "continuation without a message";
    if (!continues && in_message_) return "new message inside a fragmented one";
    if (continues && head.rsv1) return "RSV1 on a continuation";
    return nullptr;
}

Event Reader::next(std::span<char>& input, const Rules& rules, Inflater& inflater) {
    if (!in_message_) assembled_.clear();
    if (input.size() < 2) return {};
    const Head head = Head::read(input);
    if (const char* why = offence(head, rules)) return failure(code::protocol_error, why);
    if (!head.whole) return {};
    const bool not_minimal = (head.short_length == 126 && head.payload_bytes < 126) ||
                             (head.short_length == 127 && head.payload_bytes <= 0xFFFF);
    if (not_minimal || head.payload_bytes >> 63 != 0)
        return failure(code::protocol_error, "length not in its shortest form");
    // The first half keeps the sum of the second from wrapping.
    const bool too_large = head.payload_bytes > rules.message_bytes ||
                           assembled_.size() + head.payload_bytes > rules.message_bytes;
    if (too_large && !head.is_control()) return failure(code::too_large, "message too large");
    const auto payload_bytes = static_cast<std::size_t>(head.payload_bytes);
    if (input.size() - head.head_bytes < payload_bytes) return {};
    char* payload = input.data() + head.head_bytes;
    if (head.masked) apply_mask(payload, payload_bytes, head.mask);
    input = input.subspan(head.head_bytes + payload_bytes);
    const std::string_view view{payload, payload_bytes};
    return head.is_control() ? on_control(head, view) : on_data(head, view, rules, inflater);
}

Event Reader::on_control(const Head& head, std::string_view payload) {
    if (head.opcode == static_cast<std::uint8_t>(Opcode::ping))
        return {.kind = Event::Kind::ping, .payload = payload};
    if (head.opcode == static_cast<std::uint8_t>(Opcode::pong))
        return {.kind = Event::Kind::pong, .payload = payload};
    if (payload.empty()) return {.kind = Event::Kind::close, .code = code::none_received};
    if (payload.size() == 1) return failure(code::protocol_error, "half a close code");
    const auto close_code = static_cast<std::uint16_t>(big_endian({payload.data(), 2}));
    if (!is_close_code(close_code)) return failure(code::protocol_error, "invalid close code");
    const std::string_view reason = payload.substr(2);
    if (!is_utf8(reason)) return failure(code::bad_data, "close reason is not UTF-8");
    return {.kind = Event::Kind::close, .payload = reason, .code = close_code};
}

Event Reader::on_data(const Head& head, std::string_view payload, const Rules& rules,
                      Inflater& inflater) {
    if (!in_message_) {
        text_ = head.opcode == static_cast<std::uint8_t>(Opcode::text);
        compressed_ = head.rsv1;
        if (head.fin) return on_whole(payload, rules, inflater);
        in_message_ = true;
        fragments_ = 0;
    }
    if (++fragments_ > limits::fragments_per_message)
        return failure(code::policy, "too many fragments");
    assembled_.append(payload);
    if (!head.fin) return {.kind = Event::Kind::fragment};
    in_message_ = false;
    assembled_.reserve(assembled_.size() + limits::simd_slack_bytes);
    return on_whole(assembled_, rules, inflater);
}

Event Reader::on_whole(std::string_view payload, const Rules& rules, Inflater& inflater) {
    if (compressed_) {
        const Inflater::Result result = inflater.inflate(payload, rules.message_bytes);
        if (result == Inflater::Result::too_large)
            return failure(code::too_large, "message too large when inflated");
        if (result == Inflater::Result::broken)
            return failure(code::bad_data, "compressed data broken");
        payload = inflater.message();
    }
    if (text_ && !is_utf8(payload)) return failure(code::bad_data, "text is not UTF-8");
    return {.kind = Event::Kind::message, .text = text_, .payload = payload};
}

}  // namespace ohm::net::websocket
