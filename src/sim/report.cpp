#include "sim/report.hpp"

#include <algorithm>
#include <cstdio>

#include "base/limits.hpp"
#include "wire/codec.hpp"

namespace ohm::sim {
namespace {

using wire::Number;

constexpr double bytes_per_mib = 1024.0 * 1024.0;

// ---- the report that other programs read ----

struct Latency {
    std::uint64_t count = 0, p50_us = 0, p99_us = 0, p999_us = 0, max_us = 0;
    FIELDS(count, p50_us, p99_us, p999_us, max_us)
};
struct Published {
    std::uint64_t stations = 0, online = 0, accepted = 0, unanswered = 0;
    Number connecting_s, recovering_s, measured_s, messages_per_s, cpu_us_per_message, cpu_cores,
        rss_mib;
    Counts total, measured;
    Latency latency, boot_latency;
    wire::List<Failure> failures;
    FIELDS(stations, online, accepted, unanswered, connecting_s, recovering_s, measured_s,
           messages_per_s, cpu_us_per_message, cpu_cores, rss_mib, total, measured, latency,
           boot_latency, failures)
};

std::uint64_t us(Micros span) { return static_cast<std::uint64_t>(span.count()); }
double in_seconds(std::uint64_t us) { return static_cast<double>(us) / 1e6; }

Latency summarize(const Histogram::Data& data) {
    Histogram histogram;
    histogram.add(data);
    return {.count = histogram.count(),
            .p50_us = us(histogram.percentile(0.5)),
            .p99_us = us(histogram.percentile(0.99)),
            .p999_us = us(histogram.percentile(0.999)),
            .max_us = us(histogram.max())};
}

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0; }

Published publish(const Report& report) {
    const auto& measured = report.measured;
    const auto answers = static_cast<double>(measured.answered + measured.call_errors);
    return {.stations = report.stations,
            .online = report.online,
            .accepted = report.accepted,
            .unanswered = report.unanswered,
            .connecting_s = {in_seconds(report.connecting_us)},
            .recovering_s = {in_seconds(report.recovering_us)},
            .measured_s = {in_seconds(report.measured_us)},
            .messages_per_s = {ratio(answers, in_seconds(report.measured_us))},
            .cpu_us_per_message = {ratio(static_cast<double>(report.cpu_us),
                                         static_cast<double>(measured.sent))},
            .cpu_cores = {ratio(in_seconds(report.cpu_us), in_seconds(report.measured_us))},
            .rss_mib = {static_cast<double>(report.rss_bytes) / bytes_per_mib},
            .total = report.total,
            .measured = report.measured,
            .latency = summarize(report.latency),
            .boot_latency = summarize(report.boot_latency),
            .failures = report.failures};
}

// ---- for people ----

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
    return text;
}
std::string fixed(double value, int decimals) {
    char text[64];
    std::snprintf(text, sizeof text, "%.*f", decimals, value);
    return text;
}
std::string in_ms(std::uint64_t span_us) {
    return fixed(static_cast<double>(span_us) / 1e3, 2) + " ms";
}
void row(std::string& out, std::string_view name, std::string_view value) {
    out.append("  ").append(name);
    out.append(name.size() < 22 ? 22 - name.size() : 1, ' ').append(value).append("\n");
}
std::string describe(const Latency& latency) {
    if (latency.count == 0) return "none measured";
    return "p50 " + in_ms(latency.p50_us) + ", p99 " + in_ms(latency.p99_us) + ", p99.9 " +
           in_ms(latency.p999_us) + ", max " + in_ms(latency.max_us) + " (" +
           grouped(latency.count) + ")";
}

void add(Counts& sum, const Counts& part) {
    sum.connects += part.connects;
    sum.disconnects += part.disconnects;
    sum.sent += part.sent;
    sum.answered += part.answered;
    sum.call_errors += part.call_errors;
    sum.timed_out += part.timed_out;
    sum.dropped += part.dropped;
    sum.commands += part.commands;
    sum.strays += part.strays;
    sum.missed += part.missed;
}

void add(Histogram::Data& sum, const Histogram::Data& part) {
    Histogram histogram;
    histogram.add(sum);
    histogram.add(part);
    sum = histogram.data();
}

}  // namespace

