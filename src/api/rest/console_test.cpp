#include <gtest/gtest.h>

#include "api/rest/test_rest.hpp"
#include "base/error.hpp"

namespace ohm::api::rest {
namespace {

const std::string page = R"(<link href="@BASE@assets/a-1.css"><script src="@BASE@assets/a-1.js">)";

std::string pack() {
    std::string text = "ohmstead console 1\n";
    text += "index.html\ttext/html\t\"e1\"\t" + std::to_string(page.size()) + "\t0\t0\n";
    text += "assets/a-1.js\ttext/javascript\t\"e2\"\t5\t4\t3\n\n";
    return text + page + "plaingzipbro";
}

class ConsoleTest : public RestTest {
protected:
    void start_with_console() {
        settings.console = read_console_pack(bytes);
        start();
    }
    const std::string bytes = pack();
};

TEST_F(ConsoleTest, RootLeadsThereRelatively) {
    start_with_console();
    for (const char* path : {"/", "/console"}) {
        const Reply reply = get(path);
        EXPECT_EQ(reply.status, 302);
        EXPECT_NE(reply.head.find("Location: console/\r\n"), std::string::npos) << reply.head;
    }
}

TEST_F(ConsoleTest, EveryPathIsThePageWhichNamesItsFilesFromThere) {
    start_with_console();
    EXPECT_TRUE(get("/console/").has("src=\"./assets/a-1.js\""));
    EXPECT_TRUE(get("/console/stations?status=Faulted&x=%").has("href=\"./assets/a-1.css\""));
    const Reply deep = get("/console/stations/a%2Fb/messages");
    EXPECT_EQ(deep.status, 200);
    EXPECT_TRUE(deep.has("src=\"../../assets/a-1.js\"")) << deep.body;
    EXPECT_NE(deep.head.find("Cache-Control: no-cache"), std::string::npos);
    EXPECT_NE(deep.head.find("Content-Security-Policy: default-src 'self'"), std::string::npos);
    EXPECT_EQ(get("/console/", {"If-None-Match: \"e1\""}).status, 304);
}

TEST_F(ConsoleTest, FilesComeInTheCodingThatIsTaken) {
    start_with_console();
    const auto body = [&](const std::string& accepted) {
        return request("GET", "/console/assets/a-1.js", "", {"Accept-Encoding: " + accepted}).body;
    };
    EXPECT_EQ(body("gzip, deflate, br"), "bro");
    EXPECT_EQ(body("gzip"), "gzip");
    EXPECT_EQ(body("br;q=0, gzip;q=0.5"), "gzip");
    EXPECT_EQ(body("identity"), "plain");
    EXPECT_EQ(body("brx"), "plain");
    const Reply reply = request("GET", "/console/assets/a-1.js");
    EXPECT_NE(reply.head.find("immutable"), std::string::npos);
    EXPECT_NE(reply.head.find("Vary: Accept-Encoding"), std::string::npos);
    EXPECT_EQ(get("/console/assets/a-2.js").status, 404);
    EXPECT_EQ(request("POST", "/console/stations").status, 405);
}

TEST_F(ConsoleTest, ABuildWithoutItSaysSo) {
    start();
    EXPECT_TRUE(get("/console/stations/CP1").has("is not part of this build"));
    EXPECT_EQ(get("/console").status, 200);
}

TEST_F(ConsoleTest, ABrokenPackEndsTheStart) {
    EXPECT_TRUE(read_console_pack("").empty());
    EXPECT_EQ(read_console_pack(bytes).size(), 2u);
    const std::string other = "something else\n\n";
    EXPECT_THROW(read_console_pack(other), Fault);
    for (std::size_t length = 1; length < bytes.size(); ++length)
        EXPECT_THROW(read_console_pack(bytes.substr(0, length)), Fault) << length;
}

}  // namespace
}  // namespace ohm::api::rest
