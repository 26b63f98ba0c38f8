// The OCPP message log: a record for people, not part of the truth; nothing reads state from it.
// One object a thread: the writer's, and one for each thread that reads. Throws Fault{away} (then
// reconnect) and, for a cursor that is none, Fault{bad_data}.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "store/sql.hpp"

namespace ohm::store {

enum class Direction : std::uint8_t { in, out };  // from the station, to the station

struct LoggedFrame {
    StationNo station;
    Utc at;
    Direction direction = Direction::in;
    ConnectionId connection;
    std::string message_type;  // CALL, CALLRESULT, CALLERROR, unreadable
    std::string message_id;
    std::string action;
    std::string frame;       // the bytes as they travelled
    std::string error_code;  // empty: no error
    std::int64_t bytes = 0;
};

// Frames that were dropped because the log could not keep up.
struct LogGap {
    Utc from;
    Utc to;
    std::int64_t frames = 0;
};

class MessageLog {
public:
    // Everything that is set must match; `from` is included, `to` is not.
    struct Filter {
        std::optional<StationNo> station;
        std::optional<Direction> direction;
        std::string action;
        std::string message_id;
        bool errors_only = false;
        std::optional<Utc> from;
        std::optional<Utc> to;
        std::string text;    // its bytes, somewhere in the frame
        std::string cursor;  // `next` of the page before; empty: from the newest
        std::size_t limit = 0;
        // So many frames of the station, or of all, are looked at; 0: as many as it takes.
        std::size_t look_at = 0;
    };
    struct Page {
        std::vector<LoggedFrame> frames;  // newest first; fewer than the limit after `look_at`
        std::string next;                 // empty: that was all
    };

    virtual ~MessageLog() = default;
    // All or none. Text that is not storable is kept with `?` where it was not.
    virtual void append(std::span<const LoggedFrame> frames) = 0;
    virtual void note_gap(const LogGap& gap) = 0;
    virtual Page read(const Filter& filter) = 0;
    virtual std::vector<LogGap> read_gaps(Utc from, Utc to) = 0;  // that overlap, oldest first
    // Drops whole hours, oldest first: all that ended before `now - max_age`, then as many as it
    // takes to come down to `max_bytes`. The newest hour stays.
    virtual void prune(Utc now, Micros max_age, std::int64_t max_bytes) = 0;
    virtual void reconnect() = 0;
};

// The tables are of the migrations. Sets `durable` off by itself.
std::unique_ptr<MessageLog> open_postgres_message_log(const PostgresOptions& options);
// A file of its own, made where it is absent, unless read_only.
std::unique_ptr<MessageLog> open_sqlite_message_log(const std::string& path, bool read_only);

}  // namespace ohm::store
