#include "api/rest/qr_code.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/error.hpp"

namespace ohm::api::rest {
namespace {

using Bytes = std::vector<unsigned char>;

constexpr std::size_t versions = 40, finder = 7, margin = 4;
constexpr unsigned format_of_level_m = 0;
// Of error correction level M, by version from 1 on: codewords that correct a block, and blocks.
constexpr std::array<std::size_t, versions> correcting_codewords{
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
    26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28};
constexpr std::array<std::size_t, versions> block_counts{
    1,  1,  1,  2,  2,  4,  4,  4,  5,  5,  5,  8,  9,  9,  10, 10, 11, 13, 14, 16,
    17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49};

std::size_t alignment_count(std::size_t version) { return version == 1 ? 0 : version / 7 + 2; }

// What is left for data and its correction, when all fixed patterns are drawn.
std::size_t raw_codewords(std::size_t version) {
    std::size_t modules = (16 * version + 128) * version + 64;
    if (version >= 2) {
        const std::size_t count = alignment_count(version);
        modules -= (25 * count - 10) * count - 55;
        if (version >= 7) modules -= 36;
    }
    return modules / 8;
}
std::size_t data_codewords(std::size_t version) {
    return raw_codewords(version) - correcting_codewords[version - 1] * block_counts[version - 1];
}
std::size_t length_bits(std::size_t version) { return version < 10 ? 8 : 16; }

std::size_t smallest_version(std::size_t bytes) {
    for (std::size_t version = 1; version <= versions; ++version)
        if (4 + length_bits(version) + 8 * bytes <= 8 * data_codewords(version)) return version;
    return 0;
}

class Bits {
public:
    void add(std::size_t value, std::size_t count) {
        while (count-- > 0) bits_.push_back((value >> count & 1) != 0);
    }
    std::size_t count() const { return bits_.size(); }
    Bytes bytes() const {
        Bytes out(bits_.size() / 8);
        for (std::size_t i = 0; i < bits_.size(); ++i)
            out[i / 8] = static_cast<unsigned char>(out[i / 8] << 1 | (bits_[i] ? 1 : 0));
        return out;
    }

private:
    std::vector<bool> bits_;
};

Bytes data_of(std::string_view text, std::size_t version) {
    constexpr std::size_t byte_mode = 4;
    const std::size_t capacity = 8 * data_codewords(version);
    Bits bits;
    bits.add(byte_mode, 4);
    bits.add(text.size(), length_bits(version));
    for (const char one : text) bits.add(static_cast<unsigned char>(one), 8);
    bits.add(0, std::min<std::size_t>(4, capacity - bits.count()));
    bits.add(0, (8 - bits.count() % 8) % 8);
    for (bool is_even = true; bits.count() < capacity; is_even = !is_even)
        bits.add(is_even ? 0xec : 0x11, 8);
    return bits.bytes();
}

// ---- Reed-Solomon over GF(2^8) with x^8 + x^4 + x^3 + x^2 + 1 ----

unsigned char multiply(unsigned char a, unsigned char b) {
    unsigned product = 0;
    for (int bit = 7; bit >= 0; --bit) {
        product = (product << 1) ^ ((product >> 7) * 0x11d);
        product ^= (b >> bit & 1U) * a;
    }
    return static_cast<unsigned char>(product);
}
// Without the leading 1, the highest power first.
Bytes divisor_of(std::size_t degree) {
    Bytes out(degree, 0);
    out.back() = 1;
    unsigned char root = 1;
    for (std::size_t i = 0; i < degree; ++i) {
        for (std::size_t j = 0; j < degree; ++j) {
            out[j] = multiply(out[j], root);
            if (j + 1 < degree) out[j] ^= out[j + 1];
        }
        root = multiply(root, 2);
    }
    return out;
}
Bytes remainder_of(const Bytes& data, const Bytes& divisor) {
    Bytes out(divisor.size(), 0);
    for (const unsigned char one : data) {
        const auto factor = static_cast<unsigned char>(one ^ out.front());
        out.erase(out.begin());
        out.push_back(0);
        for (std::size_t i = 0; i < out.size(); ++i) out[i] ^= multiply(divisor[i], factor);
    }
    return out;
}

// Blocks, the later ones a codeword longer, are read crosswise: first of each, second of each.
Bytes with_correction(const Bytes& data, std::size_t version) {
    const std::size_t blocks = block_counts[version - 1];
    const Bytes divisor = divisor_of(correcting_codewords[version - 1]);
    const std::size_t short_length = data.size() / blocks;
    const std::size_t short_blocks = blocks - data.size() % blocks;
    std::vector<Bytes> parts, corrections;
    for (std::size_t i = 0, at = 0; i < blocks; ++i) {
        const std::size_t length = short_length + (i < short_blocks ? 0 : 1);
        const auto begin = data.begin() + static_cast<std::ptrdiff_t>(at);
        parts.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(length));
        corrections.push_back(remainder_of(parts.back(), divisor));
        at += length;
    }
    Bytes out;
    for (std::size_t i = 0; i <= short_length; ++i)
        for (const Bytes& part : parts)
            if (i < part.size()) out.push_back(part[i]);
    for (std::size_t i = 0; i < divisor.size(); ++i)
        for (const Bytes& part : corrections) out.push_back(part[i]);
    return out;
}

bool inverts(unsigned mask, std::size_t x, std::size_t y) {
    switch (mask) {
        case 0: return (x + y) % 2 == 0;
        case 1: return y % 2 == 0;
        case 2: return x % 3 == 0;
        case 3: return (x + y) % 3 == 0;
        case 4: return (x / 3 + y / 2) % 2 == 0;
        case 5: return x * y % 2 + x * y % 3 == 0;
        case 6: return (x * y % 2 + x * y % 3) % 2 == 0;
        default: return ((x + y) % 2 + x * y % 3) % 2 == 0;
    }
}

std::vector<std::size_t> alignment_places(std::size_t version) {
    const std::size_t count = alignment_count(version), size = 4 * version + 17;
    if (count == 0) return {};
    const std::size_t step = (8 * version + 3 * count + 5) / (4 * count - 4) * 2;
    std::vector<std::size_t> places{6};
    for (std::size_t i = count - 1; i > 0; --i) places.push_back(size - 7 - (i - 1) * step);
    return places;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char one : text) switch (one) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            default: out += one;
        }
    return out;
}

