#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class StationEvses : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        add_station(1, "A");
        sql->query(
            "insert into connectors (station_no, evse, connector, status) values "
            "(1, 1, 1, 'Available'), (1, 2, 1, 'Charging'), (1, 2, 2, 'Available')");
        start();
    }
};

TEST_F(StationEvses, AreListedAndShownOneByOne) {
    connect_station(1, "Available");
    const Reply list = get("/api/v1/stations/a/evses");
    EXPECT_EQ(list.status, 200);
    EXPECT_TRUE(list.body.starts_with(R"({"data":[{"id":1,"status":"Available")")) << list.body;
    EXPECT_TRUE(list.body.ends_with(R"("next_cursor":null})")) << list.body;
    const Reply evse = get("/api/v1/stations/A/evses/2");
    EXPECT_TRUE(evse.body.starts_with(R"({"id":2,"status":"Charging","connectors":[{"id":1)"))
        << evse.body;
    const Reply connector = get("/api/v1/stations/A/evses/2/connectors/2");
    EXPECT_EQ(connector.member("status"), "Available");
    EXPECT_EQ(connector.member("id"), "2");
}

TEST_F(StationEvses, OthersAreNotFound) {
    for (const char* path : {"A/evses/3", "A/evses/x", "A/evses/-1", "A/evses/2/connectors/3",
                             "A/evses/3/connectors/1", "B/evses", "B/evses/1"})
        EXPECT_EQ(get(std::string{"/api/v1/stations/"} + path).status, 404) << path;
    EXPECT_EQ(request("POST", "/api/v1/stations/A/evses", "{}").status, 405);
}

}  // namespace
}  // namespace ohm::api::rest
