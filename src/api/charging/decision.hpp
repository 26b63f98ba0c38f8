// The decision about a token that is asked of a webhook of the operator: the question, what its
// answer means, and what holds where there is none. Called by handlers of both versions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/charging/authorize.hpp"

namespace ohm::api {

struct DecisionNeeded {
    std::string_view action;
    std::optional<std::int64_t> evse = {};
    std::string_view transaction_id = {};  // as the station knows it
    bool offline = false;                  // the station let it in already
    std::int64_t at = 0;
};
// Nothing where no webhook is configured, or the token is one that is never asked about.
std::optional<outside::Question> decision_question(const Handler& handler,
                                                   const Presented& presented,
                                                   const DecisionNeeded& needed);
// A token that its own transaction began with is not asked about again: nothing, or what was
// decided then. Only where a webhook decides.
std::optional<Authorized> decided_before(const Handler& handler, const Presented& presented,
                                         const TransactionRecord* record);

// What the webhook said, or its fallback; nothing where the list is to decide.
std::optional<Authorized> heard_decision(const Handler& handler, const Presented& presented);
// Why the webhook's answer does not count, in few words.
std::string failure_of(const outside::Answer& heard);
void remember_decision(Handler& handler, const Presented& presented, const Authorized& authorized);

}  // namespace ohm::api
