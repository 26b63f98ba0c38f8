#include "api/commands/waiting.hpp"

#include <algorithm>

#include "api/charging/record.hpp"
#include "api/commands/boot_states.hpp"

namespace ohm::api::commands {

// As much of parameters as decides when a command goes. Not in an unnamed namespace: clang wants
// linkage of whatever FIELDS describes.
namespace partly {

struct When {
    Optional<Text<>> type;
    Optional<wire::Integer> evse_id, connector_id;
    Optional<wire::DateTime> at, until;
    Optional<bool> force;
    FIELDS(type, evse_id, connector_id, at, until, force)
};
struct WayBack {
    std::string type;
    Optional<wire::Integer> evse_id, connector_id;
    FIELDS(type, evse_id, connector_id)
};

}  // namespace partly

namespace {

constexpr seconds again_after{1}, way_back_may_wait{86'400}, between_triggers{5};

partly::When read(wire::Decoder& decoder, const std::string& parameters) {
    partly::When when;
    if (decoder.decode(parameters.empty() ? "{}" : parameters, when, {wire::Strictness::lenient}))
        return {};
    return when;
}

bool runs(const TransactionRecord& record) { return record.is_active() && !record.superseded_by; }

tl::unexpected<OperationRefused> running(std::string where) {
    return refusal("transaction_running", "a transaction is running " + std::move(where));
}

// Batches of triggers do not press a station: one every few seconds.
std::int64_t after_last_trigger(ShardState& shard, const Station& station, std::int64_t now) {
    if (shard.triggered_at.size() > 10'000)
        std::erase_if(shard.triggered_at, [&](const auto& one) {
            return one.second + Micros{between_triggers}.count() < now;
        });
    std::int64_t& last = shard.triggered_at[station.no.value];
    const std::int64_t free_at = last == 0 ? 0 : last + Micros{between_triggers}.count();
    last = std::max(now, free_at);
    return free_at > now ? free_at : 0;
}

std::optional<OperationRefused> wrong_window(const partly::When& when, Utc now) {
    if (!when.until) return std::nullopt;
    const Utc from = when.at ? std::max(when.at->at, now) : now;
    if (when.until->at > from) return std::nullopt;
    return OperationRefused{"validation_failed", "until must be later than at, and than now",
                            "/until"};
}

}  // namespace

bool is_idle(const Station& station) {
    if (!station.transactions_are_read) return false;
    if (!station.transactions) return true;
    const auto& list = station.transactions->list;
    return std::none_of(list.begin(), list.end(), [](const auto& one) { return runs(*one); });
}

bool runs_on(const Station& station, std::int64_t evse) {
    if (!station.transactions) return false;
    const auto& list = station.transactions->list;
    return std::any_of(list.begin(), list.end(), [&](const auto& one) {
        return runs(*one) && one->facts.evse.value_or(evse) == evse;
    });
}

bool may_go(const Station& station, const Command& command, std::int64_t now) {
    if (command.waits() && !station.booted()) return false;
    if (command.not_before_at > now) return false;
    if (command.when_idle && !is_idle(station)) return false;
    return !refused_by_boot_state(station, command.action);
}

void wait_again(Batch& batch, Station& station, Command& command) {
    command.handed_over = false;
    command.epoch = 0;
    command.not_before_at = micros(batch.now) + Micros{again_after}.count();
    command.changed = true;
    batch.touch(station);
}

bool goes_on_later(const Command& command) {
    return command.parts && command.handed_over && command.waits() &&
           command.parts->done + command.parts->out < command.parts->items;
}

tl::expected<Timing, OperationRefused> timing_of(ShardState& shard, const Station& station, Utc now,
                                                 ocpp::Version version,
                                                 const CommandCreate& wanted) {
    Timing timing;
    const std::string& command = wanted.command.value;
    const bool only_idle = wanted.only_idle.value_or(false);
    if (only_idle && !is_idle(station)) return running("on the station");
    // One that waits for its station finds it idle later, or waits on.
    timing.when_idle = only_idle && wanted.options && wanted.options->queue.value_or(false);
    if (command == "trigger-message" && wanted.batch_id) {
        timing.not_before_at = after_last_trigger(shard, station, micros(now));
        return timing;
    }
    const bool is_timed =
        command == "reset" || command == "unlock-connector" || command == "change-availability";
    if (!is_timed) return timing;
    const partly::When when = read(shard.decoder, wanted.parameters.json);
    const std::int64_t evse = when.evse_id ? when.evse_id->value : 0;
    if (command == "unlock-connector" && !when.force.value_or(false) && runs_on(station, evse))
        return running("on this connector; with \"force\":true it is unlocked all the same");
    const std::string type = when.type ? when.type->value : "";
    const bool on_idle = type == "on_idle" || type == "OnIdle";
    // 1.6 has no such reset: it is held back here.
    timing.when_idle |= command == "reset" && on_idle && version == ocpp::Version::v16;
    if (command != "change-availability") return timing;
    if (const auto wrong = wrong_window(when, now)) return tl::unexpected{*wrong};
    timing.is_scheduled = when.at && when.at->at > now;
    if (timing.is_scheduled) timing.not_before_at = micros(when.at->at);
    return timing;
}

std::optional<Question> way_back(wire::Decoder& decoder, const Command& command) {
    if (command.command != "change-availability") return std::nullopt;
    const partly::When when = read(decoder, command.parameters);
    if (!when.until || !when.type) return std::nullopt;
    const bool was_operative = when.type->value == "operative" || when.type->value == "Operative";
    const partly::WayBack back{was_operative ? "inoperative" : "operative", when.evse_id,
                               when.connector_id};
    Question question{.command = command.command, .parameters = wire::encode(back)};
    question.requested_by = command.requested_by;
    question.not_before_at = micros(when.until->at);
    question.expires_at = question.not_before_at + Micros{way_back_may_wait}.count();
    return question;
}

}  // namespace ohm::api::commands
