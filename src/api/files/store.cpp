#include "api/files/store.hpp"

#include "api/files/tables.hpp"
#include "api/tables.hpp"
#include "base/limits.hpp"
#include "base/limits_files.hpp"
#include "base/secret.hpp"

namespace ohm::api::files {
namespace {

using store::as_bytes;
using store::as_int;
using store::as_text;

store::Value key_of(const Ulid& id) { return store::Bytes{id.bytes()}; }

std::vector<Ulid> ids_of(const std::vector<store::Row>& rows) {
    std::vector<Ulid> ids;
    for (const store::Row& row : rows)
        if (const auto id = Ulid::from_bytes(as_bytes(row[0]))) ids.push_back(*id);
    return ids;
}

}  // namespace

Room room_for(store::Sql& sql, const NewFile& file, std::int64_t bytes, const Quota& quota) {
    const auto rows = sql.query(
        "select cast(coalesce(sum(bytes), 0) as bigint), cast(coalesce(sum(case when station_no = "
        "$1 then bytes else 0 end), 0) as bigint) from files where id <> $2",
        {file.station_no, key_of(file.id)});
    if (as_int(rows.at(0).at(0)) + bytes > quota.total_bytes) return Room::all_full;
    const bool of_station = file.station_no != 0;
    if (of_station && as_int(rows[0][1]) + bytes > quota.station_bytes) return Room::station_full;
    return Room::yes;
}

void open_file(store::Sql& sql, const NewFile& file, std::int64_t bytes, Utc now) {
    store::Unit unit;
    unit.add(
        tables::file,
        {key_of(file.id), file.kind, tables::int_or_null(file.station_no), std::string{"receiving"},
         bytes, static_cast<std::int64_t>(limits::file_chunk_bytes), micros(now), micros(now)});
    sql.commit(unit, {});
}

void reserve(store::Sql& sql, const Ulid& file, std::int64_t bytes) {
    sql.query("update files set bytes = $2 where id = $1 and state = 'receiving'",
              {key_of(file), bytes});
}

bool write_chunk(store::Sql& sql, const Ulid& file, std::int64_t seq, std::string_view data,
                 Utc now) {
    const bool is_there = !sql.query(
                                  "update files set touched_at = $2 where id = $1 and state = "
                                  "'receiving' returning 1",
                                  {key_of(file), micros(now)})
                               .empty();
    if (!is_there) return false;
    store::Unit unit;
    unit.add(tables::file_chunk, {key_of(file), seq, store::Bytes{std::string{data}}});
    sql.commit(unit, {});
    return true;
}

std::optional<std::string> read_chunk(store::Sql& sql, const Ulid& file, std::int64_t seq) {
    auto rows = sql.query("select data from file_chunks where file_id = $1 and seq = $2",
                          {key_of(file), seq});
    if (rows.empty()) return std::nullopt;
    return as_bytes(rows[0][0]);
}

// The row goes last: what is cut off is found again by the keeper.
void drop_file(store::Sql& sql, const Ulid& file) {
    constexpr std::int64_t portion = 512;
    sql.query("update files set state = 'dropped' where id = $1", {key_of(file)});
    for (;;) {
        const auto rows =
            sql.query("select max(seq) from file_chunks where file_id = $1", {key_of(file)});
        if (store::is_null(rows.at(0).at(0))) break;
        sql.query("delete from file_chunks where file_id = $1 and seq > $2",
                  {key_of(file), as_int(rows[0][0]) - portion});
    }
    sql.query("delete from files where id = $1", {key_of(file)});
}

std::optional<StoredFile> find_stored(store::Sql& sql, const Ulid& file) {
    const auto rows = sql.query(
        "select bytes, chunk_bytes, sha256, md5, created_at from files where id = $1 and state = "
        "'stored'",
        {key_of(file)});
    if (rows.empty()) return std::nullopt;
    return StoredFile{as_int(rows[0][0]), as_int(rows[0][1]), as_text(rows[0][2]),
                      as_text(rows[0][3]), as_int(rows[0][4])};
}

// Of a command without a requestId only what was said since then, and before the next, is of it.
std::optional<Order> find_order(store::Sql& sql, std::string_view direction,
                                std::string_view token) {
    const auto rows = sql.query(
        "select o.command_id, o.station_no, p.id, o.type, o.state, o.image_id, o.expires_at, "
        "(select count(*) from station_progress s where s.station_no = o.station_no and "
        "s.kind = case o.type when 'publish' then 'publish_firmware' else 'firmware' end and "
        "s.request_id = coalesce(o.request_id, -1) and s.at >= o.created_at and s.status in "
        "('Downloaded', 'SignatureVerified', 'InvalidSignature', 'InstallScheduled', "
        "'InstallRebooting', 'Installing', 'Installed', 'InstallationFailed', "
        "'InstallVerificationFailed', 'ChecksumVerified', 'InvalidChecksum', 'Published', "
        "'PublishFailed')) from file_orders o join charge_points p on p.station_no = o.station_no "
        "and p.archived_at is null where o.token_digest = $1 and o.direction = $2",
        {store::Bytes{secret::digest(token)}, std::string{direction}});
    if (rows.empty()) return std::nullopt;
    const store::Row& row = rows[0];
    return Order{Ulid::from_bytes(as_bytes(row[0])).value_or(Ulid{}),
                 as_int(row[1]),
                 as_text(row[2]),
                 as_text(row[3]),
                 as_text(row[4]),
                 Ulid::from_bytes(as_bytes(row[5])),
                 as_int(row[6]),
                 as_int(row[7]) > 0};
}

// Again under the same file: the work was done, and its answer lost.
bool claim(store::Sql& sql, const Ulid& command, const Ulid& file) {
    return !sql.query(
                   "update file_orders set state = 'receiving', file_id = $2 where command_id = "
                   "$1 and (state = 'ordered' or (state = 'receiving' and file_id = $2)) "
                   "returning 1",
                   {key_of(command), key_of(file)})
                .empty();
}

void release(store::Sql& sql, const Ulid& command, const Ulid& file) {
    sql.query(
        "update file_orders set state = 'ordered', file_id = null where command_id = $1 and "
        "file_id = $2 and state = 'receiving'",
        {key_of(command), key_of(file)});
}

void count_download(store::Sql& sql, const Ulid& command, Utc now) {
    sql.query(
        "update file_orders set downloads = coalesce(downloads, 0) + 1, first_at = "
        "coalesce(first_at, $2), last_at = $2 where command_id = $1",
        {key_of(command), micros(now)});
}

void add_bytes_sent(store::Sql& sql, const Ulid& command, std::int64_t bytes, Utc now) {
    sql.query(
        "update file_orders set bytes_sent = coalesce(bytes_sent, 0) + $2, last_at = $3 where "
        "command_id = $1",
        {key_of(command), bytes, micros(now)});
}

// ---- what the keeper does ----

void sweep(store::Sql& sql, Utc now, Micros max_age) {
    constexpr std::string_view few = " limit 100";
    const auto drop = [&](std::string_view condition, std::int64_t before) {
        for (const Ulid& file :
             ids_of(sql.query("select id from files where " + std::string{condition} +
                                  " order by id" + std::string{few},
                              {before})))
            drop_file(sql, file);
    };
    const std::int64_t silent = micros(now) - Micros{limits::upload_silence}.count();
    sql.query(
        "update file_orders set state = 'ordered', file_id = null where state = 'receiving' "
        "and file_id in (select id from files where state <> 'stored' and touched_at < $1)",
        {silent});
    drop("state <> 'stored' and touched_at < $1", silent);
    const std::int64_t old = micros(now) - max_age.count();
    drop("kind = 'log' and state = 'stored' and created_at < $1", old);
    sql.query("delete from file_orders where created_at < $1 and expires_at < $2",
              {old, micros(now)});
    const auto most = static_cast<std::int64_t>(limits::logs_per_station);
    for (const store::Row& row : sql.query(
             "select station_no from files where station_no is not null and state = 'stored' group "
             "by station_no having count(*) > $1",
             {most}))
        for (const Ulid& file :
             ids_of(sql.query("select id from files where station_no = $1 and state = 'stored' "
                              "order by id desc limit 100 offset $2",
                              {row[0], most})))
            drop_file(sql, file);
}

}  // namespace ohm::api::files
