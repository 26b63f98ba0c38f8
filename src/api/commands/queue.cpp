#include "api/commands/queue.hpp"

#include <algorithm>

#include "api/certificates/guard.hpp"
#include "api/commands/boot_states.hpp"
#include "api/commands/effects.hpp"
#include "api/commands/passwords.hpp"
#include "api/commands/prepare.hpp"
#include "api/commands/questions.hpp"
#include "api/commands/secrets.hpp"
#include "api/commands/split.hpp"
#include "api/commands/waiting.hpp"
#include "api/compatibility.hpp"
#include "api/connections.hpp"
#include "api/files/orders.hpp"
#include "api/files/urls.hpp"
#include "api/held/held.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "ocpp/times.hpp"

namespace ohm::api {
namespace commands {
namespace {

store::LoggedFrame logged_call(const Station& station, const Command& command,
                               const std::string& frame, Utc at) {
    store::LoggedFrame logged;
    logged.at = at;
    logged.direction = store::Direction::out;
    logged.connection = {station.holder.connection};
    logged.message_type = "CALL";
    logged.message_id = command.message_id;
    logged.action = command.action;
    logged.frame = frame;
    logged.bytes = static_cast<std::int64_t>(frame.size());
    return logged;
}

void log_call(ShardState& shard, Batch& batch, const Station& station, const Command& command,
              const std::string& frame) {
    if (station.log_level.value_or(shard.options.log_level) != LogLevel::all) return;
    store::LoggedFrame logged = logged_call(station, command, frame, batch.now);
    if (command.hides) {
        const auto hidden = without_secrets(shard.decoder, command.action, command.request);
        logged.frame = ocpp::call(command.message_id, command.action,
                                  hidden.value_or('"' + std::string{mask} + '"'));
    }
    logged.frame = files::without_tokens(std::move(logged.frame));
    logged.station = station.no;
    batch.frames.push_back(std::move(logged));
}

std::int64_t timeout_us(const ShardState& shard, const Station& station) {
    const seconds timeout =
        station.call_timeout_s > 0 ? seconds{station.call_timeout_s} : shard.options.call_timeout;
    return Micros{timeout}.count();
}

bus::CommandBody body_of(ShardState& shard, const Station& station, const Command& command,
                         std::string frame) {
    bus::CommandBody body;
    body.command_id = command.part != Ulid{} ? command.part.bytes() : command.id.bytes();
    body.message_id = command.message_id;
    body.action = command.action;
    body.timeout_ms = static_cast<std::uint64_t>(timeout_us(shard, station) / 1000);
    body.partition = station.partition.value;
    body.partition_epoch = shard.partitions[station.partition].epoch;
    body.deadline_at = command.deadline_at;
    body.frame = std::move(frame);
    return body;
}

void hand_over(ShardState& shard, Batch& batch, Station& station, Command& command) {
    const auto worker = shard.workers.find(station.holder.worker);
    if (worker == shard.workers.end() || worker->second.incarnation != station.holder.incarnation)
        return;
    std::string frame = ocpp::call(command.message_id, command.action, command.request);
    // What an operator wrote to the letter is sent to the letter.
    const bool may_be_changed = command.command != "call" && command.command != "data-transfer";
    if (may_be_changed && compatibility_of(station).wants_milliseconds())
        frame = ocpp::with_milliseconds(frame);
    command.handed_over = command.changed = true;
    const bool again = command.epoch != 0;  // the worker was busy: its time goes on running
    command.epoch = station.epoch;
    if (!again) command.deadline_at = deadline_of_new(shard, station, micros(batch.now));
    if (triggers_heartbeat(command)) tell_worker(shard, batch, station, false);
    note_password_sent(shard, batch, station, command);
    note_sent_over_plain(shard, batch, station, command.action, command.id);
    bus::Envelope envelope =
        bus::make_envelope("command", station.key, body_of(shard, station, command, frame));
    envelope.connection = station.holder.connection;
    envelope.epoch = station.epoch;
    batch.by_queue[worker->second.queue].push_back(std::move(envelope));
    log_call(shard, batch, station, command, frame);
}

// The station may have come back with another version than it left with.
bool is_of_this_connection(ShardState& shard, Batch& batch, Station& station, Command& command) {
    if (command.masked) {
        command.error_description = "its secret was not kept over a restart";
        fail(shard, batch, station, command, "secret_not_kept");
        return false;
    }
    if (const auto refused = refused_over_plain(shard.options, station, command.action)) {
        command.error_description = refused->detail;
        fail(shard, batch, station, command, refused->code);
        return false;
    }
    if (command.parts) {
        if (prepare_part(shard, batch, station, command)) return true;
        fail(shard, batch, station, command, "not_supported_by_protocol");
        return false;
    }
    if (command.version == station.version && !command.action.empty()) return true;
    if (shard.fresh_ocpp_numbers.size() < numbers_per_command) return false;  // with the next tick
    command.parts = parts_of(shard, station, station.version, command.command, command.parameters);
    if (command.parts) return is_of_this_connection(shard, batch, station, command);
    CommandCreate wanted;
    wanted.command.value = command.command;
    if (command.command == "call") wanted.action.value = command.action;
    wanted.parameters.json = command.parameters;
    const auto prepared = prepare(shard, batch.now, station.version, wanted);
    if (!prepared) {
        command.error_description = to_storable(prepared.error().detail, 500);
        fail(shard, batch, station, command, prepared.error().code);
        return false;
    }
    command.version = station.version;
    command.action = prepared->action;
    command.request = prepared->payload;
    command.changed = true;
    files::note_prepared(shard, batch, command);
    return true;
}

Command* next_to_send(Station& station, std::int64_t now) {
    for (const auto& command : station.commands)
        if (command->handed_over) return nullptr;
    for (const auto& command : station.commands)
        if (may_go(station, *command, now)) return command.get();
    return nullptr;
}

void answer_waiters(ShardState& shard, Batch& batch, const Ulid& command, int status) {
    const auto found = shard.waiters.find(command);
    if (found == shard.waiters.end() || !batch.answered_waiters.insert(command).second) return;
    OperatorAnswer answer = found->second.answer;
    answer.body.status = static_cast<std::uint64_t>(status);
    answer.body.body = wire::encode(CommandWritten{command.text(), false});
    batch.answers.push_back(std::move(answer));
}

void expire_commands_of(ShardState& shard, Batch& batch, Station& station, std::int64_t now) {
    const auto is_out = [](const auto& command) { return command->handed_over; };
    const auto due = [&](const std::unique_ptr<Command>& command) {
        if (command->handed_over) return command->deadline_at <= now;
        if (command->waits()) return command->expires_at <= now;
        // Behind one that is out it gets its own time when its turn comes.
        const bool is_next = std::none_of(station.commands.begin(), station.commands.end(), is_out);
        return is_next && command->deadline_at <= now;
    };
    for (auto found = std::find_if(station.commands.begin(), station.commands.end(), due);
         found != station.commands.end();
         found = std::find_if(station.commands.begin(), station.commands.end(), due)) {
        Command& command = **found;
        if (command.handed_over)
            fail(shard, batch, station, command, "timeout");
        else if (command.waits() && command.parts && command.parts->done > 0)
            fail(shard, batch, station, command, "expired");
        else if (command.waits())
            finish(shard, batch, station, command, CommandState::expired);
        else
            fail(shard, batch, station, command, "offline");
    }
}

}  // namespace

std::int64_t deadline_of_new(const ShardState& shard, const Station& station, std::int64_t now_us) {
    return now_us + timeout_us(shard, station) + Micros{limits::command_deadline_extra}.count();
}

bool triggers_heartbeat(const Command& command) {
    return (command.action == "TriggerMessage" || command.action == "ExtendedTriggerMessage") &&
           command.request.find("\"Heartbeat\"") != std::string::npos;
}

// A worker answers Heartbeats by itself: one that was asked for must be seen here.
void tell_worker(ShardState& shard, Batch& batch, const Station& station, bool boot_accepted) {
    const auto worker = shard.workers.find(station.holder.worker);
    const bool there = station.online() && worker != shard.workers.end() &&
                       worker->second.incarnation == station.holder.incarnation;
    if (!there) return;
    const bus::AcceptBody body = news_for_worker(shard, station, boot_accepted);
    bus::Envelope envelope = bus::make_envelope("accept", station.key, body);
    envelope.connection = station.holder.connection;
    envelope.epoch = station.epoch;
    envelope.ocpp_version = static_cast<std::uint64_t>(station.version);
    batch.by_queue[worker->second.queue].push_back(std::move(envelope));
}

void send_next(ShardState& shard, Batch& batch, Station& station) {
    if (!station.online()) return;
    Command* command = next_to_send(station, micros(batch.now));
    if (!command) return;
    batch.touch(station);
    // One that cannot be sent any more ends, and lets the next one go by itself.
    if (is_of_this_connection(shard, batch, station, *command))
        hand_over(shard, batch, station, *command);
}

Command* find_command(Station& station, std::string_view id_bytes) {
    const auto id = Ulid::from_bytes(id_bytes);
    if (!id) return nullptr;
    const auto found =
        std::find_if(station.commands.begin(), station.commands.end(), [&](const auto& command) {
            return command->id == *id || (command->part != Ulid{} && command->part == *id);
        });
    return found == station.commands.end() ? nullptr : found->get();
}

void enqueue(ShardState& shard, Station& station, std::unique_ptr<Command> command) {
    const auto behind =
        std::find_if(station.commands.begin(), station.commands.end(), [&](const auto& other) {
            return !other->handed_over && other->priority < command->priority;
        });
    station.commands.insert(behind, std::move(command));
    shard.busy_stations.insert(station.key);
}

void note_whether_busy(ShardState& shard, const Station& station) {
    if (station.commands.empty() && !station.expected)
        shard.busy_stations.erase(station.key);
    else
        shard.busy_stations.insert(station.key);
}

void finish(ShardState& shard, Batch& batch, Station& station, Command& command,
            CommandState state) {
    command.state = state;
    command.answered_at = micros(batch.now);
    ++(state == CommandState::answered ? shard.figures.commands_answered
                                       : shard.figures.commands_failed);
    batch.touch(station);
    if (state != CommandState::answered) {
        note_password_unanswered(shard, batch, station, command);
        fail_verification(shard, batch, station, command);
        held_unanswered(shard, batch, station, command);
    }
    const bool awaits_heartbeat = command.effect_state == "pending";
    if (command.handed_over && triggers_heartbeat(command) && !awaits_heartbeat)
        tell_worker(shard, batch, station, station.booted());
    batch.unit.add(tables::command, tables::command_row(shard.decoder, station, command));
    answer_waiters(shard, batch, command.id, 200);
    std::erase_if(station.commands, [&](const auto& one) { return one.get() == &command; });
    note_whether_busy(shard, station);
    if (!station.commands.empty()) send_next(shard, batch, station);
}

void fail(ShardState& shard, Batch& batch, Station& station, Command& command,
          std::string_view reason) {
    if (command.parts) return lose_part(shard, batch, station, command, reason);
    command.failed_reason = reason;
    command.result = "error";
    finish(shard, batch, station, command, CommandState::failed);
}

}  // namespace commands

void cancel_command(Work& work, Station& station, const CommandCancel& wanted) {
    const auto id = Ulid::from_text(wanted.command_id.value);
    Command* command = id ? commands::find_command(station, id->bytes()) : nullptr;
    if (!command)
        return work.refuse(409, "command_not_waiting", "the command does not wait any more");
    if (command->handed_over)
        return work.refuse(409, "command_not_waiting", "the command has been sent");
    work.answer(200, wire::encode(CommandWritten{id->text(), false}));
    commands::finish(work.shard, work.batch, station, *command, CommandState::cancelled);
}

bool waits_for_idle(const Station& station) {
    return std::any_of(station.commands.begin(), station.commands.end(),
                       [](const auto& command) { return command->when_idle; });
}

void command_sent(Work& work) {
    const auto news = bus::body_of<bus::CommandNews>(work.envelope);
    Station* station = work.shard.find(work.envelope.station);
    Command* command =
        news && station ? commands::find_command(*station, news->command_id) : nullptr;
    if (!command || (command->state != CommandState::queued && !command->parts)) return;
    command->state = CommandState::sent;
    if (command->sent_at == 0) command->sent_at = work.envelope.received_at;
    command->changed = command->handed_over = true;
    work.batch.touch(*station);
}

void command_undelivered(Work& work) {
    const auto news = bus::body_of<bus::CommandNews>(work.envelope);
    Station* station = work.shard.find(work.envelope.station);
    Command* command =
        news && station ? commands::find_command(*station, news->command_id) : nullptr;
    if (!command) return;
    // Its connection has ended: what waits behind it must not be sent there any more.
    if (news->reason == "disconnected")
        return fail_commands(work.shard, work.batch, *station, news->reason);
    if (news->reason == "offline" && command->waits())
        return commands::wait_again(work.batch, *station, *command);
    if (news->reason != "busy")
        return commands::fail(work.shard, work.batch, *station, *command, news->reason);
    command->handed_over = false;  // surely not sent; it goes again with the next tick
    work.batch.touch(*station);
}

void fail_commands(ShardState& shard, Batch& batch, Station& station, std::string_view reason) {
    // All are taken out first: none is sent on while the others end.
    std::vector<std::unique_ptr<Command>> ending, waiting;
    for (auto& command : station.commands) {
        if (commands::goes_on_later(*command)) commands::note_lost_part(*command, reason);
        const bool stays = command->waits() && !command->handed_over;
        (stays ? waiting : ending).push_back(std::move(command));
    }
    station.commands.clear();
    for (auto command = ending.rbegin(); command != ending.rend(); ++command)
        commands::fail(shard, batch, station, **command,
                       (*command)->handed_over ? reason : "offline");
    station.commands = std::move(waiting);
    if (!station.commands.empty()) batch.touch(station);
    commands::note_whether_busy(shard, station);
}

void end_commands(ShardState& shard, Batch& batch, Station& station) {
    fail_commands(shard, batch, station, "offline");
    while (!station.commands.empty())
        commands::finish(shard, batch, station, *station.commands.back(), CommandState::cancelled);
    commands::miss_all(shard, batch, station);
}

void expire_commands(ShardState& shard, Batch& batch, const std::vector<std::string>& keys) {
    const std::int64_t now = micros(batch.now);
    commands::ask_for_boots(shard, batch);
    for (const std::string& key : keys) {
        Station* station = shard.find(key);
        if (!station) continue;
        commands::expire_commands_of(shard, batch, *station, now);
        commands::expire_effects(shard, batch, *station, now);
        commands::note_whether_busy(shard, *station);
        commands::send_next(shard, batch, *station);
    }
    std::vector<Ulid> late;
    for (const auto& [command, waiter] : shard.waiters)
        if (waiter.until_us <= now) late.push_back(command);
    for (const Ulid& command : late) commands::answer_waiters(shard, batch, command, 202);
}

}  // namespace ohm::api
