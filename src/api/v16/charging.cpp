#include "api/v16/charging.hpp"

#include "api/boot.hpp"
#include "api/charging/authorize.hpp"
#include "api/charging/tables.hpp"
#include "api/charging/transactions.hpp"
#include "api/facts/local_time.hpp"
#include "api/facts/quirks.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"

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
std::string key_of_new(const Handler& handler,
                       const ocpp::v16::StartTransaction::Request& request) {
    if (request.timestamp.known) return key_of(request);
    return key_of(request) + " " + std::to_string(handler.received_at());
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

// ---- what names no transaction of this station, and can only mean one (quirks F1, F3) ----

bool could_be(const TransactionRecord& record, std::int64_t at) {
    return record.version == ocpp::Version::v16 && record.is_active() && record.facts.started_at &&
           *record.facts.started_at <= at;
}

// Another card stops only what its group has started.
bool may_stop(const TransactionRecord& record, const std::string& token, const std::string& group) {
    if (token.empty() || key_of_token(token) == key_of_token(record.facts.token)) return true;
    return !group.empty() && group == record.facts.group;
}

TransactionRecord* meant_by(Handler& handler, const ocpp::v16::StopTransaction::Request& request,
                            const std::string& group) {
    if (handler.is_strict()) return nullptr;
    if (!request.timestamp.known) return nullptr;  // one that is said again would end the next one
    TransactionRecord* meant = nullptr;
    for (const auto& one : transactions_of(handler).list) {
        if (!could_be(*one, handler.at(request.timestamp))) continue;
        if (!may_stop(*one, text_of(request.idTag), group)) continue;
        const bool is_below = says_register(handler, "/meterStop", request.meterStop) &&
                              one->facts.begin &&
                              request.meterStop.value * milli < one->facts.begin->mwh;
        if (is_below) continue;
        if (meant) return nullptr;
        meant = one.get();
    }
    return meant;
}

TransactionRecord* meant_by(Handler& handler, const ocpp::v16::MeterValues::Request& request) {
    if (handler.is_strict() || request.meterValue.items.empty()) return nullptr;
    TransactionRecord* meant = nullptr;
    for (const auto& one : transactions_of(handler).list) {
        const bool is_it = could_be(*one, handler.at(request.meterValue.items.front().timestamp)) &&
                           one->facts.evse == request.connectorId.value;
        if (!is_it) continue;
        if (meant) return nullptr;
        meant = one.get();
    }
    return meant;
}

// Kept for the operator, and answered like any other: the station must not say it for ever.
void keep_orphan(Handler& handler, const ocpp::v16::StopTransaction::Request& request) {
    const std::string token = text_of(request.idTag);
    const std::int64_t at = request.timestamp.known ? micros(request.timestamp.at) : 0;
    handler.work.batch.unit.add(
        tables::orphan_stop,
        {handler.station.no.value, key_of_token(token), request.meterStop.value, at,
         tables::bytes(handler.work.shard.ids.next()), request.transactionId.value,
         tables::text_or_null(stored_text(token)),
         std::string{request.reason ? request.reason->name() : "Local"}, handler.received_at(),
         std::string{handler.payload()}});
}

domain::TransactionEvent start_event(const Handler& handler,
                                     const ocpp::v16::StartTransaction::Request& request,
                                     const std::string& group) {
    domain::TransactionEvent event;
    event.kind = Kind::started;
    event.seq = start_seq;
    event.at = handler.at(request.timestamp);
    event.evse = handler.left_out("/connectorId") ? handler.station.only_evse()
                                                  : std::optional{request.connectorId.value};
    if (event.evse) event.connector = 1;
    event.token = stored_text(request.idTag.value);
    event.group = group;
    if (request.reservationId) event.reservation_id = request.reservationId->value;
    return event;
}

domain::TransactionEvent stop_event(const Handler& handler,
                                    const ocpp::v16::StopTransaction::Request& request) {
    domain::TransactionEvent event;
    event.kind = Kind::ended;
    event.seq = stop_seq;
    event.at = handler.at(request.timestamp);
    event.token = stored_text(text_of(request.idTag));
    event.stops_by_token = true;
    event.stop_reason = name_of(request.reason);
    return event;
}

}  // namespace

// ---- Authorize ----

void Charging::needs(const Authorize::Request& request, const Station&, Needs& needs) {
    need_token({request.idTag.value, ""}, needs);
}

Charging::Authorize::Response Charging::on(const Authorize::Request& request) {
    const Presented presented{request.idTag.value, ""};
    const Authorized authorized = authorize(*this, presented, received_at());
    log_decision(*this, presented, authorized, {.action = "Authorize"});
    return {.idTagInfo = id_tag_info(authorized)};
}

// ---- StartTransaction ----

void Charging::needs(const StartTransaction::Request& request, const Station& station,
                     Needs& needs) {
    need_token({request.idTag.value, ""}, needs);
    needs.open_transactions.push_back(station.no.value);
    needs.starts.push_back({station.no.value, key_of(request)});
    if (request.reservationId)
        needs.reservations.push_back({station.no.value, request.reservationId->value});
    ++needs.ocpp_numbers;
}

