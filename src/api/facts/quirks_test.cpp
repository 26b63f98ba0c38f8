#include "api/facts/quirks.hpp"

#include "api/test_shard.hpp"

namespace ohm::api::testing {
namespace {

class Quirks : public ShardTest {
protected:
    void SetUp() override { put_online("CP1"); }
    bus::Envelope idle() {
        return call_of("CP1", 1, ++frame_no,
                       R"([2,"1","FirmwareStatusNotification",{"status":"idle"}])");
    }
    std::int64_t counted() {
        return number("select count from station_quirks where quirk = 'enum_respelled'");
    }
    std::uint64_t frame_no = 1;
};

TEST_F(Quirks, AreWrittenAtOnceAndThenInBulk) {
    handle({idle()});
    EXPECT_EQ(counted(), 1);
    for (int i = 0; i < 10; ++i) handle({idle()});
    EXPECT_EQ(counted(), 1);
    clock.advance(limits::quirk_write_interval);
    handle({idle()});
    EXPECT_EQ(counted(), 12);
}

TEST_F(Quirks, CountOnWithANewOwner) {
    handle({idle(), idle(), idle()});
    EXPECT_EQ(counted(), 3);
    build(2);
    handle({worker_up({{"cp1", std::uint64_t{1} << 32, 1}})});
    clock.advance(limits::quirk_write_interval);
    handle({idle()});
    EXPECT_EQ(counted(), 4);
}

TEST_F(Quirks, AreWrittenWhenTheStationGoes) {
    handle({idle()});
    handle({idle(), idle()});
    EXPECT_EQ(counted(), 1);
    handle({closed_of("CP1", 1)});
    EXPECT_EQ(counted(), 3);
}

TEST_F(Quirks, NameWhereTheyWereSeen) {
    handle({idle()});
    EXPECT_EQ(text("select action from station_quirks"), "FirmwareStatusNotification");
    EXPECT_EQ(text("select path from station_quirks"), "/status");
}

TEST_F(Quirks, OfWhatOnlyTheWorkerSeesAreItsWord) {
    bus::Envelope envelope = bus::make_envelope("noticed", "cp1", bus::NoticedBody{"binary_frame"});
    envelope.epoch = 1;
    handle({envelope});
    EXPECT_EQ(number("select count from station_quirks where quirk = 'binary_frame'"), 1);
    envelope.epoch = 7;
    handle({envelope});
    EXPECT_EQ(number("select count from station_quirks where quirk = 'binary_frame'"), 1)
        << "of another connection";
}

}  // namespace
}  // namespace ohm::api::testing
