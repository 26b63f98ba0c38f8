#include "api/v16/charging.hpp"

#include <algorithm>
#include <iterator>

#include "api/boot.hpp"
#include "api/charging/decision.hpp"
#include "api/charging/made.hpp"
#include "api/charging/stray.hpp"
#include "api/charging/tables.hpp"
#include "api/charging/transactions.hpp"
#include "api/facts/local_time.hpp"
#include "api/facts/quirks.hpp"
#include "api/tables.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "domain/fact_time.hpp"

namespace ohm::api::v16 {
namespace {

using ocpp::v16::MeterValue;
using ocpp::v16::SampledValue;
using Kind = domain::TransactionEvent::Kind;
constexpr std::int64_t start_seq = 0, stop_seq = 1;
constexpr std::int64_t milli = 1000;

// Every sampled value is written as text; 0, negative and unknown ids are no transaction's.
std::string ocpp_id(std::int64_t transaction_id) {
    return transaction_id > 0 ? std::to_string(transaction_id) : "";
}

template <class T>
std::string_view name_of(const std::optional<T>& word) {
    return word ? word->name() : std::string_view{};
}

domain::Sample sample_of(const SampledValue& said) {
    return domain::normalise({.value = said.value.value,
                              .measurand = name_of(said.measurand),
                              .unit = name_of(said.unit),
                              .context = name_of(said.context),
                              .location = name_of(said.location),
                              .phase = name_of(said.phase),
                              .is_signed = said.format && said.format->is("SignedData")});
}

std::vector<MeterElement> elements_of(const Handler& handler, const wire::List<MeterValue>& said) {
    std::vector<MeterElement> elements;
    for (const MeterValue& value : said) {
        MeterElement& element = elements.emplace_back();
        element.at = handler.at(value.timestamp);
        for (const SampledValue& one : value.sampledValue)
            element.samples.push_back(sample_of(one));
    }
    return elements;
}

std::string key_of(const ocpp::v16::StartTransaction::Request& request) {
    const auto at = request.timestamp.known ? std::optional{micros(request.timestamp.at)}
                                            : std::optional<std::int64_t>{};
    return start_key(request.connectorId, at, request.meterStart, request.idTag.value);
}

// A start without a time is the one before as long as that one runs; later it is a new one.
std::string key_of_new(const ocpp::v16::StartTransaction::Request& request, bool is_first,
                       std::int64_t number) {
    if (request.timestamp.known && is_first) return key_of(request);
    return key_of(request) + " " + std::to_string(number);
}

// Who has stopped a transaction by its id has had the answer to its start, and says that start no
// more: what begins at or behind that end is another one, of the same second and register.
bool is_said_again(const TransactionRecord& known, std::int64_t at) {
    const bool is_stopped = known.facts.has_end && !(known.repairs & Repaired::matched);
    return !is_stopped || at < known.facts.ended_at.value_or(at + 1);
}

// A register of -1 is no register (quirk F7).
bool says_register(const Handler& handler, std::string_view path, std::int64_t wh) {
    return wh >= 0 && !handler.left_out(path);
}
// The same, counted where it does not.
bool take_register(Handler& handler, std::string_view path, std::int64_t wh,
                   TransactionRecord& record) {
    if (says_register(handler, path, wh)) return true;
    record.repairs |= Repaired::left_out;
    if (wh < 0) note_quirk(handler, "register_negative", path);
    return false;
}

void flag_what_is_missing(const Handler& handler, TransactionRecord& record) {
    if (wire::lacks_something(handler.repairs)) record.repairs |= Repaired::left_out;
}

TransactionRecord* find(Handler& handler, std::int64_t transaction_id) {
    TransactionRecord* record =
        transaction_id > 0 ? transactions_of(handler).find(ocpp_id(transaction_id)) : nullptr;
    return record && record->version == ocpp::Version::v16 ? record : nullptr;
}

// Of an id that is none of the station's (quirks F1, F3). Kept for the operator, and answered like
// any other: the station must not say it for ever.
StrayStop stray_stop(const Handler& handler, const ocpp::v16::StopTransaction::Request& request,
                     const std::string& token, const std::string& group) {
    return {.token_key = key_of_token(token),
            .meter_stop_wh = request.meterStop.value,
            .said_at = request.timestamp.known ? micros(request.timestamp.at) : 0,
            .at = handler.at(request.timestamp),
            .token = stored_text(token),
            .group = group,
            .reason = std::string{request.reason ? request.reason->name() : "Local"},
            .has_meter = says_register(handler, "/meterStop", request.meterStop)};
}

// 1.6 does not say what it kept while offline.
bool was_kept(const Handler& handler, std::int64_t at) {
    return at + Micros{limits::said_live}.count() < handler.received_at() &&
           domain::is_plausible_time(at, handler.received_at());
}

domain::TransactionEvent start_event(const Handler& handler,
                                     const ocpp::v16::StartTransaction::Request& request,
                                     const std::string& token, const std::string& group) {
    domain::TransactionEvent event;
    event.kind = Kind::started;
    event.seq = start_seq;
    event.at = handler.at(request.timestamp);
    event.offline = was_kept(handler, event.at);
    event.evse = handler.left_out("/connectorId") ? handler.station.only_evse()
                                                  : std::optional{request.connectorId.value};
    if (event.evse) event.connector = 1;
    event.token = stored_text(token);
    event.group = group;
    if (request.reservationId) event.reservation_id = request.reservationId->value;
    return event;
}

domain::TransactionEvent stop_event(const Handler& handler,
                                    const ocpp::v16::StopTransaction::Request& request,
                                    const std::string& token) {
    domain::TransactionEvent event;
    event.kind = Kind::ended;
    event.seq = stop_seq;
    event.at = handler.at(request.timestamp);
    event.offline = was_kept(handler, event.at);
    event.token = stored_text(token);
    event.stops_by_token = true;
    event.stop_reason = name_of(request.reason);
    return event;
}

}  // namespace

// ---- Authorize ----

void Charging::needs(const Authorize::Request& request, const Station& station, Needs& needs) {
    need_token({request.idTag.value, ""}, station, needs);
}

Charging::Authorize::Response Charging::on(const Authorize::Request& request) {
    const Presented presented = as_listed(*this, {request.idTag.value, ""});
    const Authorized authorized = authorize(*this, presented, received_at());
    log_decision(*this, presented, authorized, {.action = "Authorize"});
    return {.idTagInfo = id_tag_info(authorized)};
}

std::optional<outside::Question> Charging::question(const Authorize::Request& request) const {
    return decision_question(*this, {request.idTag.value, ""},
                             {.action = "Authorize", .at = received_at()});
}

// ---- StartTransaction ----

void Charging::needs(const StartTransaction::Request& request, const Station& station,
                     Needs& needs) {
    need_token({request.idTag.value, ""}, station, needs);
    needs.open_transactions.push_back(station.no.value);
    needs.starts.push_back({station.no.value, key_of(request)});
    if (request.reservationId)
        needs.reservations.push_back({station.no.value, request.reservationId->value});
    ++needs.ocpp_numbers;
}

Charging::StartTransaction::Response Charging::on(const StartTransaction::Request& request) {
    const Presented presented = as_listed(*this, {request.idTag.value, ""});
    const std::string key = key_of(request);
    learn_local_time(*this, request.timestamp);
    const std::int64_t said_at = at(request.timestamp);
    const TransactionRecord* known =
        transactions_of(*this).find_start(key, request.timestamp.known);
    if (known && is_said_again(*known, said_at)) {
        const auto before = decided_before(*this, presented, known);
        Authorized again = before ? *before : authorize(*this, presented, said_at, known);
        const auto first = domain::verdict_of(known->authorization);
        again.decision.verdict = first.value_or(again.decision.verdict);
        return {.idTagInfo = id_tag_info(again),
                .transactionId = {parse_int(known->ocpp_id).value_or(0)}};
    }
    const std::int64_t number = work.shard.charging.next_number();
    TransactionRecord& record = begin_transaction(*this, ocpp_id(number));
    record.start_key = key_of_new(request, !known, number);
    const Authorized authorized =
        authorize(*this, presented, said_at, &record, request.connectorId.value);
    take_event(*this, record, start_event(*this, request, presented.text, authorized.group()),
               content_of(*this));
    if (take_register(*this, "/meterStart", request.meterStart, record))
        fold_start_register(record.facts, request.meterStart.value * milli, said_at);
    flag_what_is_missing(*this, record);
    end_made(*this, record, said_at);
    supersede(*this, record);
    if (const auto stop = adopt_stray_stop(*this, record)) take_values(record, stop->payload);
    note_authorization(*this, record, presented.text, authorized.decision.verdict);
    log_decision(*this, presented, authorized,
                 {.action = "StartTransaction", .evse = record.facts.evse, .transaction = &record});
    return {.idTagInfo = id_tag_info(authorized), .transactionId = {number}};
}

// A start that came before has its answer.
std::optional<outside::Question> Charging::question(
    const StartTransaction::Request& request) const {
    const TransactionRecord* known =
        station.transactions
            ? station.transactions->find_start(key_of(request), request.timestamp.known)
            : nullptr;
    if (known && is_said_again(*known, at(request.timestamp))) return std::nullopt;
    return decision_question(*this, {request.idTag.value, ""},
                             {.action = "StartTransaction",
                              .evse = request.connectorId.value,
                              .at = at(request.timestamp)});
}

// ---- StopTransaction ----

void Charging::needs(const StopTransaction::Request& request, const Station& station,
                     Needs& needs) {
    if (request.idTag) need_token({request.idTag->value, ""}, station, needs);
    const std::string id = ocpp_id(request.transactionId);
    need_strays(station, id, needs);
    needs.stops.push_back({station.no.value, id, key_of_token(text_of(request.idTag)),
                           request.meterStop.value,
                           request.timestamp.known ? micros(request.timestamp.at) : 0});
    if (!id.empty()) needs.events.push_back({station.no.value, id, stop_seq});
}

std::optional<outside::Question> Charging::question(const StopTransaction::Request& request) const {
    if (!request.idTag) return std::nullopt;
    const std::string id = ocpp_id(request.transactionId);
    const Presented presented{request.idTag->value, ""};
    const TransactionRecord* record =
        station.transactions && !id.empty() ? station.transactions->find(id) : nullptr;
    if (decided_before(*this, presented, record)) return std::nullopt;
    return decision_question(
        *this, presented,
        {.action = "StopTransaction", .transaction_id = id, .at = at(request.timestamp)});
}

void Charging::end(TransactionRecord& record, const StopTransaction::Request& request,
                   const std::string& token, const std::string& content) {
    if (take_event(*this, record, stop_event(*this, request, token), content) != Came::first)
        return;
    if (take_register(*this, "/meterStop", request.meterStop, record))
        fold_stop_register(record.facts, request.meterStop.value * milli, at(request.timestamp));
    end_with_samples(record, request);
}

void Charging::end_with_samples(TransactionRecord& record,
                                const StopTransaction::Request& request) {
    flag_what_is_missing(*this, record);
    if (!request.transactionData) return;
    store_meter_values(*this, {record.facts.evse.value_or(0), &record, ""},
                       elements_of(*this, *request.transactionData));
}

void Charging::take_values(TransactionRecord& record, const std::string& stop) {
    StopTransaction::Request request;
    const bool has_values =
        !stop.empty() && !work.shard.decoder.decode(stop, request, {wire::Strictness::lenient}) &&
        request.transactionData;
    if (!has_values) return;
    store_meter_values(*this, {record.facts.evse.value_or(0), &record, ""},
                       elements_of(*this, *request.transactionData));
}

// What cannot be matched is kept for the operator, and answered like any other.
TransactionRecord* Charging::end_what_is_meant(const StopTransaction::Request& request,
                                               const std::string& token, const std::string& group) {
    const auto matched =
        match_stop(*this, stray_stop(*this, request, token, group), request.transactionId.value);
    if (matched.again) return nullptr;
    note_quirk(*this, matched.record ? "stop_matched" : "orphan_stop", "/transactionId");
    if (matched.record) end_with_samples(*matched.record, request);
    return matched.record;
}

Charging::StopTransaction::Response Charging::on(const StopTransaction::Request& request) {
    learn_local_time(*this, request.timestamp);
    std::optional<Authorized> authorized;
    const Presented presented =
        request.idTag ? as_listed(*this, {request.idTag->value, ""}) : Presented{};
    TransactionRecord* record = find(*this, request.transactionId);
    if (request.idTag) authorized = decided_before(*this, presented, record);
    if (request.idTag && !authorized)
        authorized = authorize(*this, presented, at(request.timestamp));
    if (record)
        end(*record, request, presented.text, content_of(*this));
    else
        record = end_what_is_meant(request, presented.text, authorized ? authorized->group() : "");
    if (!authorized) return {};
    log_decision(*this, presented, *authorized,
                 {.action = "StopTransaction", .transaction = record});
    return {.idTagInfo = id_tag_info(*authorized)};
}

// ---- MeterValues ----

void Charging::needs(const MeterValues::Request& request, const Station& station, Needs& needs) {
    if (!request.transactionId) return needs.open_transactions.push_back(station.no.value);
    const std::string id = ocpp_id(*request.transactionId);
    if (id.empty())
        need_strays(station, id, needs);
    else
        needs.transactions.push_back({station.no.value, id});
}

// Where no id is said at all (quirk F12): what lies within the session that runs there is its own,
// the rest is the connector's.
void Charging::give_to_running(std::int64_t evse, std::vector<MeterElement>& said) {
    TransactionRecord* session = nullptr;
    const auto rest =
        std::stable_partition(said.begin(), said.end(), [&](const MeterElement& element) {
            if (element.samples.empty()) return false;
            TransactionRecord* runs = running_around(*this, evse, element.at);
            if (!session) session = runs;
            return runs && runs == session;
        });
    if (!session) return;
    note_quirk(*this, "meter_values_matched", "/transactionId");
    store_meter_values(*this, {evse, session, ""},
                       {std::make_move_iterator(said.begin()), std::make_move_iterator(rest)});
    said.erase(said.begin(), rest);
}

Charging::MeterValues::Response Charging::on(const MeterValues::Request& request) {
    MeterPlace place{.evse = request.connectorId.value};
    if (request.transactionId) {
        const std::int64_t id = *request.transactionId;
        if (id > 0)
            place.record = find(*this, id);
        else if (!request.meterValue.items.empty())
            place.record = transaction_around(*this, request.connectorId,
                                              at(request.meterValue.items.front().timestamp));
        const bool is_matched = place.record && id <= 0;
        if (is_matched || !place.record)
            note_quirk(*this, is_matched ? "meter_values_matched" : "unknown_transaction",
                       "/transactionId");
        if (!place.record) place.said_id = std::to_string(id);
        if (!place.record) ++work.shard.figures.orphan_messages;
    }
    if (!request.transactionId) place.record = made_on(*this, request.connectorId);
    if (left_out("/connectorId"))
        place.evse = (place.record ? place.record->facts.evse : station.only_evse()).value_or(0);
    std::vector<MeterElement> elements = elements_of(*this, request.meterValue);
    const bool says_none =
        !request.transactionId && !left_out("/transactionId") && !left_out("/connectorId");
    if (says_none && !place.record && place.evse > 0) give_to_running(place.evse, elements);
    store_meter_values(*this, place, std::move(elements));
    return {};
}

}  // namespace ohm::api::v16
