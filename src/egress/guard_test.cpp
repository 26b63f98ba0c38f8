#include "egress/guard.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace ohm::egress {
namespace {

Reach reach(const std::string& text) {
    std::uint8_t bytes[16]{};
    if (inet_pton(AF_INET, text.c_str(), bytes) == 1) return reach_of({bytes, 4});
    EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), bytes), 1) << text;
    return reach_of({bytes, 16});
}

bool may(std::string_view url, Source source, const Rules& rules = {}) {
    const auto read = read_url(url);
    return read && check(*read, source, rules);
}

TEST(ReadUrl, TakesWhatIsUsual) {
    const auto url = read_url("https://Ocsp.Example.COM/a/b?c=d#e");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->scheme, "https");
    EXPECT_EQ(url->host, "ocsp.example.com");
    EXPECT_EQ(url->port, 443);
    EXPECT_EQ(url->text, "https://Ocsp.Example.COM/a/b?c=d");
    EXPECT_EQ(read_url("http://a.example")->port, 80);
    EXPECT_EQ(read_url("http://a_b:8080/")->port, 8080);
    EXPECT_EQ(read_url("http://[2001:DB8::1]:81/")->host, "2001:db8::1");
    EXPECT_EQ(read_url("http://192.0.2.7/")->address.size(), 4u);
}

TEST(ReadUrl, RefusesWhatTwoReadersTakeInTwoWays) {
    for (const std::string_view url : {"",
                                       "example.com",
                                       "//example.com",
                                       "http:/example.com",
                                       "http:example.com",
                                       "http://",
                                       "http:///path",
                                       "http://:80/",
                                       "ftp://example.com/",
                                       "file:///etc/passwd",
                                       "gopher://example.com/",
                                       "http://user@example.com/",
                                       "http://user:pw@example.com/",
                                       "http://example.com:0/",
                                       "http://example.com:65536/",
                                       "http://example.com:-1/",
                                       "http://example.com:80:80/",
                                       "http://example.com:8o/",
                                       "http://exa mple.com/",
                                       "http://example.com/a b",
                                       "http://example.com/\r\nHost: other",
                                       "http://example.com\\@b/",
                                       "http://ex%61mple.com/",
                                       "http://b\xc3\xbc.example/",
                                       "http://[::1",
                                       "http://::1/",
                                       "http://[::1%25lo]/",
                                       "http://[127.0.0.1]/",
                                       "http://127.1/",
                                       "http://2130706433/",
                                       "http://0x7f.0.0.1/",
                                       "http://0177.0.0.1/",
                                       "http://127.0.0.1./",
                                       "http://1.2.3.4.5/",
                                       "http://a..b/",
                                       "http://.a/",
                                       "http://a\tb/",
                                       "http://\xef\xbc\x91.example/"})
        EXPECT_FALSE(read_url(url)) << url;
    EXPECT_FALSE(read_url("http://example.com/" + std::string(3'000, 'a')));
    EXPECT_FALSE(read_url("http://" + std::string(300, 'a') + "/"));
    EXPECT_FALSE(read_url(std::string_view{"http://a\0b/", 11}));
}

TEST(Reach, KnowsTheRanges) {
    for (const char* open : {"8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1",
                             "2a00:1450::1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"})
        EXPECT_EQ(reach(open), Reach::open) << open;
    for (const char* own :
         {"127.0.0.1", "127.255.255.255", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
          "100.64.0.1", "::1", "fd00::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::192.168.0.1"})
        EXPECT_EQ(reach(own), Reach::own_network) << own;
    for (const char* never : {"0.0.0.0",
                              "0.1.2.3",
                              "169.254.169.254",
                              "169.254.0.1",
                              "100.100.100.200",
                              "192.0.0.192",
                              "224.0.0.1",
                              "239.1.1.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "192.0.2.1",
                              "198.18.0.1",
                              "203.0.113.1",
                              "::",
                              "fe80::1",
                              "fd00:ec2::254",
                              "ff02::1",
                              "2001:db8::1",
                              "2001::1",
                              "2002:7f00:1::",
                              "::ffff:169.254.169.254",
                              "::7f00:1",
                              "fec0::1",
                              "100::1"})
        EXPECT_EQ(reach(never), Reach::never) << never;
    EXPECT_EQ(reach_of({}), Reach::never);
}

TEST(Check, StationsReachTheInternetAtItsUsualPortsOnly) {
    EXPECT_TRUE(may("http://ocsp.example.com/", Source::stations));
    EXPECT_TRUE(may("https://8.8.8.8/", Source::stations));
    EXPECT_FALSE(may("http://ocsp.example.com:8080/", Source::stations));
    EXPECT_FALSE(may("http://10.0.0.1/", Source::stations));
    EXPECT_FALSE(may("http://[::1]/", Source::stations));
    const Rules webhooks{.webhooks_to_own_network = true};
    EXPECT_FALSE(may("http://10.0.0.1/", Source::stations, webhooks));
}

TEST(Check, OperatorsReachTheirOwnNetworkWhereASettingSaysSo) {
    EXPECT_TRUE(may("https://members.example:8443/", Source::operators));
    EXPECT_FALSE(may("http://members.example:25/", Source::operators));
    EXPECT_FALSE(may("http://10.0.0.1/", Source::operators));
    const Rules rules{.webhooks_to_own_network = true};
    EXPECT_TRUE(may("http://10.0.0.1:9000/", Source::operators, rules));
    EXPECT_FALSE(may("http://169.254.169.254/", Source::operators, rules));
    EXPECT_FALSE(may("http://[fe80::1]/", Source::operators, rules));
}

TEST(Check, ListedHostsAreOpenToStationsAsWell) {
    const Rules rules{.allowed = allowed_hosts(" Ocsp.Local , 127.0.0.1:2560,[::1]:2560")};
    ASSERT_EQ(rules.allowed.size(), 3u);
    EXPECT_TRUE(may("http://127.0.0.1:2560/", Source::stations, rules));
    EXPECT_FALSE(may("http://127.0.0.1:2561/", Source::stations, rules));
    EXPECT_TRUE(may("http://[::1]:2560/", Source::stations, rules));
    const auto url = read_url("http://ocsp.local:7777/");
    ASSERT_TRUE(url);
    const auto permit = check(*url, Source::stations, rules);
    ASSERT_TRUE(permit);
    EXPECT_TRUE(permit->opens(Reach::own_network));
    EXPECT_FALSE(permit->opens(Reach::never));
    EXPECT_FALSE(check(*read_url("http://other.local/"), Source::stations, rules)
                     ->opens(Reach::own_network));
}

}  // namespace
}  // namespace ohm::egress
