// Time as Ohmstead sees it: two kinds of instant that cannot be mixed up, and one door to the
// machine's clocks. Everything that needs the time gets a Clock passed in, so a simulation can own
// it. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ohm {

using Micros = std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct UtcTag;
struct MonoTag;
using Utc =
    std::chrono::time_point<UtcTag, Micros>;  // since 1970-01-01T00:00:00Z, leap seconds ignored
using Mono = std::chrono::time_point<MonoTag, Micros>;  // since an arbitrary start; never steps

inline std::int64_t micros(Utc at) { return at.time_since_epoch().count(); }
inline Utc utc_from_micros(std::int64_t us) { return Utc{Micros{us}}; }

class Clock {
public:
    virtual ~Clock() = default;
    virtual Utc utc() const = 0;
    virtual Mono mono() const = 0;
};

// The machine's clocks.
class SystemClock final : public Clock {
public:
    Utc utc() const override;
    Mono mono() const override;
};

// A clock that stands still until it is told to move: tests and the simulated world.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Utc start) : utc_{start} {}
    Utc utc() const override { return utc_; }
    Mono mono() const override { return mono_; }
    void advance(Micros by) { utc_ += by, mono_ += by; }
    void step_utc(Micros by) { utc_ += by; }  // as an operator's or NTP's correction does

private:
    Utc utc_;
    Mono mono_{};
};

// RFC 3339 in UTC with `Z` and 0 to 6 fraction digits. Years outside 0000..9999 are clamped to that
// range.
std::string to_rfc3339(Utc at, int fraction_digits);

// Strict accepts RFC 3339 with an offset. Lenient also accepts what chargers send: no zone (taken
// as UTC), `+02`,
// `+0200`, a blank instead of `T`, a comma as fraction mark, 1 to 9 fraction digits. Nothing else
// is guessed.
enum class TimeForm : std::uint8_t { strict, lenient };
std::optional<Utc> parse_rfc3339(std::string_view text, TimeForm form);

}  // namespace ohm
