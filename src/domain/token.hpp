// Who may charge: id tokens (1.6 idTag, 2.0.1 IdToken) and the decision about one of them, with its
// reason. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ohm::domain {

// Statuses that an operator may give. 1.6 has words for the first four.
enum class TokenStatus : std::uint8_t {
    accepted,
    blocked,
    expired,
    invalid,
    no_credit,
    not_allowed_type_evse,
    not_at_this_time,
};

struct Token {
    std::string uid;   // as the operator wrote it
    std::string type;  // "": of any type
    TokenStatus status = TokenStatus::accepted;
    std::int64_t expires_at = 0;  // 0: never
    std::string group;            // groupIdToken, parentIdTag
    std::optional<std::int64_t> concurrent_limit;
    struct Place {
        std::string station;  // folded identity
        std::int64_t evse = 0;
    };
    std::vector<std::string> stations;       // folded identities
    std::vector<Place> evses;                // single ones of other stations
    std::vector<std::string> locations;      // ids; all three empty: everywhere
    std::string language, personal_message;  // 2.0.1: for the display
    bool master_pass = false;                // stops what its group has started, starts nothing
    bool prepaid = false;                    // asked about anew each time: not for the cache
};
// Where a station asks from.
struct Site {
    std::string_view station;   // folded identity
    std::string_view location;  // id; "": it has none
};
// At all of its EVSEs, or at some.
bool is_let_in(const Token& token, const Site& site);
// The EVSEs of a station that it is let in at, where that is not all of them; else empty.
std::vector<std::int64_t> evses_at(const Token& token, const Site& site);

// Two texts are one token where this is equal: case, blanks and what card readers leave behind do
// not count (1.6 CiString20; quirk E1). "" where nothing is left.
std::string token_key(std::string_view uid);
// The same bytes in reverse order, of a uid in hexadecimal digits (quirk E4); else "".
std::string reversed_uid(std::string_view uid);

enum class Verdict : std::uint8_t {
    accepted,
    blocked,
    expired,
    invalid,
    concurrent_tx,
    not_at_this_location,
    no_credit,
    not_allowed_type_evse,
    not_at_this_time,
};
std::string_view name_of(Verdict verdict);  // as OCPP 2.0.1 spells it
std::optional<Verdict> verdict_of(std::string_view name);

struct Decision {
    Verdict verdict = Verdict::invalid;
    std::string_view reason = "unknown";
    bool is_accepted() const { return verdict == Verdict::accepted; }
};

struct Question {
    const Token* token = nullptr;  // null: not in our list
    std::string_view key;          // token_key of what was presented
    std::string_view type;         // "": the version has none
    Site site;
    std::optional<std::int64_t> evse = {};  // where that is known
    std::int64_t at = 0;                    // the instant that is judged
    bool starts = false;                    // only a start counts against concurrent_limit
    std::size_t active = 0;                 // other running transactions of the token
    bool accept_unknown = false;
};
Decision authorize(const Question& question);

// A queued message is judged at the station's time of it, as long as its clock can be believed.
std::int64_t judged_at(std::int64_t said_at, std::int64_t received_at);

}  // namespace ohm::domain
