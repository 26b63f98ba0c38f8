#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <ctime>

namespace ohm {
namespace {

Micros now(clockid_t clock) {
    timespec at{};
    clock_gettime(clock, &at);
    return Micros{at.tv_sec * std::int64_t{1'000'000} + at.tv_nsec / 1'000};
}

// Reads the text from left to right; every step fails for good once one has failed.
class Reader {
public:
    explicit Reader(std::string_view text) : text_{text} {}

    int digits(std::size_t count) {
        if (text_.size() < count) return fail();
        int value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (text_[i] < '0' || text_[i] > '9') return fail();
            value = value * 10 + (text_[i] - '0');
        }
        text_.remove_prefix(count);
        return value;
    }
    bool take(std::string_view any_of) {
        if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
        taken_ = text_.front();
        text_.remove_prefix(1);
        return true;
    }
    void expect(std::string_view any_of) {
        if (!take(any_of)) fail();
    }
    bool next_is_digit() const {
        return !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
    }
    bool at_end() const { return text_.empty(); }
    char taken() const { return taken_; }
    bool ok() const { return ok_; }
    int fail() {
        ok_ = false;
        text_ = {};
        return 0;
    }

private:
    std::string_view text_;
    char taken_ = 0;
    bool ok_ = true;
};

std::int64_t read_fraction_us(Reader& in) {
    std::int64_t us = 0;
    int digits = 0;
    for (; in.next_is_digit() && digits < 9; ++digits) {
        const int digit = in.digits(1);
        if (digits < 6) us = us * 10 + digit;
    }
    if (digits == 0 || in.next_is_digit()) in.fail();
    for (; digits < 6; ++digits) us *= 10;
    return us;
}

std::int64_t read_offset_minutes(Reader& in, TimeForm form) {
    if (in.take("Zz")) return 0;
    if (in.at_end() && form == TimeForm::lenient) return 0;
    in.expect("+-");
    const int sign = in.taken() == '-' ? -1 : 1;
    const int hours = in.digits(2);
    int minutes = 0;
    if (form == TimeForm::strict) {
        in.expect(":");
        minutes = in.digits(2);
    } else if (in.take(":") || in.next_is_digit()) {
        minutes = in.digits(2);
    }
    if (hours > 23 || minutes > 59) in.fail();
    return sign * (hours * 60 + minutes);
}

}  // namespace

Utc SystemClock::utc() const { return Utc{now(CLOCK_REALTIME)}; }
Mono SystemClock::mono() const { return Mono{now(CLOCK_MONOTONIC)}; }

std::string to_rfc3339(Utc at, int fraction_digits) {
    using namespace std::chrono;
    constexpr sys_time<Micros> first{sys_days{year{0} / 1 / 1}};
    constexpr sys_time<Micros> last{sys_days{year{9999} / 12 / 31} + hours{24} - Micros{1}};
    const auto when = std::clamp(sys_time<Micros>{at.time_since_epoch()}, first, last);
    const auto day = floor<days>(when);
    const year_month_day date{day};
    const hh_mm_ss time{when - day};
    std::array<char, 32> out{};
    char* p = out.data();
    const auto put = [&p](std::int64_t value, int width, char after) {
        for (int i = width - 1; i >= 0; --i, value /= 10)
            p[i] = static_cast<char>('0' + value % 10);
        p += width;
        *p++ = after;
    };
    put(int{date.year()}, 4, '-');
    put(unsigned{date.month()}, 2, '-');
    put(unsigned{date.day()}, 2, 'T');
    put(time.hours().count(), 2, ':');
    put(time.minutes().count(), 2, ':');
    put(time.seconds().count(), 2, 'Z');
    if (fraction_digits > 0) {
        std::int64_t fraction = time.subseconds().count();
        for (int i = fraction_digits; i < 6; ++i) fraction /= 10;
        p[-1] = '.';
        put(fraction, std::min(fraction_digits, 6), 'Z');
    }
    return {out.data(), p};
}

std::optional<Utc> parse_rfc3339(std::string_view text, TimeForm form) {
    using namespace std::chrono;
    Reader in{text};
    const int year_number = in.digits(4);
    in.expect("-");
    const auto month_number = static_cast<unsigned>(in.digits(2));
    in.expect("-");
    const auto day_number = static_cast<unsigned>(in.digits(2));
    in.expect(form == TimeForm::strict ? "Tt" : "Tt ");
    const int hour = in.digits(2);
    in.expect(":");
    const int minute = in.digits(2);
    in.expect(":");
    const int second = in.digits(2);
    const bool fraction = in.take(form == TimeForm::strict ? "." : ".,");
    const std::int64_t fraction_us = fraction ? read_fraction_us(in) : 0;
    const std::int64_t offset_minutes = read_offset_minutes(in, form);
    const year_month_day date{year{year_number}, month{month_number}, day{day_number}};
    if (!in.ok() || !in.at_end() || !date.ok() || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    const auto at = sys_days{date} + hours{hour} + minutes{minute} + seconds{std::min(second, 59)};
    return Utc{at.time_since_epoch() + Micros{fraction_us} - minutes{offset_minutes}};
}

}  // namespace ohm
