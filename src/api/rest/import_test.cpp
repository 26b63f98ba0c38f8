#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class Imports : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        start();
        operations.answer_to = [this](const bus::OperatorBody& body) {
            StationImport rows;
            const auto violation = decoder.decode(body.parameters, rows);
            EXPECT_FALSE(violation) << violation->path << violation->detail;
            ImportAnswer answer;
            for (const StationCreate& row : rows.rows) {
                answer.items.items.push_back({.id = row.id.value});
                imported.push_back(row);
            }
            return OperationAnswer{200, wire::encode(answer)};
        };
    }
    Reply csv(const std::string& text, const std::string& query = "") {
        return request("POST", "/api/v1/stations/import" + query, text, {"Content-Type: text/csv"});
    }
    wire::Decoder decoder;
    std::vector<StationCreate> imported;
};

TEST_F(Imports, CsvWithEverythingThatSpreadsheetsDo) {
    const Reply reply =
        csv("\xEF\xBB\xBFid,name,call_timeout_s\r\n"
            "CP1,\"Gate, \"\"A\"\"\",30\r\n"
            "CP2,=HYPERLINK(1),\r\n"
            "\r\n"
            "CP3,@x,soon\r\n"
            ",nameless,\r\n"
            "cp1,again,\r\n"
            "CP4,a,1,too many\r\n");
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_TRUE(
        reply.has(R"("dry_run":false,"total":6,"created":2,"updated":0,"exists":0,"refused":4)"))
        << reply.body;
    EXPECT_TRUE(reply.has(R"({"row":1,"id":"CP1","result":"created"})"));
    EXPECT_TRUE(reply.has(R"({"row":3,"id":"CP3","result":"refused","code":"validation_failed")"));
    EXPECT_TRUE(reply.has(R"("pointer":"/call_timeout_s")"));
    EXPECT_TRUE(reply.has("an earlier row has the same id"));
    EXPECT_TRUE(reply.has("more cells than the header"));
    std::vector<std::string> names;
    for (const StationCreate& row : imported) names.push_back(row.name->value);
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"=HYPERLINK(1)", "Gate, \"A\""}));
}

TEST_F(Imports, FilesThatAreNone) {
    for (const char* text :
         {"id,colour\nA,red\n", "name\nA\n", "id,id\nA,B\n", "id\n\"A\n", "\n", "id\n\xFF\n"}) {
        const Reply reply = csv(text);
        EXPECT_EQ(reply.status, 400) << text;
        EXPECT_EQ(reply.member("code"), "validation_failed");
    }
    EXPECT_EQ(request("POST", "/api/v1/stations/import", R"({"stations":{}})").member("pointer"),
              "/stations");
    EXPECT_TRUE(operations.asked.empty());
}

TEST_F(Imports, PortionsAreOfOnePartitionAndNotTooLarge) {
    std::string text = "id\n";
    for (int i = 0; i < 1234; ++i) text += "S" + std::to_string(i) + "\n";
    const Reply reply = csv(text);
    EXPECT_TRUE(reply.has(R"("total":1234,"created":1234)")) << reply.body.substr(0, 200);
    EXPECT_EQ(imported.size(), 1234u);
    for (const bus::OperatorBody& body : operations.asked) {
        StationImport rows;
        ASSERT_FALSE(decoder.decode(body.parameters, rows));
        EXPECT_LE(rows.rows.items.size(), limits::import_rows_per_envelope);
        const Partition partition = partition_of(*fold(body.id), settings.partition_count);
        for (const StationCreate& row : rows.rows)
            EXPECT_EQ(partition_of(*fold(row.id.value), settings.partition_count), partition);
    }
}

TEST_F(Imports, JsonRowsStandEachForThemselves) {
    const Reply reply = request(
        "POST", "/api/v1/stations/import",
        R"({"stations":[{"id":"A","labels":{"k":"v"}},{"id":5},"x",{"id":"B","role":1}],"update":true})");
    EXPECT_TRUE(reply.has(R"("created":1,"updated":0,"exists":0,"refused":3)")) << reply.body;
    EXPECT_NE(operations.asked.back().parameters.find(R"("update":true)"), std::string::npos);
    EXPECT_EQ(imported.at(0).labels->json, R"({"k":"v"})");
}

TEST_F(Imports, ADryRunAsksNobody) {
    add_station(1, "CP1");
    const Reply reply = csv("id\ncp1\nCP2\n", "?dry_run=true");
    EXPECT_TRUE(reply.has(R"("dry_run":true,"total":2,"created":1,"updated":0,"exists":1)"))
        << reply.body;
    EXPECT_TRUE(csv("id\ncp1\n", "?dry_run=true&update=true").has(R"("updated":1)"));
    EXPECT_TRUE(operations.asked.empty());
}

TEST_F(Imports, AnOwnerAwayRefusesItsRowsOnly) {
    const auto good = operations.answer_to;
    operations.answer_to = [good](const bus::OperatorBody& body) {
        if (body.parameters.find("\"S0\"") != std::string::npos) return OperationAnswer{503, ""};
        return good(body);
    };
    std::string text = "id\n";
    for (int i = 0; i < 40; ++i) text += "S" + std::to_string(i) + "\n";
    const Reply reply = csv(text);
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(reply.has(R"("id":"S0","result":"refused","code":"queue_unavailable")"));
    EXPECT_TRUE(reply.has(R"("result":"created")"));
}

TEST_F(Imports, TooManyRowsAreRefusedWhole) {
    std::string text = "id\n";
    for (std::size_t i = 0; i <= limits::import_rows; ++i) text += "S" + std::to_string(i) + "\n";
    EXPECT_EQ(csv(text).status, 413);
    EXPECT_TRUE(operations.asked.empty());
}

}  // namespace
}  // namespace ohm::api::rest
