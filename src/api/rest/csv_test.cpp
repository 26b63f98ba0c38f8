#include "api/rest/csv.hpp"

#include <gtest/gtest.h>

#include "api/operations.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, QuotesLineEndsAndByteOrderMark) {
    const Csv csv = parse_csv("\xEF\xBB\xBFid,name\r\nA,\"x, \"\"y\"\"\nz\"\n\r\nB,\r\nC", 10);
    EXPECT_EQ(csv.broken, "");
    EXPECT_EQ(csv.rows, (Rows{{"id", "name"}, {"A", "x, \"y\"\nz"}, {"B", ""}, {"C"}}));
}

TEST(Csv, BrokenQuotesAreNamed) {
    EXPECT_NE(parse_csv("id\n\"A", 10).broken, "");
    EXPECT_NE(parse_csv("id\n\"A\"b\n", 10).broken, "");
    EXPECT_NE(parse_csv("id\na\"b\n", 10).broken, "");
    EXPECT_EQ(parse_csv("", 10).rows.size(), 0u);
}

TEST(Csv, StopsBehindTheBound) { EXPECT_EQ(parse_csv("a\nb\nc\nd\ne\n", 2).rows.size(), 3u); }

TEST(Csv, FormulasStayText) {
    const Csv csv = parse_csv("id,name\nA,=1+1\nB,@x\nC,-2\nD,+3\n", 10);
    EXPECT_EQ(csv.rows[1][1], "=1+1");
    EXPECT_EQ(csv.rows[2][1], "@x");
    EXPECT_EQ(json_of_row(wire::type_of<StationCreate>, csv.rows[0], csv.rows[3]),
              R"({"id":"C","name":"-2"})");
}

TEST(Csv, ARowBecomesWhatTheDeclarationWants) {
    const std::vector<std::string> names{"id", "call_timeout_s", "labels", "note"};
    EXPECT_EQ(json_of_row(wire::type_of<StationCreate>, names, {"1", " 30 ", R"({"a":"b"})", ""}),
              R"({"id":"1","call_timeout_s":30,"labels":{"a":"b"}})");
    EXPECT_EQ(json_of_row(wire::type_of<StationCreate>, names, {"1", "soon"}),
              R"({"id":"1","call_timeout_s":"soon"})");
}

TEST(Csv, WhatWasGuardedIsReadAsItWas) {
    const std::vector<std::string> names{"id", "note"};
    EXPECT_EQ(json_of_row(wire::type_of<StationCreate>, names, {"'-1", "'=a"}),
              R"({"id":"-1","note":"=a"})");
    EXPECT_EQ(json_of_row(wire::type_of<StationCreate>, names, {"'A", "'"}),
              R"({"id":"'A","note":"'"})");
}

TEST(Csv, a_cell_is_no_formula) {
    EXPECT_EQ(csv_cell("plain"), "plain");
    EXPECT_EQ(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
    EXPECT_EQ(csv_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
    EXPECT_EQ(csv_cell("@x"), "'@x");
    EXPECT_EQ(csv_cell("-1+2"), "'-1+2");
    EXPECT_EQ(csv_cell("\t=1"), "'\t=1");
    EXPECT_EQ(csv_cell("\r=1"), "\"'\r=1\"");
}

}  // namespace
}  // namespace ohm::api::rest
