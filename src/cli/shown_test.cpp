#include "cli/shown.hpp"

#include <gtest/gtest.h>

#include "cli/verbs.hpp"

namespace ohm::cli {
namespace {

const wire::Type& stations() { return *find_verb("stations", "list")->row; }

TEST(CliShown, a_table_has_a_column_a_member) {
    wire::Decoder decoder;
    const std::string table =
        table_of(decoder, stations(),
                 {R"({"id":"CP1","connectivity":"online","status":"Available","ocpp_version":null,)"
                  R"("unknown":[1]})",
                  R"({"id":"CP-long","connectivity":"offline","vendor":"ACME"})"},
                 60, true);
    EXPECT_EQ(table,
              "ID       CONNECTIVITY  STATUS     OCPP_VERSION  VENDOR  MODEL  FIRMWARE_VERSION  "
              "LAST_SEEN_AT\n"
              "CP1      online        Available                                                 "
              "\n"
              "CP-long  offline                                ACME                             "
              "\n");
}

TEST(CliShown, hostile_text_stays_in_its_cell) {
    wire::Decoder decoder;
    const std::string item =
        R"({"id":"\u001b[2J\u0000A\nB\u009b","status":")" + std::string(100, 'x') + R"("})";
    const std::string table = table_of(decoder, stations(), {item}, 20, false);
    EXPECT_EQ(table.find('\x1b'), std::string::npos);
    EXPECT_EQ(table.find("\xC2\x9B"), std::string::npos);
    EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 1);
    EXPECT_NE(table.find(std::string(19, 'x') + "…"), std::string::npos);
    EXPECT_EQ(table.find(std::string(20, 'x')), std::string::npos);
}

TEST(CliShown, a_card_has_a_line_a_member) {
    wire::Decoder decoder;
    const std::string card = card_of(decoder, stations(), R"({"id":"CP1","status":"Faulted"})");
    EXPECT_NE(card.find("id                CP1\n"), std::string::npos) << card;
    EXPECT_NE(card.find("status            Faulted\n"), std::string::npos) << card;
    EXPECT_EQ(name_of(decoder, stations(), R"({"id":"CP1"})"), "CP1");
}

TEST(CliShown, answers_are_read_as_far_as_they_go) {
    wire::Decoder decoder;
    const auto page = read_page(decoder, R"({"data":[{"a":1},2],"next_cursor":"c","total":9})");
    ASSERT_TRUE(page);
    EXPECT_EQ(page->items, (std::vector<std::string>{R"({"a":1})", "2"}));
    EXPECT_EQ(page->next_cursor, "c");
    EXPECT_FALSE(read_page(decoder, "<html>"));
    const Problem problem = read_problem(
        decoder, R"({"code":"not_found","detail":"There is no station CP1.","status":404})");
    EXPECT_EQ(sentence_of(problem, 404), "not_found: There is no station CP1.");
    EXPECT_EQ(sentence_of(read_problem(decoder, "Bad Gateway"), 502), "status 502: Bad Gateway");
    EXPECT_EQ(read_command(decoder, R"({"state":"answered","result":"rejected"})").result,
              "rejected");
}

}  // namespace
}  // namespace ohm::cli
