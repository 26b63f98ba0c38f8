#include "api/commands/expectation.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace ohm::api::commands {

// As much of the messages of both versions as effects look at. Not in an unnamed namespace: clang
// wants linkage of whatever FIELDS describes.
namespace partly {

using wire::DateTime;
using wire::Integer;
using wire::List;
using wire::Optional;
using wire::Text;

struct Evse {
    Optional<Integer> id, connectorId;
    FIELDS(id, connectorId)
};
struct Token {
    Optional<Text<>> idToken;
    FIELDS(idToken)
};
struct Firmware {
    Optional<DateTime> retrieveDateTime, installDateTime;
    FIELDS(retrieveDateTime, installDateTime)
};
struct Request {  // of the CSMS
    Optional<Text<>> idTag, requestedMessage, type, operationalStatus;
    Optional<Text<>> transactionId;  // 1.6 writes a number: read as text
    Optional<Integer> connectorId, evseId, requestId, remoteStartId;
    Optional<Token> idToken;
    Optional<Evse> evse;
    Optional<bool> report;
    Optional<DateTime> retrieveDate;
    Optional<Firmware> firmware;
    FIELDS(idTag, requestedMessage, type, operationalStatus, transactionId, connectorId, evseId,
           requestId, remoteStartId, idToken, evse, report, retrieveDate, firmware)
};
struct Response {
    Optional<Text<>> status, fileName;
    FIELDS(status, fileName)
};
struct TransactionInfo {
    Optional<Text<>> transactionId;
    Optional<Integer> remoteStartId;
    FIELDS(transactionId, remoteStartId)
};
struct Named {
    Optional<Text<>> name;
    Optional<Evse> evse;
    FIELDS(name, evse)
};
struct Event {
    Named component, variable;
    Optional<Text<>> actualValue;
    FIELDS(component, variable, actualValue)
};
struct Booted {
    Optional<Text<>> firmwareVersion;
    FIELDS(firmwareVersion)
};
struct Message {  // of the station
    Optional<Text<>> idTag, status, connectorStatus, eventType, triggerReason;
    Optional<Text<>> transactionId;
    Optional<Integer> connectorId, evseId, requestId;
    Optional<bool> tbc;
    Optional<TransactionInfo> transactionInfo;
    Optional<Token> idToken;
    Optional<Evse> evse;
    Optional<List<Event>> eventData;
    Optional<Text<>> firmwareVersion;
    Optional<Booted> chargingStation;
    FIELDS(idTag, status, connectorStatus, eventType, triggerReason, transactionId, connectorId,
           evseId, requestId, tbc, transactionInfo, idToken, evse, eventData, firmwareVersion,
           chargingStation)
};

}  // namespace partly

