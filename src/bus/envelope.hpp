// What workers and apis say to each other. An Envelope carries a station's frame, or the packed
// body of its kind; batches of envelopes are what the bus moves. Structs that travel: append
// members, never reorder (wire/binary.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "wire/binary.hpp"
#include "wire/fields.hpp"

namespace ohm::bus {

constexpr std::uint64_t envelope_version = 1;

using Kind = wire::OneOf<
    // worker → api
    "connect",      // an upgrade is held; body ConnectBody
    "closed",       // a connection ended; body ClosedBody
    "call",         // a station's CALL, raw
    "answer",       // a station's CALLRESULT or CALLERROR to a command; body AnswerBody
    "sent",         // a command was written to the socket; body CommandNews
    "undelivered",  // a command surely did not or may not have reached the station; body
                    // CommandNews
    "unreadable",   // a frame whose head cannot be read, raw; answered by the worker
    "seen",         // liveness in bulk; body SeenBody
    "worker_up",    // a worker's or its bus connection's start; body WorkerUpBody
    "worker_beat",  // body WorkerBeatBody
    // api → api
    "operator",         // a REST write that touches a station; body OperatorBody
    "self_beat",        // an owner to itself through its own uplink queue; body SelfBeatBody
    "operator_answer",  // body OperatorAnswerBody
    "changed",          // something that belongs to no station changed; body ChangedBody
    // api → worker
    "accept",   // body AcceptBody
    "refuse",   // body RefuseBody
    "reply",    // CALLRESULT or CALLERROR, raw
    "command",  // body CommandBody
    "kick",     // close that connection; body KickBody
    "beat",     // to every worker; body BeatBody
    "drain",    // body DrainBody
    // worker → api
    "refused",  // an upgrade that the worker refused by itself; body RefusedBody
    "noticed"   // a deviation that only the worker sees; body NoticedBody
    >;

struct Envelope {
    Kind kind;
    std::string station;  // folded identity; "" where none is meant
    std::uint64_t connection =
        0;  // within the worker's incarnation; the low 8 bits are the worker's loop
    std::uint64_t epoch = 0;
    std::uint64_t frame_no = 0;      // counts a connection's frames from the station, from 1
    std::uint64_t ocpp_version = 0;  // 16, 201; 0 unknown
    std::int64_t received_at = 0;    // µs UTC by the api's clock, as the worker knows it
    std::string frame;               // raw frame or packed body
    FIELDS(kind, station, connection, epoch, frame_no, ocpp_version, received_at, frame)
};

struct UpBatch {
    std::uint64_t version = envelope_version;
    std::string sender;       // worker id, or api id for operator and self_beat
    std::string incarnation;  // 16 bytes: one start of the sender's process
    std::uint64_t n = 0;      // its bus connection
    std::uint64_t seq = 0;    // per (incarnation, partition)
    std::string reply_queue;  // where the sender is reached now
    wire::List<Envelope> envelopes;
    FIELDS(version, sender, incarnation, n, seq, reply_queue, envelopes)
};

struct DownBatch {
    std::uint64_t version = envelope_version;
    std::string sender;
    wire::List<Envelope> envelopes;
    FIELDS(version, sender, envelopes)
};

// ---- bodies ----

struct ConnectBody {
    std::string id;  // as in the URL, decoded once, not folded
    bool has_credentials = false;
    std::string user_name, password;  // raw bytes of Basic; the password is never logged or stored
    wire::List<std::string> subprotocols;  // as offered, trimmed
    std::string address;
    std::uint64_t port = 0;
    bool tls = false;
    std::string certificate_common_name, certificate_fingerprint, user_agent, target;
    std::string certificate_serial_number;
    std::int64_t certificate_not_after = 0;
    // The path has several segments that may name the station (quirk A6): what its last one was,
    // where this is an earlier one, and whether there are more to ask for.
    std::string last_segment;
    bool has_more = false;
    std::string certificate_organization;
    FIELDS(id, has_credentials, user_name, password, subprotocols, address, port, tls,
           certificate_common_name, certificate_fingerprint, user_agent, target,
           certificate_serial_number, certificate_not_after, last_segment, has_more,
           certificate_organization)
};
struct ClosedBody {
    std::string
        cause;  // closed, ping_timeout, reset, replaced, drain, protocol_error, slow_reader, kicked
    std::uint64_t code = 0;
    std::string detail;
    std::int64_t last_seen_at = 0;
    FIELDS(cause, code, detail, last_seen_at)
};
struct RefusedBody {
    std::string id, cause, detail, address, user_agent, target;
    std::uint64_t status = 0;
    bool tls = false;
    FIELDS(id, cause, detail, address, user_agent, target, status, tls)
};
struct NoticedBody {
    std::string quirk;
    FIELDS(quirk)
};
struct AnswerBody {
    std::string command_id;  // 16 bytes; "" for an answer to no pending CALL
    std::string message_id;
    std::int64_t rtt_us = 0;
    bool late = false;
    std::string frame;
    FIELDS(command_id, message_id, rtt_us, late, frame)
};
struct CommandNews {
    std::string command_id;
    std::string reason;  // sent: ""; undelivered: offline (surely not delivered), busy, timeout,
                         // disconnected
    FIELDS(command_id, reason)
};
struct Seen {
    std::string station;
    std::uint64_t connection = 0, epoch = 0;
    std::int64_t at = 0;
    FIELDS(station, connection, epoch, at)
};
struct SeenBody {
    wire::List<Seen> stations;
    std::uint64_t heartbeats = 0;  // answered by the worker since the last report
    FIELDS(stations, heartbeats)
};
struct Held {
    std::string station;
    std::uint64_t connection = 0, epoch = 0;
    FIELDS(station, connection, epoch)
};
// Lists all accepted connections of one loop of the worker that belong to the partition: whatever
// else the api believes of that loop is over. An api splits nothing; a list too long for one
// envelope comes as several, `more` on all but the last.
struct WorkerUpBody {
    std::uint64_t loop = 0, loops = 1;
    std::int64_t started_at = 0;
    std::string version;
    wire::List<Held> held;
    bool more = false;
    FIELDS(loop, loops, started_at, version, held, more)
};
struct WorkerBeatBody {  // every loop of a worker beats
    std::uint64_t connections = 0;
    bool draining = false;
    std::string address;  // host and port of its HTTP side, for people
    std::uint64_t loop = 0;
    // Of the certificates that it serves, the one that expires first; 0: it serves none.
    std::int64_t certificate_expires_at = 0;
    std::string certificate;  // its subject
    FIELDS(connections, draining, address, loop, certificate_expires_at, certificate)
};
struct OperatorBody {
    std::uint64_t request = 0;  // the asking api's number
    std::string reply_queue;    // of the asking api; "" in the same process
    std::string operation;      // name in api/operations
    std::string id;             // station identity as the caller wrote it
    std::string parameters;     // JSON
    std::string idempotency_key, fingerprint, requested_by;
    std::int64_t deadline_at = 0;  // µs UTC; later answers are not awaited
    std::int64_t wait_us = 0;      // for a command: how long to hold the answer for its end
    std::string if_match;
    std::string operation_id;  // 16 bytes, drawn by the asking api: a repeated order is one order
    // Of the passwords in `parameters`, in their order, made by the asking api: a slow hash does
    // not keep an owner's other stations waiting. Empty: the owner makes them.
    wire::List<std::string> password_hashes;
    FIELDS(request, reply_queue, operation, id, parameters, idempotency_key, fingerprint,
           requested_by, deadline_at, wait_us, if_match, operation_id, password_hashes)
};
struct OperatorAnswerBody {
    std::uint64_t request = 0;
    std::uint64_t status = 0;         // HTTP
    std::string body;                 // JSON
    wire::List<std::string> headers;  // name, value, name, value …
    FIELDS(request, status, body, headers)
};
struct SelfBeatBody {
    std::uint64_t partition = 0;
    std::int64_t sent_at = 0;  // µs of the owner's monotonic clock
    FIELDS(partition, sent_at)
};
struct ChangedBody {
    std::string what;
    std::uint64_t version = 0;
    FIELDS(what, version)
};
struct AcceptBody {
    std::string subprotocol;  // "" : 101 without the header
    std::string refusal;      // not "": 101 without the header, then close 1002 with this reason
    bool boot_accepted = false;
    bool strict = false;
    std::uint64_t ping_interval_s = 0, call_timeout_s = 0;
    bool milliseconds = false;  // in the times that it is told
    FIELDS(subprotocol, refusal, boot_accepted, strict, ping_interval_s, call_timeout_s,
           milliseconds)
};
struct RefuseBody {
    std::uint64_t status = 0;  // HTTP: 400, 401, 404, 503
    std::string cause, detail;
    std::uint64_t retry_after_s = 0;
    FIELDS(status, cause, detail, retry_after_s)
};
struct CommandBody {
    std::string command_id, message_id, action;
    std::uint64_t timeout_ms = 0, partition = 0, partition_epoch = 0;
    std::int64_t deadline_at = 0;  // µs UTC; a worker drops it later
    std::string frame;             // the CALL, whole
    FIELDS(command_id, message_id, action, timeout_ms, partition, partition_epoch, deadline_at,
           frame)
};
struct KickBody {
    std::string cause;
    std::uint64_t code = 0, partition = 0, partition_epoch = 0;
    std::string reason;
    FIELDS(cause, code, partition, partition_epoch, reason)
};
struct BeatBody {
    std::int64_t at = 0;  // the api's UTC
    std::uint64_t partition_count = 0;
    std::uint64_t heartbeat_interval_s = 0;
    std::uint64_t envelope_version = 0;
    std::string api;
    FIELDS(at, partition_count, heartbeat_interval_s, envelope_version, api)
};
struct DrainBody {
    std::string worker;
    FIELDS(worker)
};

// The body of an envelope, or nothing where the bytes are not one.
template <class Body>
std::optional<Body> body_of(const Envelope& envelope) {
    std::string_view bytes = envelope.frame;
    Body body;
    if (!wire::unpack(bytes, body)) return std::nullopt;
    return body;
}
template <class Body>
Envelope make_envelope(Kind kind, std::string station, const Body& body) {
    Envelope envelope;
    envelope.kind = kind;
    envelope.station = std::move(station);
    wire::pack(envelope.frame, body);
    return envelope;
}

}  // namespace ohm::bus
