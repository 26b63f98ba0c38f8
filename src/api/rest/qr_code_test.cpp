#include "api/rest/qr_code.hpp"

#include <gtest/gtest.h>

namespace ohm::api::rest {
namespace {

std::string drawn(const QrCode& code) {
    std::string out;
    for (std::size_t y = 0; y < code.size(); ++y) {
        for (std::size_t x = 0; x < code.size(); ++x) out += code.is_dark(x, y) ? '#' : '.';
        out += '\n';
    }
    return out;
}

// As another program (uqr) draws it, and readers read it.
TEST(QrCode, IsWhatReadersRead) {
    EXPECT_EQ(drawn(*QrCode::of("ws://127.0.0.1:3000/GARAGE%2007")),
              "#######.#..#####.#.#..#######\n"
              "#.....#.#....###.###..#.....#\n"
              "#.###.#.####.##...##..#.###.#\n"
              "#.###.#..#..#.##....#.#.###.#\n"
              "#.###.#.#.####.#.##...#.###.#\n"
              "#.....#..#...##..##.#.#.....#\n"
              "#######.#.#.#.#.#.#.#.#######\n"
              ".........#....#..............\n"
              "#..########.#####..#.#..#.###\n"
              "##.#.#...##.#.#...#.....##...\n"
              "#.#.######....#.......####.#.\n"
              "##.#.#..##....##.#.##..##....\n"
              "......######.##..#..###..#.#.\n"
              ".#.#...#...#......#.###.#..##\n"
              "...#..###.###.##...#.##...###\n"
              ".#...#.##..#.##.#...####..##.\n"
              "...#..##...#...#..#..#.#.#.#.\n"
              "#.#.#..##...#....###.#.##..#.\n"
              "#####.#..#.#.##.##.###.##.#.#\n"
              "####.....##.##.##..##.#.#####\n"
              "##...####.##.#..#########.#.#\n"
              "........#...##..#..##...#.##.\n"
              "#######.####.#.##.###.#.#....\n"
              "#.....#.#.##.#.#.##.#...#..#.\n"
              "#.###.#.#....#.#..#######....\n"
              "#.###.#.##.#.###...##..#..##.\n"
              "#.###.#..##.##.##.##....#.###\n"
              "#.....#..#......#.##..#...#.#\n"
              "#######.##.##..##.#.#.#......\n");
}

TEST(QrCode, IsTheSmallestThatHoldsTheText) {
    EXPECT_EQ(QrCode::of("")->size(), 21u);
    EXPECT_EQ(QrCode::of(std::string(14, 'a'))->size(), 21u);
    EXPECT_EQ(QrCode::of(std::string(15, 'a'))->size(), 25u);
    EXPECT_EQ(QrCode::of(std::string(2'331, 'a'))->size(), 177u);
    EXPECT_FALSE(QrCode::of(std::string(2'332, 'a')));
}

TEST(QrCode, IsAPictureWithItsMarginAndAnEscapedTitle) {
    const std::string svg = QrCode::of("CP1")->svg("a <b> & c");
    EXPECT_TRUE(svg.starts_with(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29")"));
    EXPECT_NE(svg.find("<title>a &lt;b&gt; &amp; c</title>"), std::string::npos);
    EXPECT_NE(svg.find("M4 4h7v1h-7z"), std::string::npos);  // the upper edge of a finder
}

}  // namespace
}  // namespace ohm::api::rest
