// A text of eight bytes, for what a million stations hold: words that most of them say (statuses,
// error codes) cost nothing more, any other text is kept as it is. Any thread, as a value.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace ohm::api {

class CompactText {
public:
    CompactText() = default;
    CompactText(std::string_view text) { assign(text); }
    CompactText(const std::string& text) { assign(text); }
    CompactText(const char* text) { assign(text); }
    CompactText(const CompactText& other) { assign(other.view()); }
    CompactText(CompactText&& other) noexcept : bits_{std::exchange(other.bits_, 0)} {}
    CompactText& operator=(const CompactText& other) {
        if (this != &other) assign(other.view());
        return *this;
    }
    CompactText& operator=(CompactText&& other) noexcept {
        std::swap(bits_, other.bits_);
        return *this;
    }
    ~CompactText() { clear(); }

    std::string_view view() const;
    std::string text() const { return std::string{view()}; }
    operator std::string_view() const { return view(); }
    bool empty() const { return bits_ == 0; }
    void clear();
    template <class T>
    requires std::convertible_to<const T&, std::string_view>
    friend bool operator==(const CompactText& a, const T& b) {
        return a.view() == std::string_view{b};
    }

private:
    void assign(std::string_view text);

    // 0: empty; odd: the number of a word; else the address of a length and that many characters.
    std::uintptr_t bits_ = 0;
};

}  // namespace ohm::api
