#include "wire/repair.hpp"

namespace ohm::wire {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Copies a text token by token and knows what stood last.
class Mender {
public:
    explicit Mender(std::string_view json) : in_{json} { out_.reserve(json.size()); }

    std::string mend() {
        while (at_ < in_.size()) take();
        drop_comma();
        return std::move(out_);
    }
    bool mended() const { return mended_; }

private:
    void take() {
        const char c = in_[at_];
        if (c == '"') return take_string();
        if (is_blank(c)) return take_blank();
        if (c == ',') return take_comma();
        if (c == '}' || c == ']') {
            drop_comma();
            fill_value();
        }
        put(c);
    }

    // Kept between tokens, so that what was apart stays apart.
    void take_blank() {
        const bool separates = last_ != 0 && std::string_view{"[{,:"}.find(last_) == npos;
        if (separates) out_ += ' ';
        ++at_;
    }
    void take_comma() {
        fill_value();
        const bool separates = last_ != 0 && last_ != '[' && last_ != '{' && last_ != ',';
        if (separates) return put(',');
        mended_ = true;
        ++at_;
    }
    // A comma that was written, and has nothing behind it.
    void drop_comma() {
        if (last_ != ',') return;
        out_.pop_back();
        last_ = out_.empty() ? '\0' : out_.back();
        mended_ = true;
    }
    void fill_value() {
        if (last_ != ':') return;
        out_ += "null";
        last_ = 'l';
        mended_ = true;
    }
    void put(char c) {
        out_ += c;
        last_ = c;
        ++at_;
    }
    void take_string() {
        std::size_t end = at_ + 1;
        while (end < in_.size() && in_[end] != '"') end += in_[end] == '\\' ? 2 : 1;
        end = end < in_.size() ? end + 1 : in_.size();
        out_ += in_.substr(at_, end - at_);
        at_ = end;
        last_ = '"';
    }

    static constexpr auto npos = std::string_view::npos;
    std::string_view in_;
    std::size_t at_ = 0;
    std::string out_;
    char last_ = '\0';  // written outside of texts; 0: nothing yet
    bool mended_ = false;
};

}  // namespace

std::optional<std::string> without_stray_commas(std::string_view json) {
    Mender mender{json};
    std::string mended = mender.mend();
    if (!mender.mended()) return std::nullopt;
    return mended;
}

}  // namespace ohm::wire
