// REST writes that touch a station, as data: what an `operator` envelope asks for and what its
// owner answers. The owner of the station's partition decides and commits; the api that was asked
// reads the result back and renders it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/compatibility.hpp"
#include "bus/envelope.hpp"
#include "wire/fields.hpp"

namespace ohm::api {

using wire::Any;
using wire::Int;
using wire::List;
using wire::OneOf;
using wire::Optional;
using wire::Patch;
using wire::Secret;
using wire::Text;

// Names for OperatorBody::operation.
namespace operation {
constexpr std::string_view create_station =
    "create_station";  // StationCreate → StationWritten, 201
constexpr std::string_view import_stations =
    "import_stations";                                       // StationImport → ImportAnswer, 200
constexpr std::string_view patch_station = "patch_station";  // StationPatch → StationWritten, 200
constexpr std::string_view delete_station =
    "delete_station";  // {} → StationWritten, 200 (rendered as 204)
constexpr std::string_view set_credentials =
    "set_credentials";  // CredentialsWrite → StationWritten, 200
constexpr std::string_view disconnect_station =
    "disconnect_station";  // {} → 202, or 409 station_offline
constexpr std::string_view send_command =
    "send_command";  // CommandCreate → CommandWritten, 200 or 202
constexpr std::string_view write_variables =
    "write_variables";  // VariablesWrite → StationWritten, 200
constexpr std::string_view close_transaction =
    "close_transaction";  // TransactionClose → TransactionClosed, 200
constexpr std::string_view file_arrived = "file_arrived";  // CommandWritten → {}, 200
constexpr std::string_view decide_certificate_request =
    "decide_certificate_request";  // CertificateDecision → CommandWritten, 202, or StationWritten
constexpr std::string_view revoke_certificate =
    "revoke_certificate";  // CertificateRevoke → StationWritten, 200
constexpr std::string_view cancel_command =
    "cancel_command";  // CommandCancel → CommandWritten, 200
constexpr std::string_view end_reservation =
    "end_reservation";  // ReservationEnd → StationWritten, 200
constexpr std::string_view write_local_list =
    "write_local_list";  // LocalListWrite → StationWritten, 200
constexpr std::string_view sync_local_list =
    "sync_local_list";  // LocalListSync → LocalListSynced, 200
}  // namespace operation

using SecurityProfile = Int<0, 3>;
using OcppVersionName = OneOf<"1.6", "2.0.1">;
using StrictnessName = OneOf<"lenient", "strict">;
using LogLevelName = OneOf<"off", "errors", "all">;
using BootDecisionName = OneOf<"accepted", "pending", "rejected">;

struct StationCreate {
    Text<255, 1> id;
    Optional<Secret<Text<64>>> password;         // absent, profile 1 or 2: generated, shown once
    Optional<SecurityProfile> security_profile;  // absent: 1
    Optional<Text<200>> name;
    Optional<Text<64>> location_id;
    Optional<OcppVersionName> default_ocpp_version;
    Optional<StrictnessName> strictness;
    Optional<LogLevelName> message_log_level;
    Optional<Int<1, 600>> call_timeout_s;
    Optional<Int<0, 3600>> ping_interval_s;
    Optional<Any> labels;  // JSON object of texts
    Optional<Text<2000>> note;
    Optional<BootDecisionName> boot_decision;  // what it is told when it boots; absent: accepted
    Optional<Int<1, 86400>> boot_retry_interval_s;  // told with pending and rejected
    Optional<Compatibility> compatibility;
    FIELDS(id, password, security_profile, name, location_id, default_ocpp_version, strictness,
           message_log_level, call_timeout_s, ping_interval_s, labels, note, boot_decision,
           boot_retry_interval_s, compatibility)
};
struct StationPatch {  // RFC 7396: null removes
    Patch<Text<200>> name;
    Patch<Text<64>> location_id;
    Patch<OcppVersionName> default_ocpp_version;
    Patch<StrictnessName> strictness;
    Patch<LogLevelName> message_log_level;
    Patch<Int<1, 600>> call_timeout_s;
    Patch<Int<0, 3600>> ping_interval_s;
    Patch<SecurityProfile> security_profile;  // null is refused
    Patch<Any> labels;
    Patch<Text<2000>> note;
    Patch<BootDecisionName> boot_decision;
    Patch<Int<1, 86400>> boot_retry_interval_s;
    Patch<Compatibility> compatibility;  // replaced as a whole
    FIELDS(name, location_id, default_ocpp_version, strictness, message_log_level, call_timeout_s,
           ping_interval_s, security_profile, labels, note, boot_decision, boot_retry_interval_s,
           compatibility)
};
struct CredentialsWrite {
    Optional<Secret<Text<64>>> password;  // absent: a new one is generated and shown once
    Optional<SecurityProfile>
        security_profile;  // absent: unchanged (0 becomes 1 when a password is set)
    FIELDS(password, security_profile)
};
struct StationImport {
    List<StationCreate, 1, 100> rows;  // all of one partition
    bool update = false;               // true: rows that exist are patched with what is given
    FIELDS(rows, update)
};
// What an operator may ask of any command, beside its parameters.
struct CommandOptions {
    Optional<bool> queue;                       // wait where the station is not reachable now
    Optional<Int<1, 604800>> expires_in;        // s; how long it may wait; absent: a day
    Optional<Int<1, 604800>> effect_timeout_s;  // absent: by command
    Optional<bool> verify;                      // what was set is read back
    FIELDS(queue, expires_in, effect_timeout_s, verify)
};
struct CommandCreate {
    Text<40> command;      // a neutral one, or "call" for a raw one
    Text<50> action;       // OCPP action of a raw one
    Any parameters;        // neutral parameters, or the raw payload when command is "call"
    bool validate = true;  // raw: refuse what the declaration does not allow
    Optional<CommandOptions> options;
    Optional<OcppVersionName> ocpp_version;  // raw: only on a connection of this version
    Optional<Text<26>> batch_id;             // ULID, of a batch that it belongs to
    Optional<bool> only_idle;                // refused while a transaction runs there
    Optional<Text<26>> reservation_id;       // ULID, of the reservation that it makes
    FIELDS(command, action, parameters, validate, options, ocpp_version, batch_id, only_idle,
           reservation_id)
};
struct CommandCancel {
    Text<26> command_id;  // ULID
    FIELDS(command_id)
};

// A variable of a station and the value that it should have; 1.6's keys are those of OCPP16.
struct DesiredVariable {
    Text<50, 1> component;
    Optional<Text<50>> component_instance;
    Optional<Int<0, 2147483647>> evse_id, connector_id;
    Text<50, 1> variable;
    Optional<Text<50>> instance;
    Optional<OneOf<"Actual", "Target", "MinSet", "MaxSet">> attribute;  // absent: Actual
    wire::Nullable<Text<1000>> value;                                   // null: no longer wanted
    FIELDS(component, component_instance, evse_id, connector_id, variable, instance, attribute,
           value)
};
struct VariablesWrite {
    bool replace = false;  // true: what is not named is no longer wanted
    List<DesiredVariable> variables;
    FIELDS(replace, variables)
};

// Ends the record here; the station is told nothing.
struct ReservationEnd {
    Text<26> reservation_id;  // ULID
    FIELDS(reservation_id)
};

// What a station's list of tokens shall be: the entries, or the tokens that may charge there.
struct LocalListEntryWritten {
    Text<36, 1> uid;
    Optional<OneOf<"eMAID", "ISO14443", "ISO15693", "Local", "MacAddress">>
        type;                                                             // absent: ISO14443
    Optional<OneOf<"Accepted", "Blocked", "Expired", "Invalid">> status;  // absent: Accepted
    Optional<Text<36>> group_id;
    Optional<wire::DateTime> expires_at;
    FIELDS(uid, type, status, group_id, expires_at)
};
struct LocalListRule {
    Optional<List<Text<36, 1>, 1, 100>> group_ids;  // absent: of any group and of none
    Optional<List<OneOf<"Accepted", "Blocked", "Expired", "Invalid">, 1, 4>>
        statuses;  // absent: Accepted
    FIELDS(group_ids, statuses)
};
struct LocalListWrite {
    OneOf<"entries", "tokens"> source;
    Optional<List<LocalListEntryWritten, 0, 10000>> entries;
    Optional<LocalListRule> tokens;
    FIELDS(source, entries, tokens)
};
struct LocalListSync {
    bool full = false;  // the whole list, whatever the station is known to hold
    FIELDS(full)
};
struct LocalListSynced {
    std::int64_t messages = 0;  // that it takes; 0: the station holds it already
    bool replayed = false;
    FIELDS(messages, replayed)
};

// Answers of the owner. On refusal the body is OperationRefused.
struct StationWritten {
    std::int64_t station_no = 0;
    std::string id;
    std::string password;   // a generated one, else ""
    bool replayed = false;  // answered from an earlier request with the same Idempotency-Key
    FIELDS(station_no, id, password, replayed)
};
struct ImportAnswer {
    struct Item {
        std::string id;
        OneOf<"created", "updated", "exists", "refused"> result;
        std::string password;  // a generated one
        std::string code, detail;
        FIELDS(id, result, password, code, detail)
    };
    List<Item> items;
    FIELDS(items)
};
struct TransactionClose {
    std::string ocpp_id;  // as its station knows it
    Text<200> reason;
    FIELDS(ocpp_id, reason)
};
struct TransactionClosed {
    std::string transaction_id;  // ULID text, without prefix
    bool replayed = false;
    FIELDS(transaction_id, replayed)
};
// What becomes of a certificate request: a certificate that an authority made, an operator's word
// that the authority may make one, or that none is made.
struct CertificateDecision {
    Text<26> request_id;  // ULID
    OneOf<"deliver", "approve", "reject"> decision;
    Optional<Text<65536>> certificate_chain;  // deliver: PEM, the station's own first
    Optional<Text<200>> reason;
    FIELDS(request_id, decision, certificate_chain, reason)
};
struct CertificateRevoke {
    Text<64, 64> fingerprint;  // SHA-256, hexadecimal
    FIELDS(fingerprint)
};
struct CommandWritten {
    std::string command_id;  // ULID text, without prefix
    bool replayed = false;
    FIELDS(command_id, replayed)
};
struct OperationRefused {
    std::string code;  // of docs/ERRORS.md
    std::string detail;
    std::string pointer;  // JSON Pointer into the parameters, or ""
    FIELDS(code, detail, pointer)
};

struct OperationAnswer {
    int status = 0;    // HTTP
    std::string body;  // JSON of one of the structs above
};

// How REST reaches the one writer of a station, wherever it is. Called on the HTTP loop; `done` is
// called on it, once, not from inside submit: with the owner's answer, 503 queue_unavailable, or
// 503 when nobody answered by body.deadline_at.
class Operations {
public:
    virtual ~Operations() = default;
    virtual void submit(bus::OperatorBody&& body, std::function<void(OperationAnswer&&)> done) = 0;
};

}  // namespace ohm::api
