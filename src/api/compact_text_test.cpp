#include "api/compact_text.hpp"

#include <gtest/gtest.h>

namespace ohm::api {
namespace {

TEST(CompactText, holds_any_text_in_eight_bytes) {
    EXPECT_EQ(sizeof(CompactText), 8u);
    for (const std::string& text :
         {std::string{}, std::string{"Available"}, std::string{"slow_reader"}, std::string{"x"},
          std::string(1'000, 'y'), std::string{"a\0b", 3}}) {
        const CompactText one{text};
        EXPECT_EQ(one.text(), text);
        EXPECT_EQ(one.empty(), text.empty());
        CompactText copy{one};
        EXPECT_EQ(copy, one.view());
        const CompactText moved{std::move(copy)};
        EXPECT_EQ(moved.text(), text);
    }
}

TEST(CompactText, takes_another_text_and_its_own) {
    CompactText text{"of my own"};
    text = text.view();
    EXPECT_EQ(text.text(), "of my own");
    text = "Available";
    EXPECT_EQ(text, "Available");
    text = std::string_view{"Faulted and more"};
    EXPECT_EQ(text, "Faulted and more");
    text.clear();
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(text, "");
}

}  // namespace
}  // namespace ohm::api
