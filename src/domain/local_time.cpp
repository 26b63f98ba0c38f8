#include "domain/local_time.hpp"

#include <cstdlib>

#include "base/time.hpp"

namespace ohm::domain {
namespace {

constexpr std::int64_t quarter_us = Micros{minutes{15}}.count();
constexpr std::int64_t offset_max_us = Micros{minutes{14 * 60}}.count();
constexpr std::int64_t near_us = Micros{minutes{1}}.count();
// What was queued comes in one rush, and its age may be anything: only messages that are apart
// agree.
constexpr std::int64_t apart_us = Micros{minutes{1}}.count();
constexpr int agreeing_enough = 3;

std::int64_t nearest_quarter(std::int64_t us) {
    const std::int64_t half = us < 0 ? -quarter_us / 2 : quarter_us / 2;
    return (us + half) / quarter_us * quarter_us;
}

}  // namespace

bool learn(LocalTime& local, std::int64_t said_us, std::int64_t received_us) {
    std::int64_t ahead = 0;
    if (__builtin_sub_overflow(said_us, received_us, &ahead)) return false;
    if (std::abs(ahead) > offset_max_us + near_us) return false;
    const std::int64_t offset = nearest_quarter(ahead);
    if (std::abs(ahead - offset) > near_us) return false;
    const bool agrees = local.agreeing > 0 && offset == local.candidate_us;
    if (agrees && received_us - local.agreed_at < apart_us) return false;
    local.agreeing = agrees ? local.agreeing + 1 : 1;
    local.candidate_us = offset;
    local.agreed_at = received_us;
    if (local.agreeing < agreeing_enough || offset == local.offset_us) return false;
    local.offset_us = offset;
    return true;
}

}  // namespace ohm::domain
