#include "domain/local_list.hpp"

#include <gtest/gtest.h>
#include <random>

#include "domain/token.hpp"

namespace ohm::domain {
namespace {

const EntryBytes ten_each = [](const ListEntry&) { return std::size_t{10}; };
constexpr ListBounds wide{.entries = {}, .entries_a_message = 100, .bytes_a_message = 100'000};

ListEntries entries(std::initializer_list<std::string_view> uids) {
    ListEntries list;
    for (const std::string_view uid : uids)
        list[token_key(uid)] = ListEntry{.uid = std::string{uid},
                                         .type = "",
                                         .status = "Accepted",
                                         .group = "",
                                         .expires_at = 0};
    return list;
}
HeldList held(ListEntries list, std::int64_t version) {
    return {.entries = std::move(list),
            .version = version,
            .highest_version = version,
            .is_known = true};
}

TEST(LocalList, NothingIsSentWhereItHoldsAll) {
    EXPECT_FALSE(next_change(entries({"A"}), held(entries({"A"}), 3), wide, ten_each, false));
}

TEST(LocalList, AnUnknownListIsSentInFull) {
    const auto change = next_change(entries({"A", "B"}), {}, wide, ten_each, false);
    ASSERT_TRUE(change);
    EXPECT_TRUE(change->is_full);
    EXPECT_EQ(change->version, 1);
    EXPECT_EQ(change->put.size(), 2u);
}

TEST(LocalList, AFullListMayBeEmpty) {
    const auto change = next_change({}, {}, wide, ten_each, false);
    ASSERT_TRUE(change);
    EXPECT_TRUE(change->is_full);
    EXPECT_GT(change->version, 0);
    EXPECT_TRUE(change->put.empty());
}

TEST(LocalList, ADifferentialSaysWhatChanged) {
    ListEntries wanted = entries({"A", "B"});
    wanted["b"].status = "Blocked";
    const auto change =
        next_change(wanted, held(entries({"A", "B", "C"}), 7), wide, ten_each, false);
    ASSERT_TRUE(change);
    EXPECT_FALSE(change->is_full);
    EXPECT_EQ(change->version, 8);
    ASSERT_EQ(change->put.size(), 1u);
    EXPECT_EQ(change->put[0].status, "Blocked");
    ASSERT_EQ(change->removed.size(), 1u);
    EXPECT_EQ(change->removed[0].uid, "C");
}

TEST(LocalList, AVersionIsNeverUsedTwice) {
    HeldList list = held(entries({"A"}), 3);
    list.highest_version = 9;  // was sent, and not answered
    EXPECT_EQ(next_change(entries({"B"}), list, wide, ten_each, false)->version, 10);
    EXPECT_EQ(next_change(entries({"B"}), list, wide, ten_each, true)->version, 10);
}

TEST(LocalList, BehindTheLastVersionAFullListBeginsAnew) {
    const HeldList list = held(entries({"A"}), 2'147'483'647);
    const auto change = next_change(entries({"B"}), list, wide, ten_each, false);
    EXPECT_TRUE(change->is_full);
    EXPECT_EQ(change->version, 1);
    HeldList after = list;
    apply(after, *change);
    EXPECT_EQ(next_change(entries({"C"}), after, wide, ten_each, false)->version, 2);
}

TEST(LocalList, ATokenOfAnotherTypeIsAnotherToken) {
    ListEntries before = entries({"A"}), after = before;
    before["a"].type = "ISO14443", after["a"].type = "Central";
    const auto change = next_change(after, held(before, 1), wide, ten_each, false);
    ASSERT_TRUE(change);
    ASSERT_EQ(change->removed.size(), 1u);
    EXPECT_EQ(change->removed[0].type, "ISO14443");
    EXPECT_EQ(change->put[0].type, "Central");
    HeldList list = held(before, 1);
    apply(list, *change);
    EXPECT_EQ(list.entries, after);
}

TEST(LocalList, MessagesKeepTheirBounds) {
    const ListBounds two{.entries = {}, .entries_a_message = 2, .bytes_a_message = 1'000};
    EXPECT_EQ(next_change(entries({"A", "B", "C"}), {}, two, ten_each, false)->put.size(), 2u);
    const ListBounds bytes{.entries = {}, .entries_a_message = 100, .bytes_a_message = 25};
    EXPECT_EQ(next_change(entries({"A", "B", "C"}), {}, bytes, ten_each, false)->put.size(), 2u);
    EXPECT_EQ(changes_needed(entries({"A", "B", "C", "D", "E"}), {}, two, ten_each, false), 3u);
    EXPECT_EQ(changes_needed({}, {}, two, ten_each, false), 1u);
    EXPECT_EQ(changes_needed(entries({"A"}), held(entries({"A"}), 1), two, ten_each, false), 0u);
}

TEST(LocalList, WhatDoesNotFitIsSaidWithItsBound) {
    const ListBounds small{.entries = 1, .entries_a_message = 10, .bytes_a_message = 100};
    EXPECT_FALSE(does_not_fit(entries({"A"}), small, ten_each));
    const auto refusal = does_not_fit(entries({"A", "B"}), small, ten_each);
    ASSERT_TRUE(refusal);
    EXPECT_NE(refusal->detail.find("at most 1"), std::string::npos);
    const ListBounds narrow{.entries = {}, .entries_a_message = 10, .bytes_a_message = 9};
    ASSERT_TRUE(does_not_fit(entries({"A"}), narrow, ten_each));
    EXPECT_NE(does_not_fit(entries({"A"}), narrow, ten_each)->detail.find("9 bytes"),
              std::string::npos);
}

TEST(LocalList, ARefusedDifferentialIsFollowedByTheFullListOnce) {
    EXPECT_EQ(step_after("Accepted", false, false), ListStep::go_on);
    EXPECT_EQ(step_after("VersionMismatch", false, false), ListStep::full_once);
    EXPECT_EQ(step_after("Failed", false, false), ListStep::full_once);
    EXPECT_EQ(step_after("VersionMismatch", false, true), ListStep::failed);
    EXPECT_EQ(step_after("VersionMismatch", true, false), ListStep::failed);
    EXPECT_EQ(step_after("Failed", true, true), ListStep::failed);
    EXPECT_EQ(step_after("NotSupported", false, false), ListStep::not_supported);
}

TEST(LocalList, AnotherVersionAtTheStationAsksForAFullList) {
    HeldList list = held(entries({"A"}), 3);
    EXPECT_FALSE(differs(list, 3));
    take_version(list, 3);
    EXPECT_TRUE(list.is_known);
    take_version(list, 12);
    EXPECT_FALSE(list.is_known);
    const auto change = next_change(entries({"A"}), list, wide, ten_each, false);
    EXPECT_TRUE(change->is_full);
    EXPECT_EQ(change->version, 13);
}

TEST(LocalList, VersionZeroIsAnEmptyList) {
    HeldList list = held(entries({"A"}), 3);
    take_version(list, 0);
    EXPECT_TRUE(list.is_known);
    EXPECT_TRUE(list.entries.empty());
    const auto change = next_change(entries({"A"}), list, wide, ten_each, false);
    EXPECT_FALSE(change->is_full);
    EXPECT_EQ(change->version, 4);  // above what was ever sent
}

TEST(LocalList, AStationWithoutListsIsNotKnown) {
    HeldList list = held(entries({"A"}), 3);
    take_version(list, -1);
    EXPECT_FALSE(list.is_known);
    EXPECT_EQ(list.highest_version, 3);
}

// Whatever a list was and shall be: the changes end, each keeps the bounds, none has a token twice,
// versions rise, the list is never longer than the longer of both, and it ends as wanted.
TEST(LocalList, AnyListBecomesAnyOther) {
    std::mt19937 random{20261122};
    const auto draw = [&](int most) {
        return static_cast<int>(random() % static_cast<unsigned>(most + 1));
    };
    const auto some = [&] {
        ListEntries list;
        for (int i = draw(30); i > 0; --i) {
            ListEntry entry;
            entry.uid = "T" + std::to_string(draw(40));
            entry.status = draw(3) == 0 ? "Blocked" : "Accepted";
            entry.type = draw(5) == 0 ? "Central" : "ISO14443";
            list[token_key(entry.uid)] = entry;
        }
        return list;
    };
    for (int round = 0; round < 500; ++round) {
        const ListEntries wanted = some();
        HeldList list = held(some(), draw(9));
        list.is_known = draw(4) != 0;
        const std::size_t most = std::max(wanted.size(), list.entries.size());
        const ListBounds bounds{
            .entries = {}, .entries_a_message = 1 + draw(6), .bytes_a_message = 10 + draw(60)};
        int messages = 0;
        while (const auto change = next_change(wanted, list, bounds, ten_each, false)) {
            ASSERT_LT(++messages, 100);
            const std::size_t size = change->put.size() + change->removed.size();
            EXPECT_LE(static_cast<std::int64_t>(size), bounds.entries_a_message);
            EXPECT_LE(static_cast<std::int64_t>(size) * 10, bounds.bytes_a_message);
            EXPECT_GT(change->version, list.version);
            apply(list, *change);
            EXPECT_LE(list.entries.size(), most);
        }
        EXPECT_EQ(list.entries, wanted);
        EXPECT_TRUE(list.is_known);
    }
}

}  // namespace
}  // namespace ohm::domain
