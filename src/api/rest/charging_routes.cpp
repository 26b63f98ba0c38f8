// What REST offers of tokens, decisions, transactions and meter values.
#include "api/rest/charging_handlers.hpp"
#include "api/rest/charging_resources.hpp"
#include "api/rest/route_words.hpp"
#include "base/limits.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view flag_schema = R"({"type":"boolean"})";

const Parameters cursor_parameters{
    {"limit", R"({"type":"integer","minimum":1,"maximum":500,"default":50})", "Items a page."},
    {"cursor", text_schema, "next_cursor of the page before."}};
const Parameters page_parameters =
    cursor_parameters +
    Parameters{{"total", R"({"type":"string","enum":["none","exact","estimate"]})",
                "exact: the answer says how many items match."}};
const Parameters time_parameters{{"from", time_schema, "From this instant on."},
                                 {"to", time_schema, "Before this instant."}};
const Parameters station_parameter{{"station_id", text_schema, "Of this station."}};
constexpr std::string_view energy_schema =
    R"({"type":"number","minimum":0,"maximum":1000000,"examples":[12.5]})";
const Parameters location_parameter{
    {"location_id", text_schema, "Of stations that stand there now."}};
const Parameters transaction_filters =
    Parameters{{"state", R"({"type":"string","enum":["active","ended"]})", "Running or not."},
               {"token", text_schema, "Started by this token, in any spelling; needs tokens:read."},
               {"suspect", flag_schema, "Those that a person should look at, or those that not."},
               {"min_kwh", energy_schema, "With so much energy or more. A page may be shorter."},
               {"max_kwh", energy_schema, "With so much energy or less. A page may be shorter."}} +
    time_parameters;

const Parameters meter_filters =
    Parameters{{"measurand", text_schema, "Of this measurand; or several. A page may be shorter."},
               {"format", R"({"type":"string","enum":["json","csv"]})",
                "csv: one row a sample; X-Next-Cursor has the next page."}} +
    time_parameters;

constexpr std::string_view token_example =
    R"({"status":"Accepted","type":"ISO14443","group_id":"FLEET1","concurrent_limit":1,"note":"Van 3"})";

Outcome object(std::string_view component, std::string_view description = "Done.") {
    return {200, description, Shape::object, component};
}
Outcome list_of(std::string_view component) { return {200, "A page.", Shape::list, component}; }

const std::vector<std::string_view> write_problems{"not_found", "version_conflict",
                                                   "precondition_required"};

const std::vector<Route> token_routes = {
    {"GET",
     "/api/v1/tokens",
     "tokens:read",
     "listTokens",
     "tokens",
     "List id tokens",
     list_tokens,
     Parameters{{"status", text_schema, "Accepted, Blocked, Expired or Invalid; or several."},
                {"type", text_schema, "Exactly this type."},
                {"group_id", text_schema, "Of this group."},
                {"q", R"({"type":"string","maxLength":100})", "Text within uid or note."},
                {"format", R"({"type":"string","enum":["json","csv"]})",
                 "csv: as the import takes it; X-Next-Cursor has the next page."}} +
         page_parameters,
     no_body,
     {list_of("Token")}},
    {"GET",
     "/api/v1/tokens/{uid}",
     "tokens:read",
     "getToken",
     "tokens",
     "Show an id token",
     show_token,
     {},
     no_body,
     {object("Token")},
     {"not_found"}},
    {"PUT",
     "/api/v1/tokens/{uid}",
     "tokens:write",
     "putToken",
     "tokens",
     "Create an id token, or replace it",
     put_token,
     {},
     {.media = Media::json, .component = "TokenWrite", .example = token_example},
     {object("Token"), {201, "Created.", Shape::object, "Token"}},
     write_problems},
    {"PATCH",
     "/api/v1/tokens/{uid}",
     "tokens:write",
     "patchToken",
     "tokens",
     "Change an id token (JSON merge patch; null removes)",
     patch_token,
     {},
     {.media = Media::merge_patch,
      .component = "TokenPatch",
      .example = R"({"status":"Blocked","note":"lost"})"},
     {object("Token")},
     write_problems},
    {"DELETE",
     "/api/v1/tokens/{uid}",
     "tokens:write",
     "deleteToken",
     "tokens",
     "Remove an id token; what it charged stays",
     delete_token,
     {},
     no_body,
     {{204, "Removed."}},
     write_problems},
    {"POST",
     "/api/v1/tokens/import",
     "tokens:write",
     "importTokens",
     "tokens",
     "Create or replace many id tokens from JSON or CSV",
     import_tokens,
     {{"dry_run", flag_schema, "Say what would happen, and do nothing."}},
     {.media = Media::json_or_csv,
      .component = "TokenImport",
      .bytes_max = limits::http_body_bytes,
      .example = R"({"tokens":[{"uid":"DEADBEEF"},{"uid":"0451A2","status":"Blocked"}]})"},
     {object("TokenImportResult", "Each row has a result; a bad row stops no other.")}},
    {"GET",
     "/api/v1/unknown-tokens",
     "tokens:read",
     "listUnknownTokens",
     "tokens",
     "List tokens that stations showed and nobody has written here, newest first",
     list_unknown_tokens,
     page_parameters,
     no_body,
     {list_of("UnknownToken")}},
    {"POST",
     "/api/v1/unknown-tokens/{uid}/adopt",
     "tokens:write",
     "adoptUnknownToken",
     "tokens",
     "Write a token that a station showed into the list, as it was shown",
     adopt_unknown_token,
     {},
     {.media = Media::json,
      .component = "TokenWrite",
      .required = false,
      .example = R"({"group_id":"FLEET1","note":"the new van"})"},
     {{201, "Created.", Shape::object, "Token"}},
     {"not_found", "already_exists"}},
    {"GET",
     "/api/v1/authorizations",
     "tokens:read",
     "listAuthorizations",
     "tokens",
     "List decisions about tokens and why, newest first",
     list_authorizations,
     Parameters{{"token", text_schema, "This token, in any spelling."},
                {"status", text_schema, "What was answered; or several."}} +
         station_parameter + time_parameters + page_parameters,
     no_body,
     {list_of("Authorization")}},
    {"POST",
     "/api/v1/authorize",
     "tokens:read",
     "tryAuthorize",
     "tokens",
     "Say whether a token would be accepted, and why; nothing is written",
     try_authorize,
     {},
     {.media = Media::json,
      .component = "AuthorizeWrite",
      .example = R"({"token":"DEADBEEF","station_id":"CP0001"})"},
     {object("AuthorizeResult")},
     {"not_found"}},
};

