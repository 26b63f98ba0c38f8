#include "api/charging/times.hpp"

#include "domain/fact_time.hpp"

namespace ohm::api {

std::int64_t began_at(const TransactionRecord& record) {
    const std::int64_t said = record.facts.started_at.value_or(record.received_at);
    return domain::is_plausible_time(said, record.received_at) ? said : record.received_at;
}

// Two times of one wrong clock are as far apart as those of a right one.
std::int64_t seconds_of(const TransactionRecord& record, std::int64_t now) {
    constexpr std::int64_t second = 1'000'000;
    const std::int64_t heard = record.ended_received_at != 0 ? record.ended_received_at : now;
    const std::int64_t said = record.facts.ended_at.value_or(now);
    const std::int64_t began = began_at(record);
    const std::int64_t began_said = record.facts.started_at.value_or(began);
    const bool end_is_right = domain::is_plausible_time(said, heard);
    if (!end_is_right && began != began_said) return (said - began_said) / second;
    return ((end_is_right ? said : heard) - began) / second;
}

}  // namespace ohm::api
