#include "api/commands/split.hpp"

#include <algorithm>

#include "api/commands/effects.hpp"
#include "api/commands/passwords.hpp"
#include "api/commands/prepare.hpp"
#include "api/commands/queue.hpp"
#include "api/commands/results.hpp"
#include "base/text.hpp"

namespace ohm::api::commands {
namespace {

using ocpp::Version;

// Chargers of 1.6 write each change to flash.
constexpr seconds between_calls_of_v16{1};

CallLimits limits_of(const ShardState& shard, const Station& station, std::string_view action) {
    const auto of_station = shard.call_limits.find(station.no.value);
    if (of_station == shard.call_limits.end()) return {};
    const auto of_action = of_station->second.find(std::string{action});
    return of_action == of_station->second.end() ? CallLimits{} : of_action->second;
}

CommandCreate part_of(wire::Decoder& decoder, std::string_view command, std::string_view parameters,
                      std::int64_t first, std::int64_t count) {
    CommandCreate wanted;
    wanted.command.value = command;
    wanted.parameters.json = some_items(decoder, command, parameters, first, count);
    return wanted;
}

// A part's refusal names an item by its place in the part.
OperationRefused in_the_whole(OperationRefused refused, std::int64_t first) {
    constexpr std::string_view list = "/variables/";
    if (!refused.pointer.starts_with(list)) return refused;
    const std::size_t end =
        std::min(refused.pointer.find('/', list.size()), refused.pointer.size());
    const auto place =
        parse_int(std::string_view{refused.pointer}.substr(list.size(), end - list.size()));
    if (place)
        refused.pointer.replace(list.size(), end - list.size(), std::to_string(first + *place));
    return refused;
}

void describe_unanswered(Command& command) {
    std::int64_t count = 0;
    for (const Unanswered& one : command.parts->unanswered) count += one.count;
    if (count == 0) return;
    command.error_description =
        std::to_string(count) + " of " + std::to_string(command.parts->items) +
        " items not answered: " + command.parts->unanswered.items.back().reason;
}

void end_parts(ShardState& shard, Batch& batch, Station& station, Command& command) {
    Parts& parts = *command.parts;
    describe_unanswered(command);
    if (parts.calls > 1) command.request.clear();  // the last of several: the log has them all
    if (command.response.empty()) {
        command.failed_reason = parts.unanswered.items.back().reason;
        command.result = "error";
        return finish(shard, batch, station, command, CommandState::failed);
    }
    const Result result = result_of(shard.decoder, command.action, command.response);
    command.status = to_storable(result.status, limits::status_characters);
    command.result = parts.unanswered.items.empty() ? result.word : "partial";
    command.failed_reason.clear();
    conclude(shard, batch, station, command);
}

void go_on(ShardState& shard, Batch& batch, Station& station, Command& command) {
    command.parts->out = 0;
    command.part = Ulid{};
    command.handed_over = false;
    command.epoch = 0;
    command.status.clear();  // of one CALL: they are said of all of them at the end
    command.result.clear();
    command.changed = true;
    batch.touch(station);
    if (command.parts->done >= command.parts->items)
        return end_parts(shard, batch, station, command);
    command.deadline_at = deadline_of_new(shard, station, micros(batch.now));
    if (station.version == Version::v16)
        command.not_before_at = micros(batch.now) + Micros{between_calls_of_v16}.count();
    send_next(shard, batch, station);
}

// Without a connection that it could use, what is left is lost with it.
bool ends_the_rest(const Station& station, const Command& command, std::string_view reason) {
    const bool gone = reason == "disconnected" || reason == "offline" || !station.online();
    return !command.handed_over || (gone && !command.waits());
}

}  // namespace

std::unique_ptr<Parts> parts_of(ShardState& shard, const Station& station, Version version,
                                std::string_view command, std::string_view parameters) {
    const std::int64_t items = count_items(shard.decoder, command, parameters);
    if (items < 2) return nullptr;
    const std::string_view action = action_of_items(command, version);
    const CallLimits said = limits_of(shard, station, action);
    const std::int64_t at_once = items_of_call(action, said);
    const bool may_be_too_long =
        said.bytes > 0 && static_cast<std::int64_t>(parameters.size()) > said.bytes / 2;
    if (items <= at_once && !may_be_too_long) return nullptr;
    auto parts = std::make_unique<Parts>();
    parts->items = items;
    parts->items_max = at_once;
    parts->bytes_max = said.bytes;
    const std::string_view reading = action_of_items("get-variables", version);
    parts->read_max = items_of_call(reading, limits_of(shard, station, reading));
    return parts;
}

PreparedOrRefusal check_parts(ShardState& shard, Utc now, Version version,
                              const CommandCreate& wanted, const Parts& parts) {
    PreparedOrRefusal first;
    for (std::int64_t at = 0; at < parts.items; at += parts.items_max) {
        auto prepared = prepare(shard, now, version,
                                part_of(shard.decoder, wanted.command.value, wanted.parameters.json,
                                        at, parts.items_max));
        if (!prepared) return tl::unexpected{in_the_whole(prepared.error(), at)};
        if (at == 0) first = Prepared{std::move(prepared->action), ""};
    }
    return first;
}

bool prepare_part(ShardState& shard, Batch& batch, const Station& station, Command& command) {
    Parts& parts = *command.parts;
    const bool is_other = command.version != Version::none && command.version != station.version;
    if (is_other)  // it came back with another version
        parts.items_max = items_of_call(action_of_items(command.command, station.version), {});
    std::int64_t count = std::min(parts.items_max, parts.items - parts.done);
    PreparedOrRefusal prepared;
    while (true) {
        prepared =
            prepare(shard, batch.now, station.version,
                    part_of(shard.decoder, command.command, command.parameters, parts.done, count));
        if (!prepared) break;
        const auto bytes = static_cast<std::int64_t>(prepared->payload.size());
        if (count == 1 || parts.bytes_max == 0 || bytes <= parts.bytes_max) break;
        count = std::clamp<std::int64_t>(count * parts.bytes_max / bytes, 1, count - 1);
    }
    if (!prepared) {
        command.error_description = to_storable(prepared.error().detail, 500);
        return false;
    }
    parts.out = count;
    ++parts.calls;
    command.version = station.version;
    command.action = std::move(prepared->action);
    command.request = std::move(prepared->payload);
    command.part = shard.ids.next();
    command.message_id = command.part.text();
    return true;
}

void take_part(ShardState& shard, Batch& batch, Station& station, Command& command,
               const std::string& joined) {
    command.response =
        join_answer(shard.decoder, command.action, command.request, joined, command.response);
    command.parts->done += command.parts->out;
    go_on(shard, batch, station, command);
}

bool split_further(ShardState& shard, Batch& batch, Station& station, Command& command) {
    const bool in_parts = command.parts != nullptr;
    const std::int64_t items =
        in_parts ? command.parts->out
                 : count_items(shard.decoder, command.command, command.parameters);
    if (items < 2) return false;  // no smaller than this
    if (!in_parts) {
        command.parts = std::make_unique<Parts>();
        command.parts->items = items;
        command.parts->calls = 1;
        command.parts->read_max =
            items_of_call(action_of_items("get-variables", station.version), {});
    }
    command.parts->items_max = items / 2;
    command.error_code.clear();
    command.error_description.clear();
    command.error_details.clear();
    go_on(shard, batch, station, command);
    return true;
}

void note_lost_part(Command& command, std::string_view reason) {
    Parts& parts = *command.parts;
    parts.unanswered.items.push_back({parts.done, parts.out, std::string{reason}});
    parts.done += parts.out;
    parts.out = 0;
    command.part = Ulid{};
    command.handed_over = false;
    command.epoch = 0;
    command.changed = true;
}

void lose_part(ShardState& shard, Batch& batch, Station& station, Command& command,
               std::string_view reason) {
    Parts& parts = *command.parts;
    command.failed_reason = reason;
    note_password_unanswered(shard, batch, station, command);
    if (ends_the_rest(station, command, reason)) parts.out = parts.items - parts.done;
    note_lost_part(command, reason);
    go_on(shard, batch, station, command);
}

}  // namespace ohm::api::commands
