#include "sim/provision.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "sim/test_csms.hpp"

namespace ohm::sim {
namespace {

class ProvisionTest : public testing::Test {
protected:
    ProvisionTest() {
        settings.rest.host = "127.0.0.1";
        settings.rest.port = csms.server.port();
        settings.api_key = "ohk_test";
    }
    std::string failure() {
        try {
            provision(loop, settings);
        } catch (const Fault& fault) {
            return fault.what();
        }
        return {};
    }

    SystemClock clock;
    net::Loop loop{clock};
    TestCsms csms{loop};
    ProvisionSettings settings;
};

TEST_F(ProvisionTest, AsksForEveryStationOnce) {
    settings.stations = 2'500;
    EXPECT_EQ(failure(), "");
    ASSERT_EQ(csms.requests.size(), 3u);
    std::size_t rows = 0;
    for (const net::Request& request : csms.requests) {
        EXPECT_EQ(request.method, "POST");
        EXPECT_EQ(request.target, "/api/v1/stations/import");
        EXPECT_EQ(request.header("authorization"), "Bearer ohk_test");
        for (auto at = request.body.find(R"("id":")"); at != std::string::npos;
             at = request.body.find(R"("id":")", at + 1))
            ++rows;
    }
    EXPECT_EQ(rows, 2'500u);
}

TEST_F(ProvisionTest, TokensComeBeforeStations) {
    settings.stations = 1;
    settings.tokens = {"T0001", "T0002"};
    EXPECT_EQ(failure(), "");
    ASSERT_EQ(csms.requests.size(), 2u);
    EXPECT_EQ(csms.requests[0].target, "/api/v1/tokens/import");
    EXPECT_EQ(csms.requests[0].body, R"({"tokens":[{"uid":"T0001"},{"uid":"T0002"}]})");
    EXPECT_EQ(csms.requests[1].target, "/api/v1/stations/import");
}

TEST_F(ProvisionTest, NamesTheTokenThatWasRefused) {
    settings.tokens = {"T0001"};
    csms.rest_body = R"({"items":[{"uid":"T0001","result":"refused","code":"bad","detail":"no"}]})";
    EXPECT_EQ(failure(), "token T0001 was refused: bad no");
}

TEST_F(ProvisionTest, SaysWhatHelpsWhereTheKeyIsWrong) {
    settings.stations = 1;
    csms.rest_status = 401;
    EXPECT_NE(failure().find("OHM_ADMIN_KEY"), std::string::npos);
}

TEST_F(ProvisionTest, NamesTheStationThatWasRefused) {
    settings.stations = 1;
    csms.rest_body =
        R"({"items":[{"id":"SIM000001","result":"refused","code":"bad_id","detail":"no"}]})";
    EXPECT_EQ(failure(), "station SIM000001 was refused: bad_id no");
}

TEST_F(ProvisionTest, ShowsWhatElseWasAnswered) {
    settings.stations = 1;
    csms.rest_status = 404;
    csms.rest_body = "nothing here";
    EXPECT_NE(failure().find("404: nothing here"), std::string::npos);
}

}  // namespace
}  // namespace ohm::sim
