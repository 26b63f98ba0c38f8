#include "net/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace ohm::net {
namespace {

std::string unpacked(const std::string& packed, std::size_t bytes_max) {
    std::string out(bytes_max, '\0');
    z_stream stream{};
    EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    std::string in = packed;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

TEST(Gzip, GivesBackWhatWentIn) {
    std::string text;
    for (int i = 0; i < 5'000; ++i) text += "{\"id\":\"CP" + std::to_string(i) + "\"},";
    const auto packed = gzip(text);
    ASSERT_TRUE(packed);
    EXPECT_LT(packed->size(), text.size() / 4);
    EXPECT_EQ(unpacked(*packed, text.size() + 1), text);
}

TEST(Gzip, WhatDoesNotShrinkIsLeft) {
    EXPECT_FALSE(gzip(""));
    EXPECT_FALSE(gzip("short"));
    std::string noise;
    std::uint32_t state = 1;
    for (int i = 0; i < 4'096; ++i) {
        state = state * 1'664'525u + 1'013'904'223u;
        noise += static_cast<char>(state >> 24);
    }
    EXPECT_FALSE(gzip(noise));
}

}  // namespace
}  // namespace ohm::net
