#include "api/readers.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>

namespace ohm::api {
namespace {

struct CountedSql final : store::Sql {
    explicit CountedSql(std::atomic<int>& r) : reconnects{r} {}
    store::Dialect dialect() const override { return store::Dialect::sqlite; }
    std::vector<store::Row> query(std::string_view, std::span<const store::Value>) override {
        return {};
    }
    void script(std::string_view) override {}
    void commit(store::Unit&, const store::Fence&) override {}
    void reconnect() override { ++reconnects; }
    std::atomic<int>& reconnects;
};

class ReadersTest : public testing::Test {
protected:
    Readers::Open open() {
        return {.sql = [this] { return std::make_unique<CountedSql>(reconnects); }, .messages = {}};
    }
    // Turns the loop until the answer is there; bounded.
    net::Response answer_of(Readers& readers, std::function<net::Response(ReadSources&)> work) {
        std::optional<net::Response> answer;
        readers.read(std::move(work), [&](net::Response&& response) {
            EXPECT_EQ(std::this_thread::get_id(), home) << "answers come on the loop";
            answer = std::move(response);
        });
        for (int i = 0; i < 2000 && !answer; ++i) loop.turn(milliseconds{5});
        EXPECT_TRUE(answer);
        return answer.value_or(net::Response{});
    }

    SystemClock clock;
    net::Loop loop{clock};
    std::atomic<int> reconnects = 0;
    const std::thread::id home = std::this_thread::get_id();
};

TEST_F(ReadersTest, WorkRunsOnAnotherThread) {
    Readers readers{loop, 2, open()};
    std::thread::id worked;
    const net::Response answer = answer_of(readers, [&](ReadSources& sources) {
        worked = std::this_thread::get_id();
        EXPECT_EQ(sources.messages, nullptr);
        return net::Response{.status = 204};
    });
    EXPECT_EQ(answer.status, 204);
    EXPECT_NE(worked, home);
}

TEST_F(ReadersTest, ADatabaseAwayIsTriedOnceMore) {
    Readers readers{loop, 1, open()};
    int runs = 0;
    const net::Response answer = answer_of(readers, [&](ReadSources&) {
        if (++runs == 1) throw Fault{Fault::Kind::away, "gone"};
        return net::Response{.status = 200, .headers = {}, .body = "x"};
    });
    EXPECT_EQ(answer.body, "x");
    EXPECT_EQ(runs, 2);
    EXPECT_EQ(reconnects, 1);
}

TEST_F(ReadersTest, FailuresAreAnswersWithoutABody) {
    Readers readers{loop, 1, open()};
    const net::Response away = answer_of(readers, [](ReadSources&) -> net::Response {
        throw Fault{Fault::Kind::away, "gone"};
    });
    EXPECT_EQ(away.status, 503);
    EXPECT_EQ(away.body, "");
    const net::Response broken =
        answer_of(readers, [](ReadSources&) -> net::Response { throw std::logic_error{"bug"}; });
    EXPECT_EQ(broken.status, 500);
    EXPECT_EQ(answer_of(readers, [](ReadSources&) { return net::Response{.status = 200}; }).status,
              200)
        << "the thread lives on";
}

TEST_F(ReadersTest, AnswersOfReadersThatAreGoneAreNotGiven) {
    bool given = false;
    {
        Readers readers{loop, 1, open()};
        readers.read([](ReadSources&) { return net::Response{}; },
                     [&](net::Response&&) { given = true; });
    }
    for (int i = 0; i < 20; ++i) loop.turn(milliseconds{1});
    EXPECT_FALSE(given);
}

}  // namespace
}  // namespace ohm::api
