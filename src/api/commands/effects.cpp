#include "api/commands/effects.hpp"

#include <algorithm>

#include "api/charging/record.hpp"
#include "api/commands/expectation.hpp"
#include "api/commands/limit_effect.hpp"
#include "api/commands/questions.hpp"
#include "api/commands/queue.hpp"
#include "api/commands/refusals.hpp"
#include "api/commands/tokens.hpp"
#include "api/commands/verification.hpp"
#include "api/commands/waiting.hpp"
#include "api/facts/quirks.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace commands {

// Not in an unnamed namespace: clang wants linkage of whatever FIELDS describes.
namespace partly {
struct StartOrder {
    Optional<Any> charging_profile;
    FIELDS(charging_profile)
};
}  // namespace partly

namespace {

using Kind = Expectation::Kind;
constexpr std::int64_t read_in_parts = 1;  // Expectation::number of values that are read back
constexpr std::string_view good_answer = R"({"status":"Accepted","fileName":"-"})";

Answered answered_of(const Command& command, Utc now) {
    return {.action = command.action,
            .request = command.request,
            .response = command.response,
            .scheduled = command.result == "scheduled",
            .now = now,
            .firmware = command.firmware_version,
            .awaits_file = command.awaits_file};
}

bool counts_as_answer(const Command& command) {
    return command.result == "accepted" || command.result == "scheduled" ||
           command.result == "partial";
}

void write_effect(Batch& batch, const Ulid& command, std::string_view state) {
    batch.unit.add(tables::command_effect,
                   {tables::bytes(command), std::string{state}, micros(batch.now)});
}

std::string_view word_of(Verdict verdict) {
    return verdict == Verdict::confirmed ? "confirmed" : "contradicted";
}

// Reading back what it set, in one CALL or as many as that takes.
std::optional<Question> reading_of(ShardState& shard, const Command& command) {
    Question reading{.command = "get-variables", .verifies = command.id};
    if (!command.parts) {
        reading.call = commands::reading_of(shard.decoder, command.action, command.request);
        if (!reading.call) return std::nullopt;
        return reading;
    }
    const auto parameters = reading_parameters(shard.decoder, command.parameters);
    if (!parameters) return std::nullopt;
    reading.parameters = *parameters;
    reading.parts = std::make_unique<Parts>();
    reading.parts->items = command.parts->items;
    reading.parts->items_max = std::max<std::int64_t>(1, command.parts->read_max);
    return reading;
}

void drop_what_is_empty(Station& station) {
    if (station.expected && station.expected->effects.empty() && station.expected->asked.empty())
        station.expected.reset();
}

// One effect has come to its end.
void end_effect(ShardState& shard, Batch& batch, Station& station, const PendingEffect& effect,
                std::string_view state) {
    write_effect(batch, effect.command, state);
    batch.settled_effects.push_back({&station, effect.command, std::string{state}});
    if (effect.expectation.kind == Kind::message && effect.expectation.action == "Heartbeat")
        tell_worker(shard, batch, station, station.booted());
    batch.touch(station);
}

void add_effect(ShardState& shard, Batch& batch, Station& station, PendingEffect&& effect) {
    auto& effects = station.expecting().effects;
    if (effects.size() >= limits::effects_per_station) {
        end_effect(shard, batch, station, effects.front(), "missed");
        effects.erase(effects.begin());
    }
    effects.push_back(std::move(effect));
    shard.busy_stations.insert(station.key);
}

// What a pending station may send because we asked for it (2.0.1 B02.FR.02, 1.6 §4.2).
void allow(Station& station, const Expectation& expectation, std::int64_t until_at) {
    if (expectation.kind != Kind::message && expectation.kind != Kind::report) return;
    auto& asked = station.expecting().asked;
    if (asked.size() >= limits::effects_per_station) asked.erase(asked.begin());
    asked.push_back({expectation.action, until_at});
}

// A station that is in that state already reports nothing.
bool is_so_already(const Station& station, const Expectation& expectation) {
    if (expectation.kind != Kind::status) return false;
    const auto matches = [&](std::string_view status) {
        return matches_availability(expectation.operative, status);
    };
    if (expectation.evse <= 0 && station.version == ocpp::Version::v16)
        return matches(station.reported.status);
    bool some = false;
    for (const ConnectorState& connector : station.connectors) {
        if (expectation.evse > 0 && connector.evse != expectation.evse) continue;
        if (!matches(connector.status)) return false;
        some = true;
    }
    return some;
}

std::int64_t until(const Command& command, const Expectation& expectation, std::int64_t now) {
    const seconds timeout =
        command.effect_timeout_s > 0 ? seconds{command.effect_timeout_s} : expectation.timeout;
    return now + Micros{timeout}.count();
}

PendingEffect* pending(Station& station, const Ulid& command) {
    if (!station.expected) return nullptr;
    auto& effects = station.expected->effects;
    const auto found = std::find_if(effects.begin(), effects.end(),
                                    [&](const auto& effect) { return effect.command == command; });
    return found == effects.end() ? nullptr : &*found;
}

void settle(ShardState& shard, Batch& batch, Station& station, const Ulid& command,
            std::string_view state) {
    const PendingEffect* effect = pending(station, command);
    if (!effect) return;
    end_effect(shard, batch, station, *effect, state);
    std::erase_if(station.expected->effects,
                  [&](const PendingEffect& one) { return one.command == command; });
    drop_what_is_empty(station);
}

// N01, L01: the station has dropped what it did for the order before.
void settle_dropped(ShardState& shard, Batch& batch, Station& station, const Command& command) {
    const PendingEffect* own =
        command.status == "AcceptedCanceled" ? pending(station, command.id) : nullptr;
    if (!own) return;
    const std::string action = own->expectation.action;
    std::vector<Ulid> dropped;
    for (const PendingEffect& effect : station.expected->effects)
        if (effect.command != command.id && effect.expectation.kind == Kind::progress &&
            effect.expectation.action == action)
            dropped.push_back(effect.command);
    for (const Ulid& one : dropped) settle(shard, batch, station, one, "contradicted");
}

// Where nothing charges a profile shows no effect.
std::optional<Expectation> limit_where_it_runs(ShardState& shard, const Station& station,
                                               const Command& command, Utc now) {
    auto limit = limit_of(shard.decoder, command.request, now);
    if (limit && (limit->evse > 0 ? !runs_on(station, limit->evse) : is_idle(station)))
        limit.reset();
    return limit;
}

// The order's profile, where the start was sent without it (quirk H6).
std::string profile_left_out(wire::Decoder& decoder, const Command& command) {
    partly::StartOrder order;
    const bool has_it = command.request.find("chargingProfile") != std::string::npos;
    if (command.command != "start-transaction" || has_it) return {};
    const wire::Rules lenient{wire::Strictness::lenient};
    if (decoder.decode(command.parameters, order, lenient) || !order.charging_profile) return {};
    return order.charging_profile->json;
}

// The transaction that the start has brought.
const TransactionRecord* started_by(const Station& station, const Expectation& start) {
    if (!station.transactions) return nullptr;
    const auto& list = station.transactions->list;
    const auto found = std::find_if(list.rbegin(), list.rend(), [&](const auto& record) {
        const bool is_its_own = start.number < 0 || record->facts.remote_start_id == start.number;
        return record->is_active() && is_its_own && record->facts.evse &&
               (start.evse < 0 || record->facts.evse == start.evse);
    });
    return found == list.rend() ? nullptr : found->get();
}

void limit_started(ShardState& shard, Batch& batch, Station& station, const Expectation& start) {
    const TransactionRecord* record = started_by(station, start);
    ProfileWritten profile;
    if (!record || shard.decoder.decode(start.profile, profile, {wire::Strictness::lenient}))
        return;
    profile.purpose = "transaction";
    profile.transaction_id = Text<36>{record->station_id()};
    Question question{.command = "set-charging-profile",
                      .parameters = R"({"evse_id":)" + std::to_string(*record->facts.evse) +
                                    R"(,"profile":)" + wire::encode(profile) + "}"};
    ask(shard, batch, station, std::move(question));
}

}  // namespace

