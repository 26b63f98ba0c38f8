#include "api/charging/authorize.hpp"

#include <algorithm>

#include "api/charging/decision.hpp"
#include "api/charging/tables.hpp"
#include "api/compatibility.hpp"
#include "api/facts/quirks.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "store/row.hpp"

namespace ohm::api {
namespace {

using domain::Verdict;
using tables::text_or_null;

// A code that a driver types is a password: it is never written down (C04).
constexpr std::string_view secret_type = "KeyCode";

constexpr std::size_t unknown_in_memory = 4'096;  // of a shard; more: all are forgotten
constexpr Micros unknown_again = minutes{1};

constexpr std::int64_t wrong_codes_free = 5;
constexpr seconds first_wait{30}, longest_wait{3600};
constexpr std::size_t guessing_stations_max = 10'000;

void note_code(Handler& handler, const Authorized& authorized) {
    auto& all = handler.work.shard.charging.key_codes;
    const std::int64_t now = handler.received_at(), station = handler.station.no.value;
    if (authorized.decision.reason == "too_many_guesses") return;
    if (authorized.decision.verdict != Verdict::invalid) {
        all.erase(station);
        return;
    }
    const auto is_old = [&](const KeyCodeGuesses& guesses) {
        return guesses.last_at + Micros{longest_wait}.count() < now && guesses.free_at <= now;
    };
    if (all.size() >= guessing_stations_max)
        std::erase_if(all, [&](const auto& one) { return is_old(one.second); });
    KeyCodeGuesses& guesses = all[station];
    if (is_old(guesses)) guesses = {};
    guesses.last_at = now;
    if (++guesses.wrong < wrong_codes_free) return;
    constexpr std::int64_t doublings_max = 7;
    const auto doublings = std::min(guesses.wrong - wrong_codes_free, doublings_max);
    const seconds wait = std::min(longest_wait, first_wait * (std::int64_t{1} << doublings));
    guesses.free_at = now + Micros{wait}.count();
}

// What still seems to run where this one starts has ended: only its end was lost (quirk F5).
bool takes_place_of(const Station& station, const Ulid& other, std::optional<std::int64_t> evse) {
    if (!station.transactions || !evse) return false;
    const auto& list = station.transactions->list;
    return std::any_of(list.begin(), list.end(), [&](const auto& record) {
        return record->id == other && record->facts.evse == evse;
    });
}

std::size_t running_besides(const Handler& handler, const std::string& key,
                            const TransactionRecord& starting, std::optional<std::int64_t> evse) {
    const auto& all = handler.work.shard.charging.active;
    const auto active = all.find(key);
    if (active == all.end()) return 0;
    return static_cast<std::size_t>(
        std::count_if(active->second.begin(), active->second.end(), [&](const Ulid& id) {
            return id != starting.id && !takes_place_of(handler.station, id, evse);
        }));
}

// A card that is tried again and again, or at many stations at once, is written once a minute: all
// shards write to the same row of it, one after the other.
void note_unknown(Handler& handler, const Presented& presented, const std::string& key) {
    auto& noted = handler.work.shard.charging.unknown;
    if (noted.size() >= unknown_in_memory) noted.clear();
    const auto [at, is_new] = noted.try_emplace(key, handler.received_at());
    const bool is_recent = handler.received_at() - at->second < unknown_again.count();
    if (!is_new && is_recent) return;
    at->second = handler.received_at();
    handler.work.batch.unit.add(
        tables::unknown_token,
        {std::int64_t{1}, key, to_storable(presented.text, limits::station_key_bytes),
         text_or_null(presented.type), handler.station.no.value, handler.received_at()});
}

std::uint64_t mixed(std::uint64_t number) {
    number = (number ^ (number >> 30)) * 0xBF58'476D'1CE4'E5B9;
    number = (number ^ (number >> 27)) * 0x94D0'49BB'1331'11EB;
    return number ^ (number >> 31);
}

// By its time, like any id, and in one millisecond a station's in their order; else by what it
// decides about: a message that comes again makes the same row.
Ulid id_of_decision(const Handler& handler) {
    const bus::Envelope& envelope = handler.work.envelope;
    const auto ms = static_cast<std::uint64_t>(handler.received_at() / 1000);
    const std::uint64_t station = mixed(static_cast<std::uint64_t>(handler.station.no.value));
    const std::uint64_t rest = mixed(mixed(station ^ envelope.epoch) + envelope.frame_no);
    return {.high = ms << 16 | (station & 0xFFFF),
            .low = (envelope.epoch & 0xFF) << 56 | (envelope.frame_no & 0xFF'FFFF) << 32 |
                   (rest & 0xFFFF'FFFF)};
}

}  // namespace

void need_token(const Presented& presented, const Station& station, Needs& needs) {
    needs.tokens.push_back(key_of_token(presented.text));
    needs.token_stations.push_back(station.no.value);
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

bool is_guessing(const Handler& handler, const Presented& presented) {
    if (presented.type != secret_type) return false;
    const auto& all = handler.work.shard.charging.key_codes;
    const auto found = all.find(handler.station.no.value);
    return found != all.end() && handler.received_at() < found->second.free_at;
}

Authorized authorize(const Handler& handler, const Presented& presented, std::int64_t said_at,
                     const TransactionRecord* starting, std::optional<std::int64_t> evse) {
    if (is_guessing(handler, presented))
        return {.decision = {Verdict::invalid, "too_many_guesses"}};
    if (auto decided = heard_decision(handler, presented)) return *decided;
    const ShardState& shard = handler.work.shard;
    const std::string key = key_of_token(presented.text);
    const auto& known = shard.charging.token(key);
    const domain::Token* token = known ? &*known : nullptr;
    const domain::Site site{handler.station.key,
                            shard.charging.location_of(handler.station.no.value)};
    const domain::Question question{
        .token = token,
        .key = key,
        .type = presented.type,
        .site = site,
        .evse = starting ? evse : std::nullopt,
        .at = domain::judged_at(said_at, handler.received_at()),
        .starts = starting != nullptr,
        .active = starting ? running_besides(handler, key, *starting, evse) : 0,
        .accept_unknown = handler.options().accept_unknown_tokens};
    const domain::Decision decision = domain::authorize(question);
    // A token of another type is another token: nothing of this one is told.
    Authorized authorized{decision, decision.reason == "other_type" ? nullptr : token};
    if (authorized.token && decision.is_accepted())
        authorized.evses = domain::evses_at(*token, site);
    if (authorized.token && token->prepaid) authorized.not_cached_at = handler.received_at();
    if (const outside::Answer* heard = handler.heard(outside::Kind::decision)) {
        authorized.decided_by = "fallback";
        authorized.detail = failure_of(*heard);
    }
    return authorized;
}

void log_decision(Handler& handler, const Presented& presented, const Authorized& authorized,
                  const LoggedDecision& what) {
    const bool is_secret = presented.type == secret_type;
    if (is_secret) note_code(handler, authorized);
    const std::string key = is_secret ? "" : key_of_token(presented.text);
    const std::string_view reason = authorized.decision.reason;
    const bool is_unknown = reason == "unknown" || reason == "unknown_accepted";
    if (is_unknown && !is_secret) note_unknown(handler, presented, key);
    Work& work = handler.work;
    ++work.shard.figures
          .authorizations_by_result[std::string{name_of(authorized.decision.verdict)}];
    work.batch.unit.add(
        tables::authorization,
        store::row_of(tables::bytes(id_of_decision(handler)), handler.station.no.value,
                      static_cast<std::int64_t>(work.envelope.epoch),
                      static_cast<std::int64_t>(work.envelope.frame_no), handler.received_at(),
                      std::string{what.action},
                      is_secret ? "" : to_storable(presented.text, limits::station_key_bytes), key,
                      text_or_null(presented.type),
                      std::string{name_of(authorized.decision.verdict)}, std::string{reason},
                      what.evse ? store::Value{*what.evse} : store::Null{},
                      what.transaction ? tables::bytes(what.transaction->id) : store::Null{},
                      std::string{authorized.decided_by}, text_or_null(authorized.detail),
                      text_or_null(presented.additional)));
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

namespace {

// What the operator wrote for the display (C01.FR.07).
void add_words(const Authorized& authorized, ocpp::v201::IdTokenInfo& info) {
    if (!authorized.token) return;
    const domain::Token& token = *authorized.token;
    if (!token.language.empty()) info.language1 = {token.language};
    if (token.personal_message.empty()) return;
    auto& message = info.personalMessage.emplace();
    message.format = "UTF8";
    if (!token.language.empty()) message.language = {token.language};
    message.content = {token.personal_message};
}

// As many as are worth keeping; of a code nothing is kept.
std::string additional_of(const ocpp::v201::IdToken& token) {
    constexpr std::size_t bytes_max = 2'000;
    if (!token.additionalInfo || token.type.is("KeyCode")) return {};
    std::string list;
    for (const ocpp::v201::AdditionalInfo& one : *token.additionalInfo) {
        const std::string item = wire::encode(one);
        if (list.size() + item.size() > bytes_max) break;
        list += (list.empty() ? "[" : ",") + item;
    }
    return list.empty() ? list : list + "]";
}

}  // namespace

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
    if (authorized.not_cached_at != 0)  // C10: what has expired is not remembered
        info.cacheExpiryDateTime = wire::DateTime{.at = utc_from_micros(authorized.not_cached_at)};
    add_words(authorized, info);
    if (!authorized.evses.empty()) {
        auto& evses = info.evseId.emplace().items;
        for (const std::int64_t evse : authorized.evses) evses.push_back({evse});
    }
    if (const std::string group = authorized.group(); !group.empty())
        info.groupIdToken = ocpp::v201::IdToken{.idToken = {group}, .type = "Central"};
    return info;
}

Presented presented(const ocpp::v201::IdToken& token) {
    return {token.idToken.value, std::string{token.type.name()}, additional_of(token)};
}

}  // namespace ohm::api
