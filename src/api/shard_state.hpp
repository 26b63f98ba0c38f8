// What a shard keeps between batches: the stations of its partitions, the workers it hears of, and
// who waits for what.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/batch.hpp"
#include "api/certificates/state.hpp"
#include "api/charging/record.hpp"
#include "api/commands/known_facts.hpp"
#include "api/held/state.hpp"
#include "api/outside/hooks.hpp"
#include "api/outside/parking.hpp"
#include "api/stations.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "domain/tariff.hpp"
#include "wire/codec.hpp"

namespace ohm::api {

// Files that stations fetch and send by URLs of ours.
struct FileOptions {
    std::string url;                         // "https://host:port"; "": none can be made
    std::function<std::string()> new_token;  // none: the machine's randomness
};
// What becomes of certificates for a station whose connection has no TLS.
enum class OverPlain : std::uint8_t { allow, warn, refuse };

struct ApiOptions {
    std::string api;  // this process's name on the bus
    std::uint32_t partition_count = 4;
    seconds heartbeat_interval{300};
    bool strict = false;
    bool hide_unknown_stations = false;
    LogLevel log_level = LogLevel::all;
    seconds call_timeout = limits::call_timeout;
    seconds ping_interval{20};
    bool exact_text_time = false;
    bool accept_unknown_tokens = false;
    std::int64_t meter_days = 400;         // that meter values are kept
    bool inventory_on_boot = false;        // OHM_ON_BOOT
    std::optional<domain::Tariff> tariff;  // none: nobody is told what it costs
    seconds cost_updates{0};               // while it runs; 0: none
    std::string ocsp_authorities;          // PEM, of OHM_OCSP_CA_FILE
    FileOptions files;
    OverPlain certificates_over_plain = OverPlain::warn;
    bool test_ev_certificates = false;  // a fixed answer to vehicles, for tests
    std::string organization;           // of certificates' subjects; "": any
};

struct Route;

struct HeldPartition {
    std::uint64_t epoch = 0;
    std::uint64_t attachment = 0;
    bool attached = false;
    Mono self_beat_sent{}, self_beat_heard{};
    Micros self_beat_delay{0};
    Mono prompt_since{};
    std::int64_t next_event = 1;  // its number
};

struct Waiter {
    OperatorAnswer answer;  // its body is filled in when it goes
    std::int64_t until_us = 0;
};

// A 1.6 station that has connected and never booted; it is asked to when the time has come.
struct MissingBoot {
    std::string key;
    std::uint64_t epoch = 0;
    std::int64_t due_at = 0;
};

struct IdempotentAnswer {
    std::string fingerprint;
    std::int64_t status = 0;
    std::string body;
};

// What operators write of a station, read for the batch that changes it.
struct StationConfig {
    std::string name, labels, note;
    std::int64_t location_no = 0, version = 0;
};

struct FirmwareImage {
    Ulid id;
    std::string version, file_name, signing_certificate, signature;
    std::string md5, sha256;  // hex
};

struct ShardFigures {
    std::uint64_t batches = 0, messages = 0, calls = 0, call_errors = 0, commits_failed = 0,
                  fenced = 0, quarantined = 0;
    std::uint64_t connects = 0, refused = 0, closed = 0, commands = 0, commands_answered = 0,
                  commands_failed = 0;
    std::uint64_t violations = 0, repairs = 0, heartbeats = 0, stations_loaded = 0,
                  stations_online = 0, late = 0;
    std::uint64_t commit_us = 0, handle_us = 0;
    std::uint64_t transactions_open = 0, transactions_started = 0, transactions_ended = 0,
                  transactions_suspect = 0, orphan_messages = 0;
    std::int64_t energy_mwh = 0;  // of ended ones
    std::map<std::string, std::uint64_t> authorizations_by_result;
    std::uint64_t events = 0;
    std::uint64_t parked = 0, outside_asked = 0, outside_unanswered = 0;
    std::map<const Route*, std::uint64_t> calls_by_route;  // null: an action without a route
    std::map<std::string, std::uint64_t> connects_by_result;
};

struct ShardState {
    const ApiOptions& options;
    IdSource& ids;
    Stations stations;
    std::map<std::string, KnownWorker> workers;
    std::map<Partition, HeldPartition> partitions;
    std::map<Ulid, Waiter> waiters;                         // by command
    std::set<std::string> busy_stations;                    // with open commands, by id_key
    std::set<std::string> reporting_stations;               // with reports that go on, by id_key
    std::map<std::string, IdempotentAnswer> idempotent;     // of the running batch
    std::set<Ulid> known_commands;                          // of the running batch: ordered before
    std::map<std::int64_t, StationConfig> configs;          // of the running batch, by station_no
    std::map<std::string, std::int64_t> locations;          // of the running batch, by id
    std::map<std::int64_t, std::string> desired_variables;  // of the running batch, by station_no
    std::map<Ulid, FirmwareImage> images;                   // of the running batch
    std::map<std::int64_t, std::string> firmware_versions;  // likewise, by station_no
    ChargingState charging;
    outside::Hooks hooks;
    outside::Parking parking;
    std::map<std::string, std::string> responder_words;  // of the running batch: DER, by key
    CertificateState certificates;                       // of the running batch
    HeldState held;
    std::unordered_map<std::int64_t, std::string>
        verified_passwords;                           // station_no → digest, for slow hashes
    std::vector<std::int64_t> fresh_station_numbers;  // a block, taken ahead of need
    std::vector<std::int64_t> fresh_ocpp_numbers;     // likewise: requestId, remoteStartId …
    std::map<std::int64_t, std::map<std::string, commands::CallLimits>>
        call_limits;  // of the running batch, by station_no and action
    std::int64_t next_inventory_at = 0;
    commands::KnownOfStations known;                    // of the running batch
    std::deque<MissingBoot> missing_boots;              // in order of time
    std::map<std::int64_t, std::int64_t> triggered_at;  // by batches, lately, by station_no
    wire::Decoder decoder;
    ShardFigures figures;

    // One that was archived in the running batch is not found any more.
    Station* find(const std::string& key) {
        const auto found = stations.find(key);
        const bool is_there = found != stations.end() && !(*found)->archived;
        return is_there ? found->get() : nullptr;
    }
    void drop(const std::string& key) {
        busy_stations.erase(key);
        const auto found = stations.find(key);
        if (found != stations.end()) stations.erase(found);
    }
};

// One envelope being handled in a batch: what every function of connections, commands, operations
// and dispatch gets.
struct Work {
    ShardState& shard;
    Batch& batch;
    const Item& item;
    const bus::Envelope& envelope;
    std::shared_ptr<const outside::Heard> heard = item.heard;

    std::int64_t now_us() const { return micros(batch.now); }
    // Into the queue of a worker, if it is (still) the incarnation that is meant.
    void send(const Holder& to, bus::Envelope&& envelope);
    void reply_to_sender(bus::Envelope&& envelope);
    void answer(int status, std::string body);  // to the operator envelope being handled
    void refuse(int status, std::string_view code, std::string detail, std::string pointer = {});
    bool logs(const Station& station, bool is_error) const;
    void log(const Station& station, store::LoggedFrame&& frame, bool is_error);
};

}  // namespace ohm::api
