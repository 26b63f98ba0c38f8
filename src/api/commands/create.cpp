// From an operator's order to a row: what is refused, what waits, what goes at once.
#include <algorithm>
#include <array>

#include "api/certificates/guard.hpp"
#include "api/commands/boot_states.hpp"
#include "api/commands/completion.hpp"
#include "api/commands/known.hpp"
#include "api/commands/prepare.hpp"
#include "api/commands/questions.hpp"
#include "api/commands/queue.hpp"
#include "api/commands/secrets.hpp"
#include "api/commands/security_profile.hpp"
#include "api/commands/split.hpp"
#include "api/commands/waiting.hpp"
#include "api/facts/quirks.hpp"
#include "api/files/orders.hpp"
#include "api/held/held.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace commands {
namespace {

constexpr seconds waits_by_itself{86'400};
constexpr std::string_view system_caller = "system";

bool wants_queue(const CommandCreate& wanted) {
    return wanted.options && wanted.options->queue.value_or(false);
}

void refuse(Work& work, const OperationRefused& refused) {
    work.refuse(http_status_of(refused.code), refused.code, refused.detail, refused.pointer);
}

// The version that the station will speak, as far as it is known.
ocpp::Version likely_version(const Station& station) {
    return station.version == ocpp::Version::none ? station.default_version : station.version;
}

Priority priority_of(const CommandCreate& wanted, std::string_view action) {
    if (wanted.batch_id) return Priority::bulk;
    if (const NeutralCommand* command = find_neutral(wanted.command.value))
        return command->words.priority;
    const bool urgent = action == "RemoteStopTransaction" || action == "RequestStopTransaction" ||
                        action == "UnlockConnector";
    return urgent ? Priority::urgent : Priority::normal;
}

void take_timing(const Timing& timing, std::int64_t now, Command& command) {
    command.not_before_at = timing.not_before_at;
    command.when_idle = timing.when_idle;
    if (!timing.waits()) return;
    const std::int64_t wait =
        command.expires_at != 0 ? command.expires_at - now : Micros{waits_by_itself}.count();
    command.expires_at = std::max(now, timing.not_before_at) + wait;
}

void take_options(const CommandCreate& wanted, std::int64_t now, Command& command) {
    if (!wanted.options) return;
    const CommandOptions& options = *wanted.options;
    command.verify = options.verify.value_or(false);
    if (options.effect_timeout_s) command.effect_timeout_s = options.effect_timeout_s->value;
    if (!options.queue.value_or(false) && !options.expires_in) return;
    const seconds wait = options.expires_in ? seconds{options.expires_in->value} : waits_by_itself;
    command.expires_at = now + Micros{wait}.count();
}

void hide_secrets(wire::Decoder& decoder, Command& command) {
    const bool in_request = !command.request.empty() &&
                            without_secrets(decoder, command.action, command.request).has_value();
    const bool in_parameters =
        parameters_without_secrets(decoder, command.command, command.parameters).has_value();
    command.hides = in_request || in_parameters;
}

std::unique_ptr<Command> command_of(Work& work, const Station& station,
                                    const bus::OperatorBody& asked, const CommandCreate& wanted,
                                    Prepared&& prepared, ocpp::Version version,
                                    const Timing& timing) {
    const Ulid id = Ulid::from_bytes(asked.operation_id).value_or(Ulid{});
    auto command = std::make_unique<Command>();
    command->id = id == Ulid{} ? work.shard.ids.next() : id;
    command->command = wanted.command.value;
    command->action = std::move(prepared.action);
    command->message_id = command->id.text();
    command->request = std::move(prepared.payload);
    command->parameters = wanted.parameters.json;
    command->version = version;
    command->requested_by = asked.requested_by;
    command->idempotency_key = asked.idempotency_key;
    command->created_at = work.now_us();
    command->deadline_at = deadline_of_new(work.shard, station, work.now_us());
    command->priority = static_cast<std::int64_t>(priority_of(wanted, command->action));
    if (wanted.batch_id) command->batch = Ulid::from_text(wanted.batch_id->value);
    take_options(wanted, work.now_us(), *command);
    take_timing(timing, work.now_us(), *command);
    if (!wants_queue(wanted) && !timing.waits()) command->expires_at = 0;
    hide_secrets(work.shard.decoder, *command);
    return command;
}

// Why it cannot go now; what waits anyway asks nothing of the station's state.
std::optional<OperationRefused> refused_now(const Station& station, const CommandCreate& wanted,
                                            bool is_later, std::string_view action) {
    if (wants_queue(wanted) || is_later) return std::nullopt;
    if (!station.online())
        return OperationRefused{"station_offline", "the station is not connected", ""};
    return refused_by_boot_state(station, action);
}

std::optional<OperationRefused> refused_certificates(ShardState& shard, const Station& station,
                                                     const Prepared& prepared) {
    if (auto refused = refused_over_plain(shard.options, station, prepared.action)) return refused;
    return refused_deletion(shard, station, prepared.action, prepared.payload);
}

void answer_later(Work& work, const bus::OperatorBody& asked, const Ulid& command) {
    OperatorAnswer answer;
    answer.reply_queue = asked.reply_queue;
    answer.body.request = asked.request;
    work.shard.waiters[command] = {std::move(answer), work.now_us() + asked.wait_us};
}

void admit(ShardState& shard, Batch& batch, Station& station, std::unique_ptr<Command> command) {
    ++shard.figures.commands;
    enqueue(shard, station, std::move(command));
    batch.touch(station);
    send_next(shard, batch, station);
}

PreparedOrRefusal prepare_all(ShardState& shard, Utc now, ocpp::Version version,
                              const CommandCreate& wanted, const Parts* parts) {
    return parts ? check_parts(shard, now, version, wanted, *parts)
                 : prepare(shard, now, version, wanted);
}

constexpr seconds boot_awaited{30};  // a station that is only slow must not be asked

// Only where an operator wants stations to be asked (OHM_ON_BOOT): quirk C1.
void await_boot(Work& work, const Station& station) {
    auto& missing = work.shard.missing_boots;
    const bool may_be_asked = work.shard.options.inventory_on_boot &&
                              station.version == ocpp::Version::v16 && station.boot_status.empty();
    if (!may_be_asked || missing.size() >= limits::missing_boots) return;
    missing.push_back({station.key, station.epoch, work.now_us() + Micros{boot_awaited}.count()});
}

}  // namespace

void ask_for_boots(ShardState& shard, Batch& batch) {
    auto& missing = shard.missing_boots;
    for (std::size_t i = 0; i < limits::boots_asked_per_tick && !missing.empty(); ++i) {
        if (missing.front().due_at > micros(batch.now)) return;
        const MissingBoot due = std::move(missing.front());
        missing.pop_front();
        Station* station = shard.find(due.key);
        const bool is_missing = station && station->online() && station->epoch == due.epoch &&
                                station->boot_status.empty();
        if (!is_missing) continue;
        note_quirk(batch, *station, "", "boot_missing", "", micros(batch.now));
        Question question{.command = "trigger-message",
                          .parameters = R"({"message":"BootNotification"})"};
        question.call = Prepared{"TriggerMessage", R"({"requestedMessage":"BootNotification"})"};
        ask(shard, batch, *station, std::move(question));
    }
}

// A question of our own: nobody waits for it.
bool ask(ShardState& shard, Batch& batch, Station& station, Question&& question) {
    if (station.commands.size() >= limits::commands_queued_per_station) return false;
    auto command = std::make_unique<Command>();
    command->id = shard.ids.next();
    command->command = std::move(question.command);
    command->parameters = std::move(question.parameters);
    command->message_id = command->id.text();
    if (question.call) {
        command->action = std::move(question.call->action);
        command->request = std::move(question.call->payload);
        command->version = station.version;
    }
    command->parts = std::move(question.parts);
    command->requested_by =
        question.requested_by.empty() ? std::string{system_caller} : question.requested_by;
    command->created_at = micros(batch.now);
    command->deadline_at = deadline_of_new(shard, station, micros(batch.now));
    command->priority = static_cast<std::int64_t>(question.priority);
    command->verifies = question.verifies;
    command->not_before_at = question.not_before_at;
    command->expires_at = question.expires_at;
    admit(shard, batch, station, std::move(command));
    return true;
}

tl::expected<Ulid, OperationRefused> order(Work& work, Station& station,
                                           const CommandCreate& wanted,
                                           const std::string& requested_by) {
    const ocpp::Version version = likely_version(station);
    if (version == ocpp::Version::none)
        return refusal("station_offline",
                       "the station was never connected: its OCPP version is not known");
    auto prepared = prepare(work.shard, work.batch.now, version, wanted);
    if (!prepared) return tl::unexpected{prepared.error()};
    if (const auto refused = refused_now(station, wanted, false, prepared->action))
        return tl::unexpected{*refused};
    if (const auto refused = refused_certificates(work.shard, station, *prepared))
        return tl::unexpected{*refused};
    if (station.commands.size() >= limits::commands_queued_per_station)
        return refusal("rate_limited", "64 commands are waiting for this station already");
    bus::OperatorBody asked;
    asked.requested_by = requested_by;
    auto command = command_of(work, station, asked, wanted, std::move(*prepared), version, {});
    const Ulid id = command->id;
    admit(work.shard, work.batch, station, std::move(command));
    return id;
}

bool ask_station(ShardState& shard, Batch& batch, Station& station, Prepared&& prepared,
                 std::string_view name) {
    return ask(shard, batch, station,
               Question{.command = std::string{name}, .call = std::move(prepared)});
}

// In turn: a fleet that boots at once is not asked at once. Its row is there from the boot on, so
// that another owner asks as well.
void ask_for_inventory(ShardState& shard, Batch& batch, Station& station) {
    const bool v16 = station.version == ocpp::Version::v16;
    Question question{.command = v16 ? "get-variables" : "get-base-report",
                      .parameters = v16 ? "{}" : R"({"base":"full"})",
                      .priority = Priority::bulk};
    const auto is_asked_for = [&](const auto& command) {
        return command->command == question.command && command->requested_by == system_caller;
    };
    if (std::any_of(station.commands.begin(), station.commands.end(), is_asked_for)) return;
    shard.next_inventory_at = std::max(micros(batch.now), shard.next_inventory_at) +
                              Micros{limits::between_inventories}.count();
    question.not_before_at = shard.next_inventory_at;
    question.expires_at = question.not_before_at + Micros{waits_by_itself}.count();
    // N04: monitors may have other ids after a boot.
    Question monitors{.command = "get-monitoring-report",
                      .parameters = "{}",
                      .priority = Priority::bulk,
                      .not_before_at = question.not_before_at,
                      .expires_at = question.expires_at};
    ask(shard, batch, station, std::move(question));
    if (!v16) ask(shard, batch, station, std::move(monitors));
}

// B07: it cannot now. Later and later, and not for ever.
void ask_for_report_again(Work& work, Station& station, const Command& refused) {
    constexpr std::array<seconds, 3> waits{seconds{60}, seconds{300}, seconds{1800}};
    if (refused.command != "get-base-report") return;
    if (refused.status != "Rejected") {
        station.reports_refused = 0;
        return;
    }
    if (station.reports_refused >= waits.size()) return;
    Question question{
        .command = refused.command, .parameters = refused.parameters, .priority = Priority::bulk};
    question.not_before_at = work.now_us() + Micros{waits.at(station.reports_refused++)}.count();
    question.expires_at = question.not_before_at + Micros{waits_by_itself}.count();
    ask(work.shard, work.batch, station, std::move(question));
}

}  // namespace commands

