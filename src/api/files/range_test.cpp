#include "api/files/range.hpp"

#include <gtest/gtest.h>

namespace ohm::api::files {
namespace {

using Kind = Range::Kind;

void expect(std::string_view header, Kind kind, std::int64_t first, std::int64_t count) {
    const Range range = read_range(header, 100);
    EXPECT_EQ(range.kind, kind) << header;
    if (kind == Kind::not_there) return;
    EXPECT_EQ(range.first, first) << header;
    EXPECT_EQ(range.count, count) << header;
}

TEST(FileRange, PartsOfAFile) {
    expect("bytes=0-9", Kind::part, 0, 10);
    expect("bytes=90-", Kind::part, 90, 10);
    expect("bytes=90-1000", Kind::part, 90, 10);
    expect("bytes=-10", Kind::part, 90, 10);
    expect("bytes=-1000", Kind::part, 0, 100);
    expect(" Bytes= 5 - 5 ", Kind::part, 5, 1);
    expect("bytes=99-99", Kind::part, 99, 1);
}

TEST(FileRange, WhatIsNotThere) {
    expect("bytes=100-", Kind::not_there, 0, 0);
    expect("bytes=-0", Kind::not_there, 0, 0);
    EXPECT_EQ(read_range("bytes=0-", 0).kind, Kind::not_there);
}

TEST(FileRange, WhatCannotBeReadIsTheWhole) {
    for (const char* header :
         {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,5-6", "lines=0-1",
          "bytes=--5", "bytes=+1-2", "bytes=99999999999999999999-"})
        expect(header, Kind::whole, 0, 100);
}

}  // namespace
}  // namespace ohm::api::files
