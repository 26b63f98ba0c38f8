#include "cli/words.hpp"

#include <gtest/gtest.h>

namespace ohm::cli {
namespace {

std::optional<std::string> nothing(std::string_view) { return std::nullopt; }

Result<Words> read(std::vector<std::string> arguments) { return read_words(arguments, nothing); }

std::string object(std::vector<std::string> pairs) {
    const auto made = object_of(pairs);
    return made ? *made : made.error().detail;
}

TEST(CliWords, nouns_verbs_words_and_options_in_any_order) {
    const auto words = read({"--url", "https://csms:8443", "stations", "get", "CP1", "-o", "json",
                             "--wait=20", "--all"});
    ASSERT_TRUE(words);
    EXPECT_EQ(words->noun, "stations");
    EXPECT_EQ(words->verb, "get");
    EXPECT_EQ(words->rest, std::vector<std::string>{"CP1"});
    EXPECT_EQ(words->url, "https://csms:8443");
    EXPECT_EQ(words->output, Output::json);
    EXPECT_EQ(words->wait_s, 20);
    EXPECT_TRUE(words->all);
}

TEST(CliWords, other_options_are_filters) {
    const auto words = read({"stations", "list", "--status", "Faulted", "--location-id=L1"});
    ASSERT_TRUE(words);
    using Filters = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(words->filters, (Filters{{"status", "Faulted"}, {"location_id", "L1"}}));
}

TEST(CliWords, the_environment_counts_less_than_an_option) {
    const Environment environment = [](std::string_view name) -> std::optional<std::string> {
        if (name == "OHM_URL") return "http://there:1";
        return name == "OHM_ADMIN_KEY" ? std::optional<std::string>{"k"} : std::nullopt;
    };
    const std::vector<std::string> plain{"workers"}, named{"workers", "--url", "http://here:2"};
    EXPECT_EQ(read_words(plain, environment)->url, "http://there:1");
    EXPECT_EQ(read_words(plain, environment)->key, "k");
    EXPECT_EQ(read_words(named, environment)->url, "http://here:2");
}

TEST(CliWords, what_cannot_be_understood_is_said) {
    EXPECT_EQ(read({"stations", "--status"}).error().detail, "--status lacks its value");
    EXPECT_NE(read({"stations", "-o", "xml"}).error().detail.find("not xml"), std::string::npos);
    EXPECT_FALSE(read({"stations", "--wait", "soon"}));
    EXPECT_FALSE(read({"stations", "--wait", "3601"}));
}

TEST(CliWords, pairs_become_one_object) {
    EXPECT_EQ(object({}), "{}");
    EXPECT_EQ(object({"uid=007", "concurrent_limit:=2"}), R"({"concurrent_limit":2,"uid":"007"})");
    EXPECT_EQ(object({"options.queue:=true", "options.expires_in:=60"}),
              R"({"options":{"expires_in":60,"queue":true}})");
    EXPECT_EQ(object({"note=a=b \"c\""}), R"({"note":"a=b \"c\""})");
    EXPECT_EQ(object({"list:=[1, 2]"}), R"({"list":[1,2]})");
}

TEST(CliWords, odd_pairs_are_refused_with_their_place) {
    EXPECT_EQ(object({"reason"}), "reason is no name=value");
    EXPECT_EQ(object({"=x"}), "=x is no name=value");
    EXPECT_EQ(object({"limit:=two"}), "limit is no JSON: limit:=two");
    EXPECT_EQ(object({"a=1", "a=2"}), "a is there twice");
    EXPECT_EQ(object({"a=1", "a.b=2"}), "a.b is a value and an object");
    EXPECT_EQ(object({"a..b=2"}), "a name is missing in a..b");
}

}  // namespace
}  // namespace ohm::cli