void create_command(Work& work, Station& station, const bus::OperatorBody& asked,
                    const CommandCreate& wanted) {
    using namespace commands;
    ShardState& shard = work.shard;
    const Ulid id = Ulid::from_bytes(asked.operation_id).value_or(Ulid{});
    if (shard.known_commands.contains(id) || find_command(station, id.bytes()))
        return work.answer(202, wire::encode(CommandWritten{id.text(), false}));
    const ocpp::Version version = likely_version(station);
    const auto timing = timing_of(shard, station, work.batch.now, version, wanted);
    if (!timing) return refuse(work, timing.error());
    if (!station.online() && !wants_queue(wanted) && !timing->waits())
        return work.refuse(409, "station_offline", "the station is not connected");
    if (version == ocpp::Version::none)
        return work.refuse(409, "station_offline",
                           "the station was never connected: its OCPP version is not known");
    if (const auto refused = refused_lower_profile(shard.decoder, station, wanted))
        return refuse(work, *refused);
    CommandCreate complete = wanted;
    if (const auto refused = commands::complete(shard, station, version, complete))
        return refuse(work, *refused);
    complete_order(shard, work.batch, station, version, complete);
    const auto order = files::complete(shard, work.batch.now, station, complete);
    if (!order) return refuse(work, order.error());
    auto parts =
        parts_of(shard, station, version, complete.command.value, complete.parameters.json);
    auto prepared = prepare_all(shard, work.batch.now, version, complete, parts.get());
    if (!prepared) return refuse(work, prepared.error());
    name_only_connector(shard, station, wanted, *prepared);
    if (const auto refused = refused_now(station, wanted, timing->waits(), prepared->action))
        return refuse(work, *refused);
    if (const auto refused = refused_certificates(shard, station, *prepared))
        return refuse(work, *refused);
    if (const auto refused = refused_by_held(work, station, wanted, prepared->payload))
        return refuse(work, *refused);
    if (station.commands.size() >= limits::commands_queued_per_station)
        return work.refuse(429, "rate_limited", "64 commands are waiting for this station already");
    auto command =
        command_of(work, station, asked, complete, std::move(*prepared), version, *timing);
    if (*order) files::place(shard, work.batch, station, *command, **order);
    command->parts = std::move(parts);
    if (!asked.password_hashes.items.empty())
        command->password_hash = asked.password_hashes.items.front();
    const Ulid command_id = command->id;
    held_ordered(work, station, wanted, *command);
    admit(shard, work.batch, station, std::move(command));
    // What waits for a station may wait for days: nobody holds a request open for it.
    const Command* waiting = find_command(station, command_id.bytes());
    const bool waits_for_station = waiting && waiting->waits() && !waiting->handed_over;
    if (asked.wait_us <= 0 || waits_for_station || !waiting)
        return work.answer(202, wire::encode(CommandWritten{command_id.text(), false}));
    answer_later(work, asked, command_id);
}

void commands_after_boot(Work& work, Station& station) {
    commands::send_next(work.shard, work.batch, station);
    if (work.shard.options.inventory_on_boot)
        commands::ask_for_inventory(work.shard, work.batch, station);
}

void commands_after_connect(Work& work, Station& station) {
    if (station.booted()) return commands::send_next(work.shard, work.batch, station);
    commands::await_boot(work, station);
}

}  // namespace ohm::api