Counts operator-(const Counts& left, const Counts& right) {
    return {.connects = left.connects - right.connects,
            .disconnects = left.disconnects - right.disconnects,
            .sent = left.sent - right.sent,
            .answered = left.answered - right.answered,
            .call_errors = left.call_errors - right.call_errors,
            .timed_out = left.timed_out - right.timed_out,
            .dropped = left.dropped - right.dropped,
            .commands = left.commands - right.commands,
            .strays = left.strays - right.strays,
            .missed = left.missed - right.missed};
}

void add(Report& sum, const Report& part) {
    sum.stations += part.stations;
    sum.online += part.online;
    sum.accepted += part.accepted;
    sum.unanswered += part.unanswered;
    add(sum.total, part.total);
    add(sum.measured, part.measured);
    sum.connecting_us = std::max(sum.connecting_us, part.connecting_us);
    sum.measured_us = std::max(sum.measured_us, part.measured_us);
    sum.recovering_us = std::max(sum.recovering_us, part.recovering_us);
    sum.cpu_us += part.cpu_us;
    sum.rss_bytes += part.rss_bytes;
    for (const Failure& failure : part.failures)
        count_failure(sum.failures, failure.cause, failure.count);
    add(sum.latency, part.latency);
    add(sum.boot_latency, part.boot_latency);
}

void count_failure(wire::List<Failure>& failures, std::string_view cause, std::uint64_t count) {
    auto& items = failures.items;
    const auto named = [&](std::string_view name) {
        return std::find_if(items.begin(), items.end(),
                            [&](const Failure& failure) { return failure.cause == name; });
    };
    auto found = named(cause);
    if (found == items.end() && items.size() >= limits::sim_failure_causes) found = named("other");
    if (found != items.end()) {
        found->count += count;
        return;
    }
    const bool full = items.size() + 1 >= limits::sim_failure_causes;
    items.push_back({std::string{full ? "other" : cause}, count});
}

std::string to_line(const Report& now, const Report& before, seconds running) {
    const Counts recent = now.total - before.total;
    const Latency latency = summarize(now.latency);
    std::uint64_t failed = 0;
    for (const Failure& failure : now.failures) failed += failure.count;
    return std::to_string(running.count()) + " s: " + grouped(now.online) + "/" +
           grouped(now.stations) + " on line, " + grouped(now.accepted) + " accepted, " +
           grouped(recent.answered + recent.call_errors) + " answers since, p50 " +
           in_ms(latency.p50_us) + ", p99 " + in_ms(latency.p99_us) + ", " +
           grouped(now.total.call_errors) + " CALLERROR, " + grouped(now.total.timed_out) +
           " timed out, " + grouped(failed) + " failed to connect";
}

std::string to_table(const Report& report) {
    const Published all = publish(report);
    std::string out = "ohmstead sim\n";
    row(out, "stations", grouped(all.stations));
    row(out, "on line at the end", grouped(all.online));
    row(out, "accepted at the end", grouped(all.accepted));
    row(out, "connected",
        grouped(all.total.connects) + " times, the first round in " +
            fixed(all.connecting_s.value, 1) + " s");
    if (all.recovering_s.value > 0)
        row(out, "all on line again", "in " + fixed(all.recovering_s.value, 1) + " s");
    row(out, "disconnected", grouped(all.total.disconnects));
    for (const Failure& failure : all.failures)
        row(out, "failed to connect", grouped(failure.count) + " × " + failure.cause);
    row(out, "boot", describe(all.boot_latency));
    row(out, "measured", fixed(all.measured_s.value, 1) + " s");
    row(out, "sent", grouped(all.measured.sent));
    row(out, "answered", grouped(all.measured.answered));
    row(out, "CALLERROR", grouped(all.measured.call_errors));
    row(out, "timed out", grouped(all.measured.timed_out));
    row(out, "dropped", grouped(all.measured.dropped));
    row(out, "missed", grouped(all.measured.missed));
    row(out, "unanswered", grouped(all.unanswered));
    row(out, "stray answers", grouped(all.total.strays));
    row(out, "commands received", grouped(all.total.commands));
    row(out, "rate", fixed(all.messages_per_s.value, 0) + " answers/s");
    row(out, "latency", describe(all.latency));
    row(out, "own CPU",
        fixed(all.cpu_us_per_message.value, 1) + " µs a message, " + fixed(all.cpu_cores.value, 2) +
            " cores; " + fixed(all.rss_mib.value, 0) + " MiB");
    return out;
}

std::string to_json(const Report& report) { return wire::encode(publish(report)) + "\n"; }

}  // namespace ohm::sim
