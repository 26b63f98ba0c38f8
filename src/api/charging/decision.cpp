#include "api/charging/decision.hpp"

#include "api/outside/tables.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"

namespace ohm::api {

// What is posted, and what is expected: in docs/WEBHOOKS.md.
struct DecisionAsked {
    struct Token {
        std::string uid;
        wire::Nullable<std::string> type;
        FIELDS(uid, type)
    };
    struct Data {
        std::string station_id, ocpp_version, action;
        Token token;
        wire::Nullable<std::int64_t> evse_id;
        wire::Nullable<std::string> transaction_id;
        bool offline = false;
        wire::Instant at;
        FIELDS(station_id, ocpp_version, action, token, evse_id, transaction_id, offline, at)
    };
    std::string type = "authorization.requested";
    wire::Instant timestamp;
    Data data;
    FIELDS(type, timestamp, data)
};
struct DecisionSaid {
    bool accept = false;
    wire::Optional<wire::OneOf<"Blocked", "Expired", "Invalid", "ConcurrentTx", "NotAtThisLocation",
                               "NoCredit", "NotAllowedTypeEVSE",
                               "NotAtThisTime">>
        status;  // of a refusal; absent: Invalid
    wire::Optional<wire::Instant> expires_at;
    wire::Optional<wire::Text<36>> group;
    wire::Optional<std::string> reason;
    FIELDS(accept, status, expires_at, group, reason)
};

namespace {

using domain::Verdict;

constexpr std::size_t detail_bytes = 200;

wire::Instant instant(std::int64_t us) {
    wire::Instant at;
    at.at = utc_from_micros(us);
    return at;
}

std::optional<DecisionSaid> read_answer(const Handler& handler, const outside::Answer& heard) {
    DecisionSaid said;
    if (!heard.failure().empty()) return std::nullopt;
    const bool is_broken = handler.work.shard.decoder
                               .decode(heard.parts.front().body, said, {wire::Strictness::lenient})
                               .has_value();
    if (is_broken) return std::nullopt;
    return said;
}

Authorized authorized_by(const Handler& handler, const DecisionSaid& said) {
    Authorized authorized{.grant = Authorized::Grant{}, .decided_by = "webhook"};
    if (said.group) authorized.grant->group = said.group->value;
    if (said.expires_at && said.expires_at->known)
        authorized.grant->expires_at = micros(said.expires_at->at);
    if (said.reason) authorized.detail = to_storable(*said.reason, detail_bytes);
    const std::int64_t expires_at = authorized.grant->expires_at;
    const bool is_over = expires_at != 0 && expires_at <= handler.received_at();
    if (!said.accept) {
        const auto verdict = said.status ? domain::verdict_of(said.status->name()) : std::nullopt;
        authorized.decision = {verdict.value_or(Verdict::invalid), "webhook"};
    } else if (is_over) {
        authorized.decision = {Verdict::expired, "webhook"};
    } else {
        authorized.decision = {Verdict::accepted, "webhook"};
    }
    return authorized;
}

// Where there is no answer and the webhook's own word is on record: that, until it expires.
std::optional<Authorized> remembered(const Handler& handler, const Presented& presented) {
    const auto& all = handler.work.shard.charging.remembered;
    const auto found = all.find({key_of_token(presented.text), presented.type});
    if (found == all.end()) return std::nullopt;
    const RememberedDecision& before = found->second;
    const bool is_over = before.expires_at != 0 && before.expires_at <= handler.received_at();
    const auto verdict = domain::verdict_of(before.status).value_or(Verdict::invalid);
    return Authorized{.decision = {is_over ? Verdict::expired : verdict, "remembered"},
                      .grant = Authorized::Grant{before.group, before.expires_at},
                      .decided_by = "fallback"};
}

std::optional<Authorized> fallen_back(const Handler& handler, const Presented& presented) {
    const auto& hook = handler.work.shard.hooks.decision;
    using outside::Fallback;
    const Fallback fallback = hook ? hook->fallback : Fallback::cache;
    if (fallback == Fallback::cache) return remembered(handler, presented);
    const bool accepts = fallback == Fallback::accept;
    return Authorized{
        .decision = {accepts ? Verdict::accepted : Verdict::invalid,
                     accepts ? std::string_view{"fallback_accept"} : "fallback_reject"},
        .grant = Authorized::Grant{},
        .decided_by = "fallback"};
}

}  // namespace

std::optional<outside::Question> decision_question(const Handler& handler,
                                                   const Presented& presented,
                                                   const DecisionNeeded& needed) {
    const auto& hook = handler.work.shard.hooks.decision;
    if (!hook || is_guessing(handler, presented)) return std::nullopt;
    const bool is_ours = presented.type == "NoAuthorization" || presented.type == "Central";
    if (is_ours || domain::token_key(presented.text).empty()) return std::nullopt;
    DecisionAsked asked;
    asked.timestamp = instant(handler.work.now_us());
    asked.data.station_id = handler.station.id;
    asked.data.ocpp_version = ocpp::short_name(handler.station.version);
    asked.data.action = needed.action;
    asked.data.token.uid = presented.text;
    if (!presented.type.empty()) asked.data.token.type = {presented.type};
    if (needed.evse) asked.data.evse_id = {*needed.evse};
    if (!needed.transaction_id.empty())
        asked.data.transaction_id = {std::string{needed.transaction_id}};
    asked.data.offline = needed.offline;
    asked.data.at = instant(domain::judged_at(needed.at, handler.received_at()));
    return outside::Question{.kind = outside::Kind::decision,
                             .parts = {{hook->hook.url, wire::encode(asked)}},
                             .secrets = hook->hook.secrets,
                             .timeout = hook->hook.timeout};
}

std::optional<Authorized> decided_before(const Handler& handler, const Presented& presented,
                                         const TransactionRecord* record) {
    if (!handler.work.shard.hooks.decision || !record) return std::nullopt;
    const auto verdict = domain::verdict_of(record->authorization);
    const bool is_same = !record->facts.token.empty() &&
                         key_of_token(record->facts.token) == key_of_token(presented.text);
    if (!verdict || !is_same) return std::nullopt;
    return Authorized{.decision = {*verdict, "decided_before"},
                      .grant = Authorized::Grant{record->facts.group, 0},
                      .decided_by = "transaction"};
}

std::optional<Authorized> heard_decision(const Handler& handler, const Presented& presented) {
    const outside::Answer* heard = handler.heard(outside::Kind::decision);
    if (!heard) return std::nullopt;
    if (const auto said = read_answer(handler, *heard)) return authorized_by(handler, *said);
    auto authorized = fallen_back(handler, presented);
    if (authorized) authorized->detail = failure_of(*heard);
    return authorized;
}

std::string failure_of(const outside::Answer& heard) {
    const std::string failure = heard.failure();
    return "webhook: " + (failure.empty() ? "unreadable" : failure);
}

void remember_decision(Handler& handler, const Presented& presented, const Authorized& authorized) {
    handler.work.batch.unit.add(tables::remembered_decision,
                                {std::int64_t{1}, key_of_token(presented.text), presented.type,
                                 std::string{name_of(authorized.decision.verdict)},
                                 tables::int_or_null(authorized.expires_at()),
                                 tables::text_or_null(authorized.group()), handler.work.now_us()});
}

}  // namespace ohm::api
