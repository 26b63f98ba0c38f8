// Our client against our server, plain and with TLS.
#include "net/client.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "base/error.hpp"
#include "net/test_certificates.hpp"
#include "net/test_peer.hpp"
#include "net/tls.hpp"

namespace ohm::net {
namespace {

using testing::Certificates;
using testing::KeyKind;
using testing::test_options;
using testing::TestOwner;
using testing::TestPeer;

struct TestClientOwner final : WebSocketClient::Owner {
    std::vector<std::string> opened;
    std::vector<std::pair<int, std::string>> refusals;
    std::vector<std::string> messages;
    std::vector<Closed> closings;
    std::function<void(SocketId)> when_open;

    void on_open(SocketId socket, std::string_view subprotocol) override {
        opened.emplace_back(subprotocol);
        if (when_open) when_open(socket);
    }
    void on_refused(SocketId, int status, std::string_view detail) override {
        refusals.emplace_back(status, detail);
    }
    void on_message(SocketId, std::string_view text) override { messages.emplace_back(text); }
    void on_closed(SocketId, const Closed& closed) override { closings.push_back(closed); }
};

class ClientTest : public ::testing::Test {
protected:
    bool wait(const std::function<bool()>& condition) { return testing::wait(loop, condition); }
    void start_client(bool deflate = false) {
        client = std::make_unique<WebSocketClient>(
            loop, stations, WebSocketClient::Options{.message_bytes = 300'000, .deflate = deflate});
    }
    Endpoint endpoint() const { return {.host = "127.0.0.1", .port = server.port()}; }
    HttpAnswer fetch_now(const Endpoint& to, const Request& request) {
        std::optional<HttpAnswer> got;
        fetch(loop, to, request, seconds{5}, [&](HttpAnswer&& answer) { got = std::move(answer); });
        EXPECT_FALSE(got) << "not from inside the call";
        EXPECT_TRUE(wait([&] { return got.has_value(); }));
        return got.value_or(HttpAnswer{});
    }

    SystemClock clock;
    Loop loop{clock};
    TestOwner owner;
    Server server{loop, owner, test_options()};
    TestClientOwner stations;
    std::unique_ptr<WebSocketClient> client;

    ClientTest() { owner.server = &server; }
};

TEST_F(ClientTest, TalksToTheServer) {
    start_client();
    owner.accepts = false;
    owner.echoes = true;
    const SocketId id =
        client->connect(endpoint(), "/ocpp/CP%201",
                        {{"Sec-WebSocket-Protocol", "ocpp1.6"}, {"Authorization", "Basic eDp5"}});
    ASSERT_TRUE(wait([&] { return owner.upgrades.size() == 1; }));
    EXPECT_EQ(owner.upgrades[0].path(), "/ocpp/CP%201");
    EXPECT_EQ(owner.upgrades[0].header("authorization"), "Basic eDp5");
    server.accept(owner.ids.back(), "ocpp1.6");
    server.send_text(owner.ids.back(), "right behind the 101");
    ASSERT_TRUE(wait([&] { return stations.messages.size() == 1; }));
    EXPECT_EQ(stations.opened, std::vector<std::string>{"ocpp1.6"});
    client->set_tag(id, 5);
    EXPECT_EQ(client->tag(id), 5u);
    client->send_text(id, std::string(200'000, 'l'));
    ASSERT_TRUE(wait([&] { return stations.messages.size() == 2; }));
    EXPECT_EQ(stations.messages[1], std::string(200'000, 'l'));
    client->close(id, 1000, "done");
    ASSERT_TRUE(wait([&] { return stations.closings.size() == 1 && owner.closings.size() == 1; }));
    EXPECT_EQ(stations.closings[0].cause, CloseCause::we_closed);
    EXPECT_EQ(owner.closings[0].cause, CloseCause::peer_closed);
    EXPECT_EQ(owner.closings[0].code, 1000);
    EXPECT_EQ(owner.closings[0].detail, "done");
    EXPECT_TRUE(
        wait([&] { return client->connection_count() == 0 && server.connection_count() == 0; }));
}

TEST_F(ClientTest, TellsWhyItWasRefused) {
    start_client();
    owner.accepts = false;
    client->connect(endpoint(), "/", {});
    ASSERT_TRUE(wait([&] { return owner.upgrades.size() == 1; }));
    server.refuse(owner.ids.back(), {.status = 404, .body = "unknown station"});
    ASSERT_TRUE(wait([&] { return stations.refusals.size() == 1; }));
    EXPECT_EQ(stations.refusals[0].first, 404);
    EXPECT_EQ(stations.refusals[0].second, "unknown station");
    EXPECT_TRUE(stations.closings.empty());
}

TEST_F(ClientTest, TellsOfNoAnswer) {
    start_client();
    const std::uint16_t port = server.port();
    server.stop_accepting();
    client->connect({.host = "127.0.0.1", .port = port}, "/", {});
    ASSERT_TRUE(wait([&] { return stations.refusals.size() == 1; }));
    EXPECT_EQ(stations.refusals[0].first, 0);
    EXPECT_NE(stations.refusals[0].second, "");
}

TEST_F(ClientTest, CompressesBothWays) {
    start_client(true);
    owner.echoes = true;
    std::string message;
    for (int i = 0; i < 200; ++i) message += "{\"n\":" + std::to_string(i) + "}";
    stations.when_open = [&](SocketId id) { client->send_text(id, message); };
    client->connect(endpoint(), "/", {});
    ASSERT_TRUE(wait([&] { return stations.messages.size() == 1; }));
    EXPECT_EQ(owner.messages[0], message);
    EXPECT_EQ(stations.messages[0], message);
}

TEST_F(ClientTest, ConnectsFromTheAddressItIsTold) {
    start_client();
    Endpoint to = endpoint();
    to.source_address = "127.0.0.9";
    client->connect(to, "/", {});
    ASSERT_TRUE(wait([&] { return stations.opened.size() == 1; }));
    EXPECT_EQ(owner.peers.back().address, "127.0.0.9");
}

TEST_F(ClientTest, KeepsManySocketsApart) {
    start_client();
    owner.echoes = true;
    int number = 0;
    stations.when_open = [&](SocketId id) { client->send_text(id, std::to_string(number++)); };
    for (int i = 0; i < 200; ++i) client->connect(endpoint(), "/", {});
    ASSERT_TRUE(wait([&] { return stations.messages.size() == 200; }));
    EXPECT_EQ(server.connection_count(), 200u);
    for (const SocketId id : owner.ids) server.reset(id);
    ASSERT_TRUE(wait([&] { return stations.closings.size() == 200; }));
    EXPECT_TRUE(wait([&] { return server.connection_count() == 0; }));
}

TEST_F(ClientTest, FetchesAnAnswer) {
    owner.respond_with = [](const Request& request) {
        return Response{.status = 201, .headers = {{"X-A", "b"}}, .body = request.body + "!"};
    };
    const HttpAnswer answer =
        fetch_now(endpoint(), {.method = "POST", .target = "/x?y", .body = "hello"});
    EXPECT_EQ(answer.status, 201);
    EXPECT_EQ(answer.body, "hello!");
    EXPECT_EQ(owner.requests[0].query(), "y");
    EXPECT_EQ(fetch_now(endpoint(), {.method = "HEAD", .target = "/"}).body, "");
}

TEST_F(ClientTest, SaysWhyAFetchFailed) {
    const std::uint16_t port = server.port();
    const Request request{.method = "GET", .target = "/"};
    std::optional<HttpAnswer> late;
    fetch(loop, endpoint(), request, milliseconds{30},
          [&](HttpAnswer&& answer) { late = std::move(answer); });
    ASSERT_TRUE(wait([&] { return late.has_value(); }));
    EXPECT_EQ(late->status, 0);
    EXPECT_EQ(late->body, "no answer in time");
    server.stop_accepting();
    const HttpAnswer closed = fetch_now({.host = "127.0.0.1", .port = port}, request);
    EXPECT_EQ(closed.status, 0);
    EXPECT_NE(closed.body, "");
    const HttpAnswer nowhere = fetch_now({.host = "no such host", .port = 1}, request);
    EXPECT_EQ(nowhere.status, 0);
    EXPECT_NE(nowhere.body.find("no such host"), std::string::npos);
}

// ---- TLS ----

class TlsTest : public ClientTest {
protected:
    TlsTest() {
        files.make("ca", "test CA", KeyKind::ecdsa, "");
        files.make("ec", "server of elliptic curve", KeyKind::ecdsa, "ca");
        files.make("rsa", "server of RSA", KeyKind::rsa, "ca");
        files.make("station", "CP 1", KeyKind::ecdsa, "ca");
        files.make("stranger", "stranger", KeyKind::ecdsa, "");
        server.use_tls(
            {.certificate_file = files.certificate("ec") + "," + files.certificate("rsa"),
             .key_file = files.key("ec") + "," + files.key("rsa"),
             .client_ca_file = files.certificate("ca")});
        owner.respond_with = [](const Request&) { return Response{.body = "safe"}; };
    }
    Endpoint secure() const {
        Endpoint to = endpoint();
        to.tls = true;
        to.ca_file = files.certificate("ca");
        return to;
    }
    const Request request{.method = "GET", .target = "/"};
    Certificates files;
};

TEST_F(TlsTest, ServesHttpAndWebSockets) {
    EXPECT_EQ(fetch_now(secure(), request).body, "safe");
    EXPECT_TRUE(owner.peers.back().tls);
    EXPECT_EQ(owner.peers.back().certificate_common_name, "");
    start_client();
    owner.echoes = true;
    const std::string message(200'000, 't');
    stations.when_open = [&](SocketId id) {
        client->send_text(id, message);
        client->send_text(id, "second");
    };
    client->connect(secure(), "/", {});
    ASSERT_TRUE(wait([&] { return stations.messages.size() == 2; }));
    EXPECT_EQ(stations.messages[0], message);
    EXPECT_EQ(stations.messages[1], "second");
    server.close(owner.ids.back(), 1001, "");
    ASSERT_TRUE(wait([&] { return stations.closings.size() == 1 && owner.closings.size() == 2; }));
    EXPECT_EQ(stations.closings[0].code, 1001);
    EXPECT_TRUE(wait([&] { return server.connection_count() == 0; }));
}

TEST_F(TlsTest, NamesAVerifiedClient) {
    Endpoint to = secure();
    to.certificate_file = files.certificate("station");
    to.key_file = files.key("station");
    EXPECT_EQ(fetch_now(to, request).status, 200);
    EXPECT_EQ(owner.peers.back().certificate_common_name, "CP 1");
    EXPECT_EQ(owner.peers.back().certificate_organization, "Ohm Tests");
    EXPECT_EQ(owner.peers.back().certificate_fingerprint.size(), 64u);
}

TEST_F(TlsTest, RefusesAStrangersCertificate) {
    Endpoint to = secure();
    to.certificate_file = files.certificate("stranger");
    to.key_file = files.key("stranger");
    EXPECT_EQ(fetch_now(to, request).status, 0);
    EXPECT_TRUE(owner.requests.empty());
}

TEST_F(TlsTest, TheClientVerifiesTheServer) {
    Endpoint to = secure();
    to.ca_file = files.certificate("stranger");
    EXPECT_EQ(fetch_now(to, request).status, 0);
    to.ca_file = "-";
    EXPECT_EQ(fetch_now(to, request).status, 200);
    to.ca_file = files.path("absent");
    EXPECT_NE(fetch_now(to, request).body.find("absent"), std::string::npos);
}

TEST_F(TlsTest, ClosesOnPlainTextAndGarbage) {
    for (const std::string bytes : {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03garbage......"}) {
        TestPeer peer{loop, server.port()};
        peer.send(bytes);
        ASSERT_TRUE(peer.wait_for_end());
        EXPECT_EQ(peer.received.find("HTTP/1.1"), std::string::npos);
    }
    EXPECT_TRUE(wait([&] { return server.connection_count() == 0; }));
    EXPECT_TRUE(owner.requests.empty());
}

TEST_F(TlsTest, ChangesCertificatesForNewConnections) {
    start_client();
    owner.echoes = true;
    SocketId live{};
    stations.when_open = [&](SocketId id) { live = id; };
    client->connect(secure(), "/", {});
    ASSERT_TRUE(wait([&] { return stations.opened.size() == 1; }));
    files.make("other", "other", KeyKind::ecdsa, "");
    server.use_tls(
        {.certificate_file = files.certificate("other"), .key_file = files.key("other")});
    EXPECT_EQ(fetch_now(secure(), request).status, 0) << "the new one is not of our CA";
    Endpoint to = secure();
    to.ca_file = files.certificate("other");
    EXPECT_EQ(fetch_now(to, request).status, 200);
    client->send_text(live, "still here");
    EXPECT_TRUE(wait([&] { return stations.messages.size() == 1; }));
}

TEST_F(TlsTest, KeepsTheOldCertificatesWhenTheNewAreBad) {
    std::ofstream{files.path("broken.crt")} << "not a certificate";
    struct Bad {
        Server::Tls tls;
        std::string named;
    };
    const Bad rows[] = {
        {{files.path("absent.crt"), files.key("ec"), ""}, files.path("absent.crt")},
        {{files.path("broken.crt"), files.key("ec"), ""}, files.path("broken.crt")},
        {{files.certificate("ec"), files.path("absent.key"), ""}, files.path("absent.key")},
        {{files.certificate("ec"), files.key("station"), ""}, files.key("station")},
        {{files.certificate("ec"), files.key("ec") + "," + files.key("rsa"), ""}, "as many keys"},
        {{files.certificate("ec"), files.key("ec"), files.path("absent.ca")},
         files.path("absent.ca")},
    };
    for (const Bad& row : rows) {
        try {
            server.use_tls(row.tls);
            ADD_FAILURE() << row.named;
        } catch (const Fault& fault) {
            EXPECT_EQ(fault.kind(), Fault::Kind::fatal);
            EXPECT_NE(std::string{fault.what()}.find(row.named), std::string::npos) << fault.what();
        }
    }
    EXPECT_EQ(fetch_now(secure(), request).body, "safe");
}

// What a peer of one suite or version gets: the suite agreed upon, or "".
class TlsPolicyTest : public TlsTest {
protected:
    std::string agree(int version, const char* suites) {
        struct Free {
            void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
            void operator()(SSL* session) const { SSL_free(session); }
        };
        const std::unique_ptr<SSL_CTX, Free> context{SSL_CTX_new(TLS_client_method())};
        SSL_CTX_set_min_proto_version(context.get(), version);
        SSL_CTX_set_max_proto_version(context.get(), version);
        SSL_CTX_set_security_level(context.get(), 0);
        SSL_CTX_clear_options(context.get(), SSL_OP_NO_COMPRESSION);
        if (suites != nullptr) SSL_CTX_set_cipher_list(context.get(), suites);
        TestPeer peer{loop, server.port()};
        const std::unique_ptr<SSL, Free> session{SSL_new(context.get())};
        BIO* in = BIO_new(BIO_s_mem());
        BIO* out = BIO_new(BIO_s_mem());
        SSL_set_bio(session.get(), in, out);
        SSL_set_connect_state(session.get());
        bool done = false;
        wait([&] {
            done = SSL_do_handshake(session.get()) == 1;
            char* bytes = nullptr;
            const long count = BIO_get_mem_data(out, &bytes);
            peer.send({bytes, static_cast<std::size_t>(count)});
            static_cast<void>(BIO_reset(out));
            peer.poll();
            BIO_write(in, peer.received.data(), static_cast<int>(peer.received.size()));
            peer.received.clear();
            return done || peer.ended();
        });
        compresses = SSL_get_current_compression(session.get()) != nullptr;
        return done ? SSL_get_cipher_name(session.get()) : "";
    }
    bool compresses = false;  // what was agreed last
};

TEST_F(TlsPolicyTest, ServesTheFourSuitesWithBothCertificates) {
    for (const char* suite : {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
                              "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"})
        EXPECT_EQ(agree(TLS1_2_VERSION, suite), suite);
    EXPECT_NE(agree(TLS1_3_VERSION, nullptr), "");
}

TEST_F(TlsPolicyTest, DoesNotCompress) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        EXPECT_NE(agree(version, nullptr), "");
        EXPECT_FALSE(compresses);
    }
}

TEST_F(TlsPolicyTest, RefusesWhatIsOld) {
    EXPECT_EQ(agree(TLS1_VERSION, nullptr), "");
    EXPECT_EQ(agree(TLS1_1_VERSION, nullptr), "");
    for (const char* suite : {"AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "AES128-SHA"})
        EXPECT_EQ(agree(TLS1_2_VERSION, suite), "") << suite;
}

}  // namespace
}  // namespace ohm::net
