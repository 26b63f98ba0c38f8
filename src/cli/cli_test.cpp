#include "cli/cli.hpp"

#include <gtest/gtest.h>
#include <sstream>

namespace ohm::cli {
namespace {

// An api that answers what the test says, and remembers what it was asked.
class CliTest : public ::testing::Test {
protected:
    int run(std::vector<std::string> arguments) {
        out.str(""), err.str("");
        const Ask ask = [this](const Words&, const Request& request) -> Result<net::HttpAnswer> {
            asked.push_back(request);
            if (answers.empty()) return net::HttpAnswer{.status = 0, .headers = {}, .body = "gone"};
            net::HttpAnswer answer = answers.front();
            answers.erase(answers.begin());
            return answer;
        };
        const Terminal terminal{.out = out,
                                .err = err,
                                .is_terminal = is_terminal,
                                .pause = [](milliseconds) {},
                                .goes_on = [this] { return --looks > 0; }};
        const auto nothing = [](std::string_view) { return std::nullopt; };
        return run_cli(arguments, nothing, "1", ask, terminal);
    }
    void answer(int status, std::string body) { answers.push_back({status, {}, std::move(body)}); }

    std::vector<net::HttpAnswer> answers;
    std::vector<Request> asked;
    std::ostringstream out, err;
    bool is_terminal = false;
    int looks = 1;
};

TEST_F(CliTest, a_list_is_json_in_a_pipe_and_a_table_on_a_terminal) {
    const std::string body = R"({"data":[{"id":"CP1","status":"Available"}],"next_cursor":null})";
    answer(200, body);
    EXPECT_EQ(run({"stations", "list", "--status", "Available"}), 0);
    EXPECT_EQ(out.str(), body + "\n");
    EXPECT_EQ(asked.at(0).target, "/stations?status=Available");
    is_terminal = true;
    answer(200, body);
    EXPECT_EQ(run({"stations"}), 0);
    EXPECT_TRUE(out.str().starts_with("ID ")) << out.str();
}

TEST_F(CliTest, every_page_on_wish_else_a_word_that_there_are_more) {
    answer(200, R"({"data":[{"id":"A"}],"next_cursor":"c 1"})");
    EXPECT_EQ(run({"stations", "list", "-o", "name"}), 0);
    EXPECT_EQ(out.str(), "A\n");
    EXPECT_NE(err.str().find("--all"), std::string::npos);
    answer(200, R"({"data":[{"id":"A"}],"next_cursor":"c 1"})");
    answer(200, R"({"data":[{"id":"B"}],"next_cursor":null})");
    EXPECT_EQ(run({"stations", "list", "-o", "name", "--all"}), 0);
    EXPECT_EQ(out.str(), "A\nB\n");
    EXPECT_EQ(asked.back().target, "/stations?cursor=c%201");
}

TEST_F(CliTest, a_command_says_how_it_ended) {
    answer(200, R"({"id":"cmd_1","state":"answered","result":"accepted"})");
    EXPECT_EQ(run({"commands", "send", "CP 1", "reset", "type=soft", "--wait", "9"}), 0);
    EXPECT_EQ(asked.at(0).target, "/stations/CP%201/commands/reset");
    EXPECT_EQ(asked.at(0).body, R"({"type":"soft"})");
    EXPECT_EQ(asked.at(0).wait_s, 9);
    answer(200, R"({"state":"answered","result":"rejected"})");
    EXPECT_EQ(run({"commands", "send", "CP1", "reset"}), 4);
    answer(200, R"({"state":"failed","failed_reason":"timeout"})");
    EXPECT_EQ(run({"commands", "send", "CP1", "reset"}), 5);
    answer(409, R"({"code":"station_offline","detail":"the station is not connected"})");
    EXPECT_EQ(run({"commands", "send", "CP1", "reset"}), 6);
    EXPECT_EQ(err.str(), "ohmstead: station_offline: the station is not connected\n");
}

TEST_F(CliTest, any_message_can_be_sent) {
    answer(200, R"({"state":"answered","result":"accepted"})");
    EXPECT_EQ(run({"call", "CP1", "GetConfiguration", R"({"key": ["A"]})"}), 0);
    EXPECT_EQ(asked.at(0).target, "/stations/CP1/ocpp/call");
    EXPECT_EQ(asked.at(0).body, R"({"action":"GetConfiguration","payload":{"key":["A"]}})");
    EXPECT_EQ(run({"call", "CP1", "GetConfiguration", "{"}), 2);
    EXPECT_EQ(asked.size(), 1u) << "what is no JSON is not sent";
}

TEST_F(CliTest, exit_codes_of_requests) {
    answer(404, R"({"code":"not_found","detail":"There is no station X."})");
    EXPECT_EQ(run({"stations", "get", "X"}), 3);
    answer(401, R"({"code":"unauthorized","detail":"No key."})");
    EXPECT_EQ(run({"stations"}), 1);
    EXPECT_EQ(run({"stations"}), 5) << "nobody answers";
    EXPECT_EQ(run({"stations", "get"}), 2);
    EXPECT_EQ(run({"stations", "get", "A", "B"}), 2);
    EXPECT_EQ(run({"stations", "explode"}), 2);
    EXPECT_EQ(asked.size(), 3u);
}

TEST_F(CliTest, following_shows_what_is_new_oldest_first_and_outlives_an_api) {
    looks = 3;
    answer(200, R"({"data":[{"message_id":"2"},{"message_id":"1"}],"next_cursor":null})");
    answer(0, "refused");
    answer(200, R"({"data":[{"message_id":"3"},{"message_id":"2"}],"next_cursor":null})");
    EXPECT_EQ(run({"logs", "CP1", "--follow"}), 0);
    EXPECT_EQ(out.str(),
              "{\"message_id\":\"1\"}\n{\"message_id\":\"2\"}\n{\"message_id\":\"3\"}\n");
    EXPECT_EQ(asked.at(0).target, "/stations/CP1/messages?limit=100");
}

TEST_F(CliTest, created_ones_have_their_name_as_id) {
    answer(201, R"({"id":"CP1","password":"s"})");
    EXPECT_EQ(run({"stations", "create", "CP1", "security_profile:=2"}), 0);
    EXPECT_EQ(asked.at(0).body, R"({"id":"CP1","security_profile":2})");
    answer(200, R"({"uid":"A"})");
    EXPECT_EQ(run({"tokens", "set", "A", "note=x"}), 0);
    EXPECT_EQ(asked.at(1).content_type, "application/merge-patch+json");
}

}  // namespace
}  // namespace ohm::cli
