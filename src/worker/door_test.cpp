#include "worker/door.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace ohm::worker {
namespace {

using namespace std::string_literals;

// The identity and its folded form, or what the refusal is.
std::string seen(std::string_view target, bool limit = false) {
    const auto identity = read_identity(target, limit);
    if (!identity) return "refused: " + std::string{identity.error().code};
    return identity->id + " | " + identity->key;
}

const std::string refused = "refused: bad_identity";
const std::string characters_48(48, 'a'), characters_49(49, 'a');
const std::string bytes_255(255, 'a'), bytes_256(256, 'a');

std::string umlauts(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += "%C3%A4";
    return text;
}

struct Case {
    std::string target, expected;
    bool limit_to_48_characters = false;
};

TEST(Door, identities) {
    const std::string blocks = std::string(48, 'a');
    const Case cases[] = {
        {"/CP1", "CP1 | cp1"},
        {"/ocpp/CP1", "CP1 | cp1"},
        {"/a/b/c/d/CP1", "CP1 | cp1"},
        {"/CP1/", "CP1 | cp1"},
        {"/CP1///", "CP1 | cp1"},
        {"//CP1", "CP1 | cp1"},
        {"/CP1?x=1", "CP1 | cp1"},
        {"/CP1?x=/y/Z", "CP1 | cp1"},
        {"/CP1/?x", "CP1 | cp1"},
        {"/CP1#part", "CP1 | cp1"},
        {"CP1", "CP1 | cp1"},
        {"/cp1", "cp1 | cp1"},
        {"/%43P1", "CP1 | cp1"},
        {"/%63p1", "cp1 | cp1"},
        {"/%2543P1", "%43P1 | %43p1"},  // decoded once, and once only
        {"/%252F", "%2F | %2f"},
        {"/CP%201", "CP 1 | cp 1"},
        {"/CP+1", "CP+1 | cp+1"},  // a plus is a plus in a path
        {"/DE*ABC*E1", "DE*ABC*E1 | de*abc*e1"},
        {"/a:b", "a:b | a:b"},
        {"/a@b!c$d&e'f(g)", "a@b!c$d&e'f(g) | a@b!c$d&e'f(g)"},
        {"/a%3Fb", "a?b | a?b"},
        {"/a%23b", "a#b | a#b"},
        {"/S%C3%84ULE", "SÄULE | säule"},
        {"/S%C3%A4ule", "Säule | säule"},
        {"/Sa%CC%88ule", "Sa\xCC\x88ule | säule"},  // the same letter in two code points
        {"/Stra%C3%9Fe", "Straße | strasse"},
        {"/a%2Fb", "a/b | a/b"},
        {"/.", refused},
        {"/..", refused},
        {"/%2E", refused},
        {"/%2e%2E", refused},
        {"/a%2F..", refused},
        {"/a%2F.%2Fb", refused},
        {"/...", "... | ..."},
        {"/.a", ".a | .a"},
        {"/", refused},
        {"", refused},
        {"/?CP1", refused},
        {"///", refused},
        {"/%00", refused},
        {"/CP%001", refused},
        {"/CP%0A1", refused},
        {"/CP%0D%0A1", refused},
        {"/CP%1F1", refused},
        {"/CP%7F1", refused},
        {"/CP%091", refused},
        {"/%FF", refused},
        {"/%C3", refused},
        {"/%ED%A0%80", refused},  // a surrogate
        {"/%C0%AF", refused},     // an overlong slash
        {"/CP%", refused},
        {"/CP%4", refused},
        {"/CP%zz", refused},
        {"/" + characters_48, characters_48 + " | " + characters_48, true},
        {"/" + characters_49, refused, true},
        {"/" + characters_49, characters_49 + " | " + characters_49, false},
        {"/" + umlauts(49), refused, true},
        {"/" + bytes_255, bytes_255 + " | " + bytes_255},
        {"/" + bytes_256, refused},
        {"/" + umlauts(128), refused},  // 256 bytes
    };
    for (const Case& one : cases)
        EXPECT_EQ(seen(one.target, one.limit_to_48_characters), one.expected) << one.target;
    EXPECT_TRUE(read_identity("/" + umlauts(48), true));
    EXPECT_TRUE(read_identity("/" + umlauts(127), false));
}

TEST(Door, credentials) {
    struct Sent {
        std::string header, id, user_name, password;
        bool present = true;
    };
    const auto basic = [](const std::string& text) { return "Basic " + to_base64(text); };
    const Sent cases[] = {
        {"", "CP1", "", "", false},
        {"   ", "CP1", "", "", false},
        {basic("CP1:secret"), "CP1", "CP1", "secret"},
        {"BASIC " + to_base64("CP1:secret"), "CP1", "CP1", "secret"},
        {"basic   " + to_base64("CP1:secret") + "  ", "CP1", "CP1", "secret"},
        {basic("CP1:a:b:c"), "CP1", "CP1", "a:b:c"},
        {basic("CP1::"), "CP1", "CP1", ":"},
        {basic("CP1:"), "CP1", "CP1", ""},
        {basic("CP1"), "CP1", "CP1", ""},
        {basic(""), "CP1", "", ""},
        {basic("CP1:a\0b\xFF"s), "CP1", "CP1", "a\0b\xFF"s},
        {basic("a:b:secret"), "a:b", "a:b", "secret"},
        {basic("a:b:c:secret"), "a:b", "a:b", "c:secret"},
        {basic("AB:CD:secret"), "ab:cd", "AB:CD", "secret"},
        {basic("CP2:secret"), "CP1", "CP2", "secret"},
        {basic("CP10:secret"), "CP1", "CP10", "secret"},  // not CP1 and a password of "0…"
        {basic("cp1:secret"), "CP1", "cp1", "secret"},
        {"Basic !!!", "CP1", "", ""},
        {"Basic Q1AxOnNlY3JldA", "CP1", "", ""},  // padding is missing
        {"Bearer abc", "CP1", "", ""},
        {"Basic", "CP1", "", ""},
        {"Basicx " + to_base64("CP1:secret"), "CP1", "", ""},
    };
    for (const Sent& one : cases) {
        const Credentials read = read_credentials(one.header, one.id);
        EXPECT_EQ(read.present, one.present) << one.header;
        EXPECT_EQ(read.user_name, one.user_name) << one.header;
        EXPECT_EQ(read.password, one.password) << one.header;
    }
}

TEST(Door, earlier_segments_may_name_the_station) {
    const auto others = [](std::string_view target) {
        std::string text;
        for (const auto& one : other_identities(target, *read_identity(target, false), false))
            text += (text.empty() ? "" : " ") + one.key;
        return text;
    };
    EXPECT_EQ(others("/CP1"), "");
    EXPECT_EQ(others("/ocpp/CP1"), "") << "what commonly stands there is nobody";
    EXPECT_EQ(others("/OCPP/1.6/CP1/"), "");
    EXPECT_EQ(others("/ocpp/CP1/SN7?x=/y"), "cp1");
    EXPECT_EQ(others("/CP1/cp1"), "") << "the same again";
    EXPECT_EQ(others("/a/b/c/d/e"), "d c b") << "a few";
    EXPECT_EQ(others("/a/%0A/../%ZZ/CP1"), "a") << "what may be no identity is none";
}

TEST(Door, what_a_station_offers_is_bounded) {
    net::Request request;
    std::string offers = "ocpp2.0.1 , ,ocpp1.6";
    for (int i = 0; i < 100; ++i) offers += ",x" + std::to_string(i);
    request.target = "/" + std::string(5'000, 'a');
    request.headers = {{"sec-websocket-protocol", offers}, {"user-agent", std::string(900, 'u')}};
    const auto body = read_connect(
        request,
        {.address = "192.0.2.1", .port = 5, .tls = true, .certificate_organization = "Acme"},
        {"CP1", "cp1"});
    EXPECT_EQ(body.certificate_organization, "Acme");
    ASSERT_EQ(body.subprotocols.items.size(), 16u);
    EXPECT_EQ(body.subprotocols.items[0], "ocpp2.0.1");
    EXPECT_EQ(body.subprotocols.items[1], "ocpp1.6");
    EXPECT_EQ(body.user_agent.size(), 300u);
    EXPECT_EQ(body.target.size(), 300u);
    EXPECT_TRUE(body.tls);
    EXPECT_FALSE(body.has_credentials);
}

}  // namespace
}  // namespace ohm::worker
