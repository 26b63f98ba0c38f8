// The decision about a token that a station shows, its row in the log of decisions, and how both
// versions are told. Called by handlers.
#pragma once

#include <string>
#include <string_view>

#include "api/dispatch.hpp"
#include "ocpp/v16/common.hpp"
#include "ocpp/v201/common.hpp"

namespace ohm::api {

struct Presented {
    std::string text;
    std::string type;             // "": 1.6
    std::string additional = {};  // 2.0.1 additionalInfo, JSON; "": none
};

struct Authorized {
    struct Grant {
        std::string group;
        std::int64_t expires_at = 0;
    };
    domain::Decision decision;
    const domain::Token* token = nullptr;  // of the running batch
    std::optional<Grant> grant = {};       // of who decided in the list's place
    std::string_view decided_by = "list";  // or webhook, fallback, transaction
    std::string detail = {};               // in few words
    std::vector<std::int64_t> evses = {};  // where it is let in, if not at all of the station's
    std::int64_t not_cached_at = 0;        // no station is to remember it; 0: it may
    std::string group() const { return grant ? grant->group : token ? token->group : ""; }
    std::int64_t expires_at() const {
        return grant ? grant->expires_at : token ? token->expires_at : 0;
    }
};

void need_token(const Presented& presented, const Station& station, Needs& needs);
// The same as the list of tokens writes it: where the station's operator wants that, with its bytes
// in reverse order when only that is known (quirk E4).
Presented as_listed(Handler& handler, Presented presented);

// `starting`: the transaction that it is to start, and where; null where nothing starts.
Authorized authorize(const Handler& handler, const Presented& presented, std::int64_t said_at,
                     const TransactionRecord* starting = nullptr,
                     std::optional<std::int64_t> evse = {});
// A code of a station where too many were wrong: it is not looked at, nor asked about.
bool is_guessing(const Handler& handler, const Presented& presented);

struct LoggedDecision {
    std::string_view action;
    std::optional<std::int64_t> evse;
    const TransactionRecord* transaction = nullptr;
};
void log_decision(Handler& handler, const Presented& presented, const Authorized& authorized,
                  const LoggedDecision& what);

ocpp::v16::IdTagInfo id_tag_info(const Authorized& authorized);
ocpp::v201::IdTokenInfo id_token_info(const Authorized& authorized);
Presented presented(const ocpp::v201::IdToken& token);

}  // namespace ohm::api
