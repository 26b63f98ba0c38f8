// A transaction as its station's shard holds it, and what a batch has read of tokens and events.
// One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "domain/token.hpp"
#include "domain/transaction.hpp"
#include "ocpp/version.hpp"

namespace ohm::api {

// Bits of transactions.repairs: what was done to what the station said.
struct Repaired {
    static constexpr std::int64_t left_out = 1;  // a part of it could not be read
    static constexpr std::int64_t matched = 2;   // named no transaction, and can only mean this one
    static constexpr std::int64_t made = 4;      // of status and meter values: it was never started
    static constexpr std::int64_t numbered =
        8;  // events under a number that was taken: they have ours
};

struct TransactionRecord {
    Ulid id;
    ocpp::Version version = ocpp::Version::none;
    std::string ocpp_id;  // 2.0.1: the station's; 1.6: our number; never two of a station
    // 2.0.1, where the station uses an id again: the id that all these transactions have for it.
    std::string said_id;
    std::string start_key;  // 1.6
    domain::Transaction facts;
    std::string authorization;  // what its token was answered first
    std::int64_t received_at = 0, ended_received_at = 0;
    std::optional<Ulid> superseded_by;  // a newer one began on its EVSE
    std::int64_t superseded_at = 0;
    std::int64_t conflicts = 0;
    std::int64_t repairs = 0;          // bits of Repaired
    std::int64_t available_at = 0;     // its connector said Available while it ran; 0: no
    std::int64_t overdue_at = 0;       // it has been open for too long; 0: no
    std::optional<std::int64_t> slot;  // of its token's limit; held while it runs
    std::string slot_token;            // key; until the slot is written
    bool slot_is_stored = false, end_is_counted = false;
    std::optional<std::string> open_token;  // of its row in open_transactions; none: there is none
    std::int64_t closed_at = 0;             // by an operator, here only
    std::string closed_by, closed_reason;
    std::string public_key;         // of its signed meter values, the last that was said
    std::string total_cost;         // as its station was told at the end; "": not told
    std::int64_t cost_told_at = 0;  // while it ran; in memory only
    std::int64_t meter_from_at = 0, meter_to_at = 0;  // its meter values lie between
    std::int64_t row_version = 0;
    std::uint64_t settled = 0;  // digest of what its wide row has, while it runs
    bool changed = false;
    // What events have told of it, and when the last one did.
    struct Told {
        bool start = false, end = false, suspect = false, closed = false;
        std::int64_t at = 0;
    } told;
    // What its meter said last while it ran. Of several, the one of the latest sample counts.
    struct Power {
        std::int64_t mw = 0, sampled_at = 0, heard_at = 0;
    };
    std::optional<Power> power;

    const std::string& station_id() const { return said_id.empty() ? ocpp_id : said_id; }
    // Closed by ourselves, because its end was lost: what the station still says of it counts.
    bool is_stop_missing() const { return closed_at != 0 && closed_reason == stop_missing; }
    static constexpr std::string_view stop_missing = "stop_missing";
    bool is_active() const { return !facts.has_end && closed_at == 0; }
    bool holds_slot() const { return is_active() && superseded_at == 0; }
};

// A 1.6 stop of a transaction that its station was never given.
struct StrayStop {
    std::string token_key;
    std::int64_t meter_stop_wh = 0;
    std::int64_t said_at = 0;  // 0: it has no time
    std::int64_t at = 0;
    std::string token, group, reason;
    bool has_meter = true;
    std::string payload = {};  // the whole, where it has meter values
};

// Those of one station that are in memory: the open ones, and what the running batch read.
struct StationTransactions {
    std::vector<std::unique_ptr<TransactionRecord>> list;
    std::vector<StrayStop> stray_stops;  // that fitted nothing: their start may still come

    TransactionRecord* find(std::string_view ocpp_id);
    // The one that runs before one that has ended.
    TransactionRecord* find_start(std::string_view start_key, bool has_time);
    bool runs(std::string_view station_id) const;  // one that has this id for the station
    void forget_ended();                           // after a commit
};

// What a webhook said last of a token.
struct RememberedDecision {
    std::string status, group;
    std::int64_t expires_at = 0;
};

// Codes that were typed at a station and were wrong (C04): guessing gets slower and slower.
struct KeyCodeGuesses {
    std::int64_t wrong = 0, last_at = 0;
    std::int64_t free_at = 0;  // no code is looked at before
};

struct StoredEvent {
    std::string content;  // content_of
    std::int64_t at = 0, received_at = 0;
    domain::TransactionEvent::Kind kind = domain::TransactionEvent::Kind::updated;
};

// Of the running batch, but for the numbers and the guesses.
struct ChargingState {
    std::map<std::pair<std::string, std::string>, RememberedDecision>
        remembered;  // by token and type
    using EventKey = std::tuple<std::int64_t, std::string, std::int64_t>;
    using StrayKey = std::tuple<std::int64_t, std::string, std::int64_t, std::int64_t>;
    std::unordered_map<std::string, std::optional<domain::Token>> tokens;  // by key; none: unknown
    std::unordered_map<std::int64_t, std::string>
        locations;  // ids by station_no, where a token is bound to some
    std::unordered_map<std::string, std::vector<Ulid>>
        active;  // transactions by token, of limited ones
    std::unordered_map<std::string, std::map<std::int64_t, Ulid>> slots;  // by token, of limited
    std::map<EventKey, StoredEvent> events;                               // what is stored
    std::set<StrayKey> stray_stops;                                       // what is stored
    std::vector<std::int64_t> fresh_numbers;  // positive, never used, a block taken ahead
    std::unordered_map<std::string, std::int64_t> unknown;  // tokens by key: when last written down
    std::unordered_map<std::int64_t, KeyCodeGuesses> key_codes;  // by station_no

    void forget_batch();
    // Asking for a token that no handler said it needs is a bug.
    const std::optional<domain::Token>& token(const std::string& key) const;
    // Of a station that shows a token of the batch; "": none, or no token is bound to any.
    std::string_view location_of(std::int64_t station_no) const;
    std::int64_t next_number();
};

// Keys that rows are found by: a station's text as it is, or its beginning and a digest of it.
std::string bounded_key(std::string_view text);
std::string key_of_token(std::string_view said);
// ocpp_id of a transaction whose id its station has used before.
std::string namesake_key(std::string_view said_id, std::string_view ulid);
// Connector, instant, meter and token: a 1.6 start with the same of all four is the same start.
std::string start_key(std::int64_t connector, std::optional<std::int64_t> at_us,
                      std::int64_t meter_start, std::string_view id_tag);

}  // namespace ohm::api
