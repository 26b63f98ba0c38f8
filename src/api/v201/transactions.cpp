#include "ocpp/v201/transactions.hpp"

#include "api/charging/cost.hpp"
#include "api/charging/decision.hpp"
#include "api/charging/namesakes.hpp"
#include "api/facts/local_time.hpp"
#include "api/v201/blocks.hpp"
#include "api/v201/samples.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;
using Request = TransactionEvent::Request;

template <class T>
std::optional<std::int64_t> number_of(const std::optional<T>& said) {
    if (!said) return std::nullopt;
    return said->value;
}

domain::TransactionEvent event_of(const Handler& handler, const Request& request) {
    using Kind = domain::TransactionEvent::Kind;
    domain::TransactionEvent event;
    // What cannot be read begins nothing and ends nothing.
    event.kind = handler.left_out("/eventType")    ? Kind::updated
                 : request.eventType.is("Started") ? Kind::started
                 : request.eventType.is("Ended")   ? Kind::ended
                                                   : Kind::updated;
    event.seq = handler.left_out("/seqNo") ? -1 : request.seqNo.value;
    event.at = handler.at(request.timestamp);
    event.offline = request.offline.value_or(false);
    if (request.evse) event.evse = request.evse->id.value;
    if (request.evse) event.connector = number_of(request.evse->connectorId);
    event.trigger = request.triggerReason.name();
    const auto& info = request.transactionInfo;
    if (info.chargingState) event.charging_state = info.chargingState->name();
    if (info.stoppedReason) event.stop_reason = info.stoppedReason->name();
    event.remote_start_id = number_of(info.remoteStartId);
    event.reservation_id = number_of(request.reservationId);
    event.time_charging_s = number_of(info.timeSpentCharging);
    event.phases_used = number_of(request.numberOfPhasesUsed);
    event.cable_max_a = number_of(request.cableMaxCurrent);
    if (!request.idToken) return event;
    event.token_type = request.idToken->type.name();
    const bool is_secret = request.idToken->type.is("KeyCode");  // a password (C04)
    if (!is_secret) event.token = stored_text(request.idToken->idToken.value);
    event.stops_by_token =
        request.triggerReason.is("StopAuthorized") || request.eventType.is("Ended");
    return event;
}

struct Transactions : Handler {
    static void needs(const Request& request, const Station& station, Needs& needs) {
        const std::string id = bounded_key(request.transactionInfo.transactionId.value);
        if (request.idToken) need_token(presented(*request.idToken), station, needs);
        needs.open_transactions.push_back(station.no.value);
        needs.transactions.push_back(
            {.station_no = station.no.value, .ocpp_id = id, .may_be_again = true});
        needs.events.push_back({station.no.value, id, request.seqNo, needs.frame});
        if (request.reservationId)
            needs.reservations.push_back({station.no.value, request.reservationId->value});
    }

    std::optional<outside::Question> question(const Request& request) const {
        if (!request.idToken) return std::nullopt;
        const std::string id = bounded_key(request.transactionInfo.transactionId.value);
        const TransactionRecord* record = transaction_of(*this, id, event_of(*this, request));
        const Presented shown = presented(*request.idToken);
        if (decided_before(*this, shown, record)) return std::nullopt;
        return decision_question(
            *this, shown,
            {.action = "TransactionEvent",
             .evse = request.evse ? std::optional{request.evse->id.value} : std::nullopt,
             .transaction_id = id,
             .offline = request.offline.value_or(false),
             .at = at(request.timestamp)});
    }

