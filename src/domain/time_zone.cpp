#include "domain/time_zone.hpp"

#include <algorithm>
#include <chrono>

namespace ohm::domain {
namespace {

constexpr std::int64_t day_s = 86'400, second_us = 1'000'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Big-endian, as the format has it. Reading behind the end gives nothing and marks the file broken.
class Bytes {
public:
    explicit Bytes(std::string_view bytes) : bytes_{bytes} {}
    std::int64_t number(std::size_t size) {
        const std::string_view part = take(size);
        if (part.empty()) return 0;
        std::uint64_t value = (static_cast<unsigned char>(part[0]) & 0x80) != 0 ? ~0ULL : 0;
        for (const char c : part) value = value << 8 | static_cast<unsigned char>(c);
        return static_cast<std::int64_t>(value);
    }
    std::string_view take(std::size_t size) {
        if (size > bytes_.size()) is_broken_ = true;
        if (is_broken_) return {};
        const std::string_view part = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return part;
    }
    bool is_broken() const { return is_broken_; }
    std::string_view rest() const { return bytes_; }

private:
    std::string_view bytes_;
    bool is_broken_ = false;
};

struct Counts {
    std::size_t in_ut = 0, standard = 0, leaps = 0, times = 0, types = 0, letters = 0;
    std::size_t bytes(std::size_t time_bytes) const {
        return times * time_bytes + times + types * 6 + letters + leaps * (time_bytes + 4) +
               standard + in_ut;
    }
};

std::optional<Counts> read_header(Bytes& bytes) {
    const std::string_view head = bytes.take(20);
    if (!head.starts_with("TZif") || head[4] < '2') return std::nullopt;
    Counts counts;
    constexpr std::int64_t most = 100'000;
    for (std::size_t* count : {&counts.in_ut, &counts.standard, &counts.leaps, &counts.times,
                               &counts.types, &counts.letters}) {
        const std::int64_t said = bytes.number(4);
        if (said < 0 || said > most) return std::nullopt;
        *count = static_cast<std::size_t>(said);
    }
    return counts;
}

std::int64_t year_of(std::int64_t at_s) {
    const std::chrono::sys_days day{std::chrono::days{floor_div(at_s, day_s)}};
    return static_cast<int>(std::chrono::year_month_day{day}.year());
}

}  // namespace

// "CET-1CEST,M3.5.0,M10.5.0/3": in such a text the offsets are west of Greenwich.
class TimeZone::RuleText {
public:
    explicit RuleText(std::string_view text) : text_{text} {}

    std::optional<Rule> read() {
        Rule rule;
        skip_name();
        rule.standard_s = -time();
        rule.summer_s = rule.standard_s + 3'600;
        if (text_.empty()) return done(rule);
        skip_name();
        if (!text_.empty() && text_.front() != ',') rule.summer_s = -time();
        rule.to_summer = turn();
        rule.to_standard = turn();
        rule.has_summer = true;
        return done(rule);
    }

private:
    std::optional<Rule> done(const Rule& rule) const {
        if (is_broken_ || !text_.empty()) return std::nullopt;
        return rule;
    }
    bool take(char c) {
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }
    void skip_name() {
        const bool is_quoted = take('<');
        const auto is_of_name = [&](char c) {
            if (is_quoted) return c != '>';
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        };
        std::size_t length = 0;
        while (length < text_.size() && is_of_name(text_[length])) ++length;
        if (length == 0) is_broken_ = true;
        text_.remove_prefix(length);
        if (is_quoted && !take('>')) is_broken_ = true;
    }
    std::int64_t number() {
        std::int64_t value = 0;
        std::size_t length = 0;
        for (; length < text_.size() && length < 4; ++length) {
            const char c = text_[length];
            if (c < '0' || c > '9') break;
            value = value * 10 + (c - '0');
        }
        if (length == 0) is_broken_ = true;
        text_.remove_prefix(length);
        return value;
    }
    std::int64_t time() {
        const bool is_negative = take('-');
        if (!is_negative) take('+');
        std::int64_t seconds = number() * 3'600;
        if (take(':')) seconds += number() * 60;
        if (take(':')) seconds += number();
        return is_negative ? -seconds : seconds;
    }
    Turn turn() {
        Turn turn;
        if (!take(',') || !take('M')) is_broken_ = true;
        turn.month = number();
        if (!take('.')) is_broken_ = true;
        turn.week = number();
        if (!take('.')) is_broken_ = true;
        turn.weekday = number();
        if (take('/')) turn.at_s = time();
        const bool is_date = turn.month >= 1 && turn.month <= 12 && turn.week >= 1 &&
                             turn.week <= 5 && turn.weekday <= 6;
        if (!is_date) is_broken_ = true;
        return turn;
    }

