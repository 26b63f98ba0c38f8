#include "api/v16/charging.hpp"

#include "api/boot.hpp"
#include "api/charging/authorize.hpp"
#include "api/charging/tables.hpp"
#include "api/charging/transactions.hpp"
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

TransactionRecord* find(Handler& handler, std::int64_t transaction_id) {
    TransactionRecord* record =
        transaction_id > 0 ? transactions_of(handler).find(ocpp_id(transaction_id)) : nullptr;
    return record && record->version == ocpp::Version::v16 ? record : nullptr;
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
    event.evse = request.connectorId.value;
    event.connector = 1;
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
    ++needs.ocpp_numbers;
}

Charging::StartTransaction::Response Charging::on(const StartTransaction::Request& request) {
    const Presented presented{request.idTag.value, ""};
    const std::string key = key_of(request);
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
    fold_start_register(record.facts, request.meterStart.value * milli, said_at);
    supersede(*this, record);
    note_authorization(*this, record, request.idTag.value, authorized.decision.verdict);
    log_decision(
        *this, presented, authorized,
        {.action = "StartTransaction", .evse = request.connectorId.value, .transaction = &record});
    return {.idTagInfo = id_tag_info(authorized), .transactionId = {number}};
}

// ---- StopTransaction ----

void Charging::needs(const StopTransaction::Request& request, const Station& station,
                     Needs& needs) {
    if (request.idTag) need_token({request.idTag->value, ""}, needs);
    const std::string id = ocpp_id(request.transactionId);
    if (id.empty()) return;
    needs.transactions.push_back({station.no.value, id});
    needs.events.push_back({station.no.value, id, stop_seq});
}

Charging::StopTransaction::Response Charging::on(const StopTransaction::Request& request) {
    TransactionRecord* record = find(*this, request.transactionId);
    if (!record) {
        keep_orphan(*this, request);
    } else {
        const auto came = take_event(*this, *record, stop_event(*this, request), content_of(*this));
        if (came == Came::first) {
            fold_stop_register(record->facts, request.meterStop.value * milli,
                               at(request.timestamp));
            if (request.transactionData)
                store_meter_values(*this, {record->facts.evse.value_or(0), record, ""},
                                   elements_of(*this, *request.transactionData));
        }
    }
    if (!request.idTag) return {};
    const Presented presented{request.idTag->value, ""};
    const Authorized authorized = authorize(*this, presented, at(request.timestamp));
    log_decision(*this, presented, authorized,
                 {.action = "StopTransaction", .transaction = record});
    return {.idTagInfo = id_tag_info(authorized)};
}

// ---- MeterValues ----

void Charging::needs(const MeterValues::Request& request, const Station& station, Needs& needs) {
    const std::string id = request.transactionId ? ocpp_id(*request.transactionId) : "";
    if (!id.empty()) needs.transactions.push_back({station.no.value, id});
}

Charging::MeterValues::Response Charging::on(const MeterValues::Request& request) {
    MeterPlace place{.evse = request.connectorId.value};
    if (request.transactionId) {
        place.record = find(*this, *request.transactionId);
        if (!place.record) place.said_id = std::to_string(request.transactionId->value);
    }
    store_meter_values(*this, place, elements_of(*this, request.meterValue));
    return {};
}

}  // namespace ohm::api::v16