const std::vector<Route> transaction_routes = {
    {"GET",
     "/api/v1/transactions",
     "transactions:read",
     "listTransactions",
     "transactions",
     "List transactions, newest first",
     list_transactions,
     station_parameter + location_parameter + transaction_filters + page_parameters,
     no_body,
     {list_of("Transaction")}},
    {"GET",
     "/api/v1/stations/{id}/transactions",
     "transactions:read",
     "listStationTransactions",
     "transactions",
     "List the station's transactions, newest first",
     list_station_transactions,
     transaction_filters + page_parameters,
     no_body,
     {list_of("Transaction")},
     {"not_found"}},
    {"GET",
     "/api/v1/transactions/{transaction_id}",
     "transactions:read",
     "getTransaction",
     "transactions",
     "Show a transaction",
     show_transaction,
     {},
     no_body,
     {object("Transaction")},
     {"not_found"}},
    {"GET",
     "/api/v1/transactions/{transaction_id}/meter-values",
     "transactions:read",
     "listTransactionMeterValues",
     "transactions",
     "List the transaction's meter values in the order of their time",
     list_transaction_meter_values,
     meter_filters + cursor_parameters,
     no_body,
     {list_of("MeterValue")},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/meter-values",
     "transactions:read",
     "listStationMeterValues",
     "transactions",
     "List the station's meter values in the order of their time",
     list_station_meter_values,
     meter_filters + cursor_parameters,
     no_body,
     {list_of("MeterValue")},
     {"not_found"}},
    {"GET",
     "/api/v1/transactions/{transaction_id}/events",
     "transactions:read",
     "listTransactionEvents",
     "transactions",
     "List what the station said of it, message by message",
     list_transaction_events,
     cursor_parameters,
     no_body,
     {list_of("TransactionEvent")},
     {"not_found"}},
    {"POST",
     "/api/v1/transactions/{transaction_id}/close",
     "transactions:write",
     "closeTransaction",
     "transactions",
     "Close the record of a transaction whose end never came; the station is told nothing",
     close_transaction,
     {},
     {.media = Media::json,
      .component = "TransactionClose",
      .example = R"({"reason":"station was replaced"})"},
     {object("Transaction")},
     {"not_found", "transaction_ended", "idempotency_mismatch", "queue_unavailable"}},
    {"GET",
     "/api/v1/orphan-stops",
     "transactions:read",
     "listOrphanStops",
     "transactions",
     "List stops of transactions that their station was never given, newest first",
     list_orphan_stops,
     station_parameter +
         Parameters{
             {"matched", R"({"type":"string","enum":["false","true","any"]})",
              "true: those that fitted a transaction; any: all. Else those that fitted none."}} +
         time_parameters + page_parameters,
     no_body,
     {list_of("OrphanStop")}},
};

}  // namespace

const std::vector<Route>& charging_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all = token_routes;
        all.insert(all.end(), transaction_routes.begin(), transaction_routes.end());
        return all;
    }();
    return table;
}

std::span<const Component> charging_components() {
    static constexpr Component table[] = {
        {"Token", &wire::type_of<TokenShown>},
        {"TokenWrite", &wire::type_of<TokenWrite>},
        {"TokenPatch", &wire::type_of<TokenPatch>},
        {"TokenImport", &wire::type_of<TokenImportWrite>},
        {"TokenImportResult", &wire::type_of<TokenImportShown>},
        {"UnknownToken", &wire::type_of<UnknownTokenShown>},
        {"Authorization", &wire::type_of<AuthorizationShown>},
        {"AuthorizeWrite", &wire::type_of<AuthorizeWrite>},
        {"AuthorizeResult", &wire::type_of<AuthorizeShown>},
        {"Transaction", &wire::type_of<TransactionShown>},
        {"TransactionClose", &wire::type_of<CloseWrite>},
        {"TransactionEvent", &wire::type_of<TransactionEventShown>},
        {"MeterValue", &wire::type_of<MeterValueShown>},
        {"OrphanStop", &wire::type_of<OrphanStopShown>},
    };
    return table;
}

}  // namespace ohm::api::rest
