#include "api/held/bounds.hpp"

#include <algorithm>

#include "base/limits_held.hpp"
#include "base/text.hpp"
#include "domain/variable.hpp"

namespace ohm::api {
namespace {

std::string v16_key(std::string_view variable) {
    return domain::key_of(
        {.component = std::string{domain::component_of_v16}, .variable = std::string{variable}});
}
std::string v201_key(std::string_view component, std::string_view variable,
                     std::string_view instance = {}) {
    return domain::key_of({.component = std::string{component},
                           .variable = std::string{variable},
                           .instance = std::string{instance}});
}

struct Keys {
    std::string list_entries, list_items, list_bytes;
    std::string stack_level, periods, profiles, units;
    std::string any_evse;
};
const Keys& keys_of(ocpp::Version version) {
    static const Keys v16{.list_entries = v16_key("LocalAuthListMaxLength"),
                          .list_items = v16_key("SendLocalListMaxLength"),
                          .list_bytes = "",
                          .stack_level = v16_key("ChargeProfileMaxStackLevel"),
                          .periods = v16_key("ChargingScheduleMaxPeriods"),
                          .profiles = v16_key("MaxChargingProfilesInstalled"),
                          .units = v16_key("ChargingScheduleAllowedChargingRateUnit"),
                          .any_evse = v16_key("ReserveConnectorZeroSupported")};
    static const Keys v201{
        .list_entries = v201_key("LocalAuthListCtrlr", "Entries"),
        .list_items = v201_key("LocalAuthListCtrlr", "ItemsPerMessage"),
        .list_bytes = v201_key("LocalAuthListCtrlr", "BytesPerMessage"),
        .stack_level = v201_key("SmartChargingCtrlr", "ProfileStackLevel"),
        .periods = v201_key("SmartChargingCtrlr", "PeriodsPerSchedule"),
        .profiles = v201_key("SmartChargingCtrlr", "Entries", "ChargingProfiles"),
        .units = v201_key("SmartChargingCtrlr", "RateUnit"),
        .any_evse = v201_key("ReservationCtrlr", "NonEvseSpecific")};
    return version == ocpp::Version::v201 ? v201 : v16;
}

std::vector<std::string> all_keys() {
    std::vector<std::string> all;
    for (const auto version : {ocpp::Version::v16, ocpp::Version::v201}) {
        const Keys& keys = keys_of(version);
        for (const std::string* key :
             {&keys.list_entries, &keys.list_items, &keys.list_bytes, &keys.stack_level,
              &keys.periods, &keys.profiles, &keys.units, &keys.any_evse})
            if (!key->empty()) all.push_back(*key);
    }
    return all;
}

const VariableRead* find(const BoundsRead& read, const std::string& key) {
    const auto found = read.find(key);
    return found == read.end() ? nullptr : &found->second;
}

// A bound of 0 or less is no bound that anybody could keep.
std::optional<std::int64_t> positive(std::string_view text) {
    const auto number = parse_int(trim(text));
    return number && *number > 0 ? number : std::nullopt;
}

std::optional<std::int64_t> value_of(const BoundsRead& read, const std::string& key) {
    const VariableRead* variable = find(read, key);
    return variable ? positive(variable->value) : std::nullopt;
}

// 2.0.1's Entries count what is there now; how many there may be is their upper limit.
std::optional<std::int64_t> room_of(const BoundsRead& read, const std::string& key,
                                    ocpp::Version version) {
    const VariableRead* variable = find(read, key);
    if (!variable) return std::nullopt;
    return positive(version == ocpp::Version::v201 ? variable->max_limit : variable->value);
}

// "Current,Power", "A,W", in any case.
bool names_unit(const std::string& list, std::string_view letter, std::string_view word) {
    const std::string folded = fold(list).value_or(list);
    for (const std::string_view one : split(folded, ','))
        if (trim(one) == letter || trim(one) == word) return true;
    return false;
}

}  // namespace

std::map<std::int64_t, BoundsRead> read_bounds(store::Sql& sql,
                                               const std::vector<std::int64_t>& station_numbers) {
    static const std::vector<std::string> keys = all_keys();
    std::map<std::int64_t, BoundsRead> bounds;
    const std::string text = "select station_no, name_key, value, max_limit from variables where " +
                             store::any_of(sql.dialect(), "station_no", "$1") + " and " +
                             store::any_of(sql.dialect(), "name_key", "$2");
    for (const store::Row& row : sql.query(text, {station_numbers, keys}))
        bounds[store::as_int(row[0])][store::as_text(row[1])] = {store::as_text(row[2]),
                                                                 store::as_text(row[3])};
    return bounds;
}

domain::ListBounds list_bounds(const BoundsRead& read, ocpp::Version version) {
    const Keys& keys = keys_of(version);
    domain::ListBounds bounds;
    bounds.entries = room_of(read, keys.list_entries, version);
    bounds.entries_a_message =
        value_of(read, keys.list_items).value_or(limits::local_list_message_entries);
    bounds.bytes_a_message =
        std::min(value_of(read, keys.list_bytes).value_or(limits::local_list_message_bytes),
                 limits::local_list_message_bytes);
    return bounds;
}

domain::ProfileBounds profile_bounds(const BoundsRead& read, ocpp::Version version) {
    const Keys& keys = keys_of(version);
    domain::ProfileBounds bounds;
    if (const VariableRead* level = find(read, keys.stack_level))
        bounds.stack_level = parse_int(trim(level->value));
    bounds.periods = value_of(read, keys.periods);
    bounds.profiles = room_of(read, keys.profiles, version);
    const VariableRead* units = find(read, keys.units);
    if (!units) return bounds;
    const bool amperes = names_unit(units->value, "a", "current");
    const bool watts = names_unit(units->value, "w", "power");
    if (!amperes && !watts) return bounds;  // says nothing that can be read
    bounds.takes_amperes = amperes;
    bounds.takes_watts = watts;
    return bounds;
}

std::optional<bool> reserves_any_evse(const BoundsRead& read, ocpp::Version version) {
    const VariableRead* variable = find(read, keys_of(version).any_evse);
    if (!variable) return std::nullopt;
    const std::string value = fold(trim(variable->value)).value_or("");
    if (value == "true") return true;
    if (value == "false") return false;
    return std::nullopt;
}

}  // namespace ohm::api
