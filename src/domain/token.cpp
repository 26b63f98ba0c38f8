#include "domain/token.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace ohm::domain {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t queued_for_at_most = 30 * 24 * 3600 * second;
constexpr std::int64_t clock_ahead_at_most = 5 * 60 * second;

constexpr std::array<std::string_view, 9> names{
    "Accepted",     "Blocked",           "Expired",  "Invalid",
    "ConcurrentTx", "NotAtThisLocation", "NoCredit", "NotAllowedTypeEVSE",
    "NotAtThisTime"};

bool is_blank_or_control(char c) {
    const auto code = static_cast<unsigned char>(c);
    return code <= 0x20 || code == 0x7f;
}

// What the token's own status decides; accepted decides nothing yet.
std::optional<Decision> by_status(TokenStatus status) {
    switch (status) {
        case TokenStatus::accepted: return std::nullopt;
        case TokenStatus::blocked: return Decision{Verdict::blocked, "blocked"};
        case TokenStatus::expired: return Decision{Verdict::expired, "marked_expired"};
        case TokenStatus::invalid: return Decision{Verdict::invalid, "invalid"};
        case TokenStatus::no_credit: return Decision{Verdict::no_credit, "no_credit"};
        case TokenStatus::not_allowed_type_evse:
            return Decision{Verdict::not_allowed_type_evse, "not_allowed_type_evse"};
        case TokenStatus::not_at_this_time:
            return Decision{Verdict::not_at_this_time, "not_at_this_time"};
    }
    return std::nullopt;
}

bool has(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool names_all_of(const Token& token, const Site& site) {
    const bool is_everywhere =
        token.stations.empty() && token.evses.empty() && token.locations.empty();
    if (is_everywhere || has(token.stations, site.station)) return true;
    return !site.location.empty() && has(token.locations, site.location);
}

// Nothing: it is let in here.
std::optional<Decision> by_place(const Token& token, const Question& question) {
    if (names_all_of(token, question.site)) return std::nullopt;
    const bool has_locations_alone = token.stations.empty() && token.evses.empty();
    if (has_locations_alone) return Decision{Verdict::not_at_this_location, "other_location"};
    const std::vector<std::int64_t> evses = evses_at(token, question.site);
    if (evses.empty()) return Decision{Verdict::not_at_this_location, "other_station"};
    const bool is_here =
        !question.evse || std::find(evses.begin(), evses.end(), *question.evse) != evses.end();
    if (is_here) return std::nullopt;
    return Decision{Verdict::not_at_this_location, "other_evse"};
}

Decision unknown(const Question& question) {
    // Tokens of this type are made by the CSMS for starts that it orders (C03, C05).
    if (question.type == "Central") return {Verdict::accepted, "central"};
    if (question.accept_unknown) return {Verdict::accepted, "unknown_accepted"};
    return {Verdict::invalid, "unknown"};
}

}  // namespace

std::string token_key(std::string_view uid) {
    std::string bare;
    std::remove_copy_if(uid.begin(), uid.end(), std::back_inserter(bare), is_blank_or_control);
    return fold(bare).value_or(bare);
}

bool is_let_in(const Token& token, const Site& site) {
    return names_all_of(token, site) || !evses_at(token, site).empty();
}

std::vector<std::int64_t> evses_at(const Token& token, const Site& site) {
    std::vector<std::int64_t> evses;
    if (names_all_of(token, site)) return evses;
    for (const Token::Place& place : token.evses)
        if (place.station == site.station) evses.push_back(place.evse);
    return evses;
}

std::string reversed_uid(std::string_view uid) {
    std::string bare;
    std::remove_copy_if(uid.begin(), uid.end(), std::back_inserter(bare), is_blank_or_control);
    const bool is_hex = std::all_of(bare.begin(), bare.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
    if (!is_hex || bare.empty() || bare.size() % 2 != 0) return {};
    std::string reversed;
    for (std::size_t at = bare.size(); at > 0; at -= 2) reversed += bare.substr(at - 2, 2);
    return reversed;
}

std::string_view name_of(Verdict verdict) { return names[static_cast<std::size_t>(verdict)]; }

std::optional<Verdict> verdict_of(std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Verdict>(found - names.begin());
}

Decision authorize(const Question& question) {
    if (question.type == "NoAuthorization") return {Verdict::accepted, "no_authorization"};
    if (question.key.empty() && question.accept_unknown)
        return {Verdict::accepted, "empty_accepted"};
    if (question.key.empty()) return {Verdict::invalid, "empty"};
    const Token* token = question.token;
    if (!token) return unknown(question);
    const bool typed = !token->type.empty() && !question.type.empty();
    if (typed && token->type != question.type) return {Verdict::invalid, "other_type"};
    if (const auto decided = by_status(token->status)) return *decided;
    const bool is_over = token->expires_at != 0 && token->expires_at <= question.at;
    if (is_over) return {Verdict::expired, "expired"};
    if (const auto elsewhere = by_place(*token, question)) return *elsewhere;
    if (token->master_pass && question.starts) return {Verdict::invalid, "master_pass"};
    const bool is_full = question.starts && token->concurrent_limit &&
                         static_cast<std::int64_t>(question.active) >= *token->concurrent_limit;
    if (is_full) return {Verdict::concurrent_tx, "concurrent_limit"};
    return {Verdict::accepted, "known"};
}

std::int64_t judged_at(std::int64_t said_at, std::int64_t received_at) {
    const bool plausible =
        said_at >= received_at - queued_for_at_most && said_at <= received_at + clock_ahead_at_most;
    return plausible ? said_at : received_at;
}

}  // namespace ohm::domain
