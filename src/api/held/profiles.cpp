#include "api/held/profiles.hpp"

#include <algorithm>

#include "api/charging/record.hpp"
#include "api/held/bounds.hpp"
#include "api/held/schedules.hpp"
#include "api/held/tables.hpp"
#include "base/limits_held.hpp"
#include "base/text.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v16/smart_charging.hpp"
#include "ocpp/v201/transactions.hpp"

namespace ohm::api {

// A remote start of either version. Not in an unnamed namespace: clang wants linkage of whatever
// FIELDS describes.
struct StartWithProfile {
    Optional<wire::Integer> connectorId, evseId;
    Optional<Any> chargingProfile;
    FIELDS(connectorId, evseId, chargingProfile)
};
struct SetProfile {  // of either version
    Optional<wire::Integer> connectorId, evseId;
    Optional<Any> csChargingProfiles, chargingProfile;
    FIELDS(connectorId, evseId, csChargingProfiles, chargingProfile)
};
struct CompositeAsked {  // likewise
    Optional<wire::Integer> connectorId, evseId, duration;
    Optional<std::string> chargingRateUnit;
    FIELDS(connectorId, evseId, duration, chargingRateUnit)
};

namespace {

using domain::ProfileCriteria;
using domain::ProfileFacts;
using domain::ProfilePurpose;
using store::Null;
using tables::text_or_null;

constexpr wire::Rules lenient{wire::Strictness::lenient, true};
constexpr std::int64_t micro = 1'000'000;

// What both versions ask to be set, and the text of the profile.
struct SetAsked {
    domain::ChargingProfile profile;
    std::string payload;
};
std::optional<SetAsked> read_set(wire::Decoder& decoder, std::string_view request) {
    SetProfile asked;
    if (decoder.decode(request, asked, lenient)) return std::nullopt;
    const auto& text = asked.csChargingProfiles ? asked.csChargingProfiles : asked.chargingProfile;
    const auto& evse = asked.connectorId ? asked.connectorId : asked.evseId;
    if (!text || !evse) return std::nullopt;
    const auto profile = read_profile(decoder, text->json, evse->value);
    if (!profile) return std::nullopt;
    return SetAsked{*profile, text->json};
}

domain::ProfileRules rules_of(ocpp::Version version) {
    return version == ocpp::Version::v201 ? domain::ProfileRules::v201 : domain::ProfileRules::v16;
}

// ---- rows ----

struct Place {
    Batch& batch;
    Station& station;
    std::int64_t at = 0;  // of the message
};

void note_change(const Place& place) {
    place.batch.touch(place.station);
    place.batch.unit.add(tables::charging_change,
                         {place.station.no.value, micros(place.batch.now)});
}

struct Installed {
    std::string_view origin;  // "ordered", "started", "reported"
    std::string payload;
    std::int64_t request_id = -1;
    bool is_held = true;
};

void write(const Place& place, const ProfileFacts& facts, const Installed& how) {
    place.batch.unit.add(
        tables::held_profile,
        {place.station.no.value, facts.id, facts.evse, facts.source,
         std::string{name_of(facts.purpose)}, facts.stack_level, text_or_null(facts.transaction),
         tables::int_or_null(facts.valid_from), tables::int_or_null(facts.valid_to),
         std::string{how.origin}, std::int64_t{how.is_held}, how.payload,
         tables::int_or_null(how.request_id, -1), place.at, micros(place.batch.now)});
    note_change(place);
}

template <class Gone>
void remove_if(const Place& place, const Gone& gone) {
    if (!place.station.held) return;
    std::erase_if(place.station.held->profiles, [&](const HeldProfile& held) {
        if (!gone(held)) return false;
        write(place, held.facts,
              {.origin = "", .payload = "{}", .request_id = -1, .is_held = false});
        return true;
    });
}

// False where the station has too many.
bool keep(const Place& place, const ProfileFacts& facts, std::int64_t reported_in) {
    auto& all = held_of(place.station).profiles;
    const auto known = std::find_if(
        all.begin(), all.end(), [&](const HeldProfile& held) { return held.facts.id == facts.id; });
    if (known != all.end()) {
        *known = {facts, reported_in, place.at};
        return true;
    }
    if (all.size() >= limits::profiles_per_station) return false;
    all.push_back({facts, reported_in, place.at});
    return true;
}

void install(const Place& place, const ProfileFacts& facts, Installed&& how) {
    if (keep(place, facts, how.request_id)) write(place, facts, how);
}

// ---- transactions that run ----

std::vector<domain::RunningTransaction> running_of(const Station& station) {
    std::vector<domain::RunningTransaction> running;
    if (!station.transactions) return running;
    for (const auto& record : station.transactions->list)
        if (record->is_active() && record->facts.evse && record->superseded_at == 0)
            running.push_back({*record->facts.evse, record->station_id(),
                               record->facts.started_at.value_or(0) / micro});
    return running;
}

// A profile that names no transaction means the one that runs there now.
void bind_to_running(const Station& station, ProfileFacts& facts) {
    if (facts.purpose != ProfilePurpose::tx || !facts.transaction.empty()) return;
    for (const auto& running : running_of(station))
        if (running.evse == facts.evse) facts.transaction = running.id;
}

// ---- criteria ----

ProfileCriteria criteria_v16(const ocpp::v16::ClearChargingProfile::Request& asked) {
    ProfileCriteria criteria;
    if (asked.id) {  // the others are ignored then
        criteria.ids = {asked.id->value};
        return criteria;
    }
    if (asked.connectorId) criteria.evse = asked.connectorId->value;
    if (asked.stackLevel) criteria.stack_level = asked.stackLevel->value;
    if (asked.chargingProfilePurpose)
        criteria.purpose = domain::purpose_of_name(asked.chargingProfilePurpose->name());
    return criteria;
}

ProfileCriteria criteria_v201(const ocpp::v201::ClearChargingProfile::Request& asked) {
    ProfileCriteria criteria;
    if (asked.chargingProfileId) {
        criteria.ids = {asked.chargingProfileId->value};
        return criteria;
    }
    if (!asked.chargingProfileCriteria) return criteria;
    const auto& said = *asked.chargingProfileCriteria;
    if (said.evseId) criteria.evse = said.evseId->value;
    if (said.stackLevel) criteria.stack_level = said.stackLevel->value;
    if (said.chargingProfilePurpose)
        criteria.purpose = domain::purpose_of_name(said.chargingProfilePurpose->name());
    return criteria;
}

ProfileCriteria criteria_of(const ocpp::v201::GetChargingProfiles::Request& asked) {
    ProfileCriteria criteria;
    if (asked.evseId) criteria.evse = asked.evseId->value;
    const auto& said = asked.chargingProfile;
    if (said.stackLevel) criteria.stack_level = said.stackLevel->value;
    if (said.chargingProfilePurpose)
        criteria.purpose = domain::purpose_of_name(said.chargingProfilePurpose->name());
    if (said.chargingProfileId)
        for (const auto& id : *said.chargingProfileId) criteria.ids.push_back(id.value);
    if (said.chargingLimitSource)
        for (const auto& source : *said.chargingLimitSource)
            criteria.sources.emplace_back(source.name());
    return criteria;
}

Place place_of(Work& work, Station& station) {
    return {work.batch, station, work.envelope.received_at};
}
Place place_of(Handler& handler) {
    return {handler.work.batch, handler.station, handler.received_at()};
}

}  // namespace

void load_profiles(store::Sql& sql, const std::map<std::int64_t, Station*>& stations) {
    std::vector<std::int64_t> numbers;
    numbers.reserve(stations.size());
    for (const auto& [number, station] : stations) numbers.push_back(number);
    const auto number = [](const store::Value& value) {
        return store::is_null(value) ? std::optional<std::int64_t>{} : store::as_int(value);
    };
    const std::string of_these = store::any_of(sql.dialect(), "station_no", "$1");
    for (const store::Row& row : sql.query(
             "select station_no, profile_id, evse, source, purpose, stack_level, transaction_id, "
             "valid_from, valid_to, request_id, installed_at from charging_profiles where is_held "
             "= 1 and " +
                 of_these + " order by station_no, installed_at, profile_id",
             {numbers})) {
        HeldProfile held;
        held.facts.id = store::as_int(row[1]);
        held.facts.evse = store::as_int(row[2]);
        held.facts.source = store::as_text(row[3]);
        held.facts.purpose = domain::purpose_of_name(store::as_text(row[4]));
        held.facts.stack_level = store::as_int(row[5]);
        held.facts.transaction = store::as_text(row[6]);
        held.facts.valid_from = number(row[7]);
        held.facts.valid_to = number(row[8]);
        held.reported_in = store::as_int(row[9], -1);
        held.heard_at = store::as_int(row[10]);
        held_of(*stations.at(store::as_int(row[0]))).profiles.push_back(std::move(held));
    }
    for (const store::Row& row :
         sql.query("select station_no, evse, source from charging_limits where is_set = 1 and " +
                       of_these + " order by station_no, evse, source",
                   {numbers}))
        held_of(*stations.at(store::as_int(row[0])))
            .limits.push_back({store::as_int(row[1]), store::as_text(row[2])});
}

// ---- commands ----

std::optional<OperationRefused> refused_profile(Work& work, const Station& station,
                                                std::string_view request) {
    const auto asked = read_set(work.shard.decoder, request);
    if (!asked) return std::nullopt;
    const ocpp::Version version =
        station.version == ocpp::Version::none ? station.default_version : station.version;
    std::vector<ProfileFacts> held;
    if (station.held)
        for (const HeldProfile& one : station.held->profiles) held.push_back(one.facts);
    const auto running = running_of(station);
    const domain::ProfileOrder order{
        .rules = rules_of(version),
        .held = held,
        .bounds = profile_bounds(work.shard.held.bounds[station.no.value], version),
        .running = running,
        .now = work.now_us() / micro};
    const auto refusal = domain::refused(asked->profile, order);
    if (!refusal) return std::nullopt;
    return OperationRefused{refusal->is_bound ? "station_limit" : "profile_conflict",
                            refusal->detail, "/profile" + refusal->member};
}

void profile_set(Work& work, Station& station, const Command& command) {
    if (command.status != "Accepted") return;
    auto asked = read_set(work.shard.decoder, command.request);
    if (!asked) return;
    const Place place = place_of(work, station);
    ProfileFacts facts = asked->profile.facts;
    bind_to_running(station, facts);
    remove_if(place, [&](const HeldProfile& held) {
        return held.facts.id != facts.id &&
               domain::replaces(facts, held.facts, rules_of(command.version));
    });
    install(place, facts, {.origin = "ordered", .payload = std::move(asked->payload)});
}

void profile_of_start_set(Work& work, Station& station, const Command& command) {
    StartWithProfile asked;
    if (command.status != "Accepted" ||
        work.shard.decoder.decode(command.request, asked, lenient) || !asked.chargingProfile)
        return;
    const auto& evse = asked.connectorId ? asked.connectorId : asked.evseId;
    const auto profile =
        read_profile(work.shard.decoder, asked.chargingProfile->json, evse ? evse->value : 0);
    if (profile && profile->facts.purpose == ProfilePurpose::tx)
        install(place_of(work, station), profile->facts,
                {.origin = "started", .payload = asked.chargingProfile->json});
}

// Unknown: the station has none that fits, so what we thought of it was wrong.
void profiles_cleared(Work& work, Station& station, const Command& command) {
    if (command.status != "Accepted" && command.status != "Unknown") return;
    ProfileCriteria criteria;
    if (command.version == ocpp::Version::v201) {
        ocpp::v201::ClearChargingProfile::Request asked;
        if (work.shard.decoder.decode(command.request, asked, lenient)) return;
        criteria = criteria_v201(asked);
    } else {
        ocpp::v16::ClearChargingProfile::Request asked;
        if (work.shard.decoder.decode(command.request, asked, lenient)) return;
        criteria = criteria_v16(asked);
    }
    remove_if(place_of(work, station), [&](const HeldProfile& held) {  // K10.FR.06
        return held.facts.purpose != ProfilePurpose::external && domain::fits(held.facts, criteria);
    });
}

void profiles_asked_for(Work& work, Station& station, const Command& command) {
    ocpp::v201::GetChargingProfiles::Request asked;
    if (work.shard.decoder.decode(command.request, asked, lenient)) return;
    const ProfileCriteria criteria = criteria_of(asked);
    if (command.status == "NoProfiles")
        return remove_if(place_of(work, station), [&](const HeldProfile& held) {
            return domain::fits(held.facts, criteria);
        });
    if (command.status != "Accepted") return;
    held_of(station).question = {asked.requestId.value, criteria};
    work.batch.touch(station);
}

void composite_answered(Work& work, Station& station, const Command& command) {
    CompositeAsked asked;
    if (work.shard.decoder.decode(command.request, asked, lenient) || !asked.duration) return;
    const auto& evse = asked.connectorId ? asked.connectorId : asked.evseId;
    const auto read = read_composite(work.shard.decoder, command.version, command.response,
                                     asked.duration->value, work.envelope.received_at / micro);
    work.batch.touch(station);
    work.batch.unit.add(
        tables::composite_schedule,
        {station.no.value, evse ? evse->value : 0, command.status,
         asked.chargingRateUnit ? text_or_null(*asked.chargingRateUnit) : store::Value{Null{}},
         asked.duration->value, read ? store::Value{read->start_s * micro} : store::Value{Null{}},
         command.response, work.envelope.received_at});
}

// ---- what stations say ----

void profiles_by_transaction(Handler& handler, const TransactionRecord& record) {
    Station& station = handler.station;
    if (!station.held || station.held->profiles.empty() || !record.facts.evse) return;
    const Place place = place_of(handler);
    const std::int64_t evse = *record.facts.evse;
    const bool runs_again = station.transactions->runs(record.station_id());
    if (!record.is_active() && runs_again) return;  // what is held is of that one
    if (!record.is_active())
        return remove_if(place, [&](const HeldProfile& held) {
            return held.facts.purpose == ProfilePurpose::tx &&
                   held.facts.transaction == record.station_id();
        });
    // One of a start that never came was forgotten by the station as well.
    remove_if(place, [&](const HeldProfile& held) {
        return held.facts.purpose == ProfilePurpose::tx && held.facts.transaction.empty() &&
               held.heard_at < place.at - Micros{limits::started_profile_age}.count();
    });
    for (HeldProfile& held : station.held->profiles) {
        const bool waits = held.facts.purpose == ProfilePurpose::tx &&
                           held.facts.transaction.empty() &&
                           (held.facts.evse == 0 || held.facts.evse == evse);
        if (!waits) continue;
        held.facts.transaction = record.station_id();
        held.facts.evse = evse;
        place.batch.unit.add(
            tables::held_profile_transaction,
            {station.no.value, held.facts.id, evse, record.station_id(), micros(place.batch.now)});
        note_change(place);
    }
}

void take_profile_report(Handler& handler,
                         const ocpp::v201::ReportChargingProfiles::Request& report) {
    const Place place = place_of(handler);
    const std::int64_t request_id = report.requestId.value;
    for (const ocpp::v201::ChargingProfile& said : report.chargingProfile) {
        ProfileFacts facts = profile_of(said, report.evseId.value).facts;
        facts.source = report.chargingLimitSource.name();
        facts.transaction = to_storable(facts.transaction, limits::station_key_bytes);
        install(place, facts,
                {.origin = "reported", .payload = wire::encode(said), .request_id = request_id});
    }
    auto& question = held_of(handler.station).question;
    if (report.tbc.value_or(false) || !question || question->request_id != request_id) return;
    remove_if(place, [&](const HeldProfile& held) {
        return held.reported_in != request_id && domain::fits(held.facts, question->criteria);
    });
    question.reset();
}

void take_limit(Handler& handler, const ocpp::v201::NotifyChargingLimit::Request& limit) {
    const Place place = place_of(handler);
    const HeldLimit said{limit.evseId ? limit.evseId->value : 0,
                         std::string{limit.chargingLimit.chargingLimitSource.name()}};
    auto& all = held_of(handler.station).limits;
    const bool is_known = std::any_of(all.begin(), all.end(), [&](const HeldLimit& one) {
        return one.evse == said.evse && one.source == said.source;
    });
    if (!is_known && all.size() >= limits::charging_limits_per_station) return;
    if (!is_known) all.push_back(said);
    const auto& critical = limit.chargingLimit.isGridCritical;
    place.batch.unit.add(tables::charging_limit,
                         {place.station.no.value, said.evse, said.source, std::int64_t{1},
                          critical ? store::Value{std::int64_t{*critical}} : store::Value{Null{}},
                          wire::encode(limit), place.at});
    note_change(place);
}

void take_cleared_limit(Handler& handler,
                        const ocpp::v201::ClearedChargingLimit::Request& cleared) {
    const Place place = place_of(handler);
    const std::int64_t evse = cleared.evseId ? cleared.evseId->value : 0;
    const std::string source{cleared.chargingLimitSource.name()};
    remove_if(place, [&](const HeldProfile& held) {
        return held.facts.purpose == ProfilePurpose::external && held.facts.source == source &&
               held.facts.evse == evse;
    });
    if (!place.station.held) return;
    const auto gone = std::erase_if(place.station.held->limits, [&](const HeldLimit& one) {
        return one.evse == evse && one.source == source;
    });
    if (gone == 0) return;
    place.batch.unit.add(tables::charging_limit, {place.station.no.value, evse, source,
                                                  std::int64_t{0}, Null{}, "{}", place.at});
    note_change(place);
}

}  // namespace ohm::api
