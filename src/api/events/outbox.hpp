// Events as they are stored: one row a batch and partition, written with what the batch changed.
// Numbers have no gaps within a partition. Reading is for the tailer, for replay and for webhooks,
// each on a connection of its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/events/position.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "store/sql.hpp"
#include "wire/codec.hpp"

namespace ohm::api::tables {
extern const store::Write outbox;
}

namespace ohm::api::events {

// One of a batch, before it has a number.
struct Made {
    Partition partition{};
    std::string json;  // as it stands in the row
};
Made make_event(Partition partition, std::string_view type, std::string_view subject,
                std::int64_t at, std::string&& data);

struct Event {
    Partition partition{};
    std::int64_t n = 0;
    std::string type;
    std::string subject;  // the station's id
    std::int64_t at = 0;
    std::string data;  // JSON
};

struct Page {
    std::vector<Event> events;
    Position after;        // where to go on
    bool more = false;     // there is more to be read at once
    bool expired = false;  // what was asked for has been removed, or was never here
};
// About `most` events from there on. Throws Fault.
Page read_page(store::Sql& sql, wire::Decoder& decoder, const Position& from, std::size_t most);

Position newest(store::Sql& sql, std::size_t partition_count);  // behind the last event
Position oldest(store::Sql& sql, std::size_t partition_count);  // the first that is still there
std::int64_t next_number(store::Sql& sql, Partition partition);

// Removes what is older than that, and what is more than `events_max` together; the newest row of a
// partition stays, because its numbers go on from there.
void sweep(store::Sql& sql, Utc now, std::size_t partition_count, std::int64_t events_max);

}  // namespace ohm::api::events
