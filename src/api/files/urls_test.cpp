#include "api/files/urls.hpp"

#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace ohm::api::files {
namespace {

const std::string token(token_characters, 'T');

TEST(FileUrls, TokensAreOfOneLengthAndNeverTheSame) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string one = new_token();
        EXPECT_EQ(one.size(), token_characters);
        EXPECT_TRUE(read_path(path_start.data() + one)) << one;
        seen.insert(one);
    }
    EXPECT_EQ(seen.size(), 100u);
}

TEST(FileUrls, StationsPutNamesBehindAUrlInEveryWay) {
    const std::string url = upload_url("https://h:1", token);
    EXPECT_EQ(url, "https://h:1/f/" + token + "/");
    for (const std::string rest : {"", "/", "/a.zip", "//a.zip", "a.zip", "/../../etc/passwd"}) {
        const std::string path = "/f/" + token + rest;
        const auto named = read_path(path);
        ASSERT_TRUE(named) << path;
        EXPECT_EQ(named->token, token);
        EXPECT_EQ(named->rest, rest);
    }
}

TEST(FileUrls, WhatIsNoTokenNamesNothing) {
    for (const std::string& path : std::vector<std::string>{
             "/f/", "/f/short", "/g/" + token, "/f/%2e" + token.substr(3), "f/" + token})
        EXPECT_FALSE(read_path(path)) << path;
}

TEST(FileUrls, PeopleDoNotSeeTokens) {
    EXPECT_EQ(without_tokens("{\"a\":\"http://h/f/" + token + "/x\",\"b\":\"/f/" + token + "\"}"),
              "{\"a\":\"http://h/f/***/x\",\"b\":\"/f/***\"}");
    EXPECT_EQ(without_tokens("/f/other"), "/f/other");
    EXPECT_EQ(without_tokens(""), "");
}

TEST(FileUrls, NamesLoseWhateverMeansMoreThanAName) {
    EXPECT_EQ(safe_name("fw-1.2_3.bin", "x"), "fw-1.2_3.bin");
    EXPECT_EQ(safe_name("../../etc/passwd", "x"), "passwd");
    EXPECT_EQ(safe_name("C:\\tmp\\a b.zip", "x"), "a_b.zip");
    EXPECT_EQ(safe_name("..", "x"), "x");
    EXPECT_EQ(safe_name(".htaccess", "x"), "htaccess");
    EXPECT_EQ(safe_name("a\r\nb\"<>.log", "x"), "a__b___.log");
    EXPECT_EQ(safe_name(std::string(1000, 'a'), "x").size(), 200u);
    EXPECT_EQ(safe_name("", "x"), "x");
}

TEST(FileUrls, EndingsAreOfAKnownList) {
    EXPECT_EQ(known_ending("diag.ZIP"), ".zip");
    EXPECT_EQ(known_ending("a.tar.gz"), ".tar.gz");
    EXPECT_EQ(known_ending("a.html"), ".bin");
    EXPECT_EQ(known_ending("a.svg"), ".bin");
    EXPECT_EQ(known_ending(".log"), ".bin");
}

}  // namespace
}  // namespace ohm::api::files
