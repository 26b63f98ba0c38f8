#include "api/charging/close.hpp"

#include "api/operations.hpp"
#include "base/text.hpp"
#include "ocpp/errors.hpp"

namespace ohm::api {

void add_close_needs(ShardState& shard, const bus::Envelope& envelope, Needs& needs) {
    const auto asked = bus::body_of<bus::OperatorBody>(envelope);
    if (!asked || asked->operation != operation::close_transaction) return;
    TransactionClose wanted;
    Station* station = shard.find(fold(asked->id).value_or(asked->id));
    if (!station || shard.decoder.decode(asked->parameters, wanted)) return;
    needs.stations[station->no.value] = station;
    needs.transactions.push_back({station->no.value, wanted.ocpp_id});
}

void close_transaction(Work& work, const bus::OperatorBody& asked, Station& station) {
    TransactionClose wanted;
    if (const auto violation = work.shard.decoder.decode(asked.parameters, wanted))
        return work.refuse(400, "validation_failed", ocpp::describe(*violation), violation->path);
    TransactionRecord* record =
        station.transactions ? station.transactions->find(wanted.ocpp_id) : nullptr;
    if (!record) return work.refuse(404, "not_found", "the station has no such transaction");
    work.batch.touch(station);  // what was read for this is forgotten with the batch
    if (!record->is_active())
        return work.refuse(409, "transaction_ended", "the transaction has ended already");
    record->closed_at = work.now_us();
    record->closed_by = asked.requested_by;
    record->closed_reason = wanted.reason.value;
    record->changed = true;
    work.answer(200, wire::encode(TransactionClosed{record->id.text()}));
}

}  // namespace ohm::api
