#include "cli/cli.hpp"

#include <gtest/gtest.h>
#include <sstream>

#include "cli/long_work.hpp"
#include "cli/tail.hpp"

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
                                .shows_progress = shows_progress,
                                .pause = [](milliseconds) {},
                                .goes_on = [this] { return --looks > 0; }};
        const auto nothing = [](std::string_view) { return std::nullopt; };
        const Listen listen = [this](const Words&, Tail& tail, const Terminal& to) {
            targets.push_back(tail.target());
            for (const std::string& frame : frames) {
                const Tail::Heard heard = tail.on_message(frame);
                if (!heard.line.empty()) to.out << heard.line << "\n";
                if (!heard.sentence.empty()) to.err << heard.sentence << "\n";
                if (tail.has_enough()) return 0;
            }
            targets.push_back(tail.target());
            return tail.on_end(0).value_or(0);
        };
        return run_cli(arguments, nothing, "1", ask, listen, terminal);
    }
    void answer(int status, std::string body) { answers.push_back({status, {}, std::move(body)}); }

    std::vector<net::HttpAnswer> answers;
    std::vector<Request> asked;
    std::ostringstream out, err;
    std::vector<std::string> frames, targets;  // of a stream: what comes, and what was asked
    bool is_terminal = false, shows_progress = false;
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

// ---- events ----

constexpr std::string_view ready = R"({"type":"ready","sequence":"1.0.aa.1"})";
std::string event(int n) {
    return R"({"specversion":"1.0","id":"0-)" + std::to_string(n) +
           R"(","type":"station.connected","subject":"CP1","time":"2026-01-01T00:00:00Z",)"
           R"("sequence":"1.0.aa.)" +
           std::to_string(n) + R"(","data":{"epoch":1}})";
}

TEST_F(CliTest, events_are_json_in_a_pipe_and_go_on_behind_the_last_one) {
    frames = {std::string{ready}, event(2), event(3)};
    EXPECT_EQ(run({"events", "tail", "--type", "station.*", "--type", "command.answered",
                   "--station", "CP 1"}),
              0);
    EXPECT_EQ(out.str(), event(2) + "\n" + event(3) + "\n");
    EXPECT_EQ(targets.at(0), "/events/ws?types=station.%2A%2Ccommand.answered&station=CP%201");
    EXPECT_TRUE(targets.at(1).ends_with("&after=1.0.aa.3")) << targets.at(1);
    EXPECT_TRUE(asked.empty());
}

TEST_F(CliTest, events_are_columns_on_a_terminal_and_harmless) {
    is_terminal = true;
    frames = {std::string{ready},
              R"({"type":"a\u001b[2J","subject":"CP1","time":"T","data":{"x":1}})"};
    EXPECT_EQ(run({"events", "tail"}), 0);
    EXPECT_TRUE(out.str().starts_with("T ")) << out.str();
    EXPECT_NE(out.str().find("CP1"), std::string::npos);
    EXPECT_EQ(out.str().find('\x1b'), std::string::npos) << "a station moves no cursor";
}

TEST_F(CliTest, events_from_the_start_are_pages_and_then_the_stream) {
    answer(200, R"({"data":[)" + event(1) + R"(],"next_cursor":"1.0.aa.1","sequence":"1.0.aa.1"})");
    answer(200, R"({"data":[],"next_cursor":null,"sequence":"1.0.aa.7"})");
    frames = {event(8)};
    EXPECT_EQ(run({"events", "tail", "--from", "start", "--type", "station.connected"}), 5)
        << "it was never let in";
    EXPECT_EQ(out.str(), event(1) + "\n" + event(8) + "\n");
    EXPECT_EQ(asked.at(0).target, "/events?limit=500&types=station.connected");
    EXPECT_EQ(asked.at(1).target, "/events?limit=500&types=station.connected&after=1.0.aa.1");
    EXPECT_EQ(targets.at(0), "/events/ws?types=station.connected&after=1.0.aa.7");
}

TEST_F(CliTest, events_end_where_enough_came_or_the_api_refuses) {
    frames = {std::string{ready}, event(2), event(3)};
    EXPECT_EQ(run({"events", "tail", "--limit", "1"}), 0);
    EXPECT_EQ(out.str(), event(2) + "\n");
    frames = {R"({"type":"/errors/x","status":401,"code":"unauthorized","detail":"no key"})"};
    EXPECT_EQ(run({"events", "tail"}), 1);
    EXPECT_NE(err.str().find("unauthorized: no key"), std::string::npos) << err.str();
    frames = {std::string{ready},
              R"({"type":"stream.expired","detail":"gone","sequence":"1.0.aa.9"})"};
    EXPECT_EQ(run({"events", "tail", "--from", "1.0.aa.1"}), 0) << "it goes on with the newest";
    EXPECT_EQ(targets.back(), "/events/ws?after=1.0.aa.9");
    EXPECT_EQ(run({"events", "tail", "--colour", "red"}), 2);
    EXPECT_EQ(run({"events", "tail", "--limit", "many"}), 2);
}

// ---- long work ----

std::string batch(std::string_view state, int waiting, int failed) {
    return R"({"id":"bat_1","command":"reset","state":")" + std::string{state} +
           R"(","progress":{"total":4,"waiting":)" + std::to_string(waiting) +
           R"(,"accepted":1,"failed":)" + std::to_string(failed) + "}}";
}

TEST_F(CliTest, a_batch_is_followed_until_it_is_over) {
    looks = 5;
    answer(202, batch("running", 4, 0));
    answer(0, "away");
    answer(200, batch("finished", 0, 0));
    EXPECT_EQ(run({"batches", "create", "command=reset", "select.filter.vendor=acme"}), 0);
    EXPECT_EQ(asked.at(0).body, R"({"command":"reset","select":{"filter":{"vendor":"acme"}}})");
    EXPECT_EQ(asked.at(2).target, "/command-batches/bat_1");
    EXPECT_EQ(out.str(), batch("finished", 0, 0) + "\n");
    EXPECT_EQ(err.str(), "") << "nobody looks";
    looks = 5;
    shows_progress = true;
    answer(200, batch("running", 2, 1));
    answer(200, batch("finished", 0, 1));
    EXPECT_EQ(run({"batches", "follow", "bat_1"}), 7) << "some failed";
    EXPECT_NE(err.str().find("2/4"), std::string::npos) << err.str();
}

}  // namespace
}  // namespace ohm::cli
