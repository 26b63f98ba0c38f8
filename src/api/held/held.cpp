#include "api/held/held.hpp"

#include "api/charging/record.hpp"
#include "api/held/bounds.hpp"
#include "api/held/local_lists.hpp"
#include "api/held/profiles.hpp"
#include "api/held/reservations.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace {

constexpr std::string_view nothing_held = "{}";

// An order whose judgement needs what is in the database.
void add_order_needs(ShardState& shard, Station& station, const CommandCreate& wanted,
                     Needs& needs) {
    const bool reserves = wanted.command.value == "reserve-now";
    const bool sets = wanted.command.value == "set-charging-profile";
    const bool starts = wanted.command.value == "start-transaction" &&
                        wanted.parameters.json.find("charging_profile") != std::string::npos;
    if (!reserves && !sets && !starts) return;
    needs.stations[station.no.value] = &station;
    needs.bounds_of.push_back(station.no.value);
    if (sets) needs.open_transactions.push_back(station.no.value);
    const std::string token = reserves ? token_of_order(shard.decoder, wanted) : "";
    if (!token.empty()) needs.reserved_tokens.push_back(token);
}

void need_list(Station& station, Needs& needs) {
    needs.stations[station.no.value] = &station;
    needs.bounds_of.push_back(station.no.value);
    needs.local_lists.push_back(station.no.value);
}

void add_operation_needs(ShardState& shard, const bus::OperatorBody& asked, Needs& needs) {
    Station* station = shard.find(fold(asked.id).value_or(asked.id));
    if (!station) return;
    if (asked.operation == operation::send_command) {
        CommandCreate wanted;
        if (!shard.decoder.decode(asked.parameters, wanted))
            add_order_needs(shard, *station, wanted, needs);
        return;
    }
    const bool writes = asked.operation == operation::write_local_list;
    if (!writes && asked.operation != operation::sync_local_list) return;
    need_list(*station, needs);
    if (!writes) {
        needs.token_rules[station->no.value];  // the stored one
        return;
    }
    LocalListWrite wanted;
    const bool readable = !shard.decoder.decode(asked.parameters, wanted);
    if (readable && wanted.source.is("tokens"))
        needs.token_rules[station->no.value] =
            wanted.tokens ? wire::encode(*wanted.tokens) : std::string{nothing_held};
}

// What the answer to the CALL that is out will change.
void add_answer_needs(ShardState& shard, const Item& item, Needs& needs) {
    Station* station = shard.find(item.envelope.station);
    if (!station) return;
    for (const auto& command : station->commands) {
        if (!command->handed_over) continue;
        if (command->action == "SendLocalList" || command->action == "GetLocalListVersion" ||
            command->action == "CustomerInformation")
            need_list(*station, needs);
        if (command->action != "SetChargingProfile") continue;
        needs.stations[station->no.value] = station;
        needs.open_transactions.push_back(station->no.value);
    }
}

struct Answered {
    std::string_view action;
    void (*take)(Work&, Station&, const Command&);
};
constexpr Answered answered[] = {{"ReserveNow", reservation_answered},
                                 {"CancelReservation", cancellation_answered},
                                 {"SendLocalList", list_answered},
                                 {"GetLocalListVersion", list_version_answered},
                                 {"CustomerInformation", customer_answered},
                                 {"SetChargingProfile", profile_set},
                                 {"ClearChargingProfile", profiles_cleared},
                                 {"GetChargingProfiles", profiles_asked_for},
                                 {"GetCompositeSchedule", composite_answered},
                                 {"RemoteStartTransaction", profile_of_start_set},
                                 {"RequestStartTransaction", profile_of_start_set}};

}  // namespace

// ---- before a batch ----

void load_held(store::Sql& sql, ShardState& shard,
               const std::map<std::int64_t, Station*>& stations) {
    load_reservations(sql, shard, stations);
    load_profiles(sql, stations);
}

void add_held_needs(ShardState& shard, const Item& item, Needs& needs) {
    if (item.envelope.kind.is("answer")) return add_answer_needs(shard, item, needs);
    if (!item.envelope.kind.is("operator")) return;
    if (const auto asked = bus::body_of<bus::OperatorBody>(item.envelope))
        add_operation_needs(shard, *asked, needs);
}

void load_held_needs(store::Sql& sql, ShardState& shard, const Needs& needs) {
    shard.held.forget_batch();
    if (!needs.asks_what_is_held()) return;
    load_reservation_needs(sql, shard, needs);
    if (!needs.bounds_of.empty()) shard.held.bounds = read_bounds(sql, needs.bounds_of);
    load_local_lists(sql, shard, needs);
}

// ---- commands ----

std::optional<OperationRefused> refused_by_held(Work& work, const Station& station,
                                                const CommandCreate& wanted,
                                                std::string_view request) {
    // A raw CALL is the operator's own affair.
    if (wanted.command.value == "reserve-now")
        return refused_reservation(work, station, wanted, request);
    if (wanted.command.value == "set-charging-profile")
        return refused_profile(work, station, request);
    return std::nullopt;
}

void held_ordered(Work& work, Station& station, const CommandCreate& wanted,
                  const Command& command) {
    if (command.action == "ReserveNow") reservation_ordered(work, station, wanted, command);
}

void held_answered(Work& work, Station& station, const Command& command) {
    for (const Answered& one : answered)
        if (one.action == command.action) return one.take(work, station, command);
}

void held_unanswered(ShardState& shard, Batch& batch, Station& station, const Command& command) {
    if (command.action == "ReserveNow") reservation_unanswered(shard, batch, station, command);
    if (command.action == "SendLocalList") list_unanswered(batch, station, command);
}

// ---- what stations say ----

void held_by_transaction(Handler& handler, TransactionRecord& record,
                         const domain::TransactionEvent& event) {
    const bool names_one = event.reservation_id.has_value();
    if (names_one || handler.station.held) use_reservation(handler, record, event);
    profiles_by_transaction(handler, record);
}

// ---- the clock, and the end ----

void expire_held(ShardState& shard, Batch& batch) {
    if (!shard.held.reserving_stations.empty()) expire_reservations(shard, batch);
}

void end_held(ShardState& shard, Batch& batch, Station& station) {
    end_reservations(shard, batch, station, "station_removed");
}

}  // namespace ohm::api
