// What a command that has a station fetch or send a file needs before it can be prepared: a URL of
// ours with a token for that station and command, and what is known of the image. Called by a shard
// in a batch; the rows go with the command's.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <tl/expected.hpp>

#include "api/operations.hpp"
#include "api/shard_state.hpp"
#include "store/sql.hpp"

namespace ohm::api::files {

inline constexpr std::string_view image_prefix = "fw_";
std::optional<Ulid> image_id_of(std::string_view text);  // "fw_…"

// The image that a command names, to be read before it is handled.
std::optional<Ulid> image_named(wire::Decoder& decoder, const CommandCreate& wanted);
// Of the running batch: these images, and the firmware of these stations.
void load_images(store::Sql& sql, ShardState& shard, const std::set<Ulid>& images,
                 const std::vector<std::string>& station_keys);

struct NewOrder {
    std::string direction, type;  // "upload", "download"; "diagnostics", "firmware" …
    std::string token;            // "": the URL is of others
    std::optional<Ulid> image;
    std::string version, version_before;
    std::int64_t from_at = 0;  // not used before: an update for tomorrow
};
// Fills in what the parameters leave out. Nothing: no file is ordered by this command.
using OrderOrRefusal = tl::expected<std::optional<NewOrder>, OperationRefused>;
OrderOrRefusal complete(ShardState& shard, Utc now, const Station& station, CommandCreate& wanted);

// Writes the order of an admitted command, and tells the command what is to follow.
void place(ShardState& shard, Batch& batch, const Station& station, Command& command,
           const NewOrder& order);
// Its CALL was made anew, with another requestId.
void note_prepared(ShardState& shard, Batch& batch, const Command& command);
// Of commands that were read from their rows.
void restore(store::Sql& sql, const std::map<Ulid, Command*>& commands);

}  // namespace ohm::api::files