void expect_effect(ShardState& shard, Batch& batch, Station& station, Command& command) {
    const std::string early = std::exchange(command.effect_state, "none");
    if (!counts_as_answer(command)) return;
    std::optional<Expectation> expectation;
    if (command.verify && is_verifiable(command.action))
        expectation = Expectation{.kind = Kind::verify,
                                  .action = "",
                                  .words = "the values read back are those that were set",
                                  .timeout = seconds{120},
                                  .text = command.parts ? command.parameters : command.request,
                                  .number = command.parts ? read_in_parts : -1};
    else if (command.action == "SetChargingProfile")
        expectation = limit_where_it_runs(shard, station, command, batch.now);
    else
        expectation = expectation_of(shard.decoder, answered_of(command, batch.now));
    if (!expectation) return;
    expectation->came = command.file_came;
    if (expectation->kind == Kind::start)
        expectation->profile = profile_left_out(shard.decoder, command);
    command.effect_expects = to_storable(expectation->words, limits::effect_words);
    command.effect_until_at = until(command, *expectation, micros(batch.now));
    allow(station, *expectation, command.effect_until_at);
    if (early == "confirmed" || early == "contradicted") {
        command.effect_state = early;
        write_effect(batch, command.id, early);
        return;
    }
    if (is_so_already(station, *expectation)) {
        command.effect_state = "confirmed";
        return;
    }
    command.effect_state = "pending";
    add_effect(shard, batch, station,
               {command.id, std::move(*expectation), command.effect_until_at});
}