std::size_t distance(std::size_t a, std::size_t b) { return a > b ? a - b : b - a; }

}  // namespace

std::optional<QrCode> QrCode::of(std::string_view text) {
    const std::size_t version = smallest_version(text.size());
    if (version == 0) return std::nullopt;
    QrCode code{version};
    code.draw_fixed();
    code.draw_data(with_correction(data_of(text, version), version));
    code.choose_mask();
    return code;
}

QrCode::QrCode(std::size_t version)
    : version_{version},
      size_{4 * version + 17},
      dark_(size_ * size_, false),
      fixed_(size_ * size_, false) {}

void QrCode::set(std::size_t x, std::size_t y, bool dark) {
    dark_[y * size_ + x] = dark;
    fixed_[y * size_ + x] = true;
}

// ---- what every code of a version has ----

void QrCode::draw_fixed() {
    for (std::size_t i = 0; i < size_; ++i) {
        set(6, i, i % 2 == 0);
        set(i, 6, i % 2 == 0);
    }
    draw_finder(3, 3);
    draw_finder(size_ - 4, 3);
    draw_finder(3, size_ - 4);
    draw_alignment();
    draw_format(0);  // keeps its place free
    draw_version();
}

void QrCode::draw_finder(std::size_t x, std::size_t y) {
    for (std::size_t down = 0; down < finder + 2; ++down)
        for (std::size_t right = 0; right < finder + 2; ++right) {
            const std::size_t at_x = x + right, at_y = y + down;
            if (at_x < 4 || at_y < 4 || at_x - 4 >= size_ || at_y - 4 >= size_) continue;
            const std::size_t ring = std::max(distance(right, 4), distance(down, 4));
            set(at_x - 4, at_y - 4, ring != 2 && ring != 4);
        }
}

void QrCode::draw_alignment() {
    const auto places = alignment_places(version_);
    for (const std::size_t y : places)
        for (const std::size_t x : places) {
            const bool is_on_finder =
                (x == 6 && y == 6) || (x == 6 && y == size_ - 7) || (x == size_ - 7 && y == 6);
            if (is_on_finder) continue;
            for (std::size_t down = 0; down < 5; ++down)
                for (std::size_t right = 0; right < 5; ++right)
                    set(x + right - 2, y + down - 2,
                        std::max(distance(right, 2), distance(down, 2)) != 1);
        }
}

void QrCode::draw_format(unsigned mask) {
    const unsigned data = format_of_level_m << 3 | mask;
    unsigned rest = data;
    for (int i = 0; i < 10; ++i) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    const unsigned bits = (data << 10 | rest) ^ 0x5412;
    const auto bit = [&](std::size_t i) { return (bits >> i & 1) != 0; };
    for (std::size_t i = 0; i <= 5; ++i) set(8, i, bit(i));
    set(8, 7, bit(6));
    set(8, 8, bit(7));
    set(7, 8, bit(8));
    for (std::size_t i = 9; i < 15; ++i) set(14 - i, 8, bit(i));
    for (std::size_t i = 0; i < 8; ++i) set(size_ - 1 - i, 8, bit(i));
    for (std::size_t i = 8; i < 15; ++i) set(8, size_ - 15 + i, bit(i));
    set(8, size_ - 8, true);
}

