// What came of a command: results, call errors, and what they change of the station.
#include "api/facts/answers.hpp"

#include "api/commands/effects.hpp"
#include "api/commands/known.hpp"
#include "api/commands/passwords.hpp"
#include "api/commands/probe.hpp"
#include "api/commands/questions.hpp"
#include "api/commands/queue.hpp"
#include "api/commands/results.hpp"
#include "api/commands/secrets.hpp"
#include "api/commands/security_profile.hpp"
#include "api/commands/split.hpp"
#include "api/facts/quirks.hpp"
#include "api/held/held.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "ocpp/action.hpp"
#include "ocpp/errors.hpp"

namespace ohm::api {
namespace commands {

// Not in an unnamed namespace: clang wants linkage of whatever FIELDS describes.
struct EvseOnly {
    Optional<wire::Integer> evseId;
    FIELDS(evseId)
};

namespace {

// 2.0.1 B12: a Reset may mean one EVSE. 0: the whole station.
std::int64_t evse_of_reset(wire::Decoder& decoder, std::string_view request) {
    EvseOnly only;
    if (decoder.decode(request, only, {wire::Strictness::lenient}) || !only.evseId) return 0;
    return only.evseId->value;
}

// Permission: what it shows is unknown until it has come back (every CALLRESULT but Rejected).
void show_reset(Work& work, Station& station, const Command& command) {
    if (command.action != "Reset" || command.status == "Rejected") return;
    const std::int64_t evse = evse_of_reset(work.shard.decoder, command.request);
    if (evse > 0)
        station.show_override_of_evse(evse, work.now_us());
    else
        station.show_override("Unavailable", work.now_us());
    work.batch.touch(station);
}

// The device model learns from answers, not from secrets.
void learn(Work& work, Station& station, const Command& command) {
    wire::Decoder& decoder = work.shard.decoder;
    const auto request =
        command.hides ? without_secrets(decoder, command.action, command.request) : std::nullopt;
    const auto response = answer_without_secrets(decoder, command.action, command.response);
    note_answer(work, station, command.action, request.value_or(command.request),
                response.value_or(command.response));
}

void end_well(Work& work, Station& station, Command& command, const std::string& joined) {
    learn(work, station, command);
    held_answered(work, station, command);
    note_password_answered(work, station, command);
    note_profile_answered(work, station, command);
    note_asked_boot(station, command, work.now_us());
    ask_for_report_again(work, station, command);
    if (command.parts) return take_part(work.shard, work.batch, station, command, joined);
    if (is_probe(command)) return take_probe(work.shard, work.batch, station, command, joined);
    conclude(work.shard, work.batch, station, command);
}

void take_result(Work& work, Station& station, Command& command, std::string_view payload) {
    wire::Decoder& decoder = work.shard.decoder;
    std::string joined;  // of the CALLs before this one
    if (command.parts || is_probe(command)) joined = std::move(command.response);
    command.response = payload;
    const Result result = result_of(decoder, command.action, payload);
    command.status = to_storable(result.status, limits::status_characters);
    command.result = result.word;
    show_reset(work, station, command);
    const ocpp::ActionInfo* info = ocpp::find_action(command.version, command.action);
    const auto violation = info ? ocpp::check_payload(decoder, payload, *info->response,
                                                      {wire::Strictness::lenient, true})
                                : std::nullopt;
    if (!violation) return end_well(work, station, command, joined);
    if (command.parts)
        command.response = joined;
    else if (!wire::minify(payload))
        command.response.clear();
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

// What a station says of a list that is too long for it (B05, B06), in both spellings.
bool is_too_big(std::string_view code) {
    return code == "OccurrenceConstraintViolation" || code == "OccurenceConstraintViolation" ||
           code == "FormatViolation" || code == "FormationViolation";
}

void take_error(Work& work, Station& station, Command& command, std::string_view rest) {
    const ErrorParts parts = parts_of_error(work.shard.decoder, rest);
    command.error_code = to_storable(parts.code, 100);
    command.error_description = to_storable(parts.description, 1000);
    command.error_details = parts.details;
    if (is_too_big(parts.code) && split_further(work.shard, work.batch, station, command)) return;
    if (command.parts) return fail(work.shard, work.batch, station, command, "call_error");
    if (is_probe(command))  // refused as well
        return take_probe(work.shard, work.batch, station, command, std::string{command.response});
    command.failed_reason = "call_error";
    command.result = word_of_error(command.error_code);
    finish(work.shard, work.batch, station, command, CommandState::failed);
}

std::string storable_frame(wire::Decoder& decoder, const Command* command, const ocpp::Head& head,
                           const std::string& frame) {
    if (head.type != ocpp::FrameType::call_result) return frame;
    const auto hidden =
        answer_without_secrets(decoder, command ? command->action : std::string{}, head.rest);
    return hidden ? ocpp::call_result(head.raw_id, *hidden) : frame;
}

void log_answer(Work& work, const Station& station, const Command* command, const ocpp::Head& head,
                const std::string& frame) {
    const bool is_error = head.type == ocpp::FrameType::call_error;
    store::LoggedFrame logged;
    logged.at = utc_from_micros(work.envelope.received_at);
    logged.connection = {work.envelope.connection};
    logged.message_type = is_error ? "CALLERROR" : "CALLRESULT";
    logged.message_id = head.id;
    logged.action = command ? command->action : "";
    logged.bytes = static_cast<std::int64_t>(frame.size());
    logged.frame = storable_frame(work.shard.decoder, command, head, frame);
    if (is_error) logged.error_code = parts_of_error(work.shard.decoder, head.rest).code;
    work.log(station, std::move(logged), is_error);
}

}  // namespace
}  // namespace commands

void command_answered(Work& work) {
    const auto body = bus::body_of<bus::AnswerBody>(work.envelope);
    Station* station = work.shard.find(work.envelope.station);
    if (!body || !station) return;
    const ocpp::Head head = ocpp::read_head(body->frame);
    Command* command = commands::find_command(*station, body->command_id);
    if (head.id.empty())
        note_quirk(work, *station, command ? command->action : "", "answer_without_id", "");
    commands::log_answer(work, *station, command, head, body->frame);
    if (!command) {
        const auto id = Ulid::from_bytes(body->command_id);
        if (!id) return;
        ++work.shard.figures.late;
        return work.batch.unit.add(
            tables::late_answer,
            {tables::bytes(*id),
             to_storable(commands::storable_frame(work.shard.decoder, nullptr, head, body->frame),
                         limits::frame_bytes)});
    }
    if (command->sent_at == 0) command->sent_at = work.envelope.received_at - body->rtt_us;
    if (head.type == ocpp::FrameType::call_error)
        return commands::take_error(work, *station, *command, head.rest);
    commands::take_result(work, *station, *command, head.rest);
}

}  // namespace ohm::api