Charging::StartTransaction::Response Charging::on(const StartTransaction::Request& request) {
    const Presented presented{request.idTag.value, ""};
    const std::string key = key_of(request);
    learn_local_time(*this, request.timestamp);
    const std::int64_t said_at = at(request.timestamp);
    if (const TransactionRecord* known =
            transactions_of(*this).find_start(key, request.timestamp.known)) {
        Authorized again = authorize(*this, presented, said_at, known);
        const auto first = domain::verdict_of(known->authorization);
        again.decision.verdict = first.value_or(again.decision.verdict);
        return {.idTagInfo = id_tag_info(again),
                .transactionId = {parse_int(known->ocpp_id).value_or(0)}};
    }
    const std::int64_t number = work.shard.charging.next_number();
    TransactionRecord& record = begin_transaction(*this, ocpp_id(number));
    record.start_key = key_of_new(*this, request);
    const Authorized authorized = authorize(*this, presented, said_at, &record);
    take_event(*this, record, start_event(*this, request, authorized.group()), content_of(*this));
    if (take_register(*this, "/meterStart", request.meterStart, record))
        fold_start_register(record.facts, request.meterStart.value * milli, said_at);
    flag_what_is_missing(*this, record);
    supersede(*this, record);
    note_authorization(*this, record, request.idTag.value, authorized.decision.verdict);
    log_decision(*this, presented, authorized,
                 {.action = "StartTransaction", .evse = record.facts.evse, .transaction = &record});
    return {.idTagInfo = id_tag_info(authorized), .transactionId = {number}};
}

// ---- StopTransaction ----

void Charging::needs(const StopTransaction::Request& request, const Station& station,
                     Needs& needs) {
    if (request.idTag) need_token({request.idTag->value, ""}, needs);
    needs.open_transactions.push_back(station.no.value);
    const std::string id = ocpp_id(request.transactionId);
    if (id.empty()) return;
    needs.transactions.push_back({station.no.value, id});
    needs.events.push_back({station.no.value, id, stop_seq});
}

void Charging::end(TransactionRecord& record, const StopTransaction::Request& request,
                   const std::string& content) {
    if (take_event(*this, record, stop_event(*this, request), content) != Came::first) return;
    if (take_register(*this, "/meterStop", request.meterStop, record))
        fold_stop_register(record.facts, request.meterStop.value * milli, at(request.timestamp));
    flag_what_is_missing(*this, record);
    if (!request.transactionData) return;
    store_meter_values(*this, {record.facts.evse.value_or(0), &record, ""},
                       elements_of(*this, *request.transactionData));
}

// What cannot be matched is kept for the operator, and answered like any other.
TransactionRecord* Charging::end_what_is_meant(const StopTransaction::Request& request,
                                               const std::string& group) {
    const std::string content = content_of(*this);
    StationTransactions& transactions = transactions_of(*this);
    if (transactions.matched_stop == content) return nullptr;  // said again
    TransactionRecord* record = meant_by(*this, request, group);
    if (!record) {
        note_quirk(*this, "orphan_stop", "/transactionId");
        keep_orphan(*this, request);
        return nullptr;
    }
    note_quirk(*this, "stop_matched", "/transactionId");
    transactions.matched_stop = content;
    record->repairs |= Repaired::matched;
    end(*record, request, content);
    return record;
}

Charging::StopTransaction::Response Charging::on(const StopTransaction::Request& request) {
    learn_local_time(*this, request.timestamp);
    std::optional<Authorized> authorized;
    const Presented presented{text_of(request.idTag), ""};
    if (request.idTag) authorized = authorize(*this, presented, at(request.timestamp));
    TransactionRecord* record = find(*this, request.transactionId);
    if (record)
        end(*record, request, content_of(*this));
    else
        record = end_what_is_meant(request, authorized ? authorized->group() : "");
    if (!authorized) return {};
    log_decision(*this, presented, *authorized,
                 {.action = "StopTransaction", .transaction = record});
    return {.idTagInfo = id_tag_info(*authorized)};
}

// ---- MeterValues ----

void Charging::needs(const MeterValues::Request& request, const Station& station, Needs& needs) {
    if (!request.transactionId) return;
    const std::string id = ocpp_id(*request.transactionId);
    if (id.empty())
        needs.open_transactions.push_back(station.no.value);
    else
        needs.transactions.push_back({station.no.value, id});
}

Charging::MeterValues::Response Charging::on(const MeterValues::Request& request) {
    MeterPlace place{.evse = request.connectorId.value};
    if (request.transactionId) {
        const std::int64_t id = *request.transactionId;
        place.record = id > 0 ? find(*this, id) : meant_by(*this, request);
        const bool is_matched = place.record && id <= 0;
        if (is_matched || !place.record)
            note_quirk(*this, is_matched ? "meter_values_matched" : "unknown_transaction",
                       "/transactionId");
        if (!place.record) place.said_id = std::to_string(id);
    }
    if (left_out("/connectorId"))
        place.evse = (place.record ? place.record->facts.evse : station.only_evse()).value_or(0);
    store_meter_values(*this, place, elements_of(*this, request.meterValue));
    return {};
}

}  // namespace ohm::api::v16
