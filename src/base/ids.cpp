#include "base/ids.hpp"

#include <array>

namespace ohm {
namespace {

constexpr std::string_view crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

int crockford_value(char c) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    const auto at = crockford.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string Ulid::bytes() const {
    std::string out(16, '\0');
    for (std::size_t i = 0; i < 8; ++i) {
        out[i] = static_cast<char>(high >> (56 - 8 * i));
        out[i + 8] = static_cast<char>(low >> (56 - 8 * i));
    }
    return out;
}

std::string Ulid::text() const {
    std::string out(26, '0');
    std::uint64_t h = high;
    std::uint64_t l = low;
    for (std::size_t i = 26; i-- > 0;) {
        out[i] = crockford[l & 31];
        l = (l >> 5) | (h << 59);
        h >>= 5;
    }
    return out;
}

std::optional<Ulid> Ulid::from_bytes(std::string_view bytes) {
    if (bytes.size() != 16) return std::nullopt;
    Ulid id;
    for (std::size_t i = 0; i < 8; ++i) {
        id.high = id.high << 8 | static_cast<std::uint8_t>(bytes[i]);
        id.low = id.low << 8 | static_cast<std::uint8_t>(bytes[i + 8]);
    }
    return id;
}

std::optional<Ulid> Ulid::from_text(std::string_view text) {
    if (text.size() != 26) return std::nullopt;
    Ulid id;
    for (const char c : text) {
        const int value = crockford_value(c);
        if (value < 0 || id.high >> 59 != 0) return std::nullopt;
        id.high = id.high << 5 | id.low >> 59;
        id.low = id.low << 5 | static_cast<std::uint64_t>(value);
    }
    return id;
}

Ulid IdSource::next() {
    const auto ms = static_cast<std::uint64_t>(micros(clock_.utc()) / 1000) & 0xFFFF'FFFF'FFFFu;
    Ulid id{.high = ms << 16 | (random_.next() & 0xFFFF), .low = random_.next()};
    if (id <= last_) {  // same or earlier millisecond: the successor of the last one
        id = last_;
        if (++id.low == 0) ++id.high;
    }
    return last_ = id;
}

}  // namespace ohm