    // Any order, any gap, any repetition: what can be read is answered (J02.FR.19).
    TransactionEvent::Response on(const Request& request) {
        const std::string id = bounded_key(request.transactionInfo.transactionId.value);
        domain::TransactionEvent event = event_of(*this, request);
        work.batch.touch(station);
        TransactionRecord* known = transaction_of(*this, id, event);
        TransactionRecord& record = known ? *known : begin_namesake(*this, id);
        event.seq = number_of(*this, record, event);
        if (wire::lacks_something(repairs)) record.repairs |= Repaired::left_out;
        learn_local_time(*this, request.timestamp);
        std::optional<Authorized> authorized;
        Presented shown;
        if (request.idToken) {
            shown = as_listed(*this, presented(*request.idToken));
            if (!event.token.empty()) event.token = stored_text(shown.text);
            authorized = decide(shown, record, event);
        }
        if (authorized) event.group = authorized->group();
        const Came came = take_event(*this, record, event, content_of(*this));
        if (came == Came::first) take_what_else_came(request, record);
        TransactionEvent::Response response = answer_to(shown, record, came, event, authorized);
        const bool is_end = event.kind == domain::TransactionEvent::Kind::ended;
        const bool is_its_end = came != Came::otherwise || event.at == record.facts.ended_at;
        if (is_end && is_its_end) response.totalCost = final_cost(*this, record);
        if (came == Came::first && !is_end) tell_cost(*this, record);
        return response;
    }

private:
    TransactionEvent::Response answer_to(const Presented& shown, TransactionRecord& record,
                                         Came came, const domain::TransactionEvent& event,
                                         std::optional<Authorized>& authorized) {
        if (!authorized) return answer_without_token();
        answer_as_before(came, event, record, *authorized);
        if (came == Came::first && brings_token(event, record))
            note_authorization(*this, record, shown.text, authorized->decision.verdict);
        log_decision(
            *this, shown, *authorized,
            {.action = "TransactionEvent", .evse = record.facts.evse, .transaction = &record});
        TransactionEvent::Response response;
        response.idTokenInfo = id_token_info(*authorized);
        return response;
    }
    // A token that could not be read waits for an answer all the same.
    TransactionEvent::Response answer_without_token() const {
        TransactionEvent::Response response;
        if (!left_out("/idToken")) return response;
        IdTokenInfo& info = response.idTokenInfo.emplace();
        info.status = "Invalid";
        if (options().accept_unknown_tokens) info.status = "Accepted";
        return response;
    }
    static bool brings_token(const domain::TransactionEvent& event,
                             const TransactionRecord& record) {
        return record.authorization.empty() && !event.stops_by_token;
    }
    Authorized decide(const Presented& shown, const TransactionRecord& record,
                      const domain::TransactionEvent& event) const {
        if (auto before = decided_before(*this, shown, &record)) return *before;
        const bool starts = brings_token(event, record) && record.is_active();
        const auto evse = event.evse ? event.evse : record.facts.evse;
        return authorize(*this, shown, event.at, starts ? &record : nullptr, evse);
    }
    // A repeated message gets the answer that it got.
    static void answer_as_before(Came came, const domain::TransactionEvent& event,
                                 const TransactionRecord& record, Authorized& authorized) {
        const bool is_its_token = !event.stops_by_token && event.token == record.facts.token;
        if (came != Came::again || !is_its_token) return;
        const auto first = domain::verdict_of(record.authorization);
        authorized.decision.verdict = first.value_or(authorized.decision.verdict);
    }
    // A station may leave the key out where it has said it before (J02): empty is none.
    static void note_public_key(const std::vector<MeterValue>& elements,
                                TransactionRecord& record) {
        for (const MeterValue& element : elements)
            for (const SampledValue& sample : element.sampledValue)
                if (sample.signedMeterValue && !sample.signedMeterValue->publicKey.value.empty())
                    record.public_key = sample.signedMeterValue->publicKey.value;
    }
    void take_what_else_came(const Request& request, TransactionRecord& record) {
        if (request.evse) supersede(*this, record);
        if (!request.meterValue) return;
        note_public_key(request.meterValue->items, record);
        store_meter_values(*this, {record.facts.evse.value_or(0), &record, ""},
                           elements_of(*this, request.meterValue->items));
    }
};

}  // namespace

const Routes& transactions_routes() {
    static const Routes table = routes<Transactions>(TransactionActions{});
    return table;
}

}  // namespace ohm::api::v201
