// Which transaction a 2.0.1 event is of. The standard gives an id once in a station's life; there
// are stations that count theirs anew after a boot, and one id then means several transactions.
// Called by handlers.
#pragma once

#include "api/charging/transactions.hpp"

namespace ohm::api {

// `seq` of the event is -1 where it could not be read. Null: none that is known.
TransactionRecord* transaction_of(const Handler& handler, std::string_view said_id,
                                  const domain::TransactionEvent& event);
// The number under which an event is kept: its own. Where that could not be read, or is that of an
// earlier event of another kind, as of a station that does not count, the next one of the record;
// what was given one before and comes again keeps it.
std::int64_t number_of(Handler& handler, TransactionRecord& record,
                       const domain::TransactionEvent& event);
// Another one, beside those that have this id for the station.
TransactionRecord& begin_namesake(Handler& handler, const std::string& said_id);

}  // namespace ohm::api
