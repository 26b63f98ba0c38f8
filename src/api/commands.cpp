#include "api/commands.hpp"

#include <algorithm>

#include "api/facts/answers.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "ocpp/action.hpp"
#include "ocpp/errors.hpp"
#include "ocpp/frame.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v201/provisioning.hpp"
#include "ocpp/v201/remote_control.hpp"

namespace ohm::api {
namespace {

using ocpp::Version;

// ---- from neutral parameters to a CALL of the connection's version ----

struct ResetParameters {
    Optional<Text<20>> type;  // immediate | graceful | on_idle, or the version's own word
    Optional<Int<1, 2147483647>> evse_id;
    FIELDS(type, evse_id)
};
struct UnlockParameters {
    Int<1, 2147483647> evse_id;
    Optional<Int<1, 2147483647>> connector_id;
    FIELDS(evse_id, connector_id)
};

struct Prepared {
    std::string action, payload;
};
using PreparedOrRefusal = tl::expected<Prepared, OperationRefused>;

tl::unexpected<OperationRefused> refusal(std::string code, std::string detail,
                                         std::string pointer = {}) {
    return tl::unexpected{OperationRefused{std::move(code), std::move(detail), std::move(pointer)}};
}
tl::unexpected<OperationRefused> refusal(const wire::Violation& violation) {
    return refusal("validation_failed", ocpp::describe(violation), violation.path);
}

PreparedOrRefusal prepare_reset(ShardState& shard, Version version, const std::string& parameters) {
    ResetParameters wanted;
    if (const auto violation = shard.decoder.decode(parameters, wanted)) return refusal(*violation);
    const std::string type = to_lower(wanted.type ? wanted.type->value : "immediate");
    const bool now = type == "immediate" || type == "hard";
    if (!now && type != "graceful" && type != "soft" && type != "on_idle" && type != "onidle")
        return refusal("validation_failed", "type is not one of immediate, graceful, on_idle",
                       "/type");
    if (version == Version::v16) {
        if (wanted.evse_id)
            return refusal("not_supported_by_protocol",
                           "OCPP 1.6 cannot reset a single EVSE; leave evse_id out", "/evse_id");
        ocpp::v16::Reset::Request request;
        if (now)
            request.type = "Hard";
        else
            request.type = "Soft";
        return Prepared{"Reset", wire::encode(request)};
    }
    ocpp::v201::Reset::Request request;
    if (now)
        request.type = "Immediate";
    else
        request.type = "OnIdle";
    if (wanted.evse_id) request.evseId = wire::Integer{wanted.evse_id->value};
    return Prepared{"Reset", wire::encode(request)};
}

PreparedOrRefusal prepare_unlock(ShardState& shard, Version version,
                                 const std::string& parameters) {
    UnlockParameters wanted;
    if (const auto violation = shard.decoder.decode(parameters, wanted)) return refusal(*violation);
    const std::int64_t connector = wanted.connector_id ? wanted.connector_id->value : 1;
    if (version == Version::v201)
        return Prepared{"UnlockConnector", wire::encode(ocpp::v201::UnlockConnector::Request{
                                               {wanted.evse_id.value}, {connector}})};
    if (connector != 1)
        return refusal("not_supported_by_protocol",
                       "an EVSE of OCPP 1.6 has one connector, number 1", "/connector_id");
    return Prepared{"UnlockConnector",
                    wire::encode(ocpp::v16::UnlockConnector::Request{{wanted.evse_id.value}})};
}

PreparedOrRefusal prepare_raw(ShardState& shard, Version version, const CommandCreate& wanted) {
    const std::string& action = wanted.action.value;
    const std::string name{ocpp::short_name(version)};
    if (!ocpp::is_standard_action(version, action) && wanted.validate)
        return refusal("not_supported_by_protocol",
                       "OCPP " + name + " has no action " + action +
                           "; with \"validate\":false it is sent all the same",
                       "/action");
    const ocpp::ActionInfo* info = ocpp::find_action(version, action);
    if (info && !ocpp::csms_sends(info->from))
        return refusal("not_supported_by_protocol", action + " is sent by stations only",
                       "/action");
    if (!info || !wanted.validate) {
        const auto minified = wire::minify(wanted.parameters.json);
        if (!minified || !minified->starts_with('{'))
            return refusal("validation_failed", "payload must be a JSON object", "/payload");
        return Prepared{action, *minified};
    }
    // Only judged here; what is sent is the operator's own text, so that customData stays.
    const auto violation =
        ocpp::check_payload(shard.decoder, wanted.parameters.json, *info->request,
                            {wire::Strictness::strict, version == Version::v201});
    if (violation)
        return refusal("validation_failed", ocpp::describe(*violation),
                       "/payload" + violation->path);
    return Prepared{action, *wire::minify(wanted.parameters.json)};
}

PreparedOrRefusal prepare(ShardState& shard, Version version, const CommandCreate& wanted) {
    const std::string parameters = wanted.parameters.json.empty() ? "{}" : wanted.parameters.json;
    if (wanted.command.value == "reset") return prepare_reset(shard, version, parameters);
    if (wanted.command.value == "unlock-connector")
        return prepare_unlock(shard, version, parameters);
    if (wanted.command.value == "call") return prepare_raw(shard, version, wanted);
    return refusal("not_found", "there is no command " + wanted.command.value);
}

int status_of(std::string_view code) {
    return code == "not_found" ? 404 : code == "not_supported_by_protocol" ? 422 : 400;
}

// ---- the queue of a station ----

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

void log_frame(ShardState& shard, Batch& batch, const Station& station,
               store::LoggedFrame&& frame) {
    if (station.log_level.value_or(shard.options.log_level) != LogLevel::all) return;
    frame.station = station.no;
    batch.frames.push_back(std::move(frame));
}

std::int64_t timeout_us(const ShardState& shard, const Station& station) {
    const seconds timeout =
        station.call_timeout_s > 0 ? seconds{station.call_timeout_s} : shard.options.call_timeout;
    return Micros{timeout}.count();
}

void hand_over(ShardState& shard, Batch& batch, Station& station, Command& command) {
    const auto worker = shard.workers.find(station.holder.worker);
    if (worker == shard.workers.end() || worker->second.incarnation != station.holder.incarnation)
        return;
    const std::string frame = ocpp::call(command.message_id, command.action, command.request);
    command.handed_over = command.changed = true;
    const bool again = command.epoch != 0;  // the worker was busy: its time goes on running
    command.epoch = station.epoch;
    if (!again)
        command.deadline_at = micros(batch.now) + timeout_us(shard, station) +
                              Micros{limits::command_deadline_extra}.count();
    bus::CommandBody body;
    body.command_id = command.id.bytes();
    body.message_id = command.message_id;
    body.action = command.action;
    body.timeout_ms = static_cast<std::uint64_t>(timeout_us(shard, station) / 1000);
    body.partition = station.partition.value;
    body.partition_epoch = shard.partitions[station.partition].epoch;
    body.deadline_at = command.deadline_at;
    body.frame = frame;
    bus::Envelope envelope = bus::make_envelope("command", station.key, body);
    envelope.connection = station.holder.connection;
    envelope.epoch = station.epoch;
    batch.by_queue[worker->second.queue].push_back(std::move(envelope));
    log_frame(shard, batch, station, logged_call(station, command, frame, batch.now));
}

// The next CALL goes only when the one before is final.
void send_next(ShardState& shard, Batch& batch, Station& station) {
    if (!station.online() || station.commands.empty() || station.commands.front()->handed_over)
        return;
    batch.touch(station);
    hand_over(shard, batch, station, *station.commands.front());
}

Command* find_command(Station& station, std::string_view id_bytes) {
    const auto id = Ulid::from_bytes(id_bytes);
    if (!id) return nullptr;
    const auto found = std::find_if(station.commands.begin(), station.commands.end(),
                                    [&](const auto& command) { return command->id == *id; });
    return found == station.commands.end() ? nullptr : found->get();
}

void answer_waiters(ShardState& shard, Batch& batch, const Ulid& command, int status) {
    const auto found = shard.waiters.find(command);
    if (found == shard.waiters.end() || !batch.answered_waiters.insert(command).second) return;
    OperatorAnswer answer = found->second.answer;
    answer.body.status = static_cast<std::uint64_t>(status);
    answer.body.body = wire::encode(CommandWritten{command.text(), false});
    batch.answers.push_back(std::move(answer));
}

// Writes the final state, wakes those who wait, and lets the next one go. The command is gone
// afterwards.
void finish(ShardState& shard, Batch& batch, Station& station, Command& command,
            CommandState state) {
    command.state = state;
    command.answered_at = micros(batch.now);
    ++(state == CommandState::answered ? shard.figures.commands_answered
                                       : shard.figures.commands_failed);
    batch.touch(station);
    batch.unit.add(tables::command, tables::command_row(station, command));
    answer_waiters(shard, batch, command.id, 200);
    std::erase_if(station.commands, [&](const auto& one) { return one.get() == &command; });
    if (station.commands.empty())
        shard.busy_stations.erase(station.key);
    else
        send_next(shard, batch, station);
}

void fail(ShardState& shard, Batch& batch, Station& station, Command& command,
          std::string_view reason) {
    command.failed_reason = reason;
    command.result = "error";
    finish(shard, batch, station, command, CommandState::failed);
}

// ---- answers ----

struct StatusOnly {
    Optional<Any> status;
    FIELDS(status)
};

// The verbatim status, "" where the answer has none.
std::string status_in(wire::Decoder& decoder, std::string_view payload) {
    StatusOnly only;
    if (decoder.decode(payload, only, {wire::Strictness::lenient}) || !only.status) return {};
    std::string_view json = only.status->json;
    if (json.size() < 2 || json.front() != '"') return {};
    return std::string{json.substr(1, json.size() - 2)};
}

std::string_view normalise(std::string_view status) {
    struct Row {
        std::string_view status, result;
    };
    static constexpr Row rows[] = {{"", "accepted"},
                                   {"Accepted", "accepted"},
                                   {"Unlocked", "accepted"},
                                   {"RebootRequired", "accepted"},
                                   {"AcceptedCanceled", "accepted"},
                                   {"Rejected", "rejected"},
                                   {"UnlockFailed", "rejected"},
                                   {"Failed", "rejected"},
                                   {"Scheduled", "scheduled"},
                                   {"NotSupported", "not_supported"},
                                   {"NotImplemented", "not_supported"},
                                   {"OngoingAuthorizedTransaction", "occupied"},
                                   {"Occupied", "occupied"},
                                   {"Faulted", "faulted"}};
    for (const Row& row : rows)
        if (equals_ignoring_case(row.status, status)) return row.result;
    return "unknown";
}

struct EvseOnly {
    Optional<wire::Integer> evseId;
    FIELDS(evseId)
};

// 2.0.1 B12: a Reset may mean one EVSE. 0: the whole station.
std::int64_t evse_of_reset(wire::Decoder& decoder, std::string_view request) {
    EvseOnly only;
    if (decoder.decode(request, only, {wire::Strictness::lenient}) || !only.evseId) return 0;
    return only.evseId->value;
}

void take_result(Work& work, Station& station, Command& command, std::string_view payload) {
    command.response = payload;
    const std::string status = status_in(work.shard.decoder, payload);
    command.result = normalise(status);
    if (command.action == "Reset" && status != "Rejected") {
        // Permission: what it shows is unknown until it has come back (rest-api: every CALLRESULT
        // but Rejected).
        const std::int64_t evse = evse_of_reset(work.shard.decoder, command.request);
        if (evse > 0)
            station.show_override_of_evse(evse, work.now_us());
        else
            station.show_override("Unavailable", work.now_us());
        work.batch.touch(station);
    }
    const ocpp::ActionInfo* info = ocpp::find_action(command.version, command.action);
    const auto violation = info ? ocpp::check_payload(work.shard.decoder, payload, *info->response,
                                                      {wire::Strictness::lenient, true})
                                : std::nullopt;
    if (!violation) {
        note_answer(work, station, command.action, command.request, payload);
        return finish(work.shard, work.batch, station, command, CommandState::answered);
    }
    if (!wire::minify(payload)) command.response.clear();
    command.error_description = ocpp::describe(*violation);
    fail(work.shard, work.batch, station, command, "invalid_response");
}

struct ErrorParts {
    std::string code, description, details;
};

// [code, description, details] as text items of a list; whatever is not there stays empty.
ErrorParts parts_of_error(wire::Decoder& decoder, std::string_view rest) {
    List<Any> items;
    if (decoder.decode("[" + std::string{rest} + "]", items, {wire::Strictness::lenient}))
        return {"GenericError", "", "{}"};
    const auto text_at = [&](std::size_t i) {
        Text<1000> text;
        List<Text<1000>> one;
        if (i >= items.items.size() ||
            decoder.decode("[" + items.items[i].json + "]", one, {wire::Strictness::lenient}))
            return std::string{};
        return one.items.empty() ? std::string{} : one.items.front().value;
    };
    return {text_at(0), text_at(1), items.items.size() > 2 ? items.items[2].json : "{}"};
}

void take_error(Work& work, Station& station, Command& command, std::string_view rest) {
    const ErrorParts parts = parts_of_error(work.shard.decoder, rest);
    command.error_code = to_storable(parts.code, 100);
    command.error_description = to_storable(parts.description, 1000);
    command.error_details = parts.details;
    command.failed_reason = "call_error";
    command.result = normalise(command.error_code) == "not_supported" ? "not_supported" : "error";
    finish(work.shard, work.batch, station, command, CommandState::failed);
}

}  // namespace

void create_command(Work& work, Station& station, const bus::OperatorBody& asked,
                    const CommandCreate& wanted) {
    ShardState& shard = work.shard;
    const Ulid id = Ulid::from_bytes(asked.operation_id).value_or(Ulid{});
    if (shard.known_commands.contains(id) || find_command(station, id.bytes()))
        return work.answer(202, wire::encode(CommandWritten{id.text(), false}));
    if (!station.online())
        return work.refuse(409, "station_offline", "the station is not connected");
    const auto prepared = prepare(shard, station.version, wanted);
    if (!prepared)
        return work.refuse(status_of(prepared.error().code), prepared.error().code,
                           prepared.error().detail, prepared.error().pointer);
    if (station.commands.size() >= limits::commands_queued_per_station)
        return work.refuse(429, "rate_limited", "64 commands are waiting for this station already");
    auto command = std::make_unique<Command>();
    command->id = id == Ulid{} ? shard.ids.next() : id;
    command->command = wanted.command.value;
    command->action = prepared->action;
    command->message_id = command->id.text();
    command->request = prepared->payload;
    command->parameters = wanted.parameters.json;
    command->version = station.version;
    command->requested_by = asked.requested_by;
    command->idempotency_key = asked.idempotency_key;
    command->created_at = work.now_us();
    command->deadline_at =
        work.now_us() + timeout_us(shard, station) + Micros{limits::command_deadline_extra}.count();
    ++shard.figures.commands;
    const Ulid command_id = command->id;
    station.commands.push_back(std::move(command));
    shard.busy_stations.insert(station.key);
    work.batch.touch(station);
    send_next(shard, work.batch, station);
    if (asked.wait_us <= 0)
        return work.answer(202, wire::encode(CommandWritten{command_id.text(), false}));
    OperatorAnswer answer;
    answer.reply_queue = asked.reply_queue;
    answer.body.request = asked.request;
    shard.waiters[command_id] = {std::move(answer), work.now_us() + asked.wait_us};
}

void command_sent(Work& work) {
    const auto news = bus::body_of<bus::CommandNews>(work.envelope);
    Station* station = work.shard.find(work.envelope.station);
    Command* command = news && station ? find_command(*station, news->command_id) : nullptr;
    if (!command || command->state != CommandState::queued) return;
    command->state = CommandState::sent;
    command->sent_at = work.envelope.received_at;
    command->changed = command->handed_over = true;
    work.batch.touch(*station);
}

void command_undelivered(Work& work) {
    const auto news = bus::body_of<bus::CommandNews>(work.envelope);
    Station* station = work.shard.find(work.envelope.station);
    Command* command = news && station ? find_command(*station, news->command_id) : nullptr;
    if (!command) return;
    // Its connection has ended: what waits behind it must not be sent there any more.
    if (news->reason == "disconnected")
        return fail_commands(work.shard, work.batch, *station, news->reason);
    if (news->reason != "busy")
        return fail(work.shard, work.batch, *station, *command, news->reason);
    command->handed_over = false;  // surely not sent; it goes again with the next tick
    work.batch.touch(*station);
}

void command_answered(Work& work) {
    const auto body = bus::body_of<bus::AnswerBody>(work.envelope);
    Station* station = work.shard.find(work.envelope.station);
    if (!body || !station) return;
    const ocpp::Head head = ocpp::read_head(body->frame);
    const bool is_error = head.type == ocpp::FrameType::call_error;
    Command* command = find_command(*station, body->command_id);
    store::LoggedFrame logged;
    logged.at = utc_from_micros(work.envelope.received_at);
    logged.connection = {work.envelope.connection};
    logged.message_type = is_error ? "CALLERROR" : "CALLRESULT";
    logged.message_id = head.id;
    logged.action = command ? command->action : "";
    logged.frame = body->frame;
    logged.bytes = static_cast<std::int64_t>(body->frame.size());
    if (is_error) logged.error_code = parts_of_error(work.shard.decoder, head.rest).code;
    work.log(*station, std::move(logged), is_error);
    if (!command) {
        const auto id = Ulid::from_bytes(body->command_id);
        if (!id) return;
        ++work.shard.figures.late;
        return work.batch.unit.add(
            tables::late_answer,
            {tables::bytes(*id), to_storable(body->frame, limits::frame_bytes)});
    }
    if (command->sent_at == 0) command->sent_at = work.envelope.received_at - body->rtt_us;
    if (is_error) return take_error(work, *station, *command, head.rest);
    take_result(work, *station, *command, head.rest);
}

void fail_commands(ShardState& shard, Batch& batch, Station& station, std::string_view reason) {
    while (!station.commands.empty()) {
        Command& command =
            *station.commands.back();  // the last first: none is sent on while the others end
        fail(shard, batch, station, command, command.handed_over ? reason : "offline");
    }
}

void expire_commands(ShardState& shard, Batch& batch) {
    const std::int64_t now = micros(batch.now);
    for (const std::string& key :
         std::vector<std::string>{shard.busy_stations.begin(), shard.busy_stations.end()}) {
        Station* station = shard.find(key);
        if (!station) continue;
        while (!station->commands.empty() && station->commands.front()->deadline_at <= now) {
            Command& command = *station->commands.front();
            fail(shard, batch, *station, command, command.handed_over ? "timeout" : "offline");
        }
        send_next(shard, batch, *station);
    }
    std::vector<Ulid> late;
    for (const auto& [command, waiter] : shard.waiters)
        if (waiter.until_us <= now) late.push_back(command);
    for (const Ulid& command : late) answer_waiters(shard, batch, command, 202);
}

}  // namespace ohm::api
