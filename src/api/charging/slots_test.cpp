// A token's limit between two shards that decide at the same time, on one database.
#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

using testing::ShardTest;

class Slots : public ShardTest {
protected:
    Slots() {
        options.partition_count = 2;
        build();
        add("CP", 0);
        turn();
        build();
        add("CP", 1);
        turn();
        sql.query(
            "insert into id_tokens (uid_key, uid, status, concurrent_limit, version, created_at, "
            "updated_at) values ('a', 'A', 'Accepted', 1, 1, 0, 0)");
        bus.sent.clear();
    }
    // The other shard, with its partition.
    void turn() {
        std::swap(shard, other_);
        std::swap(attachment, other_attachment_);
        here = {1 - here.value};
    }
    void add(const std::string& beginning, std::uint32_t partition) {
        std::string id;
        for (int i = 0; id.empty() || partition_of(*fold(id), 2).value != partition; ++i)
            id = beginning + std::to_string(i);
        put_online(id);
        stations_[partition] = id;
    }
    bus::Envelope start(std::uint64_t frame_no, int meter) {
        return call_of(stations_[here.value], 1, frame_no,
                       R"([2,"1","StartTransaction",{"connectorId":1,"idTag":"A","meterStart":)" +
                           std::to_string(meter) + R"(,"timestamp":"2027-01-01T00:00:00Z"}])");
    }
    bus::Envelope stop(std::uint64_t frame_no, const std::string& id) {
        return call_of(stations_[here.value], 1, frame_no,
                       R"([2,"2","StopTransaction",{"transactionId":)" + id +
                           R"(,"meterStop":9,"timestamp":"2027-01-01T01:00:00Z"}])");
    }
    std::int64_t with_status(const std::string& status) {
        return count("transactions where authorization_status = '" + status + "'");
    }
    std::unique_ptr<Shard> other_;
    std::uint64_t other_attachment_ = 0;
    std::string stations_[2];
};

TEST_F(Slots, two_shards_do_not_let_the_same_token_in_twice) {
    sql.before_commit = [this] {  // the other one decides and commits in between
        turn();
        handle({start(11, 1)});
        turn();
    };
    handle({start(11, 2)});
    EXPECT_EQ(with_status("Accepted"), 1);
    EXPECT_EQ(with_status("ConcurrentTx"), 1);
    EXPECT_EQ(count("transactions"), 2);
    EXPECT_EQ(count("token_slots"), 1);
    EXPECT_EQ(count("quarantine"), 0);
    EXPECT_EQ(sent_of("reply"), 2u);
}

TEST_F(Slots, what_else_was_in_the_batch_is_handled_again_with_it) {
    sql.before_commit = [this] {
        turn();
        handle({start(11, 1)});
        turn();
    };
    const std::string status =
        R"([2,"s","StatusNotification",{"connectorId":2,"errorCode":"NoError","status":"Faulted"}])";
    handle({call_of(stations_[here.value], 1, 11, status), start(12, 2)});
    EXPECT_EQ(sent_of("reply"), 3u);
    EXPECT_EQ(count("connectors where status = 'Faulted'"), 1);
    EXPECT_EQ(with_status("ConcurrentTx"), 1);
}

TEST_F(Slots, a_place_is_free_again_when_its_transaction_ends) {
    handle({start(11, 1)});
    EXPECT_EQ(count("token_slots"), 1);
    handle({stop(12, text("select ocpp_id from transactions"))});
    EXPECT_EQ(count("token_slots"), 0);
    turn();
    handle({start(11, 2)});
    EXPECT_EQ(with_status("Accepted"), 2);
    EXPECT_EQ(count("token_slots"), 1);
}

TEST_F(Slots, a_new_owner_frees_the_place_that_the_old_one_took) {
    handle({start(11, 1)});
    build(2);
    handle({stop(12, text("select ocpp_id from transactions"))});
    EXPECT_EQ(count("token_slots"), 0);
}

TEST_F(Slots, who_begins_and_ends_in_one_batch_leaves_no_place_taken) {
    handle({start(11, 1), stop(12, "1")});
    EXPECT_EQ(text("select state from transactions"), "ended");
    EXPECT_EQ(count("token_slots"), 0);
}

TEST_F(Slots, a_commit_whose_answer_was_lost_claims_its_own) {
    sql.lose_answer = true;
    deliver({start(11, 1)});
    EXPECT_FALSE(run());
    ASSERT_TRUE(run());
    EXPECT_EQ(count("token_slots"), 1);
    EXPECT_EQ(with_status("Accepted"), 1);
}

}  // namespace
}  // namespace ohm::api
