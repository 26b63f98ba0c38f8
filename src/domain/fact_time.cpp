#include "domain/fact_time.hpp"

#include "base/time.hpp"

namespace ohm::domain {
namespace {

constexpr minutes ahead_at_most{5};
constexpr minutes kept_at_most{400 * 24 * 60};

}  // namespace

bool is_plausible_time(std::int64_t said_us, std::int64_t received_us) {
    return said_us <= received_us + Micros{ahead_at_most}.count() &&
           said_us >= received_us - Micros{kept_at_most}.count();
}

}  // namespace ohm::domain
