// Files over HTTP: images of operators, what stations fetch and send.
#include "api/files/store.hpp"
#include "api/files/tables.hpp"
#include "api/rest/test_rest.hpp"
#include "base/limits_files.hpp"

namespace ohm::api::rest {
namespace {

const std::string token(43, 'T'), other_token(43, 'U');

class Files : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        add_station(1, "CP1");
        add_station(2, "CP2");
        settings.files = {
            .file_bytes = 1'000'000, .station_bytes = 1'200'000, .total_bytes = 3'000'000};
    }
    Ulid order(const std::string& word, const std::string& direction, std::int64_t station = 1,
               std::optional<Ulid> image = {}) {
        const Ulid command = ids.next();
        store::Unit unit;
        unit.add(tables::file_order,
                 {store::Bytes{command.bytes()}, station, direction,
                  std::string{direction == "upload" ? "diagnostics" : "firmware"},
                  store::Bytes{secret::digest(word)},
                  image ? store::Value{store::Bytes{image->bytes()}} : store::Null{},
                  std::int64_t{7}, std::string{"ordered"}, std::string{"2.0"}, std::string{"1.0"},
                  micros(clock.utc()), micros(clock.utc()) + 60'000'000});
        sql->commit(unit, {});
        return command;
    }
    Reply put(const std::string& target, const std::string& body,
              std::vector<std::string> headers = {"Content-Type: application/zip"}) {
        return request("PUT", target, body, std::move(headers), "");
    }
    Reply form(const std::string& target, const std::string& parts, std::string_view with = "") {
        return request("POST", target, parts + "--XX--\r\n",
                       {"Content-Type: multipart/form-data; boundary=XX"}, with);
    }
    static std::string part(const std::string& name, const std::string& value) {
        return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
               "\r\n";
    }
    static std::string file_part(const std::string& name, const std::string& content) {
        return "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name +
               "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n";
    }
    Reply upload(const std::string& fields, const std::string& content) {
        return form("/api/v1/firmware-images", fields + file_part("fw.bin", content), key);
    }
    std::int64_t count(const std::string& what) {
        return store::as_int(sql->query("select count(*) from " + what).at(0).at(0));
    }
    const std::string large = [] {
        std::string text;
        for (int i = 0; text.size() < 400'000; ++i) text += std::to_string(i) + ",";
        return text;
    }();
};

// ---- what stations send ----

TEST_F(Files, ALogArrivesHoweverAStationSendsIt) {
    start();
    int i = 0;
    for (const std::string behind : {"", "/", "/diag.zip", "//diag.zip", "diag.zip"}) {
        std::string word = token;
        word.front() = static_cast<char>('a' + ++i);
        const Ulid command = order(word, "upload");
        const Reply reply = put("/f/" + word + behind, large);
        EXPECT_EQ(reply.status, 200) << behind << reply.body;
        const std::string path = "/api/v1/stations/CP1/logs/log_" + command.text();
        const Reply log = get(path);
        EXPECT_EQ(log.member("state"), "received") << log.body;
        EXPECT_EQ(log.member("bytes"), std::to_string(large.size()));
        EXPECT_EQ(log.member("file_name"),
                  behind.find("diag") == std::string::npos ? "null" : "diag.zip");
        const Reply content = get(path + "/content");
        EXPECT_EQ(content.body, large);
        EXPECT_TRUE(
            content.header("Content-Disposition").starts_with("attachment; filename=\"CP1"));
        EXPECT_EQ(content.header("X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(content.header("Content-Type"), "application/octet-stream");
        EXPECT_EQ(get("/api/v1/stations/CP2/logs/log_" + command.text()).status, 404);
        EXPECT_EQ(request("DELETE", path).status, 204);
        EXPECT_EQ(get(path + "/content").status, 404);
        EXPECT_EQ(get(path).member("state"), "removed");
    }
    EXPECT_EQ(count("file_chunks"), 0);
    EXPECT_TRUE(get("/api/v1/stations/CP1/logs?total=exact").has("\"total\":5"));
}

TEST_F(Files, AFormIsTakenAsWell) {
    start();
    const Ulid command = order(token, "upload");
    const Reply reply = form("/f/" + token + "/ignored.txt",
                             part("comment", "x") + file_part("../../etc/passwd", large));
    EXPECT_EQ(reply.status, 200) << reply.body;
    const std::string path = "/api/v1/stations/CP1/logs/log_" + command.text();
    EXPECT_EQ(get(path).member("file_name"), "../../etc/passwd") << "only shown";
    const Reply content = get(path + "/content");
    EXPECT_EQ(content.body, large);
    EXPECT_EQ(content.header("Content-Disposition"),
              "attachment; filename=\"CP1-log_" + command.text() + ".bin\"");
}

TEST_F(Files, TheOwnerOfTheStationHearsOfTheFile) {
    start();
    order(token, "upload");
    put("/f/" + token, "abc");
    ASSERT_EQ(operations.asked.size(), 1u);
    EXPECT_EQ(operations.asked[0].operation, "file_arrived");
    EXPECT_EQ(operations.asked[0].id, "CP1");
}

TEST_F(Files, AUrlTakesOneFile) {
    start();
    order(token, "upload");
    EXPECT_EQ(put("/f/" + token, "first").status, 200);
    const Reply again = put("/f/" + token, "second");
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.member("code"), "url_used");
    EXPECT_EQ(count("files"), 1);
}

TEST_F(Files, WrongAndOldAndForeignUrlsTakeNothing) {
    start();
    order(token, "upload");
    order(other_token, "download");
    EXPECT_EQ(put("/f/" + std::string(43, 'x'), "a").status, 404);
    EXPECT_EQ(put("/f/short", "a").status, 404);
    EXPECT_EQ(put("/f/../api/v1/stations", "a").status, 404);
    EXPECT_EQ(put("/f/" + other_token, "a").status, 404) << "that is for fetching";
    EXPECT_EQ(request("GET", "/f/" + token, "", {}, "").status, 404) << "that is for sending";
    EXPECT_EQ(request("DELETE", "/f/" + token, "", {}, "").status, 405);
    EXPECT_EQ(put("/f/" + token, "a", {"Content-Range: bytes 0-0/5"}).status, 400);
    sql->query("update file_orders set expires_at = 1");
    const Reply late = put("/f/" + token, "a");
    EXPECT_EQ(late.status, 410);
    EXPECT_EQ(late.member("code"), "url_expired");
    EXPECT_EQ(count("files"), 0);
}

TEST_F(Files, QuotasHoldAndNothingOfARefusedFileStays) {
    start();
    order(token, "upload");
    const Reply large_one = put("/f/" + token, std::string(1'000'001, 'a'));
    EXPECT_EQ(large_one.status, 413) << large_one.body;
    // Without a length it is noticed on the way.
    const std::string chunk(300'000, 'b');
    std::string raw = "PUT /f/" + token +
                      " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                      "Transfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 5; ++i) raw += "493e0\r\n" + chunk + "\r\n";
    const Reply endless = send(raw + "0\r\n\r\n");
    EXPECT_TRUE(endless.status == 413 || endless.status == 507) << endless.status;
    EXPECT_EQ(count("files") + count("file_chunks"), 0);
    EXPECT_EQ(put("/f/" + token, std::string(900'000, 'c')).status, 200)
        << "what has failed may be tried again";
    order(other_token, "upload");
    const Reply full = put("/f/" + other_token, std::string(400'000, 'd'));
    EXPECT_EQ(full.status, 507);
    EXPECT_EQ(full.member("code"), "quota_exceeded");
    EXPECT_EQ(count("files"), 1);
}

TEST_F(Files, AnUploadThatBreaksOffLeavesNothing) {
    start();
    order(token, "upload");
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    const std::string raw = "PUT /f/" + token +
                            " HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" +
                            std::string(200'000, 'a');
    std::size_t sent = 0;
    for (int i = 0; i < 2'000 && count("file_chunks") == 0; ++i) {
        const auto n = ::send(socket, raw.data() + sent, raw.size() - sent, MSG_DONTWAIT);
        if (n > 0) sent += static_cast<std::size_t>(n);
        loop.turn(milliseconds{1});
    }
    EXPECT_EQ(count("file_chunks"), 1);
    EXPECT_EQ(put("/f/" + token, "b").status, 409) << "one at a time";
    ::close(socket);
    for (int i = 0; i < 2'000 && count("files") > 0; ++i) loop.turn(milliseconds{1});
    EXPECT_EQ(count("files") + count("file_chunks"), 0);
    EXPECT_EQ(put("/f/" + token, "b").status, 200);
}

// ---- images ----

TEST_F(Files, AnImageIsUploadedShownAndDeleted) {
    start();
    const Reply made = upload(part("vendor", "acme") + part("version", "2.0") +
                                  part("md5", "900150983cd24fb0d6963f7d28e17f72"),
                              "abc");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string path = "/api/v1/firmware-images/" + made.member("id");
    EXPECT_EQ(made.header("Location"), path);
    EXPECT_EQ(made.member("bytes"), "3");
    EXPECT_EQ(made.member("is_signed"), "false");
    EXPECT_EQ(get(path).body, made.body);
    EXPECT_EQ(get(path + "/content").body, "abc");
    EXPECT_TRUE(get("/api/v1/firmware-images?vendor=acme&total=exact").has("\"total\":1"));
    EXPECT_TRUE(get("/api/v1/firmware-images?version=9").has("\"data\":[]"));
    const Reply twice = upload(part("vendor", "acme") + part("version", "2.0"), "other");
    EXPECT_EQ(twice.status, 409) << twice.body;
    EXPECT_EQ(request("DELETE", path).status, 204);
    EXPECT_EQ(get(path).status, 404);
    EXPECT_EQ(count("files") + count("file_chunks") + count("firmware_images"), 0);
}

TEST_F(Files, AnImageThatIsNotWhatItIsSaidToBeIsRefused) {
    start();
    const std::string named = part("vendor", "acme") + part("version", "2.0");
    const auto code = [&](const std::string& fields, int status, const std::string& content) {
        const Reply reply = upload(fields, content);
        EXPECT_EQ(reply.status, status) << reply.body;
        return reply.member("code");
    };
    EXPECT_EQ(code(named + part("sha256", std::string(64, '0')), 422, "abc"), "firmware_invalid");
    EXPECT_EQ(code(named + part("md5", std::string(32, '0')), 422, "abc"), "firmware_invalid");
    EXPECT_EQ(code(named + part("signature", "c2ln"), 422, "abc"), "firmware_invalid");
    EXPECT_EQ(
        code(named + part("signature", "c2ln") + part("signing_certificate", "no"), 422, "abc"),
        "firmware_invalid");
    EXPECT_EQ(code(named, 422, ""), "firmware_invalid");
    EXPECT_EQ(code(part("vendor", "acme"), 400, "abc"), "validation_failed");
    EXPECT_EQ(code(named + part("created_by", "root"), 400, "abc"), "validation_failed");
    EXPECT_EQ(code(part("vendor", std::string(51, 'v')) + part("version", "1"), 400, "abc"),
              "validation_failed");
    EXPECT_EQ(code(named, 413, std::string(1'000'001, 'a')), "payload_too_large");
    EXPECT_EQ(form("/api/v1/firmware-images", named, key).status, 400) << "no file";
    EXPECT_EQ(request("POST", "/api/v1/firmware-images", "abc").status, 415);
    EXPECT_EQ(request("POST", "/api/v1/firmware-images", "abc", {}, "").status, 401);
    EXPECT_EQ(count("files") + count("file_chunks") + count("firmware_images"), 0);
}

// ---- what stations fetch ----

TEST_F(Files, AStationFetchesWholeAndInParts) {
    start();
    const Reply made = upload(part("vendor", "acme") + part("version", "2.0"), large);
    const auto image = Ulid::from_text(made.member("id").substr(3));
    const Ulid command = order(token, "download", 1, image);
    const std::string target = "/f/" + token + "/fw.bin";
    const auto fetch = [&](const std::string& method, std::vector<std::string> headers = {}) {
        return request(method, target, "", std::move(headers), "");
    };
    const Reply whole = fetch("GET");
    EXPECT_EQ(whole.status, 200);
    EXPECT_EQ(whole.body, large);
    EXPECT_EQ(whole.header("Content-Length"), std::to_string(large.size()));
    const Reply head = fetch("HEAD");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.header("Content-Length"), std::to_string(large.size()));
    EXPECT_EQ(head.header("Accept-Ranges"), "bytes");
    const std::size_t chunk = limits::file_chunk_bytes;
    for (const auto& [from, to] : {std::pair<std::size_t, std::size_t>{0, 9},
                                   {chunk - 1, chunk},
                                   {chunk, 3 * chunk - 1},
                                   {large.size() - 5, large.size() - 1}}) {
        const std::string range = std::to_string(from) + "-" + std::to_string(to);
        const Reply part_of = fetch("GET", {"Range: bytes=" + range});
        EXPECT_EQ(part_of.status, 206);
        EXPECT_EQ(part_of.body, large.substr(from, to - from + 1)) << range;
        EXPECT_EQ(part_of.header("Content-Range"),
                  "bytes " + range + "/" + std::to_string(large.size()));
    }
    EXPECT_EQ(fetch("GET", {"Range: bytes=9999999-"}).status, 416);
    EXPECT_EQ(fetch("GET", {"Range: bytes=0-9", "If-Range: \"other\""}).status, 200);
    const Reply shown = get("/api/v1/stations/CP1/firmware");
    EXPECT_EQ(shown.member("downloads"), "7") << shown.body;
    EXPECT_EQ(shown.member("state"), "downloading");
    EXPECT_EQ(shown.member("command_id"), "cmd_" + command.text());
}

TEST_F(Files, WhatIsFetchedCannotBeFetchedAgain) {
    start();
    const Reply made = upload(part("vendor", "acme") + part("version", "2.0"), "abc");
    order(token, "download", 1, Ulid::from_text(made.member("id").substr(3)));
    EXPECT_EQ(request("GET", "/f/" + token, "", {}, "").body, "abc");
    EXPECT_EQ(request("GET", "/f/" + token, "", {}, "").body, "abc") << "it may try again";
    sql->query(
        "insert into station_progress (station_no, kind, request_id, status, at, started_at) "
        "values (1, 'firmware', 7, 'Downloaded', $1, 5)",  // begun with another order
        {micros(clock.utc()) + 1'000'000});
    EXPECT_EQ(request("GET", "/f/" + token, "", {}, "").status, 410);
    const Reply shown = get("/api/v1/stations/CP1/firmware");
    EXPECT_EQ(shown.member("state"), "downloaded");
    EXPECT_EQ(shown.member("started_at"), shown.member("at"));
    sql->query("delete from station_progress");
    order(other_token, "download", 1, Ulid::from_text(made.member("id").substr(3)));
    request("DELETE", "/api/v1/firmware-images/" + made.member("id"));
    EXPECT_EQ(request("GET", "/f/" + other_token, "", {}, "").status, 404);
}

TEST_F(Files, WhatAStationSaysWithoutAnOrderIsListedToo) {
    for (const char* kind : {"log", "firmware"})
        sql->query(
            "insert into station_progress (station_no, kind, request_id, status, at, started_at, "
            "details) values (1, $1, 9, 'Uploading', 5000000, 4000000, '{\"a\":1}')",
            {std::string{kind}});
    start();
    const Reply logs = get("/api/v1/stations/CP1/logs");
    EXPECT_EQ(logs.member("state"), "elsewhere") << logs.body;
    EXPECT_EQ(logs.member("id"), "null");
    EXPECT_EQ(logs.member("request_id"), "9");
    EXPECT_TRUE(get("/api/v1/stations/CP1/firmware").has("\"status\":\"Uploading\""));
    EXPECT_FALSE(get("/api/v1/stations/CP2/logs").has("Uploading"));
}

TEST_F(Files, ALogIsAskedForByItsOwnPath) {
    start();
    operations.answer_to = [](const bus::OperatorBody&) {
        return OperationAnswer{202,
                               wire::encode(CommandWritten{"01KDZC3E000000000000000000", false})};
    };
    request("POST", "/api/v1/stations/CP1/logs", R"({"type":"security"})");
    ASSERT_EQ(operations.asked.size(), 1u);
    EXPECT_EQ(operations.asked[0].operation, "send_command");
    EXPECT_NE(operations.asked[0].parameters.find("\"get-log\""), std::string::npos);
    EXPECT_EQ(request("POST", "/api/v1/stations/CP1/logs", R"({"type":"x"})").status, 400);
}

}  // namespace
}  // namespace ohm::api::rest
