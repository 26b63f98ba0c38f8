#include "api/facts/events.hpp"

#include "api/test_shard.hpp"

namespace ohm::api::testing {
namespace {

class FactTimes : public ShardTest {
protected:
    void SetUp() override {
        add_station("CS1");
        handle({worker_beat(), connect_of("CS1", 1, "", "ocpp2.0.1")});
        handle({call_of("CS1", 1, 1,
                        R"([2,"b","BootNotification",{"reason":"PowerUp","chargingStation":)"
                        R"({"vendorName":"V","model":"M"}}])")});
    }
};

// A worker knows the api's clock only roughly: an update's word must not seem older than its order.
TEST_F(FactTimes, ProgressHasTheTimeOfTheClockThatOrdersFiles) {
    bus::Envelope call =
        call_of("CS1", 1, 2,
                R"([2,"1","FirmwareStatusNotification",{"status":"InvalidSignature",)"
                R"("requestId":1}])");
    call.received_at -= Micros{seconds{3}}.count();
    const std::int64_t received_at = call.received_at;
    handle({std::move(call)});
    EXPECT_EQ(number("select at from station_progress"), micros(clock.utc()));
    EXPECT_EQ(number("select received_at from station_events"), received_at);
}

}  // namespace
}  // namespace ohm::api::testing
