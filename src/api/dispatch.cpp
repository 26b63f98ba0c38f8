#include "api/dispatch.hpp"

#include <algorithm>
#include <array>

#include "api/commands/boot_states.hpp"
#include "api/commands/commands.hpp"
#include "api/commands/secrets.hpp"
#include "api/compatibility.hpp"
#include "api/facts/local_time.hpp"
#include "api/facts/quirks.hpp"
#include "api/v16/core.hpp"
#include "api/v201/blocks.hpp"
#include "base/text.hpp"
#include "ocpp/errors.hpp"
#include "ocpp/frame.hpp"
#include "ocpp/times.hpp"
#include "wire/repair.hpp"

namespace ohm::api {
namespace {

using ocpp::Error;
using ocpp::Version;

Routes sorted(std::initializer_list<const Routes*> blocks) {
    Routes all;
    for (const Routes* block : blocks) all.insert(all.end(), block->begin(), block->end());
    std::sort(all.begin(), all.end(),
              [](const Route& a, const Route& b) { return a.action < b.action; });
    return all;
}

const Routes& routes_of(Version version) {
    static const Routes v16 =
        sorted({&v16::core_routes(), &v16::firmware_management_routes(), &v16::security_routes()});
    static const Routes v201 = sorted(
        {&v201::security_routes(), &v201::provisioning_routes(), &v201::authorization_routes(),
         &v201::transactions_routes(), &v201::availability_routes(), &v201::reservation_routes(),
         &v201::metering_routes(), &v201::smart_charging_routes(),
         &v201::firmware_management_routes(), &v201::iso15118_routes(), &v201::diagnostics_routes(),
         &v201::display_message_routes(), &v201::data_transfer_routes()});
    return version == Version::v201 ? v201 : v16;
}

struct Answer {
    std::string frame;
    std::string_view error_code;  // "": a CALLRESULT
};

Answer error(const ocpp::Head& head, Version version, Error error, std::string_view description,
             std::string_view details = "{}") {
    const std::string_view code = ocpp::code(error, version);
    return {ocpp::call_error(head.raw_id, code, description, details), code};
}

bool is_strict(const ShardState& shard, const Station& station) {
    return station.strict.value_or(shard.options.strict);
}

// Before the first accepted boot (2.0.1 B01-B03; 1.6 §4.2): 2.0.1 has no leniency here; 1.6 has,
// where facts would be lost.
bool may_be_handled(const Work& work, const Station& station, std::string_view action) {
    if (station.booted() || action == "BootNotification") return true;
    return commands::may_come_before_acceptance(station, action, is_strict(work.shard, station),
                                                work.now_us());
}

Answer answer_unknown_action(const ocpp::Head& head, Version version) {
    const std::string name{ocpp::short_name(version)};
    if (!ocpp::is_standard_action(version, head.action))
        return error(head, version, Error::not_implemented,
                     "OCPP " + name + " has no action " + to_storable(head.action, 60));
    const ocpp::ActionInfo* info = ocpp::find_action(version, head.action);
    const bool wrong_way = info && !ocpp::station_sends(info->from);
    return error(head, version, Error::not_supported,
                 wrong_way ? head.action + " is sent by the CSMS, not by a station"
                           : head.action + " is not supported here");
}

// Of updates and uploads. A status that the standard does not have says nothing of them.
bool tells_progress(std::string_view action) {
    return action.ends_with("StatusNotification") && action != "StatusNotification";
}

// What is said of charging, what keeps a station online, the parts of reports, events, what vendors
// add and how work goes on: leniently it is answered whenever anything of it can be read, because a
// station drops what it gets a CALLERROR for.
bool is_worth_salvaging(std::string_view action) {
    constexpr std::array<std::string_view, 12> actions{
        "Authorize",        "BootNotification",   "DataTransfer",           "Heartbeat",
        "MeterValues",      "NotifyEvent",        "NotifyMonitoringReport", "NotifyReport",
        "StartTransaction", "StatusNotification", "StopTransaction",        "TransactionEvent"};
    return tells_progress(action) ||
           std::find(actions.begin(), actions.end(), action) != actions.end();
}

// Without it nobody can say what the message belongs to.
bool lacks_the_minimum(const DecodedCall& call) {
    const auto lacks = [&](std::string_view path) {
        return wire::was_left_out(call.repairs, path);
    };
    if (call.route->action.ends_with("Report")) return lacks("/requestId") || lacks("/seqNo");
    return call.route->action == "TransactionEvent" &&
           (lacks("/transactionInfo") || lacks("/transactionInfo/transactionId"));
}

// A fresh object of the route's request, decoded from the payload.
DecodedCall decode_once(ShardState& shard, const Route& route, std::string_view payload,
                        wire::Rules rules) {
    DecodedCall call{.route = &route};
    const std::shared_ptr<void> request = route.request->make();
    call.violation =
        shard.decoder.decode(payload, *route.request, request.get(), rules, &call.repairs);
    call.request = request;
    return call;
}

// As it stands; of a message that matters, what can be read of one that is not in order.
DecodedCall decode_or_salvage(ShardState& shard, const Route& route, std::string_view payload,
                              wire::Rules rules) {
    DecodedCall first = decode_once(shard, route, payload, rules);
    const bool may_be_salvaged = rules.strictness == wire::Strictness::lenient && first.violation &&
                                 is_worth_salvaging(route.action);
    if (!may_be_salvaged) return first;
    rules.salvage = true;
    DecodedCall second = decode_once(shard, route, payload, rules);
    return second.violation || lacks_the_minimum(second) ? first : second;
}

DecodedCall decode_call(ShardState& shard, const Station& station, const Route& route,
                        std::string_view payload) {
    const wire::Rules rules{
        is_strict(shard, station) ? wire::Strictness::strict : wire::Strictness::lenient,
        station.version == Version::v201};
    DecodedCall first = decode_or_salvage(shard, route, payload, rules);
    const bool may_be_mended = rules.strictness == wire::Strictness::lenient && first.violation &&
                               first.violation->rule == wire::Rule::malformed;
    const auto mended = may_be_mended ? wire::without_stray_commas(payload) : std::nullopt;
    if (!mended) return first;
    DecodedCall second = decode_or_salvage(shard, route, *mended, rules);
    if (second.violation) return first;
    second.repairs.insert(second.repairs.begin(), {"", "stray_commas"});
    return second;
}

Answer answer_call(Work& work, Station& station, const ocpp::Head& head, const Route* route) {
    const Version version = station.version;
    if (!route || !route->handle) return answer_unknown_action(head, version);
    if (!may_be_handled(work, station, head.action))
        return error(head, version, Error::security,
                     "send a BootNotification first; nothing else is taken before it is accepted");
    if (!station.booted() && head.action != "BootNotification")
        note_quirk(work, station, head.action, "before_boot", "");
    if (!head.has_payload) note_quirk(work, station, head.action, "payload_missing", "");
    DecodedCall decoded_now;
    const DecodedCall* call = work.item.decoded.get();
    if (!call || call->route != route) {
        decoded_now = decode_call(work.shard, station, *route, head.rest);
        call = &decoded_now;
    }
    if (const auto& violation = call->violation) {
        ++work.shard.figures.violations;
        return error(head, version, ocpp::error_of(violation->rule), ocpp::describe(*violation),
                     ocpp::details(*violation));
    }
    work.shard.figures.repairs += call->repairs.size();
    note_repairs(work, station, head.action, call->repairs);
    const std::shared_ptr<void> response = route->response->make();
    Handler handler{work, station, call->repairs};
    route->handle(handler, call->request.get(), response.get());
    std::string payload;
    wire::encode(payload, *route->response, response.get());
    if (compatibility_of(station).wants_milliseconds()) payload = ocpp::with_milliseconds(payload);
    return {ocpp::call_result(head.raw_id, payload), ""};
}

store::LoggedFrame logged(const Work& work, const ocpp::Head& head, std::string_view type,
                          std::string_view frame, store::Direction direction) {
    store::LoggedFrame out;
    out.at = direction == store::Direction::in ? utc_from_micros(work.envelope.received_at)
                                               : work.batch.now;
    out.direction = direction;
    out.connection = {work.envelope.connection};
    out.message_type = type;
    out.message_id = head.id;
    out.action = head.action;
    out.frame = frame;
    out.bytes = static_cast<std::int64_t>(frame.size());
    return out;
}

// Stations should not tell their passwords, and some do.
std::string storable_call(const Work& work, const ocpp::Head& head) {
    const std::string& frame = work.envelope.frame;
    if (const auto hidden = commands::call_without_code(work.shard.decoder, head.action, head.rest))
        return ocpp::call(head.id, head.action, *hidden);
    if (head.action != "NotifyReport" || !commands::may_hold_secret(frame)) return frame;
    const auto hidden = commands::report_without_secrets(work.shard.decoder, head.rest);
    return hidden ? ocpp::call(head.id, head.action, *hidden) : frame;
}

void log_exchange(Work& work, const Station& station, const ocpp::Head& head,
                  const Answer& answer) {
    const bool failed = !answer.error_code.empty();
    if (!work.logs(station, failed)) return;  // before anything is copied for it
    work.log(station, logged(work, head, "CALL", storable_call(work, head), store::Direction::in),
             failed);
    store::LoggedFrame out = logged(work, head, failed ? "CALLERROR" : "CALLRESULT", answer.frame,
                                    store::Direction::out);
    out.error_code = answer.error_code;
    work.log(station, std::move(out), failed);
}

void send_answer(Work& work, Station& station, const ocpp::Head& head, Answer&& answer) {
    const bool failed = !answer.error_code.empty();
    if (failed) ++work.shard.figures.call_errors;
    // Most Heartbeats are answered by the worker: only who asks for a station's log by name wants
    // the rest of them.
    const bool logged_here = failed || station.log_level || head.action != "Heartbeat";
    if (logged_here) log_exchange(work, station, head, answer);
    bus::Envelope reply;
    reply.kind = "reply";
    reply.station = station.key;
    reply.connection = work.envelope.connection;
    reply.epoch = work.envelope.epoch;
    reply.frame_no = work.envelope.frame_no;
    reply.frame = std::move(answer.frame);
    work.reply_to_sender(std::move(reply));
}

// Of a connection that is no longer the station's: it is being closed, and the station says
// everything again.
bool is_stale(const Work& work, const Station& station) {
    return work.envelope.epoch != station.epoch;
}

// The same CALL that waits already, posted again by its worker, or earlier in this batch.
bool waits_already(const Work& work) {
    const auto& parked = work.batch.parked;
    return work.shard.parking.is_waiting(work.item) ||
           std::any_of(parked.begin(), parked.end(), [&](const Parked& other) {
               return outside::is_same_call(other.item->envelope, work.envelope);
           });
}

bool may_wait(const Work& work) {
    const auto& parked = work.batch.parked;
    const outside::Parking& parking = work.shard.parking;
    if (parking.size() + parked.size() >= limits::parked_per_shard) return false;
    const auto of_station = std::count_if(parked.begin(), parked.end(), [&](const Parked& other) {
        return other.item->envelope.station == work.envelope.station;
    });
    return parking.size(work.envelope.station) + static_cast<std::size_t>(of_station) <
           limits::parked_per_station;
}

// A CALL that asks the outside is parked, and leaves no other trace until it is handled again.
// Where too many wait it is handled at once, as if nobody had answered.
bool is_parked(Work& work, Station& station, const Route& route) {
    const DecodedCall* call = work.item.decoded.get();
    if (!call || call->route != &route || call->violation ||
        !may_be_handled(work, station, route.action))
        return false;
    Handler handler{work, station, call->repairs};
    for (;;) {
        auto question = route.question(handler, call->request.get());
        if (!question || handler.heard(question->kind)) return false;
        if (waits_already(work)) return true;
        if (may_wait(work)) {
            work.batch.parked.push_back({work.shard.ids.next(), &work.item, std::move(*question)});
            return true;
        }
        outside::Heard heard = work.heard ? *work.heard : outside::Heard{};
        heard.push_back(outside::unanswered(*question, egress::failure::busy));
        work.heard = std::make_shared<const outside::Heard>(std::move(heard));
    }
}

}  // namespace

const Route* find_route(Version version, std::string_view action) {
    const Routes& table = routes_of(version);
    const auto found = std::lower_bound(
        table.begin(), table.end(), action,
        [](const Route& route, std::string_view name) { return route.action < name; });
    return found != table.end() && found->action == action ? &*found : nullptr;
}

std::int64_t Handler::at(const wire::DateTime& said) const {
    if (!said.known) return received_at();
    return said.zoned ? micros(said.at) : utc_of_local_time(station, micros(said.at));
}

std::string_view Handler::payload() const { return ocpp::read_head(work.envelope.frame).rest; }

void add_call_needs(ShardState& shard, Item& item, Needs& needs) {
    Station* station = shard.find(item.envelope.station);
    if (!station) return;
    if (!item.decoded) {
        const ocpp::Head head = ocpp::read_head(item.envelope.frame);
        const Route* route = find_route(station->version, head.action);
        if (!route || (!route->needs && !route->question)) return;
        item.decoded =
            std::make_shared<const DecodedCall>(decode_call(shard, *station, *route, head.rest));
    }
    const DecodedCall& call = *item.decoded;
    if (call.violation) return;
    if (call.route->question) needs.asks_outside = true;
    if (!call.route->needs) return;
    needs.stations[station->no.value] = station;
    needs.frame = item.envelope.frame;
    call.route->needs(call.request.get(), *station, needs);
}

void handle_call(Work& work) {
    Station* station = work.shard.find(work.envelope.station);
    if (!station || is_stale(work, *station)) return;
    const ocpp::Head head = ocpp::read_head(work.envelope.frame);
    const Route* route = find_route(station->version, head.action);
    if (route && route->question && is_parked(work, *station, *route)) return;
    ++work.shard.figures.calls;
    station->last_seen_at = std::max(station->last_seen_at, work.envelope.received_at);
    ++work.shard.figures.calls_by_route[route];
    Answer answer = answer_call(work, *station, head, route);
    // An action that is only declined was said all the same.
    const bool was_handled = answer.error_code.empty();
    const bool was_said =
        was_handled || answer.error_code == ocpp::code(Error::not_supported, station->version);
    send_answer(work, *station, head, std::move(answer));
    if (was_said && (station->expected || !station->commands.empty()))
        note_effects(work, *station, head);
    if (was_handled && head.action == "BootNotification" && station->booted())
        commands_after_boot(work, *station);
}

void handle_unreadable(Work& work) {
    Station* station = work.shard.find(work.envelope.station);
    if (!station) return;
    ++work.shard.figures.violations;
    const ocpp::Head head = ocpp::read_head(work.envelope.frame);
    work.log(*station, logged(work, head, "unreadable", work.envelope.frame, store::Direction::in),
             true);
    if (head.type == ocpp::FrameType::unknown_type && !is_strict(work.shard, *station))
        note_quirk(work, *station, "", "message_type_unknown", "");
}

void answer_internal_error(Work& work, std::string_view why) {
    Station* station = work.shard.find(work.envelope.station);
    if (!station || !work.envelope.kind.is("call")) return;
    const ocpp::Head head = ocpp::read_head(work.envelope.frame);
    send_answer(work, *station, head, error(head, station->version, Error::internal, why));
}

}  // namespace ohm::api
