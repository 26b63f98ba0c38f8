// Files as rows: chunks of one size, so that every api can serve every file. Reads on a reader's
// thread, writes on the writer's; each may be done twice where its connection was lost.
#pragma once

#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "store/sql.hpp"

namespace ohm::api::files {

struct NewFile {
    Ulid id;
    std::string kind;             // "firmware", "log"
    std::int64_t station_no = 0;  // 0: of no station
};
struct Quota {
    std::int64_t file_bytes = 0, station_bytes = 0, total_bytes = 0;
};
enum class Room : std::uint8_t { yes, station_full, all_full };

// Whether the file may have so many bytes, beside all others.
Room room_for(store::Sql& sql, const NewFile& file, std::int64_t bytes, const Quota& quota);
// `bytes` are taken from the quota until it is stored or dropped.
void open_file(store::Sql& sql, const NewFile& file, std::int64_t bytes, Utc now);
void reserve(store::Sql& sql, const Ulid& file, std::int64_t bytes);
// False: it was dropped meanwhile.
bool write_chunk(store::Sql& sql, const Ulid& file, std::int64_t seq, std::string_view data,
                 Utc now);
std::optional<std::string> read_chunk(store::Sql& sql, const Ulid& file, std::int64_t seq);
void drop_file(store::Sql& sql, const Ulid& file);

struct StoredFile {
    std::int64_t bytes = 0, chunk_bytes = 0;
    std::string sha256, md5;  // hex
    std::int64_t created_at = 0;
};
std::optional<StoredFile> find_stored(store::Sql& sql, const Ulid& file);

// ---- what stations fetch and send ----

struct Order {
    Ulid command;
    std::int64_t station_no = 0;
    std::string station_id, type, state;
    std::optional<Ulid> image;
    std::int64_t expires_at = 0;
    bool is_over = false;  // the station has said that it has what it was to fetch
};
// `token` as it stands in the URL.
std::optional<Order> find_order(store::Sql& sql, std::string_view direction,
                                std::string_view token);
// One upload at a time. False: another has it, or it is done.
bool claim(store::Sql& sql, const Ulid& command, const Ulid& file);
void release(store::Sql& sql, const Ulid& command, const Ulid& file);
void count_download(store::Sql& sql, const Ulid& command, Utc now);
void add_bytes_sent(store::Sql& sql, const Ulid& command, std::int64_t bytes, Utc now);

// ---- what the keeper does ----

// Uploads whose api has ended, files and orders older than `max_age`, logs beyond the bound.
void sweep(store::Sql& sql, Utc now, Micros max_age);

}  // namespace ohm::api::files
