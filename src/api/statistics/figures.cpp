#include "api/statistics/figures.hpp"

#include <algorithm>

#include "base/limits_statistics.hpp"
#include "base/text.hpp"

namespace ohm::api::statistics {
namespace {

std::int64_t part_of(std::int64_t amount, std::int64_t elapsed, std::int64_t whole) {
    if (amount == whole) return elapsed;  // a duration: exactly
    return static_cast<std::int64_t>(static_cast<double>(amount) * static_cast<double>(elapsed) /
                                     static_cast<double>(whole));
}

// Steps through buckets: `next` says where the one of an instant ends.
template <class Key, class Next>
void spread_over(std::map<std::int64_t, Figures>& buckets, std::int64_t from, std::int64_t to,
                 Figure figure, std::int64_t amount, Key&& key, Next&& next) {
    std::int64_t at = from, given = 0;
    while (at < to) {
        const std::int64_t bucket = key(at);
        const std::int64_t end = std::min(next(bucket), to);
        const std::int64_t by_now = end == to ? amount : part_of(amount, end - from, to - from);
        buckets[bucket][figure] += by_now - given;
        given = by_now;
        at = end;
    }
}

void spread_days(std::map<std::int64_t, Figures>& days, const domain::TimeZone& zone,
                 std::int64_t from, std::int64_t to, Figure figure, std::int64_t amount) {
    spread_over(
        days, from, to, figure, amount, [&](std::int64_t at) { return zone.day_of(at); },
        [&](std::int64_t day) { return zone.begin_of(day + 1); });
}

void add_text(std::string& out, char kind, const std::map<std::int64_t, Figures>& buckets) {
    for (const auto& [key, figures] : buckets) {
        if (figures.is_zero()) continue;
        out += kind + std::to_string(kind == 'h' ? key / hour_us : key);
        for (std::size_t i = 0; i < figures.values.size(); ++i)
            if (figures.values[i] != 0)
                out += ' ' + std::to_string(i) + '=' + std::to_string(figures.values[i]);
        out += ';';
    }
}

void add_maps(std::map<std::int64_t, Figures>& to, const std::map<std::int64_t, Figures>& from,
              std::int64_t times) {
    for (const auto& [key, figures] : from) to[key].add(figures, times);
}

}  // namespace

std::string figure_sums(std::string_view prefix) {
    std::string text;
    for (const std::string_view name : figure_names)
        ((text += text.empty() ? "cast(sum(" : ", cast(sum(") += std::string{prefix}) +=
            std::string{name} + ") as bigint)";
    return text;
}

void Figures::add(const Figures& other, std::int64_t times) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += times * other.values[i];
}

std::int64_t hour_of(std::int64_t at_us) {
    const std::int64_t past = at_us % hour_us;
    return at_us - (past < 0 ? past + hour_us : past);
}

std::int64_t minute_of(std::int64_t at_us) {
    const std::int64_t past = at_us % minute_us;
    return at_us - (past < 0 ? past + minute_us : past);
}

void Buckets::count(const domain::TimeZone& zone, std::int64_t at, Figure figure, std::int64_t n) {
    days[zone.day_of(at)][figure] += n;
    hours[hour_of(at)][figure] += n;
}

void Buckets::spread(const domain::TimeZone& zone, std::int64_t from, std::int64_t to,
                     Figure figure, std::int64_t amount) {
    if (to <= from) return count(zone, from, figure, amount);
    spread_days(days, zone, from, to, figure, amount);
    spread_over(hours, from, to, figure, amount, hour_of,
                [](std::int64_t hour) { return hour + hour_us; });
}

void Buckets::last_in_days(const domain::TimeZone& zone, std::int64_t from, std::int64_t to,
                           Figure figure) {
    spread_days(days, zone, from, to, figure, to - from);
}

void Buckets::add(const Buckets& other, std::int64_t times) {
    add_maps(days, other.days, times);
    add_maps(hours, other.hours, times);
}

std::string Buckets::text() const {
    std::string out;
    add_text(out, 'd', days);
    add_text(out, 'h', hours);
    return out;
}

