#include "api/files/store.hpp"

#include <gtest/gtest.h>

#include "api/files/tables.hpp"
#include "base/limits_files.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "store/migrations.hpp"
#include "store/test_database.hpp"

namespace ohm::api::files {
namespace {

// OHM_TEST_REST_DATABASE=postgres runs the same cases on a server.
store::Dialect dialect() {
    const bool postgres = store::environment("OHM_TEST_REST_DATABASE", "") == "postgres";
    return postgres ? store::Dialect::postgres : store::Dialect::sqlite;
}

class FileStore : public ::testing::Test {
protected:
    FileStore() {
        store::migrate(*sql, clock.utc());
        for (const std::int64_t number : {1, 2})
            sql->query(
                "insert into charge_points (station_no, id, id_key, partition_no, "
                "security_profile, version, created_at, updated_at) values ($1, $2, $2, 0, 1, 1, "
                "0, 0)",
                {number, "cp" + std::to_string(number)});
    }
    NewFile open(std::int64_t bytes, std::int64_t station = 1) {
        const NewFile file{.id = ids.next(), .kind = "log", .station_no = station};
        open_file(*sql, file, bytes, now);
        return file;
    }
    void store_it(const NewFile& file, std::int64_t bytes) {
        store::Unit unit;
        unit.add(tables::file_stored, {store::Bytes{file.id.bytes()}, std::string{"stored"}, bytes,
                                       std::string{"aa"}, std::string{"bb"}, micros(now)});
        sql->commit(unit, {});
    }
    Ulid order(const std::string& token, const std::string& direction = "upload",
               std::int64_t request_id = 7) {
        const Ulid command = ids.next();
        store::Unit unit;
        unit.add(tables::file_order, {store::Bytes{command.bytes()}, std::int64_t{1}, direction,
                                      std::string{direction == "upload" ? "security" : "firmware"},
                                      store::Bytes{secret::digest(token)}, store::Null{},
                                      request_id, std::string{"ordered"}, store::Null{},
                                      store::Null{}, micros(now), micros(now) + 1'000'000});
        sql->commit(unit, {});
        return command;
    }
    std::int64_t count(const std::string& table) {
        return store::as_int(sql->query("select count(*) from " + table).at(0).at(0));
    }

    SystemClock clock;
    SeededRandom random{3};
    IdSource ids{clock, random};
    store::TestDatabase database{dialect()};
    std::unique_ptr<store::Sql> sql = database.open();
    const Utc now = clock.utc();
};

TEST_F(FileStore, ChunksComeBackAsTheyWere) {
    const NewFile file = open(10);
    const std::string binary("\0\xff chunk", 8);
    EXPECT_TRUE(write_chunk(*sql, file.id, 0, binary, now));
    EXPECT_TRUE(write_chunk(*sql, file.id, 1, "second", now));
    EXPECT_TRUE(write_chunk(*sql, file.id, 1, "second", now)) << "once more does no harm";
    EXPECT_EQ(read_chunk(*sql, file.id, 0), binary);
    EXPECT_EQ(read_chunk(*sql, file.id, 1), "second");
    EXPECT_FALSE(read_chunk(*sql, file.id, 2));
    EXPECT_FALSE(find_stored(*sql, file.id)) << "it is not complete";
    store_it(file, 14);
    const auto stored = find_stored(*sql, file.id);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->bytes, 14);
    EXPECT_EQ(stored->chunk_bytes, static_cast<std::int64_t>(limits::file_chunk_bytes));
    EXPECT_FALSE(write_chunk(*sql, file.id, 2, "late", now)) << "nothing is added to it";
    drop_file(*sql, file.id);
    EXPECT_EQ(count("files") + count("file_chunks"), 0);
}

TEST_F(FileStore, RoomIsWhatOthersLeave) {
    const Quota quota{.file_bytes = 100, .station_bytes = 50, .total_bytes = 120};
    const NewFile next{.id = ids.next(), .kind = "log", .station_no = 1};
    EXPECT_EQ(room_for(*sql, next, 50, quota), Room::yes);
    EXPECT_EQ(room_for(*sql, next, 51, quota), Room::station_full);
    open(30);
    EXPECT_EQ(room_for(*sql, next, 20, quota), Room::yes);
    EXPECT_EQ(room_for(*sql, next, 21, quota), Room::station_full);
    open(80, 2);
    EXPECT_EQ(room_for(*sql, next, 20, quota), Room::all_full);
    EXPECT_EQ(room_for(*sql, next, 10, quota), Room::yes);
    const NewFile image{.id = ids.next(), .kind = "firmware"};
    EXPECT_EQ(room_for(*sql, image, 10, quota), Room::yes);
    EXPECT_EQ(room_for(*sql, image, 11, quota), Room::all_full);
}

TEST_F(FileStore, ATokenNamesOneOrderOfOneDirection) {
    const Ulid command = order("secret");
    const auto found = find_order(*sql, "upload", "secret");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->command, command);
    EXPECT_EQ(found->station_id, "cp1");
    EXPECT_FALSE(find_order(*sql, "download", "secret"));
    EXPECT_FALSE(find_order(*sql, "upload", "other"));
    EXPECT_FALSE(find_order(*sql, "upload", ""));
    sql->query("update charge_points set archived_at = 1 where station_no = 1");
    EXPECT_FALSE(find_order(*sql, "upload", "secret")) << "its station is gone";
}

