#include "api/rest/errors.hpp"

namespace ohm::api::rest {
namespace {

constexpr ErrorInfo catalogue[] = {
    {"validation_failed", 400, "The request is not valid",
     "A parameter, a header or a member of the body breaks a rule. `errors` names each place.",
     "Correct what `errors` names. /openapi.json has the schema of every request."},
    {"unauthorized", 401, "No valid API key",
     "The request has no API key, or one that is unknown, expired or revoked.",
     "Send `Authorization: Bearer ohk_…` with a key that is in force, or sign in anew."},
    {"sign_in_refused", 401, "Name or password is wrong",
     "Nobody could be signed in with this name and password; it is not said which of them is "
     "wrong, or whether the operator is disabled.",
     "Try again, or have an operator who may do so set a new password."},
    {"sign_in_link_refused", 401, "The link signs nobody in",
     "A link signs one browser in, once and within ten minutes. This one has been followed "
     "already, "
     "is too old, or is none.",
     "Make another one: `ohmstead link`, or POST /api/v1/sign-in-links."},
    {"insufficient_scope", 403, "The caller may not do this",
     "The caller is known, but lacks the scope that the operation needs; `scope` names it.",
     "Use a key, or sign in as an operator, with that scope."},
    {"address_refused", 403, "The key may not be used from here",
     "The API key is bound to addresses and networks, and the request came from another one.",
     "Use it from one of its `networks`, or have an admin change them. Behind a proxy, "
     "OHM_TRUSTED_PROXIES must name it."},
    {"csrf_refused", 403, "The browser asked on its own",
     "The request came with the cookie of a sign-in, and not from the console's own pages, or "
     "without the header that they send.",
     "Programs send an API key. Pages of this origin send X-Ohm-Csrf with what changes something."},
    {"not_found", 404, "There is no such thing",
     "The path leads nowhere, or the station, command or other object does not exist.",
     "Check the spelling of the path and of the id. Identities of stations ignore case."},
    {"files_url_unknown", 409, "No URL can be made for stations",
     "A station is to fetch or send a file here, and it is not known by which URL it reaches this "
     "server.",
     "Set OHM_FILES_URL, for example `https://csms.example:8000`, or name a `location`."},
    {"url_used", 409, "The URL has been used",
     "A file has been sent to this URL, or is being sent. Each takes one file.",
     "Order another upload with get-log."},
    {"url_expired", 410, "The URL is no longer valid",
     "Its time is over, or the station has said that it has what it was to fetch.",
     "Give the command again."},
    {"events_expired", 410, "The events are not kept any more",
     "Events are removed after 72 hours or when there are too many; the place that was named is "
     "not among those that are kept.",
     "Read the state anew by REST, and follow from there without `after`."},
    {"upgrade_required", 426, "A WebSocket is expected here",
     "The path takes WebSocket connections alone.",
     "Connect with a WebSocket client, or use the stream of server-sent events."},
    {"firmware_invalid", 422, "The firmware image is not what it is said to be",
     "A checksum, the signature or the signing certificate does not fit the file, or metadata is "
     "missing. Nothing of it is kept.",
     "Upload the file that was signed, with the signature in base64 and the certificate in PEM."},
    {"quota_exceeded", 507, "There is no room for the file",
     "The files of this station, or all files together, would take more than they may.",
     "Delete logs or images, or raise OHM_FILES_TOTAL_BYTES or OHM_STATION_FILES_BYTES."},
    {"method_not_allowed", 405, "The method is not possible here",
     "The path exists, but not with this method.", "Use one of the methods in the Allow header."},
    {"already_exists", 409, "The identity is taken",
     "Another object of this kind has this identity or name; for stations and operators, those "
     "that "
     "differ in case only are the same.",
     "Choose another one, or change the object that has it."},
    {"limit_reached", 409, "There are as many as there may be",
     "No more operators, API keys, alert rules, webhooks or handlers can be kept.",
     "Remove or revoke those that nobody uses. An operator who is disabled can be given to "
     "somebody else, with another full name and password."},
    {"alert_closed", 409, "The alert is closed",
     "What it was about is over, or somebody has closed it already.",
     "Nothing is to be done; it opens again when it comes anew."},
    {"station_offline", 409, "The station is not connected",
     "Nothing was sent: the station has no connection now.",
     "Wait until the station is back, or send the command with \"queue\":true."},
    {"station_not_accepted", 409, "The station is not accepted",
     "The station's boot was answered with pending or rejected, and OCPP lets nothing of this kind "
     "be sent to it.",
     "Set `boot_decision` to accepted and wait for its next boot, or ask with \"queue\":true."},
    {"insecure_connection", 409, "The connection is not secure",
     "The station is connected without TLS, and this installation sends no certificate there.",
     "Bring the station to security profile 2 or 3, or set OHM_CERTIFICATES_OVER_WS."},
    {"location_in_use", 409, "The location is in use",
     "Stations are there, or tokens are bound to it.",
     "Give its stations another location and take it from the tokens; `detail` says how many there "
     "are."},
    {"certificate_in_use", 409, "The certificate is in use",
     "The station's connection depends on the certificate: without it, it could not come back.",
     "Have the station use another certificate first."},
    {"request_not_waiting", 409, "The certificate request does not wait any more",
     "A certificate was made for it, it was rejected, or a newer request took its place.",
     "Look at its `state`; the station can be asked for a new one."},
    {"certificate_chain_too_large", 409, "The certificate chain is too long for the station",
     "The chain has more characters than the station says it takes.",
     "Use an authority with smaller certificates, or fewer of them."},
    {"command_not_waiting", 409, "The command does not wait any more",
     "Only a command that has not been sent can be cancelled.", "Look at its `state`."},
    {"batch_not_running", 409, "The batch does not run any more",
     "The batch has ended: there is nothing to cancel.", "Look at its `state`."},
    {"batch_not_repeatable", 409, "The batch cannot be sent again",
     "It still runs, it failed nowhere, or its command holds a secret, which is not kept.",
     "Wait for its end, or order a new batch."},
    {"boot_asked_already", 409, "A BootNotification has been asked for already",
     "OCPP 1.6 lets a station that is accepted be asked for one BootNotification until it boots by "
     "itself.",
     "Wait for its next boot, or reset it. /ocpp/call sends it all the same."},
    {"transaction_running", 409, "A transaction is running",
     "The command would disturb a running transaction.",
     "Stop the transaction first, or where the command has `force`, ask with it."},
    {"transaction_ended", 409, "The transaction has ended",
     "Only a transaction that is still open can be closed.",
     "Read the transaction: `ended_at` or `closed` says when it ended."},
    {"reservation_conflict", 409, "The reservation collides with another",
     "The EVSE is reserved, the token has a reservation, or no EVSE is free beside those reserved.",
     "Look at the open reservations of the station and of the token."},
    {"reservation_ended", 409, "The reservation has ended",
     "Only a reservation that is open can be cancelled.", "Look at its `state`."},
    {"no_local_list", 409, "Nobody wants a list at this station",
     "There is nothing to bring to the station: what its list of tokens shall be was never said.",
     "Say it with PUT on the station's local-list first."},
    {"own_access", 409, "That is your own access",
     "The operator or key that asks is the one that would be disabled, demoted or revoked, or "
     "whose password would be set without the old one.",
     "Have another operator do it, or use another key. One's own password is changed at "
     "/api/v1/me/password."},
    {"last_owner", 409, "It is the last owner",
     "No other operator who is enabled is an owner: nobody could make one again.",
     "Make another operator an owner first."},
    {"role_in_use", 409, "The role is in use", "Operators or keys have it.",
     "Give them another role first; `detail` says how many there are."},
    {"role_built_in", 409, "The role belongs to the program",
     "The roles that are always there cannot be changed, removed or made again.",
     "Make a role of your own under another name."},
    {"sync_running", 409, "The list is on its way",
     "The station is being brought its list of tokens; one sync runs at a time.",
     "Wait until `sync.state` of its local-list is not syncing."},
    {"worker_silent", 409, "The worker is not heard",
     "Nothing has come from the worker for a while: it could not be told.",
     "Look after its process and its way to the broker; stations find another worker by "
     "themselves."},
    {"last_worker", 409, "No other worker takes stations",
     "No other worker is heard that does not drain as well: the stations would have nowhere to go.",
     "Start another worker first, or ask with `force`; the worker serves again once it is "
     "restarted."},
    {"idempotency_in_progress", 409, "The first request is still running",
     "An earlier request with the same Idempotency-Key has not been answered yet.",
     "Repeat the request a little later with the same key."},
    {"version_conflict", 412, "The object has changed",
     "The version in If-Match is not the current one: somebody else changed the object.",
     "Read the object again, look at what changed, and repeat with its new ETag."},
    {"payload_too_large", 413, "The body is too large", "The body is larger than allowed here.",
     "Split the request."},
    {"header_too_large", 431, "The head of the request is too large",
     "The request line (414) or the headers together (431) are longer than allowed.",
     "Send fewer or shorter headers, and what is long in the body."},
    {"unsupported_media_type", 415, "The body has the wrong type",
     "The Content-Type is missing or not one that the operation takes.",
     "Send application/json, or what the operation names in /openapi.json."},
    {"idempotency_mismatch", 422, "The Idempotency-Key was used for something else",
     "An earlier request had the same Idempotency-Key and another method, path or body.",
     "Use a new key for a new request."},
    {"not_supported_by_protocol", 422, "The station's OCPP version cannot do this",
     "The OCPP version that the station speaks has no message for this command.",
     "`detail` names what is possible instead."},
    {"station_limit", 422, "The station cannot hold this",
     "What was asked for is beyond a bound that the station says of itself. `detail` names the "
     "bound.",
     "Ask for less, or read the station's variables again if the bound is an old one."},
    {"profile_conflict", 422, "The charging profile cannot be right",
     "It collides with a profile that the station holds, is valid at no time, or its transaction "
     "does not run there.",
     "Look at the station's charging profiles and transactions."},
    {"precondition_required", 428, "If-Match is required",
     "This installation lets nobody overwrite what they have not read.",
     "Read the object first and send its ETag as If-Match."},
    {"rate_limited", 429, "Too many requests",
     "The caller, or the queue of the station's commands, is at its limit.",
     "Wait as long as Retry-After says."},
    {"internal_error", 500, "Something is broken here",
     "A defect of Ohmstead ended this request. The log has a line with the request_id.",
     "Report it with the request_id."},
    {"not_implemented", 501, "HTTP is not spoken like this here",
     "The request uses a version of HTTP (505), a transfer coding or a method (501) that this "
     "server does not speak.",
     "Speak HTTP/1.1 with a Content-Length or chunks."},
    {"queue_unavailable", 503, "The station's owner cannot be reached",
     "The message queue is away, or no api owns the station's partition now. It is not known "
     "whether the operation was done.",
     "Repeat after Retry-After, with the same Idempotency-Key."},
    {"database_unavailable", 503, "The database cannot be reached", "The database does not answer.",
     "Repeat after Retry-After."},
    {"overloaded", 503, "Too many requests are waiting",
     "More reads are waiting than this process takes.", "Repeat after Retry-After."},
    {"station_timeout", 504, "The station did not answer in time",
     "The command was sent and may have been carried out.",
     "Look at the station's state before repeating the command."},
};

}  // namespace

std::span<const ErrorInfo> error_catalogue() { return catalogue; }

const ErrorInfo* find_error(std::string_view code) {
    for (const ErrorInfo& info : catalogue)
        if (info.code == code) return &info;
    return nullptr;
}

std::string errors_document() {
    std::string out =
        "# Errors\n\n"
        "Errors of the REST API are `application/problem+json` (RFC 9457). `code` is a stable word "
        "from this list,\n`type` leads to its page on the running server, `errors` names each "
        "place by JSON Pointer or parameter,\nand `request_id` is in the log.\n\n"
        "This page is made from `src/api/rest/errors.cpp`; run `OHM_WRITE_DOCS=1 api_test` to make "
        "it anew.\n";
    for (const ErrorInfo& info : catalogue) {
        out += "\n## " + std::string{info.code} + "\n\n";
        out += "HTTP " + std::to_string(info.status) + ". **" + std::string{info.title} + ".** ";
        out += std::string{info.meaning} + "\n\nWhat to do: " + std::string{info.remedy} + "\n";
    }
    return out;
}

}  // namespace ohm::api::rest