    std::string_view text_;
    bool is_broken_ = false;
};

std::optional<TimeZone> TimeZone::from_tzif(std::string_view file) {
    Bytes bytes{file};
    const auto first = read_header(bytes);
    if (!first) return std::nullopt;
    bytes.take(first->bytes(4));
    const auto counts = read_header(bytes);
    if (!counts || counts->types == 0) return std::nullopt;
    TimeZone zone;
    for (std::size_t i = 0; i < counts->times; ++i) zone.changes_.push_back(bytes.number(8));
    std::vector<std::size_t> types;
    for (std::size_t i = 0; i < counts->times; ++i)
        types.push_back(static_cast<std::size_t>(bytes.number(1) & 0xff));
    std::vector<std::int64_t> offsets;
    for (std::size_t i = 0; i < counts->types; ++i) {
        offsets.push_back(bytes.number(4));
        bytes.take(2);
    }
    for (const std::size_t type : types) {
        if (type >= offsets.size()) return std::nullopt;
        zone.offsets_.push_back(offsets[type]);
    }
    bytes.take(counts->bytes(8) - counts->times * 9 - counts->types * 6);
    std::string_view footer = bytes.rest();
    const bool is_framed = footer.size() >= 2 && footer.front() == '\n' && footer.back() == '\n';
    if (bytes.is_broken() || !is_framed ||
        !std::is_sorted(zone.changes_.begin(), zone.changes_.end()))
        return std::nullopt;
    zone.first_s_ = offsets.front();
    footer = footer.substr(1, footer.size() - 2);
    zone.rule_.standard_s = zone.offsets_.empty() ? zone.first_s_ : zone.offsets_.back();
    if (const auto rule = RuleText{footer}.read()) zone.rule_ = *rule;
    return zone;
}

// The instant of a turn in a year, whose time is told by the clock before it.
std::int64_t TimeZone::when(const Turn& turn, std::int64_t year, std::int64_t offset_s) {
    using std::chrono::sys_days;
    const std::chrono::year_month month{std::chrono::year{static_cast<int>(year)},
                                        std::chrono::month{static_cast<unsigned>(turn.month)}};
    const std::chrono::weekday weekday{static_cast<unsigned>(turn.weekday)};
    const sys_days date = turn.week == 5
                              ? sys_days{month / weekday[std::chrono::last]}
                              : sys_days{month / weekday[static_cast<unsigned>(turn.week)]};
    return date.time_since_epoch().count() * day_s + turn.at_s - offset_s;
}

std::int64_t TimeZone::offset_by_rule(std::int64_t at_s) const {
    if (!rule_.has_summer) return rule_.standard_s;
    const std::int64_t year = year_of(at_s + rule_.standard_s);
    const std::int64_t summer = when(rule_.to_summer, year, rule_.standard_s);
    const std::int64_t standard = when(rule_.to_standard, year, rule_.summer_s);
    const bool is_summer =
        summer < standard ? at_s >= summer && at_s < standard : at_s >= summer || at_s < standard;
    return is_summer ? rule_.summer_s : rule_.standard_s;
}

std::int64_t TimeZone::offset_s(std::int64_t at_s) const {
    const auto after = std::upper_bound(changes_.begin(), changes_.end(), at_s);
    if (after == changes_.end()) return offset_by_rule(at_s);
    if (after == changes_.begin()) return first_s_;
    return offsets_[static_cast<std::size_t>(after - changes_.begin()) - 1];
}

std::int64_t TimeZone::begin_of(std::int64_t day) const {
    constexpr std::int64_t farthest_s = 26 * 3'600;  // no clock is farther from UTC
    std::int64_t before = day * day_s - farthest_s, not_before = day * day_s + farthest_s;
    while (not_before - before > 1) {
        const std::int64_t middle = before + (not_before - before) / 2;
        if (middle + offset_s(middle) < day * day_s)
            before = middle;
        else
            not_before = middle;
    }
    return not_before * second_us;
}

std::int64_t TimeZone::day_of(std::int64_t at_us) const {
    const std::int64_t at_s = floor_div(at_us, second_us);
    const std::int64_t day = floor_div(at_s + offset_s(at_s), day_s);
    if (at_us < begin_of(day)) return day - 1;
    return at_us >= begin_of(day + 1) ? day + 1 : day;
}

}  // namespace ohm::domain
