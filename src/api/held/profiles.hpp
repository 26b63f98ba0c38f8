// Charging profiles and limits that a station is known to hold: by its answers to our commands, by
// its reports, by the ends of transactions. Called by held.cpp and by handlers, in a batch.
#pragma once

#include "api/held/held.hpp"
#include "ocpp/v201/smart_charging.hpp"

namespace ohm::api {

void load_profiles(store::Sql& sql, const std::map<std::int64_t, Station*>& stations);

std::optional<OperationRefused> refused_profile(Work& work, const Station& station,
                                                std::string_view request);
void profile_set(Work& work, Station& station, const Command& command);
void profiles_cleared(Work& work, Station& station, const Command& command);
void profiles_asked_for(Work& work, Station& station, const Command& command);
void composite_answered(Work& work, Station& station, const Command& command);
// A start that was accepted together with its profile.
void profile_of_start_set(Work& work, Station& station, const Command& command);

// A TxProfile without a transaction is bound to the one that begins there, and goes with its end.
void profiles_by_transaction(Handler& handler, const TransactionRecord& record);

void take_profile_report(Handler& handler,
                         const ocpp::v201::ReportChargingProfiles::Request& report);
void take_limit(Handler& handler, const ocpp::v201::NotifyChargingLimit::Request& limit);
void take_cleared_limit(Handler& handler, const ocpp::v201::ClearedChargingLimit::Request& cleared);

}  // namespace ohm::api
