// From profiles as the two versions spell them to domain::ChargingProfile, and back to what is
// shown. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "domain/composite.hpp"
#include "ocpp/v16/common.hpp"
#include "ocpp/v201/common.hpp"
#include "ocpp/v201/smart_charging.hpp"
#include "wire/codec.hpp"

namespace ohm::api {

domain::ChargingProfile profile_of(const ocpp::v16::ChargingProfile& said, std::int64_t evse);
domain::ChargingProfile profile_of(const ocpp::v201::ChargingProfile& said, std::int64_t evse);
// Of a row's payload: what the station was told, or what it reported.
std::optional<domain::ChargingProfile> read_profile(wire::Decoder& decoder,
                                                    std::string_view payload, std::int64_t evse);
// A limit that others have set, a profile for each of its schedules. Without a start a schedule
// begins when it was told of.
std::vector<domain::ChargingProfile> read_limit(wire::Decoder& decoder, std::string_view payload,
                                                std::int64_t evse, std::int64_t told_at_s);

struct ReadComposite {
    std::int64_t start_s = 0;  // UTC
    std::int64_t duration_s = 0;
    domain::RateUnit unit = domain::RateUnit::amperes;
    std::vector<domain::CompositePeriod> periods;
};
// A station's answer to GetCompositeSchedule; nothing where it has no schedule in it.
std::optional<ReadComposite> read_composite(wire::Decoder& decoder, ocpp::Version version,
                                            std::string_view response, std::int64_t duration_s,
                                            std::int64_t answered_at_s);

}  // namespace ohm::api