namespace {

using Kind = Expectation::Kind;
using partly::Request;
using partly::Response;
constexpr wire::Rules lenient{wire::Strictness::lenient, true};

std::string text_of(const std::optional<wire::Text<>>& text) { return text ? text->value : ""; }
std::int64_t number_of(const std::optional<wire::Integer>& number) {
    return number ? number->value : -1;
}
bool has(std::initializer_list<std::string_view> words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr seconds soon{60}, minutes_5{300}, minutes_10{600}, hour{3'600}, hours_4{14'400},
    day{86'400};

// ---- what is expected ----

// Which CALL an action makes a station send in the end: the words of docs/PROTOCOL.md as well.
struct Follow {
    std::string_view action;  // ours
    Kind kind;
    std::string_view message;  // the station's
    seconds timeout;
};
constexpr Follow follows[] = {
    {"Reset", Kind::boot, "BootNotification", minutes_10},
    {"RemoteStartTransaction", Kind::start, "StartTransaction", seconds{180}},
    {"RequestStartTransaction", Kind::start, "TransactionEvent", seconds{180}},
    {"RemoteStopTransaction", Kind::stop, "StopTransaction", minutes_5},
    {"RequestStopTransaction", Kind::stop, "TransactionEvent", minutes_5},
    {"TriggerMessage", Kind::message, "", soon},
    {"ExtendedTriggerMessage", Kind::message, "", soon},
    {"ChangeAvailability", Kind::status, "StatusNotification", soon},
    {"UpdateFirmware", Kind::progress, "FirmwareStatusNotification", hours_4},
    {"SignedUpdateFirmware", Kind::progress, "SignedFirmwareStatusNotification", hours_4},
    {"PublishFirmware", Kind::progress, "PublishFirmwareStatusNotification", hours_4},
    {"GetDiagnostics", Kind::progress, "DiagnosticsStatusNotification", hour},
    {"GetLog", Kind::progress, "LogStatusNotification", hour},
    {"GetBaseReport", Kind::report, "NotifyReport", minutes_10},
    {"GetReport", Kind::report, "NotifyReport", minutes_10},
    {"GetMonitoringReport", Kind::report, "NotifyMonitoringReport", minutes_10},
    {"CustomerInformation", Kind::report, "NotifyCustomerInformation", minutes_10},
    {"GetChargingProfiles", Kind::report, "ReportChargingProfiles", minutes_10},
    {"GetDisplayMessages", Kind::report, "NotifyDisplayMessages", minutes_10},
};

const Follow* find_follow(std::string_view action) {
    const auto found = std::find_if(std::begin(follows), std::end(follows),
                                    [&](const Follow& row) { return row.action == action; });
    return found == std::end(follows) ? nullptr : found;
}

std::int64_t evse_of(const Request& request) {
    if (request.evse) return number_of(request.evse->id);
    const std::int64_t evse = number_of(request.evseId);
    return evse >= 0 ? evse : number_of(request.connectorId);
}

void add_evse(Expectation& e) {
    if (e.evse > 0) e.words += " of EVSE " + std::to_string(e.evse);
}

// What is asked for by one name and comes by another.
std::string message_of_trigger(std::string_view action, const std::string& requested) {
    if (requested.starts_with("Sign")) return "SignCertificate";
    if (action == "ExtendedTriggerMessage" && requested == "FirmwareStatusNotification")
        return "SignedFirmwareStatusNotification";
    return requested;
}

void expect_message(const Answered& answered, const Request& request, Expectation& e) {
    e.action = message_of_trigger(answered.action, text_of(request.requestedMessage));
    e.evse = has({"StatusNotification", "MeterValues"}, e.action) ? evse_of(request) : -1;
    e.words = e.action;
    add_evse(e);
}

void expect_boot(const Request& request, Expectation& e) {
    e.words = e.action;
    if (number_of(request.evseId) <= 0) return;
    e.kind = Kind::message;  // 2.0.1 B12: one EVSE does not boot, it reports its status
    e.action = "StatusNotification";
    e.evse = number_of(request.evseId);
    e.words = e.action;
    add_evse(e);
}

void expect_start(const Request& request, Expectation& e) {
    e.text = request.idToken ? text_of(request.idToken->idToken) : text_of(request.idTag);
    e.number = number_of(request.remoteStartId);
    e.evse = number_of(request.connectorId);
    e.words = e.action + " of token " + e.text;
    add_evse(e);
    if (e.number < 0) return;
    e.words += ", remoteStartId " + std::to_string(e.number);
    e.evse = number_of(request.evseId);
}

void expect_stop(const Request& request, Expectation& e) {
    e.text = text_of(request.transactionId);
    e.words = e.action + " that ends transaction " + e.text;
}

void expect_status(const Answered& answered, const Request& request, Expectation& e) {
    const std::string type =
        request.operationalStatus ? text_of(request.operationalStatus) : text_of(request.type);
    e.operative = type == "Operative";
    e.evse = evse_of(request);
    e.words = e.action + (e.operative ? " other than Unavailable" : " Unavailable");
    add_evse(e);
    if (answered.scheduled) e.timeout = day;
}

// An update for tomorrow is not late today.
seconds until(const std::optional<wire::DateTime>& at, Utc now) {
    if (!at || !at->known || at->at <= now) return seconds{0};
    return std::chrono::duration_cast<seconds>(at->at - now);
}

void expect_progress(const Answered& answered, const Request& request, Expectation& e) {
    e.number = number_of(request.requestId);
    const bool uploads = has({"GetLog", "GetDiagnostics"}, answered.action);
    e.words = e.action + (uploads                                ? " Uploaded"
                          : answered.action == "PublishFirmware" ? " Published"
                                                                 : " Installed");
    e.firmware = answered.firmware;
    e.awaits_file = answered.awaits_file;
    if (!e.firmware.empty()) e.words += ", a boot with firmware " + e.firmware;
    if (e.awaits_file) e.words += ", and the file";
    e.timeout += until(request.retrieveDate, answered.now);
    if (!request.firmware) return;
    e.timeout += std::max(until(request.firmware->retrieveDateTime, answered.now),
                          until(request.firmware->installDateTime, answered.now));
}

void expect_report(const Request& request, Expectation& e) {
    e.number = number_of(request.requestId);
    e.words = "the last " + e.action + " of request " + std::to_string(e.number);
}

bool has_no_follow_up(const Answered& answered, const Request& request, const Response& response) {
    const std::string status = text_of(response.status);
    if (has({"EmptyResultSet", "NoProfiles", "Unknown"}, status)) return true;
    if (answered.action == "CustomerInformation") return !request.report.value_or(false);
    return answered.action == "GetDiagnostics" && text_of(response.fileName).empty();
}

// ---- what comes ----

using partly::Message;

std::int64_t evse_in(const Message& message) {
    const std::int64_t evse = number_of(message.evseId);
    return evse >= 0 ? evse : number_of(message.connectorId);
}

bool is_of(const Expectation& e, std::int64_t evse) { return e.evse < 0 || e.evse == evse; }

Verdict confirmed_if(bool yes) { return yes ? Verdict::confirmed : Verdict::nothing; }

Verdict judge_start(const Expectation& e, std::string_view action, const Message& message) {
    if (action == "StartTransaction")
        return confirmed_if(equals_ignoring_case(text_of(message.idTag), e.text) &&
                            is_of(e, number_of(message.connectorId)));
    if (action != "TransactionEvent") return Verdict::nothing;
    const std::int64_t remote_start =
        message.transactionInfo ? number_of(message.transactionInfo->remoteStartId) : -1;
    if (remote_start >= 0) return confirmed_if(remote_start == e.number);
    const bool starts = text_of(message.eventType) == "Started";
    const std::string token = message.idToken ? text_of(message.idToken->idToken) : "";
    const std::int64_t evse = message.evse ? number_of(message.evse->id) : -1;
    const bool is_elsewhere = e.evse > 0 && evse > 0 && evse != e.evse;
    return confirmed_if(starts && !is_elsewhere && !token.empty() &&
                        equals_ignoring_case(token, e.text));
}

// F03: whether the transaction ends or only its energy does depends on TxStopPoint.
Verdict judge_stop(const Expectation& e, std::string_view action, const Message& message) {
    if (action == "StopTransaction") return confirmed_if(text_of(message.transactionId) == e.text);
    if (action != "TransactionEvent" || !message.transactionInfo) return Verdict::nothing;
    const bool ends =
        text_of(message.eventType) == "Ended" || text_of(message.triggerReason) == "RemoteStop";
    return confirmed_if(ends && text_of(message.transactionInfo->transactionId) == e.text);
}

Verdict judge_status(const Expectation& e, std::string_view action, const Message& message) {
    if (action == "StatusNotification") {
        const std::string status =
            message.connectorStatus ? text_of(message.connectorStatus) : text_of(message.status);
        const std::int64_t evse = evse_in(message);
        const bool of_it = e.evse <= 0 || evse == e.evse;
        return confirmed_if(of_it && matches_availability(e.operative, status));
    }
    if (action != "NotifyEvent" || !message.eventData) return Verdict::nothing;
    for (const partly::Event& event : *message.eventData) {
        if (text_of(event.variable.name) != "AvailabilityState") continue;
        const std::int64_t evse = event.component.evse ? number_of(event.component.evse->id) : 0;
        if ((e.evse <= 0 || evse == e.evse) &&
            matches_availability(e.operative, text_of(event.actualValue)))
            return Verdict::confirmed;
    }
    return Verdict::nothing;
}

// The version that runs is the proof: a boot with another one says so after "Installed" only, for
// a station may boot on the way.
Verdict judge_boot(const Expectation& e, const Message& message) {
    const std::string version = message.chargingStation
                                    ? text_of(message.chargingStation->firmwareVersion)
                                    : text_of(message.firmwareVersion);
    if (version == e.firmware) return Verdict::confirmed;
    return e.said && !version.empty() ? Verdict::contradicted : Verdict::nothing;
}

Verdict judge_progress(const Expectation& e, const Message& message) {
    const std::int64_t id = number_of(message.requestId);
    if (id >= 0 && e.number >= 0 && id != e.number) return Verdict::nothing;
    const std::string status = text_of(message.status);
    if (has({"Installed", "Uploaded", "Published"}, status)) {
        const bool more_follows = !e.firmware.empty() || (e.awaits_file && !e.came);
        return more_follows ? Verdict::said : Verdict::confirmed;
    }
    const bool bad = has(
        {"DownloadFailed", "InstallationFailed", "InstallVerificationFailed", "InvalidSignature",
         "InvalidChecksum", "PublishFailed", "UploadFailed", "UploadFailure", "BadMessage",
         "PermissionDenied", "NotSupportedOperation", "AcceptedCanceled"},
        status);
    return bad ? Verdict::contradicted : Verdict::nothing;
}

bool may_matter(const Expectation& e, std::string_view action) {
    if (action == e.action) return true;
    if (action == "BootNotification") return !e.firmware.empty();
    return e.kind == Kind::status && action == "NotifyEvent";
}

}  // namespace

std::string_view effect_words(std::string_view action) {
    const Follow* follow = find_follow(action);
    if (!follow) return "–";
    return follow->message.empty() ? "the message asked for" : follow->message;
}

std::optional<Expectation> expectation_of(wire::Decoder& decoder, const Answered& answered) {
    const Follow* follow = find_follow(answered.action);
    if (!follow) return std::nullopt;
    Request request;
    Response response;
    if (decoder.decode(answered.request, request, lenient)) return std::nullopt;
    if (decoder.decode(answered.response, response, lenient)) return std::nullopt;
    if (has_no_follow_up(answered, request, response)) return std::nullopt;
    Expectation e;
    e.kind = follow->kind;
    e.action = follow->message;
    e.timeout = answered.scheduled ? std::max(follow->timeout, day) : follow->timeout;
    switch (e.kind) {
        case Kind::message: expect_message(answered, request, e); break;
        case Kind::boot: expect_boot(request, e); break;
        case Kind::start: expect_start(request, e); break;
        case Kind::stop: expect_stop(request, e); break;
        case Kind::status: expect_status(answered, request, e); break;
        case Kind::progress: expect_progress(answered, request, e); break;
        case Kind::report: expect_report(request, e); break;
        case Kind::verify:
        case Kind::limit: break;
    }
    return e;
}

Verdict judge(wire::Decoder& decoder, const Expectation& e, std::string_view action,
              std::string_view payload) {
    if (!may_matter(e, action)) return Verdict::nothing;
    if (e.kind == Kind::boot) return Verdict::confirmed;
    Message message;
    if (decoder.decode(payload, message, lenient)) return Verdict::nothing;
    switch (e.kind) {
        case Kind::message: return confirmed_if(e.evse < 0 || is_of(e, evse_in(message)));
        case Kind::start: return judge_start(e, action, message);
        case Kind::stop: return judge_stop(e, action, message);
        case Kind::status: return judge_status(e, action, message);
        case Kind::progress:
            return action == e.action ? judge_progress(e, message) : judge_boot(e, message);
        case Kind::report:
            return confirmed_if(number_of(message.requestId) == e.number &&
                                !message.tbc.value_or(false));
        default: return Verdict::nothing;
    }
}

bool matches_availability(bool operative, std::string_view status) {
    if (status.empty()) return false;
    return operative == (status != "Unavailable");
}

}  // namespace ohm::api::commands
