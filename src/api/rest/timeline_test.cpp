#include "api/charging/samples.hpp"
#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::int64_t second = 1'000'000, minute = 60 * second;
constexpr std::int64_t begin = 1'000'000 * second;  // when its start was heard

class TimelineTest : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        add_station(1, "CP1");
        start();
        sql->query(
            "insert into transactions (id, station_no, ocpp_version, ocpp_id, state, evse, token, "
            "token_key, started_at, received_at, ended_received_at, has_start, has_end, "
            "event_count, seq_min, seq_max, end_seq, decided_by, incomplete, suspect, version, "
            "updated_at, meter_from_at, meter_to_at) values ($1, 1, '1.6', '7', 'ended', 1, 'T', "
            "'t', 5, $2, $3, 1, 1, 2, 0, 1, 1, '', 0, 0, 1, 1, 0, 9000000000000000)",
            {store::Bytes{id.bytes()}, begin, begin + 60 * minute});
    }
    store::Bytes id_at(std::int64_t at) {
        return store::Bytes{Ulid{static_cast<std::uint64_t>(at / 1'000) << 16, ++drawn}.bytes()};
    }
    void message(std::int64_t seq, const std::string& kind, std::int64_t at) {
        sql->query(
            "insert into transaction_events (station_no, ocpp_id, seq_no, transaction_id, kind, "
            "at, received_at, content, payload) values (1, '7', $1, $2, $3, 5, $4, $2, "
            "'{\"x\":1}')",
            {seq, store::Bytes{id.bytes()}, kind, at});
    }
    void command(const std::string& name, std::int64_t at) {
        sql->query(
            "insert into commands (id, station_no, command, state, result, effect_state, "
            "created_at) values ($1, 1, $2, 'answered', 'accepted', 'confirmed', $3)",
            {id_at(at), name, at});
    }
    void decision(const std::string& token_key, std::int64_t at) {
        sql->query(
            "insert into authorizations (station_no, epoch, frame_no, id, at, action, token, "
            "token_key, status, reason) values (1, 1, $1, $2, $3, 'Authorize', 'T', $4, "
            "'Accepted', 'known')",
            {++drawn_frames, id_at(at), at, token_key});
    }
    void reading(const std::string& kwh, std::int64_t at) {
        const std::vector<domain::Sample> samples{domain::normalise({.value = kwh, .unit = "kWh"})};
        sql->query(
            "insert into meter_values (station_no, evse, transaction_id, at, hash, received_at, "
            "samples) values (1, 1, $1, $2, $3, $2, $4)",
            {store::Bytes{id.bytes()}, at, id_at(at), store::Bytes{pack_samples(samples)}});
    }
    void fill() {
        decision("t", begin - minute);
        decision("another", begin - minute);
        command("start-transaction", begin - 30 * second);
        command("reset", begin - 10 * minute);  // long before
        command("reset", begin + 90 * minute);  // long after
        message(0, "started", begin);
        const char* const readings[] = {"100", "104", "111", "115", "131", "132"};
        for (int i = 0; i < 6; ++i) reading(readings[i], begin + (i + 1) * minute);
        sql->query(
            "insert into station_events (station_no, kind, said_at, hash, at, received_at, name, "
            "payload) values (1, 'security', 0, 1, $1, $1, 'TamperDetectionActivated', '{}')",
            {begin + 20 * minute});
        message(1, "ended", begin + 60 * minute);
    }
    std::vector<std::string> kinds(const std::string& body) {
        std::vector<std::string> out;
        for (std::size_t at = body.find("\"kind\":\""); at != std::string::npos;
             at = body.find("\"kind\":\"", at + 1))
            out.push_back(body.substr(at + 8, body.find('"', at + 8) - at - 8));
        return out;
    }
    std::string path() const { return "/api/v1/transactions/tx_" + id.text() + "/timeline"; }

    const Ulid id{static_cast<std::uint64_t>(begin / 1'000) << 16, 1};
    std::uint64_t drawn = 100;
    std::int64_t drawn_frames = 0;
};

TEST_F(TimelineTest, MergesAllInTheOrderInWhichItWasKnown) {
    fill();
    const Reply all = get(path());
    EXPECT_EQ(all.status, 200);
    const std::vector<std::string> expected{"authorization", "command", "started", "meter", "meter",
                                            "meter",         "meter",   "event",   "ended"};
    EXPECT_EQ(kinds(all.body), expected) << all.body;
    for (const char* kwh : {"0", "11000", "31000", "32000"})
        EXPECT_TRUE(all.has("\"energy_wh\":" + std::string{kwh} + ",")) << kwh << all.body;
    EXPECT_TRUE(all.has(R"("what":"start-transaction","result":"answered, accepted, confirmed")"));
    EXPECT_TRUE(all.has(R"("said_at":"1970-01-01T00:00:00.000Z","what":null)")) << all.body;
    EXPECT_EQ(get("/api/v1/transactions/tx_01ARZ3NDEKTSV4RRFFQ69G5FAV/timeline").status, 404);
}

TEST_F(TimelineTest, PagesNeitherLoseNorRepeat) {
    fill();
    for (int i = 2; i < 9; ++i) message(i, "updated", begin + 10 * minute);  // at one moment
    const std::vector<std::string> all = kinds(get(path()).body);
    ASSERT_EQ(all.size(), 16u);
    for (const int limit : {1, 2, 3, 5, 15, 16}) {
        std::vector<std::string> seen;
        std::string cursor;
        for (int pages = 0; pages < 20; ++pages) {
            const Reply page = get(path() + "?limit=" + std::to_string(limit) +
                                   (cursor.empty() ? "" : "&cursor=" + cursor));
            for (const std::string& kind : kinds(page.body)) seen.push_back(kind);
            cursor = page.member("next_cursor");
            if (cursor == "null") break;
        }
        EXPECT_EQ(seen, all) << limit;
    }
    EXPECT_EQ(get(path() + "?cursor=x").status, 400);
}

TEST_F(TimelineTest, ShowsWhatTheCallerMaySee) {
    fill();
    add_key("ohk_looks", "looks", "transactions:read");
    const Reply some = request("GET", path(), "", {}, "ohk_looks");
    const std::vector<std::string> expected{"started", "meter", "meter", "meter", "meter", "ended"};
    EXPECT_EQ(kinds(some.body), expected) << some.body;
}

TEST_F(TimelineTest, NamesWhoClosedTheRecord) {
    sql->query(
        "update transactions set closed_at = $1, closed_by = 'user:ada', closed_reason = "
        "'station is gone'",
        {begin + 50 * minute});
    const Reply all = get(path());
    EXPECT_TRUE(all.has(R"("kind":"closed","said_at":null,"what":"user:ada","result":"station is)"))
        << all.body;
}

}  // namespace
}  // namespace ohm::api::rest
