#include "net/digest.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace ohm::net {
namespace {

TEST(FileDigest, SumsOfKnownBytesInAnyPieces) {
    for (const std::size_t cut : {0u, 1u, 2u, 3u}) {
        FileDigest digest;
        const std::string_view text = "abc";
        digest.take(text.substr(0, cut));
        digest.take(text.substr(cut));
        const FileDigest::Sums sums = digest.finish();
        EXPECT_EQ(to_hex(sums.sha256),
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        EXPECT_EQ(to_hex(sums.md5), "900150983cd24fb0d6963f7d28e17f72");
    }
}

TEST(FileDigest, OfNothing) {
    FileDigest digest;
    EXPECT_EQ(to_hex(digest.finish().md5), "d41d8cd98f00b204e9800998ecf8427e");
}

}  // namespace
}  // namespace ohm::net
