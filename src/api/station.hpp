// A station as its shard holds it in memory: what handlers need at once, no more, because a million
// may be loaded. The rows it comes from and goes to are in tables.hpp. Owned by one shard; one
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/commands/parts.hpp"
#include "api/commands/pending.hpp"
#include "api/compact_text.hpp"
#include "api/facts/station_facts.hpp"
#include "base/ids.hpp"
#include "ocpp/version.hpp"

namespace ohm::api {

// Which socket of which worker a station is on. `epoch` is the station's; it grows with every
// accepted connection.
struct Holder {
    std::string worker;
    Ulid incarnation;
    std::uint64_t connection = 0;  // 0: nowhere
    friend bool operator==(const Holder&, const Holder&) = default;
};

struct ConnectorState {
    std::int64_t evse = 0, connector = 0;
    CompactText status, error_code, info, vendor_id, vendor_error_code;
    std::int64_t status_at = 0, received_at = 0;
    std::int64_t override_since_at = 0;  // its EVSE was permitted to reset; 0: no
    bool changed = false, is_new = false;
    bool status_is_news = false;  // no event has told it yet
};

struct ReportedStatus {
    CompactText status, error_code, info, vendor_id, vendor_error_code;
    std::int64_t at = 0;
};

enum class CommandState : std::uint8_t { queued, sent, answered, failed, cancelled, expired };
std::string_view name_of(CommandState state);

// A command from the first row to its final state (rule 6): delivered at most once, never retried
// by itself.
struct Command {
    Ulid id;
    std::string command;  // "reset", "call" …
    std::string action, message_id, request, parameters;
    ocpp::Version version = ocpp::Version::none;
    CommandState state = CommandState::queued;
    bool changed = true;       // has to be written
    bool handed_over = false;  // given to the worker: from here on it may have reached the station
    std::string result, failed_reason, response, late_response;
    std::string error_code, error_description, error_details;
    std::uint64_t epoch = 0;
    std::string requested_by, idempotency_key;
    std::int64_t created_at = 0, sent_at = 0, answered_at = 0, deadline_at = 0;
    std::int64_t priority = 0;          // the higher goes first
    std::int64_t expires_at = 0;        // 0: does not wait for a connection
    std::int64_t effect_timeout_s = 0;  // 0: by action
    std::string status;                 // the station's own word
    std::string effect_state, effect_expects;
    std::int64_t effect_until_at = 0;
    std::optional<Ulid> batch;
    Ulid verifies;        // the command whose values this one reads back
    bool verify = false;  // read back what it set
    bool hides = false;   // request or parameters hold a secret: rows and logs get "***"
    bool masked = false;  // read from its row, the secret is gone: it cannot be sent any more
    std::string firmware_version;  // a boot with it shows that it was installed; "": none is named
    bool awaits_file = false;      // the effect is a file that is sent to us
    bool file_came = false;        // it is here
    bool said_done = false;        // read from its row: the station has said that it is done
    std::unique_ptr<commands::Parts> parts;  // of several CALLs; null for most
    Ulid part;                               // what the CALL on its way is known by
    std::int64_t not_before_at = 0;
    bool when_idle = false;     // goes when no transaction is open
    std::string password_hash;  // of the password in it, where the asking api made it
    bool waits() const { return expires_at != 0; }
};

// What is told to a station that boots (1.6 §4.2, 2.0.1 B01 to B03).
enum class BootDecision : std::uint8_t { accepted, pending, rejected };

enum class LogLevel : std::uint8_t { off, errors, all };

struct StationTransactions;
struct Compatibility;
struct StationHeld;

struct Station {
    Station();
    ~Station();

    StationNo no{};
    std::string id, key;
    Partition partition{};

    // what operators write (charge_points)
    std::int8_t security_profile = 1;
    // A higher one that the station has accepted, until it connects by it; 0: none.
    std::int8_t next_security_profile = 0;
    std::int8_t profile_in_use = -1;  // of the connection
    CompactText password_hash;        // secret::packed
    ocpp::Version default_version = ocpp::Version::none;
    std::optional<bool> strict;
    std::optional<LogLevel> log_level;
    BootDecision boot_decision = BootDecision::accepted;
    std::int32_t call_timeout_s = 0, ping_interval_s = -1;  // 0, -1: the default
    std::int32_t boot_retry_interval_s = 0;        // told with pending and rejected; 0: the default
    std::unique_ptr<Compatibility> compatibility;  // null for most

    // the connection (station_state)
    Holder holder;
    std::uint64_t epoch = 0;
    ocpp::Version version = ocpp::Version::none;  // of the current or last connection
    std::string address;
    CompactText subprotocol, disconnect_reason;
    bool tls = false;
    std::int64_t connected_at = 0, disconnected_at = 0, last_seen_at = 0, last_seen_written_at = 0;
    bool online() const { return holder.connection != 0; }

    // what it reports
    CompactText boot_status;  // "", Accepted, Pending, Rejected
    std::int64_t boot_at = 0;
    ReportedStatus reported;
    CompactText override_status;
    std::int64_t override_since_at = 0;
    std::int64_t state_version = 0;
    std::vector<ConnectorState> connectors;

    std::vector<std::unique_ptr<Command>> commands;  // queued and sent, in order
    std::unique_ptr<StationFacts> facts;             // null for most

    std::unique_ptr<StationTransactions> transactions;  // null: none is in memory
    bool transactions_are_read = false;                 // the open ones
    std::unique_ptr<StationHeld> held;             // reservations, profiles, limits; null for most
    std::unique_ptr<commands::Expected> expected;  // of the station after answers; null for most
    // 1.6: a boot that was asked for, until the station boots by itself.
    enum class AskedBoot : std::uint8_t { none, expected, came } asked_boot = AskedBoot::none;
    std::int64_t boot_asked_at = 0;
    std::uint8_t reports_refused = 0;  // base reports, one after the other
    CompactText next_password_hash;  // sent to the station, not yet known to be in use; "" for most

    // what the batch has to write
    bool state_changed = false, credentials_changed = false, touched = false, archived = false;
    // What no event has told yet.
    struct News {
        bool connected = false, disconnected = false, status = false;
    } news;

    bool booted() const { return boot_status == "Accepted"; }
    commands::Expected& expecting() {
        if (!expected) expected = std::make_unique<commands::Expected>();
        return *expected;
    }
    bool has_connector(std::int64_t evse, std::int64_t number) const;
    std::optional<std::int64_t> only_evse() const;                      // of a station that has one
    ConnectorState& connector(std::int64_t evse, std::int64_t number);  // added where absent
    // Until the next boot, status or connection (architecture: the shown status).
    void show_override(std::string_view status, std::int64_t at_us);
    void show_override_of_evse(std::int64_t evse, std::int64_t at_us);
    void clear_override();
    void clear_station_override();  // an EVSE's own stays
};

}  // namespace ohm::api