TEST_F(FileStore, OneUploadAtATimeAndOneAltogether) {
    const Ulid command = order("secret"), first = ids.next(), second = ids.next();
    EXPECT_TRUE(claim(*sql, command, first));
    EXPECT_TRUE(claim(*sql, command, first)) << "the same again: its answer was lost";
    EXPECT_FALSE(claim(*sql, command, second));
    release(*sql, command, second);
    EXPECT_FALSE(claim(*sql, command, second)) << "only who has it gives it back";
    release(*sql, command, first);
    EXPECT_TRUE(claim(*sql, command, second));
    sql->query("update file_orders set state = 'received'");
    release(*sql, command, second);
    EXPECT_FALSE(claim(*sql, command, ids.next()));
}

TEST_F(FileStore, ADownloadIsOverWhenTheStationSaysSo) {
    order("secret", "download");
    const auto say = [&](std::int64_t request, const std::string& status) {
        sql->query("delete from station_progress");
        sql->query(
            "insert into station_progress (station_no, kind, request_id, status, at) values (1, "
            "'firmware', $1, $2, $3)",
            {request, status, micros(now) + 1});
        return find_order(*sql, "download", "secret")->is_over;
    };
    EXPECT_FALSE(find_order(*sql, "download", "secret")->is_over);
    EXPECT_FALSE(say(7, "Downloading"));
    EXPECT_FALSE(say(7, "DownloadFailed")) << "it may try again";
    EXPECT_FALSE(say(8, "Installed")) << "another update";
    EXPECT_TRUE(say(7, "Downloaded"));
    EXPECT_TRUE(say(7, "Installed"));
}

TEST_F(FileStore, TheKeeperRemovesWhatNobodyNeeds) {
    const NewFile broken = open(10), running = open(10), kept = open(10), old = open(10);
    write_chunk(*sql, broken.id, 0, "a", now);
    const Ulid command = order("secret");
    ASSERT_TRUE(claim(*sql, command, broken.id));
    store_it(kept, 1);
    store_it(old, 1);
    const std::int64_t silent = Micros{limits::upload_silence}.count() + 1'000'000;
    const auto age = [&](const NewFile& file, const char* column, std::int64_t by) {
        sql->query("update files set " + std::string{column} + " = $1 where id = $2",
                   {micros(now) - by, store::Bytes{file.id.bytes()}});
    };
    age(broken, "touched_at", silent);
    age(old, "created_at", Micros{minutes{48 * 60}}.count());
    sweep(*sql, now, minutes{24 * 60});
    EXPECT_TRUE(find_stored(*sql, kept.id));
    EXPECT_FALSE(find_stored(*sql, old.id));
    EXPECT_EQ(count("files"), 2);
    EXPECT_EQ(count("file_chunks"), 0);
    EXPECT_TRUE(write_chunk(*sql, running.id, 0, "b", now));
    EXPECT_TRUE(claim(*sql, command, ids.next())) << "the URL may be used again";
    EXPECT_EQ(count("file_orders"), 1);
    sweep(*sql, now + minutes{72 * 60}, minutes{24 * 60});
    EXPECT_EQ(count("file_orders"), 0);
}

TEST_F(FileStore, OfManyLogsOfAStationTheOldestGo) {
    std::vector<NewFile> all;
    for (std::size_t i = 0; i < limits::logs_per_station + 3; ++i) {
        all.push_back(open(1));
        store_it(all.back(), 1);
    }
    sweep(*sql, now, minutes{24 * 60});
    EXPECT_EQ(count("files"), static_cast<std::int64_t>(limits::logs_per_station));
    EXPECT_FALSE(find_stored(*sql, all[2].id));
    EXPECT_TRUE(find_stored(*sql, all[3].id));
}

}  // namespace
}  // namespace ohm::api::files
