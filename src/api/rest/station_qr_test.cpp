#include "api/rest/station_qr.hpp"

#include "api/rest/qr_code.hpp"
#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class StationQr : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        add_station(1, "GARAGE 07");
        start();
    }
    Reply picture(const std::string& query) {
        return request("GET", "/api/v1/stations/GARAGE%2007/qr.svg" + query);
    }
    void expect_shows(const std::string& query, const std::string& url) {
        const Reply reply = picture(query);
        EXPECT_EQ(reply.status, 200) << reply.body;
        EXPECT_EQ(reply.header("content-type"), "image/svg+xml");
        EXPECT_EQ(reply.body, QrCode::of(url)->svg(url));
    }
};

TEST_F(StationQr, ShowsWhereTheStationConnects) {
    expect_shows("", "ws://here:3000/GARAGE%2007");
    expect_shows("?what=ocpp-url&plain=true", "ws://here:3000");
    expect_shows("?address=wss%3A%2F%2Fcsms.example%2Focpp", "wss://csms.example/ocpp/GARAGE%2007");
    sql->query("update charge_points set security_profile = 2");
    expect_shows("", "wss://here:3443/GARAGE%2007");
}

TEST_F(StationQr, RefusesWhatIsNoAddressOfStations) {
    for (const char* address : {"https%3A%2F%2Fx", "ws%3A%2F%2F", "ws%3A%2F%2Fx%2F",
                                "ws%3A%2F%2Fx%3Fa", "ws%3A%2F%2Fa%20b", "x"})
        EXPECT_EQ(picture(std::string{"?address="} + address).member("parameter"), "address");
    EXPECT_EQ(picture("?what=pay-url").status, 400);
    EXPECT_EQ(request("GET", "/api/v1/stations/NONE/qr.svg").status, 404);
}

}  // namespace
}  // namespace ohm::api::rest