Buckets Buckets::from_text(std::string_view text) {
    Buckets out;
    for (const std::string_view bucket : split(text, ';')) {
        if (bucket.size() < 2) continue;
        const auto words = split(bucket, ' ');
        const std::int64_t number = parse_int(words.front().substr(1)).value_or(0);
        Figures& figures = bucket.front() == 'h' ? out.hours[number * hour_us] : out.days[number];
        for (std::size_t i = 1; i < words.size(); ++i) {
            const auto equals = words[i].find('=');
            if (equals == std::string_view::npos) continue;
            const auto which = parse_int(words[i].substr(0, equals));
            const bool is_known =
                which && *which >= 0 && *which < static_cast<std::int64_t>(figure_names.size());
            if (is_known)
                figures.values[static_cast<std::size_t>(*which)] =
                    parse_int(words[i].substr(equals + 1)).value_or(0);
        }
    }
    return out;
}

// ---- status ----

Figure figure_of(std::string_view status, bool is_online, bool is_charging) {
    if (!is_online || status.empty()) return Figure::unknown_us;
    if (status == "Available") return Figure::available_us;
    if (status == "Faulted") return Figure::faulted_us;
    if (status == "Unavailable") return Figure::unavailable_us;
    if (status == "Charging" || (status == "Occupied" && is_charging)) return Figure::charging_us;
    return Figure::occupied_us;
}

std::string fault_of(std::string_view status, std::string_view error_code) {
    if (!error_code.empty() && error_code != "NoError") return std::string{error_code};
    return status == "Faulted" ? "Faulted" : "";
}

// ---- sessions ----

Buckets count_session(const domain::TimeZone& zone, const Session& session) {
    Buckets out;
    out.count(zone, session.from, Figure::sessions_started);
    if (session.has_ended) {
        out.count(zone, session.to, Figure::sessions_ended);
        const bool has_charged = session.energy_mwh.value_or(0) >= charged_mwh;
        if (has_charged) out.count(zone, session.to, Figure::sessions_charged);
        if (session.is_first_try) out.count(zone, session.to, Figure::first_tries);
        if (session.is_first_try && has_charged)
            out.count(zone, session.to, Figure::first_tries_charged);
    }
    if (session.to > session.from) out.last(zone, session.from, session.to, Figure::session_us);
    for (std::size_t i = 1; i < session.readings.size(); ++i) {
        const Reading &before = session.readings[i - 1], &here = session.readings[i];
        // A register that falls was set back: what it counts from there on is energy again.
        const std::int64_t rise = here.mwh - before.mwh;
        if (rise <= 0) continue;
        out.spread(zone, before.at, here.at, Figure::energy_mwh, rise);
        if (here.at > before.at) out.last(zone, before.at, here.at, Figure::delivering_us);
    }
    return out;
}

// ---- answer times ----

void count_latency(LatencyClasses& classes, std::int64_t took_us) {
    const auto found =
        std::find_if(latency_bounds_ms.begin(), latency_bounds_ms.end(),
                     [&](std::int64_t bound_ms) { return took_us <= bound_ms * 1'000; });
    ++classes[static_cast<std::size_t>(found - latency_bounds_ms.begin())];
}

std::string text_of(const LatencyClasses& classes) {
    std::string text;
    for (const std::int64_t count : classes)
        (text += text.empty() ? "" : ",") += std::to_string(count);
    return text;
}

LatencyClasses latency_of_text(std::string_view text) {
    LatencyClasses classes{};
    const auto words = split(text, ',');
    for (std::size_t i = 0; i < words.size() && i < classes.size(); ++i)
        classes[i] = parse_int(words[i]).value_or(0);
    return classes;
}

std::optional<std::int64_t> quantile_ms(const LatencyClasses& classes, double share) {
    std::int64_t all = 0;
    for (const std::int64_t count : classes) all += count;
    if (all == 0) return std::nullopt;
    std::int64_t below = 0;
    for (std::size_t i = 0; i < latency_bounds_ms.size(); ++i) {
        below += classes[i];
        if (static_cast<double>(below) >= share * static_cast<double>(all))
            return latency_bounds_ms[i];
    }
    return latency_bounds_ms.back() * 10;
}

}  // namespace ohm::api::statistics
