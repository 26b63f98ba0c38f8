// Answers under an Idempotency-Key of what no station's owner does: webhooks, batches, operators
// and keys, tokens, rules. A key is claimed before the work begins and holds the answer afterwards,
// for limits::idempotency_age. What owners do is kept in the transaction of its effect instead
// (station_operations). On the HTTP loop, rows on the writer's thread.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "api/readers.hpp"
#include "api/rest/route.hpp"
#include "base/ids.hpp"

namespace ohm::api::rest {

// The caller's key as it is stored, and what the request says: one caller's key is nobody else's.
std::string kept_key_of(const Exchange& exchange);  // "" where there is none
std::string fingerprint_of(const Exchange& exchange);

// Whether a route's POST is kept here. What owners do and what has no lasting effect is not.
bool keeps_answer(const Route& route);

class KeptAnswers {
public:
    using Answer = std::function<void(net::Response&&)>;

    KeptAnswers(Readers& writers, IdSource& ids) : writers_{writers}, ids_{ids} {}
    // Goes on where the request is to be done, which end() must follow; else answers as before, or
    // why it is not done. A response without a body: the writer failed.
    void begin(const SharedExchange& exchange, std::function<void()> go_on, Answer answer);
    bool awaits(const Exchange& exchange) const { return claims_.contains(&exchange); }
    // Keeps what was done and frees the key of what was not; `send` comes when that is stored.
    void end(const Exchange& exchange, net::Response&& response, Answer send);

private:
    struct Claim {
        SharedExchange exchange;
        std::string key;
        Ulid id;
    };
    Readers& writers_;
    IdSource& ids_;
    std::map<const Exchange*, Claim> claims_;
};

}  // namespace ohm::api::rest