void QrCode::draw_version() {
    if (version_ < 7) return;
    std::size_t rest = version_;
    for (int i = 0; i < 12; ++i) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
    const std::size_t bits = version_ << 12 | rest;
    for (std::size_t i = 0; i < 18; ++i) {
        const bool dark = (bits >> i & 1) != 0;
        set(size_ - 11 + i % 3, i / 3, dark);
        set(i / 3, size_ - 11 + i % 3, dark);
    }
}

// ---- what the text says ----

// In columns of two, from the right, up and down in turn; the timing column is left out.
void QrCode::draw_data(const Bytes& codewords) {
    std::size_t next = 0;
    bool upward = true;
    for (std::size_t right = size_ - 1; right >= 1; right -= 2, upward = !upward) {
        if (right == 6) right = 5;
        for (std::size_t step = 0; step < size_; ++step)
            for (const std::size_t x : {right, right - 1}) {
                const std::size_t y = upward ? size_ - 1 - step : step;
                if (fixed_[y * size_ + x] || next >= codewords.size() * 8) continue;
                dark_[y * size_ + x] = (codewords[next / 8] >> (7 - next % 8) & 1) != 0;
                ++next;
            }
        if (right == 1) break;
    }
    ENSURE(next == codewords.size() * 8);
}

void QrCode::apply_mask(unsigned mask) {
    for (std::size_t y = 0; y < size_; ++y)
        for (std::size_t x = 0; x < size_; ++x)
            if (!fixed_[y * size_ + x] && inverts(mask, x, y)) dark_[y * size_ + x].flip();
}

void QrCode::choose_mask() {
    unsigned best = 0;
    long least = 0;
    for (unsigned mask = 0; mask < 8; ++mask) {
        apply_mask(mask);
        draw_format(mask);
        const long found = penalty();
        if (mask == 0 || found < least) best = mask, least = found;
        apply_mask(mask);  // undoes it
    }
    apply_mask(best);
    draw_format(best);
}

// ---- what is hard to read ----

// Runs of one colour, and what looks like a finder with light beside it.
long QrCode::penalty_of_line(std::size_t at, bool is_row) const {
    constexpr std::array<unsigned, 2> like_finder{0b00001011101, 0b10111010000};
    long sum = 0, run = 0;
    unsigned last = 0;
    bool before = false;
    for (std::size_t i = 0; i < size_; ++i) {
        const bool dark = is_row ? is_dark(i, at) : is_dark(at, i);
        run = i > 0 && dark == before ? run + 1 : 1;
        if (run == 5) sum += 3;
        if (run > 5) sum += 1;
        before = dark;
        last = (last << 1 | (dark ? 1U : 0U)) & 0x7ff;
        if (i >= 10 && (last == like_finder[0] || last == like_finder[1])) sum += 40;
    }
    return sum;
}

long QrCode::penalty() const {
    long sum = 0, dark = 0;
    for (std::size_t at = 0; at < size_; ++at)
        sum += penalty_of_line(at, true) + penalty_of_line(at, false);
    for (std::size_t y = 0; y + 1 < size_; ++y)
        for (std::size_t x = 0; x + 1 < size_; ++x) {
            const int count =
                is_dark(x, y) + is_dark(x + 1, y) + is_dark(x, y + 1) + is_dark(x + 1, y + 1);
            if (count == 0 || count == 4) sum += 3;
        }
    for (const bool one : dark_) dark += one ? 1 : 0;
    const long whole = static_cast<long>(size_ * size_);
    return sum + 10 * (std::labs(dark * 20 - whole * 10) / whole);
}

// Neighbours of a row are one rectangle.
std::string QrCode::svg(std::string_view title) const {
    const std::string side = std::to_string(size_ + 2 * margin);
    std::string out = R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 )" + side + " " +
                      side + R"(" shape-rendering="crispEdges" role="img"><title>)" +
                      escaped(title) + R"(</title><rect width=")" + side + R"(" height=")" + side +
                      R"(" fill="#fff"/><path d=")";
    for (std::size_t y = 0; y < size_; ++y)
        for (std::size_t x = 0; x < size_; ++x) {
            if (!is_dark(x, y)) continue;
            const std::size_t from = x;
            while (x + 1 < size_ && is_dark(x + 1, y)) ++x;
            const std::string width = std::to_string(x - from + 1);
            out += "M" + std::to_string(from + margin) + " " + std::to_string(y + margin) + "h" +
                   width + "v1h-" + width + "z";
        }
    return out + "\"/></svg>\n";
}

}  // namespace ohm::api::rest
