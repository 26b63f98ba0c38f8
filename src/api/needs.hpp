// What the handlers of a batch must have read before they run: each route's `needs` adds keys, one
// statement a table reads them all. Filled and used by a shard.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/certificates/state.hpp"

namespace ohm::api {

struct Station;

struct Needs {
    struct ById {  // a transaction by the id that its station knows
        std::int64_t station_no = 0;
        std::string ocpp_id;          // "": none that could be one
        bool may_be_another = false;  // where it is nobody's, the station's last ones are needed
        bool may_be_again = false;    // 2.0.1: all that have this id for the station are needed
    };
    struct Stop {  // 1.6, of an id that may be nobody's
        std::int64_t station_no = 0;
        std::string ocpp_id, token_key;
        std::int64_t meter_stop_wh = 0, said_at = 0;
    };
    struct ByStart {  // a 1.6 transaction by what its start says
        std::int64_t station_no = 0;
        std::string start_key;
    };
    struct Event {
        std::int64_t station_no = 0;
        std::string ocpp_id;
        std::int64_t seq_no = 0;
        std::string_view frame;  // of the call; "": its number alone says which it is
    };

    struct ByNumber {  // a reservation by the id that its station knows
        std::int64_t station_no = 0, number = 0;
    };

    std::map<std::int64_t, Station*> stations;    // of the messages, by number
    std::vector<std::string> tokens;              // domain::token_key, bounded
    std::vector<std::int64_t> token_stations;     // where they are shown
    std::vector<std::int64_t> open_transactions;  // of these stations
    std::vector<ById> transactions;
    std::vector<ByStart> starts;
    std::vector<Event> events;
    std::string_view frame;  // of the call that says what it needs; lives as long as the batch
    std::vector<Stop> stops;
    std::size_t ocpp_numbers = 0;
    std::vector<std::string> responder_keys;  // of certificates, by which their words are kept
    bool asks_outside = false;                // a message that may
    CertificateNeeds certificates;
    std::vector<ByNumber> reservations;               // that are not open any more
    std::vector<std::string> reserved_tokens;         // token keys: who has a reservation
    std::vector<std::int64_t> bounds_of;              // what these stations say that they can hold
    std::vector<std::int64_t> local_lists;            // of these stations, whole
    std::map<std::int64_t, std::string> token_rules;  // of lists that are made from tokens

    bool empty() const {
        return tokens.empty() && open_transactions.empty() && transactions.empty() &&
               starts.empty() && events.empty() && stops.empty() && responder_keys.empty() &&
               ocpp_numbers == 0;
    }
    bool asks_what_is_held() const {
        return !reservations.empty() || !reserved_tokens.empty() || !bounds_of.empty() ||
               !local_lists.empty();
    }
};

}  // namespace ohm::api