void take_verification(ShardState& shard, Batch& batch, Station& station, const Command& reading) {
    if (reading.verifies == Ulid{}) return;
    const PendingEffect* effect = pending(station, reading.verifies);
    if (!effect) return;
    const std::string& set = effect->expectation.text;
    const bool in_parts = effect->expectation.number == read_in_parts;
    const bool same =
        in_parts ? parameters_read_back(shard.decoder, set, reading.action, reading.response)
                 : reads_back(shard.decoder, set, reading.action, reading.response);
    settle(shard, batch, station, reading.verifies, same ? "confirmed" : "contradicted");
}

void conclude(ShardState& shard, Batch& batch, Station& station, Command& command) {
    expect_effect(shard, batch, station, command);
    settle_dropped(shard, batch, station, command);
    take_verification(shard, batch, station, command);
    const bool verify =
        command.verify && command.effect_state == "pending" && is_verifiable(command.action);
    auto reading = verify ? reading_of(shard, command) : std::nullopt;
    auto later = counts_as_answer(command) ? way_back(shard.decoder, command) : std::nullopt;
    auto others = after_refusal(shard, batch, station, command);
    finish(shard, batch, station, command, CommandState::answered);
    for (Question& other : others) ask(shard, batch, station, std::move(other));
    if (reading) ask(shard, batch, station, std::move(*reading));
    if (later) ask(shard, batch, station, std::move(*later));
}

void note_early_effects(Work& work, Station& station, const ocpp::Head& head) {
    wire::Decoder& decoder = work.shard.decoder;
    for (const auto& command : station.commands) {
        const bool awaited = command->handed_over && !command->parts && !command->verify;
        const bool is_new = command->effect_state.empty() || command->effect_state == "none";
        if (!awaited || !is_new) continue;
        // As if it had been answered well: an answer that says otherwise takes it back.
        const auto expectation = expectation_of(decoder, {.action = command->action,
                                                          .request = command->request,
                                                          .response = good_answer,
                                                          .now = work.batch.now});
        if (!expectation) continue;
        const Verdict verdict = judge(decoder, *expectation, head.action, head.rest);
        if (verdict == Verdict::nothing) continue;
        command->effect_state = word_of(verdict);
        command->changed = true;
        work.batch.touch(station);
    }
}

