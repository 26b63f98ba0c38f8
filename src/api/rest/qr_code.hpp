// A text as a QR code (ISO/IEC 18004): bytes, error correction M, the smallest version that holds
// it. A pure function; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ohm::api::rest {

class QrCode {
public:
    // Nothing where the text is longer than 2,331 bytes.
    static std::optional<QrCode> of(std::string_view text);

    std::size_t size() const { return size_; }  // modules a side, without the margin
    bool is_dark(std::size_t x, std::size_t y) const { return dark_[y * size_ + x]; }
    // With the margin that the standard asks for; black on white.
    std::string svg(std::string_view title) const;

private:
    explicit QrCode(std::size_t version);
    void set(std::size_t x, std::size_t y, bool dark);
    void draw_fixed();
    void draw_finder(std::size_t x, std::size_t y);
    void draw_alignment();
    void draw_format(unsigned mask);
    void draw_version();
    void draw_data(const std::vector<unsigned char>& codewords);
    void apply_mask(unsigned mask);
    void choose_mask();
    long penalty() const;
    long penalty_of_line(std::size_t at, bool is_row) const;

    std::size_t version_, size_;
    std::vector<bool> dark_, fixed_;
};

}  // namespace ohm::api::rest
