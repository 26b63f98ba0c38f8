#include "api/charging/authorize.hpp"

#include <algorithm>

#include "api/charging/decision.hpp"
#include "api/charging/tables.hpp"
#include "api/compatibility.hpp"
#include "api/facts/quirks.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace {

using domain::Verdict;
using tables::text_or_null;

// A code that a driver types is a password: it is never written down (C04).
constexpr std::string_view secret_type = "KeyCode";

std::size_t running_besides(const ShardState& shard, const std::string& key,
                            const TransactionRecord& starting) {
    const auto active = shard.charging.active.find(key);
    if (active == shard.charging.active.end()) return 0;
    return static_cast<std::size_t>(
        std::count_if(active->second.begin(), active->second.end(),
                      [&](const Ulid& id) { return id != starting.id; }));
}

void note_unknown(Handler& handler, const Presented& presented, const std::string& key) {
    handler.work.batch.unit.add(
        tables::unknown_token,
        {std::int64_t{1}, key, to_storable(presented.text, limits::station_key_bytes),
         text_or_null(presented.type), handler.station.no.value, handler.received_at()});
}

}  // namespace

void need_token(const Presented& presented, const Station& station, Needs& needs) {
    needs.tokens.push_back(key_of_token(presented.text));
    if (!compatibility_of(station).reversed_tokens.value_or(false)) return;
    const std::string reversed = domain::reversed_uid(presented.text);
    if (!reversed.empty()) needs.tokens.push_back(key_of_token(reversed));
}

Presented as_listed(Handler& handler, Presented presented) {
    const bool may_be_reversed =
        compatibility_of(handler.station).reversed_tokens.value_or(false) && !handler.is_strict();
    if (!may_be_reversed || presented.text.empty()) return presented;
    const ChargingState& charging = handler.work.shard.charging;
    const std::string reversed = domain::reversed_uid(presented.text);
    const bool is_reversed = !reversed.empty() && !charging.token(key_of_token(presented.text)) &&
                             charging.token(key_of_token(reversed));
    if (!is_reversed) return presented;
    note_quirk(handler, "token_reversed", "");
    presented.text = reversed;
    return presented;
}

Authorized authorize(const Handler& handler, const Presented& presented, std::int64_t said_at,
                     const TransactionRecord* starting) {
    if (auto decided = heard_decision(handler, presented)) return *decided;
    const ShardState& shard = handler.work.shard;
    const std::string key = key_of_token(presented.text);
    const auto& known = shard.charging.token(key);
    const domain::Token* token = known ? &*known : nullptr;
    const domain::Question question{.token = token,
                                    .key = key,
                                    .type = presented.type,
                                    .station = handler.station.key,
                                    .at = domain::judged_at(said_at, handler.received_at()),
                                    .starts = starting != nullptr,
                                    .active = starting ? running_besides(shard, key, *starting) : 0,
                                    .accept_unknown = handler.options().accept_unknown_tokens};
    const domain::Decision decision = domain::authorize(question);
    // A token of another type is another token: nothing of this one is told.
    Authorized authorized{decision, decision.reason == "other_type" ? nullptr : token};
    if (const outside::Answer* heard = handler.heard(outside::Kind::decision)) {
        authorized.decided_by = "fallback";
        authorized.detail = failure_of(*heard);
    }
    return authorized;
}

void log_decision(Handler& handler, const Presented& presented, const Authorized& authorized,
                  const LoggedDecision& what) {
    const bool is_secret = presented.type == secret_type;
    const std::string key = is_secret ? "" : key_of_token(presented.text);
    const std::string_view reason = authorized.decision.reason;
    const bool is_unknown = reason == "unknown" || reason == "unknown_accepted";
    if (is_unknown && !is_secret) note_unknown(handler, presented, key);
    Work& work = handler.work;
    ++work.shard.figures
          .authorizations_by_result[std::string{name_of(authorized.decision.verdict)}];
    work.batch.unit.add(
        tables::authorization,
        {handler.station.no.value, static_cast<std::int64_t>(work.envelope.epoch),
         static_cast<std::int64_t>(work.envelope.frame_no), tables::bytes(work.shard.ids.next()),
         handler.received_at(), std::string{what.action},
         is_secret ? "" : to_storable(presented.text, limits::station_key_bytes), key,
         text_or_null(presented.type), std::string{name_of(authorized.decision.verdict)},
         std::string{reason}, what.evse ? store::Value{*what.evse} : store::Null{},
         what.transaction ? tables::bytes(what.transaction->id) : store::Null{},
         std::string{authorized.decided_by}, text_or_null(authorized.detail)});
    if (authorized.decided_by == "webhook" && !is_secret)
        remember_decision(handler, presented, authorized);
}

// ---- as 1.6 says it ----

ocpp::v16::IdTagInfo id_tag_info(const Authorized& authorized) {
    ocpp::v16::IdTagInfo info;
    switch (authorized.decision.verdict) {
        case Verdict::accepted: info.status = "Accepted"; break;
        case Verdict::blocked:
        case Verdict::no_credit: info.status = "Blocked"; break;
        case Verdict::expired: info.status = "Expired"; break;
        case Verdict::concurrent_tx: info.status = "ConcurrentTx"; break;
        case Verdict::invalid:
        case Verdict::not_at_this_location:
        case Verdict::not_allowed_type_evse:
        case Verdict::not_at_this_time: info.status = "Invalid"; break;
    }
    if (const auto at = authorized.expires_at(); at != 0)
        info.expiryDate = wire::DateTime{.at = utc_from_micros(at)};
    const std::string group = authorized.group();
    constexpr std::size_t characters = 20;  // CiString20; a longer one is of 2.0.1 alone
    if (!group.empty() && count_code_points(group) <= characters) info.parentIdTag = {group};
    return info;
}

// ---- as 2.0.1 says it ----

ocpp::v201::IdTokenInfo id_token_info(const Authorized& authorized) {
    ocpp::v201::IdTokenInfo info;
    switch (authorized.decision.verdict) {
        case Verdict::accepted: info.status = "Accepted"; break;
        case Verdict::blocked: info.status = "Blocked"; break;
        case Verdict::expired: info.status = "Expired"; break;
        case Verdict::concurrent_tx: info.status = "ConcurrentTx"; break;
        case Verdict::invalid: info.status = "Invalid"; break;
        case Verdict::not_at_this_location: info.status = "NotAtThisLocation"; break;
        case Verdict::no_credit: info.status = "NoCredit"; break;
        case Verdict::not_allowed_type_evse: info.status = "NotAllowedTypeEVSE"; break;
        case Verdict::not_at_this_time: info.status = "NotAtThisTime"; break;
    }
    if (const auto at = authorized.expires_at(); at != 0)
        info.cacheExpiryDateTime = wire::DateTime{.at = utc_from_micros(at)};
    if (const std::string group = authorized.group(); !group.empty())
        info.groupIdToken = ocpp::v201::IdToken{.idToken = {group}, .type = "Central"};
    return info;
}

Presented presented(const ocpp::v201::IdToken& token) {
    return {token.idToken.value, std::string{token.type.name()}};
}

}  // namespace ohm::api