void fail_verification(ShardState& shard, Batch& batch, Station& station, const Command& reading) {
    if (reading.verifies != Ulid{}) settle(shard, batch, station, reading.verifies, "missed");
}

void expire_effects(ShardState& shard, Batch& batch, Station& station, std::int64_t now) {
    if (!station.expected) return;
    std::vector<Ulid> missed, complete;
    for (const PendingEffect& effect : station.expected->effects) {
        const bool all_there =
            effect.expectation.kind == Kind::progress && effect.expectation.is_complete();
        if (all_there)
            complete.push_back(effect.command);
        else if (effect.until_at <= now)
            missed.push_back(effect.command);
    }
    std::erase_if(station.expected->asked, [&](const Asked& one) { return one.until_at <= now; });
    for (const Ulid& command : missed) settle(shard, batch, station, command, "missed");
    for (const Ulid& command : complete) settle(shard, batch, station, command, "confirmed");
    drop_what_is_empty(station);
}

void note_file(Work& work, Station& station, const Ulid& command) {
    // It may be here before the answer is.
    for (const auto& open : station.commands)
        if (open->id == command) open->file_came = true;
    PendingEffect* effect = pending(station, command);
    if (!effect) return;
    work.batch.touch(station);
    effect->expectation.came = true;
    if (effect->expectation.is_complete())
        settle(work.shard, work.batch, station, command, "confirmed");
}

void miss_all(ShardState& shard, Batch& batch, Station& station) {
    if (!station.expected) return;
    for (const PendingEffect& effect : station.expected->effects) {
        write_effect(batch, effect.command, "missed");
        batch.settled_effects.push_back({&station, effect.command, "missed"});
    }
    station.expected.reset();
    note_whether_busy(shard, station);
}

}  // namespace commands

void note_effects(Work& work, Station& station, const ocpp::Head& head) {
    using commands::Verdict;
    commands::note_early_effects(work, station, head);
    if (waits_for_idle(station)) commands::send_next(work.shard, work.batch, station);
    if (!station.expected) return;
    std::vector<std::pair<Ulid, Verdict>> settled;
    std::vector<commands::Expectation> to_limit;
    for (commands::PendingEffect& effect : station.expected->effects) {
        const bool is_limit = effect.expectation.kind == commands::Expectation::Kind::limit;
        const auto judged = is_limit ? commands::judge_limit : commands::judge;
        const Verdict verdict =
            judged(work.shard.decoder, effect.expectation, head.action, head.rest);
        const bool settles = !is_limit || work.now_us() >= effect.expectation.settles_at;
        if (!settles) continue;
        if (is_limit && verdict == Verdict::contradicted)
            note_quirk(work, station, head.action, "profile_without_effect", "");
        if (verdict == Verdict::confirmed && !effect.expectation.profile.empty())
            to_limit.push_back(effect.expectation);
        if (verdict == Verdict::said) {
            effect.expectation.said = true;
            work.batch.touch(station);
            continue;
        }
        if (verdict != Verdict::nothing) settled.emplace_back(effect.command, verdict);
    }
    for (const auto& [command, verdict] : settled)
        commands::settle(work.shard, work.batch, station, command, commands::word_of(verdict));
    for (const commands::Expectation& start : to_limit)
        commands::limit_started(work.shard, work.batch, station, start);
}

void restore_effect(ShardState& shard, Station& station, const Command& command) {
    auto expectation = commands::expectation_of(
        shard.decoder, commands::answered_of(command, utc_from_micros(command.answered_at)));
    if (!expectation)  // what was to be read back is no longer known: it will be missed
        expectation = commands::Expectation{.kind = commands::Expectation::Kind::verify};
    expectation->came = command.file_came;
    expectation->said = command.said_done;
    commands::allow(station, *expectation, command.effect_until_at);
    station.expecting().effects.push_back(
        {command.id, std::move(*expectation), command.effect_until_at});
    shard.busy_stations.insert(station.key);
}

}  // namespace ohm::api
