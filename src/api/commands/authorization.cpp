// What a station knows of tokens by itself: 1.6 Core and Local Auth List, 2.0.1 blocks C and D.
#include "ocpp/v201/authorization.hpp"

#include "api/commands/tokens.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v16/local_auth_list.hpp"
#include "ocpp/v201/local_auth_list.hpp"

namespace ohm::api::commands {

struct NoParameters {
    FIELDS()
};
struct ListEntry {  // without status: to be removed
    TokenWritten token;
    Optional<OneOf<"Accepted", "Blocked", "ConcurrentTx", "Expired", "Invalid", "NoCredit",
                   "NotAllowedTypeEVSE", "NotAtThisLocation", "NotAtThisTime", "Unknown">>
        status;
    Optional<TokenWritten> group_token;
    Optional<wire::DateTime> expires_at;
    FIELDS(token, status, group_token, expires_at)
};
struct LocalListParameters {
    Positive version;
    OneOf<"full", "differential"> update;
    Optional<List<ListEntry, 0, 10000>> entries;  // absent or empty with full: cleared
    FIELDS(version, update, entries)
};

namespace {

PreparedOrRefusal clear_v16(Preparing&, const NoParameters&) {
    return call_of<ocpp::v16::ClearCache>({});
}
PreparedOrRefusal clear_v201(Preparing&, const NoParameters&) {
    return call_of<ocpp::v201::ClearCache>({});
}
PreparedOrRefusal version_v16(Preparing&, const NoParameters&) {
    return call_of<ocpp::v16::GetLocalListVersion>({});
}
PreparedOrRefusal version_v201(Preparing&, const NoParameters&) {
    return call_of<ocpp::v201::GetLocalListVersion>({});
}

PreparedOrRefusal list_v16(Preparing&, const LocalListParameters& wanted) {
    ocpp::v16::SendLocalList::Request request;
    request.listVersion = {wanted.version.value};
    request.updateType = "Differential";
    if (wanted.update.is("full")) request.updateType = "Full";
    if (!wanted.entries) return call_of<ocpp::v16::SendLocalList>(request);
    auto& list = request.localAuthorizationList.emplace().items;
    for (const ListEntry& entry : *wanted.entries) {
        auto& one = list.emplace_back();
        one.idTag = {entry.token.uid.value};
        if (!entry.status) continue;
        auto& info = one.idTagInfo.emplace();
        const auto status = ocpp::v16::AuthorizationStatus::of(entry.status->name());
        if (!status)
            return not_in_protocol("OCPP 1.6 has no such status of a token",
                                   "/entries/" + std::to_string(list.size() - 1) + "/status");
        info.status = *status;
        info.expiryDate = entry.expires_at;
        if (entry.group_token) info.parentIdTag = {{entry.group_token->uid.value}};
    }
    return call_of<ocpp::v16::SendLocalList>(request);
}

PreparedOrRefusal list_v201(Preparing&, const LocalListParameters& wanted) {
    ocpp::v201::SendLocalList::Request request;
    request.versionNumber = {wanted.version.value};
    request.updateType = "Differential";
    if (wanted.update.is("full")) request.updateType = "Full";
    if (!wanted.entries) return call_of<ocpp::v201::SendLocalList>(request);
    auto& list = request.localAuthorizationList.emplace().items;
    for (const ListEntry& entry : *wanted.entries) {
        auto& one = list.emplace_back();
        one.idToken = id_token(entry.token);
        if (!entry.status) continue;
        auto& info = one.idTokenInfo.emplace();
        info.status = decltype(info.status)::of(entry.status->name()).value();
        info.cacheExpiryDateTime = entry.expires_at;
        if (entry.group_token) info.groupIdToken = id_token(*entry.group_token);
    }
    return call_of<ocpp::v201::SendLocalList>(request);
}

constexpr NeutralCommand table[] = {
    neutral<NoParameters, clear_v16, clear_v201>({.name = "clear-cache",
                                                  .tag = "commands",
                                                  .summary = "Empty the station's cache of tokens",
                                                  .example = "{}"}),
    neutral<NoParameters, version_v16, version_v201>(
        {.name = "get-local-list-version",
         .tag = "commands",
         .summary = "Ask for the version of the station's list of tokens",
         .example = "{}"}),
    neutral<LocalListParameters, list_v16, list_v201>(
        {.name = "send-local-list",
         .tag = "commands",
         .summary = "Send the station's list of tokens, or changes of it",
         .example = R"({"version":1,"update":"full","entries":[{"token":{"uid":"DEADBEEF"},)"
                    R"("status":"Accepted"}]})"}),
};

}  // namespace

Part authorization_commands() { return table; }

}  // namespace ohm::api::commands
