#include "ocpp/peer.hpp"

#include <gtest/gtest.h>

#include "base/limits.hpp"

namespace ohm::ocpp {
namespace {

using enum Peer::Verdict;

Mono at(std::int64_t second) { return Mono{seconds{second}}; }
Peer::OurCall our_call(std::string id, std::int64_t sent = 0) {
    return {.command_id = "command " + id,
            .message_id = id,
            .sent_at = at(sent),
            .deadline = at(sent + 30)};
}

TEST(Peer, PipelinedCallsAreAllForwardedInOrder) {
    Peer peer{Version::v16};
    for (std::uint64_t i = 1; i <= 5; ++i) {
        const auto received = peer.receive(R"([2,"same","Heartbeat",{}])", at(0));
        EXPECT_EQ(received.verdict, forward);
        EXPECT_EQ(received.frame_no, i);
        EXPECT_TRUE(received.reply.empty());
        peer.keep(received.frame_no, 7, "frame");
    }
    EXPECT_TRUE(peer.answered(3));
    EXPECT_FALSE(peer.answered(3)) << "answered once";
    EXPECT_FALSE(peer.answered(99));
    ASSERT_EQ(peer.unanswered().size(), 4u);
    EXPECT_EQ(peer.unanswered()[2].frame_no, 4u) << "oldest first";
    for (const std::uint64_t no : {1u, 2u, 4u, 5u}) EXPECT_TRUE(peer.answered(no));
    EXPECT_EQ(peer.unanswered().capacity(), 0u) << "no memory while nothing is in flight";
}

TEST(Peer, ACallIsForwardedWhileOursIsOpen) {
    Peer peer{Version::v16};
    ASSERT_TRUE(peer.start(our_call("a")));
    EXPECT_EQ(peer.receive(R"([2,"a","Authorize",{"idTag":"x"}])", at(1)).verdict, forward)
        << "their ids and ours are two worlds";
    EXPECT_TRUE(peer.outstanding());
}

TEST(Peer, OnlyOneCallOfOursIsOpen) {
    Peer peer{Version::v201};
    EXPECT_TRUE(peer.start(our_call("a")));
    EXPECT_FALSE(peer.start(our_call("b")));
    EXPECT_EQ(peer.outstanding()->message_id, "a");
    const auto received = peer.receive(R"([3,"a",{"status":"Accepted"}])", at(2));
    EXPECT_EQ(received.verdict, answer);
    EXPECT_FALSE(received.late);
    EXPECT_EQ(received.command_id, "command a");
    EXPECT_EQ(received.message_id, "a");
    EXPECT_EQ(received.rtt_us, 2'000'000);
    EXPECT_EQ(received.head.rest, R"({"status":"Accepted"})");
    EXPECT_EQ(peer.receive(R"([3,"a",{}])", at(2)).verdict, unexpected) << "answered once";
    EXPECT_TRUE(peer.start(our_call("b")));
}

TEST(Peer, AnErrorAndABrokenAnswerAreAnswers) {
    Peer peer{Version::v16};
    for (const auto frame : {R"([4,"a","NotSupported","",{}])", R"([3,"a"])", R"([3,"a",{"x":)",
                             R"([4,"a"])", R"([3,"",{}])"}) {
        ASSERT_TRUE(peer.start(our_call("a")));
        const auto received = peer.receive(frame, at(1));
        EXPECT_EQ(received.verdict, answer) << frame;
        EXPECT_TRUE(received.reply.empty()) << "an answer is never answered";
        EXPECT_EQ(received.message_id, "a");
        EXPECT_FALSE(peer.outstanding());
    }
}

TEST(Peer, UnknownAnswersAreUnexpected) {
    for (const Version version : {Version::v16, Version::v201}) {
        Peer peer{version};
        for (const auto frame : {R"([3,"x",{}])", R"([4,"x","E","",{}])", R"([3,"",{}])",
                                 R"([4,"-1","RpcFrameworkError","",{}])"}) {
            const auto received = peer.receive(frame, at(0));
            EXPECT_EQ(received.verdict, unexpected) << frame;
            EXPECT_TRUE(received.reply.empty());
        }
        ASSERT_TRUE(peer.start(our_call("a")));
        EXPECT_EQ(peer.receive(R"([3,"b",{}])", at(0)).verdict, unexpected);
        EXPECT_TRUE(peer.outstanding()) << "ours stays open";
    }
}

TEST(Peer, ExpiryFreesTheQueueAndTheLateAnswerIsAttributed) {
    Peer peer{Version::v16};
    EXPECT_FALSE(peer.expire(at(1'000)));
    ASSERT_TRUE(peer.start(our_call("a")));
    EXPECT_FALSE(peer.expire(at(29)));
    const auto expired = peer.expire(at(30));
    ASSERT_TRUE(expired);
    EXPECT_EQ(expired->message_id, "a");
    EXPECT_FALSE(peer.expire(at(31))) << "expires once";
    ASSERT_TRUE(peer.start(our_call("b", 31)));
    const auto late = peer.receive(R"([3,"a",{}])", at(40));
    EXPECT_EQ(late.verdict, answer);
    EXPECT_TRUE(late.late);
    EXPECT_EQ(late.command_id, "command a");
    EXPECT_EQ(late.rtt_us, 40'000'000);
    EXPECT_EQ(peer.outstanding()->message_id, "b");
    EXPECT_EQ(peer.receive(R"([3,"a",{}])", at(41)).verdict, unexpected);
    EXPECT_FALSE(peer.receive(R"([3,"b",{}])", at(42)).late);
}

TEST(Peer, RemembersOnlyTheLastExpiredCalls) {
    Peer peer{Version::v16};
    for (const std::string id : {"a", "b", "c", "d", "e"}) {
        ASSERT_TRUE(peer.start(our_call(id)));
        ASSERT_TRUE(peer.expire(at(100)));
    }
    EXPECT_EQ(peer.receive(R"([3,"a",{}])", at(101)).verdict, unexpected);
    EXPECT_EQ(peer.receive(R"([3,"e",{}])", at(101)).verdict, answer);
    EXPECT_EQ(peer.receive(R"([3,"b",{}])", at(101)).verdict, answer);
}

struct Unreadable {
    const char* frame;
    const char* v16;
    const char* v201;  // beginnings of the replies; "" is silence
};
constexpr Unreadable unreadables[] = {
    {"hello", "", R"([4,"-1","RpcFrameworkError",)"},
    {"", "", R"([4,"-1","RpcFrameworkError",)"},
    {R"([2,--,"A",{}])", "", R"([4,"-1","RpcFrameworkError",)"},
    {R"([9,"x",{}])", "", R"([4,"x","MessageTypeNotSupported",)"},
    {R"(["2",5,"A",{}])", "", R"([4,5,"MessageTypeNotSupported",)"},
    {R"([2,"x","A"])", R"([4,"x","FormationViolation",)", R"([4,"x","FormatViolation",)"},
    {R"([2,7,{}])", R"([4,7,"FormationViolation",)", R"([4,7,"FormatViolation",)"},
    {R"([2,"x","A",{"a":1)", R"([4,"x","FormationViolation",)", R"([4,"x","FormatViolation",)"},
};

TEST(Peer, UnreadableFramesAreAnsweredAsTheVersionWants) {
    for (const Unreadable& row : unreadables)
        for (const Version version : {Version::v16, Version::v201}) {
            Peer peer{version};
            peer.be_strict(true);
            const auto received = peer.receive(row.frame, at(0));
            const std::string_view begin = version == Version::v16 ? row.v16 : row.v201;
            EXPECT_EQ(received.verdict, unreadable) << row.frame;
            EXPECT_EQ(received.reply.empty(), begin.empty()) << row.frame << received.reply;
            EXPECT_TRUE(received.reply.starts_with(begin)) << row.frame << received.reply;
            EXPECT_EQ(received.frame_no, 1u) << "counted like any frame";
        }
}

// Quirks B4, B5.
TEST(Peer, LenientlyATypeThatIsNoneGetsNoAnswerAndStrictlyAnEmptyIdMeansNobody) {
    Peer peer{Version::v201};
    EXPECT_TRUE(peer.receive(R"([9,"x",{}])", at(0)).reply.empty());
    EXPECT_FALSE(peer.receive("junk", at(0)).reply.empty()) << "it may have been a CALL";
    peer.be_strict(true);
    ASSERT_TRUE(peer.start(our_call("a")));
    EXPECT_EQ(peer.receive(R"([3,"",{}])", at(0)).verdict, unexpected);
    EXPECT_TRUE(peer.outstanding());
}

// Quirk B17.
TEST(Peer, LenientlyACallWithoutAPayloadIsForwardedWhereItsActionNeedsNone) {
    constexpr std::string_view heartbeat = R"([2,"1","Heartbeat"])";
    for (const Version version : {Version::v16, Version::v201}) {
        Peer peer{version};
        EXPECT_EQ(peer.receive(heartbeat, at(0)).verdict, forward);
        for (const auto frame : {R"([2,"1","BootNotification"])", R"([2,"1","NoSuchAction"])"}) {
            const auto refused = peer.receive(frame, at(0));
            EXPECT_EQ(refused.verdict, unreadable) << frame;
            EXPECT_EQ(static_cast<int>(refused.head.type),
                      static_cast<int>(FrameType::broken_call));
            EXPECT_FALSE(refused.reply.empty()) << frame;
        }
        peer.be_strict(true);
        EXPECT_EQ(peer.receive(heartbeat, at(0)).verdict, unreadable);
    }
}

TEST(Peer, HopelessAfterAHundredInARow) {
    Peer peer{Version::v16};
    const auto junk = [&](std::size_t count) {
        for (std::size_t i = 0; i < count; ++i)
            ASSERT_EQ(peer.receive("junk", at(0)).verdict, unreadable) << i;
    };
    junk(limits::unreadable_frames_in_a_row - 1);
    peer.receive(R"([2,"1","Heartbeat",{}])", at(0));
    junk(limits::unreadable_frames_in_a_row - 1);
    peer.receive(R"([3,"x",{}])", at(0));
    junk(limits::unreadable_frames_in_a_row - 1);
    for (int i = 0; i < 1'000; ++i)
        ASSERT_EQ(peer.receive("junk", at(0)).verdict, hopeless) << "and stays so, " << i;
}

TEST(Peer, MayLearnItsVersionLater) {
    Peer peer{Version::none};
    EXPECT_TRUE(peer.receive("junk", at(0)).reply.empty());
    peer.become(Version::v201);
    EXPECT_EQ(peer.version(), Version::v201);
    EXPECT_FALSE(peer.receive("junk", at(0)).reply.empty());
    EXPECT_EQ(peer.frame_no(), 2u);
}

}  // namespace
}  // namespace ohm::ocpp
