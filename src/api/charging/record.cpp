#include "api/charging/record.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api {

TransactionRecord* StationTransactions::find(std::string_view ocpp_id) {
    for (const auto& one : list)
        if (one->ocpp_id == ocpp_id) return one.get();
    return nullptr;
}

TransactionRecord* StationTransactions::find_start(std::string_view key, bool has_time) {
    const std::string beginning =
        std::string{key} + " ";  // of one that is not the first of its key
    TransactionRecord* ended = nullptr;
    for (const auto& one : list) {
        const bool is_first = has_time && one->start_key == key;
        if (one->is_active() && (is_first || one->start_key.starts_with(beginning)))
            return one.get();
        if (is_first) ended = one.get();
    }
    return ended;
}

bool StationTransactions::runs(std::string_view station_id) const {
    return std::any_of(list.begin(), list.end(), [&](const auto& one) {
        return one->is_active() && one->station_id() == station_id;
    });
}

void StationTransactions::forget_ended() {
    std::erase_if(list, [](const auto& one) { return !one->is_active(); });
    if (list.size() <= limits::transactions_in_memory) return;
    list.erase(list.begin(),
               list.end() - static_cast<std::ptrdiff_t>(limits::transactions_in_memory));
}

void ChargingState::forget_batch() {
    tokens.clear();
    locations.clear();
    remembered.clear();
    active.clear();
    slots.clear();
    events.clear();
    stray_stops.clear();
}

const std::optional<domain::Token>& ChargingState::token(const std::string& key) const {
    const auto found = tokens.find(key);
    ENSURE(found != tokens.end());
    return found->second;
}

std::string_view ChargingState::location_of(std::int64_t station_no) const {
    const auto found = locations.find(station_no);
    return found == locations.end() ? std::string_view{} : found->second;
}

std::int64_t ChargingState::next_number() {
    ENSURE(!fresh_numbers.empty());
    const std::int64_t number = fresh_numbers.back();
    fresh_numbers.pop_back();
    ENSURE(number > 0 && number <= INT32_MAX);
    return number;
}

std::string bounded_key(std::string_view text) {
    if (text.size() <= limits::station_key_bytes) return std::string{text};
    constexpr std::size_t kept = 64;
    return to_storable(text.substr(0, kept), 2 * kept) + "#" + to_hex(secret::digest(text));
}

std::string key_of_token(std::string_view said) { return bounded_key(domain::token_key(said)); }

std::string namesake_key(std::string_view said_id, std::string_view ulid) {
    return std::string{said_id} + " " + std::string{ulid};
}

std::string start_key(std::int64_t connector, std::optional<std::int64_t> at_us,
                      std::int64_t meter_start, std::string_view id_tag) {
    return std::to_string(connector) + " " + (at_us ? std::to_string(*at_us) : "?") + " " +
           std::to_string(meter_start) + " " + key_of_token(id_tag);
}

}  // namespace ohm::api
