#include "api/rest/test_rest.hpp"

namespace ohm::api::rest {
namespace {

class DeviceModel : public RestTest {
protected:
    void SetUp() override {
        RestTest::SetUp();
        add_station(1, "CP1");
        add_station(2, "CP2");
    }
    void add_variable(std::int64_t station, const std::string& component,
                      const std::string& variable, const std::string& value,
                      std::int64_t reboot = 0) {
        sql->query(
            "insert into variables (station_no, name_key, component, variable, attribute, value, "
            "supports_monitoring, reported_at, reboot_required) values ($1, $2, $3, $4, 'Actual', "
            "$5, 1, 5000000, $6)",
            {station, to_lower(component) + "||||" + to_lower(variable) + "||actual", component,
             variable, value, reboot});
    }
};

TEST_F(DeviceModel, VariablesByNameInPages) {
    add_variable(1, "OCPP16", "HeartbeatInterval", "300");
    add_variable(1, "OCPP16", "MeterValueSampleInterval", "60");
    add_variable(1, "Other", "X", "1");
    add_variable(2, "OCPP16", "HeartbeatInterval", "17");
    start();
    const Reply page = get("/api/v1/stations/CP1/variables?limit=2&total=exact");
    EXPECT_TRUE(page.has("\"total\":3"));
    EXPECT_TRUE(page.body.starts_with(
        R"({"data":[{"component":"OCPP16","component_instance":null,"evse_id":null,)"
        R"("connector_id":null,"variable":"HeartbeatInterval")"))
        << page.body;
    EXPECT_FALSE(page.has("\"17\""));
    EXPECT_TRUE(get("/api/v1/stations/CP1/variables?cursor=" + page.member("next_cursor"))
                    .has("\"Other\""));
    const Reply one =
        get("/api/v1/stations/CP1/variables?component=ocpp16&variable=HEARTBEATinterval");
    EXPECT_TRUE(one.has("\"300\"") && !one.has("Sample")) << one.body;
    EXPECT_EQ(get("/api/v1/stations/CP9/variables").status, 404);
    EXPECT_EQ(get("/api/v1/stations/CP1/variables?colour=red").status, 400);
}

TEST_F(DeviceModel, ARebootSettlesWhatWaitedForIt) {
    add_variable(1, "OCPP16", "A", "1", 1);
    start();
    EXPECT_TRUE(get("/api/v1/stations/CP1/variables").has("\"reboot_required\":true"));
    sql->query("update station_state set boot_at = 6000000 where station_no = 1");
    EXPECT_TRUE(get("/api/v1/stations/CP1/variables").has("\"reboot_required\":false"));
}

TEST_F(DeviceModel, DesiredValuesAreAskedOfTheOwner) {
    start();
    const std::string body =
        R"({"variables":[{"component":"OCPP16","variable":"HeartbeatInterval","value":"300"}]})";
    EXPECT_EQ(request("PUT", "/api/v1/stations/CP1/variables", body).status, 200);
    ASSERT_EQ(operations.asked.size(), 1u);
    EXPECT_EQ(operations.asked[0].operation, operation::write_variables);
    EXPECT_TRUE(operations.asked[0].parameters.starts_with(R"({"replace":true,"variables":[)"))
        << operations.asked[0].parameters;
    EXPECT_EQ(request("PATCH", "/api/v1/stations/CP1/variables",
                      R"({"variables":[{"component":"C","variable":"V","value":null}]})")
                  .status,
              200);
    ASSERT_EQ(operations.asked.size(), 2u);
    EXPECT_TRUE(operations.asked[1].parameters.starts_with(R"({"replace":false,)"));
    EXPECT_EQ(request("PUT", "/api/v1/stations/CP1/variables", R"({"variables":[{}]})").status,
              400);
    EXPECT_EQ(operations.asked.size(), 2u);
}

TEST_F(DeviceModel, DriftComparesByMeaning) {
    add_variable(1, "OCPP16", "HeartbeatInterval", "300");
    add_variable(1, "OCPP16", "AuthorizeRemoteTxRequests", "TRUE");
    add_variable(1, "OCPP16", "MeterValueSampleInterval", "60");
    sql->query(
        "insert into desired_variables values (1, $1, 1000000, 'key:ops')",
        {std::string{
            R"({"variables":[{"component":"ocpp16","variable":"heartbeatinterval","value":"300"},)"
            R"({"component":"OCPP16","variable":"AuthorizeRemoteTxRequests","value":"true"},)"
            R"({"component":"OCPP16","variable":"MeterValueSampleInterval","value":"30"},)"
            R"({"component":"OCPP16","variable":"Nothing","value":"1"}]})"}});
    start();
    const Reply drift = get("/api/v1/stations/CP1/variables/drift");
    EXPECT_TRUE(drift.body.starts_with(
        R"({"station_id":"CP1","matches":2,"differs":1,"unknown":1,"items":[)"))
        << drift.body;
    EXPECT_TRUE(drift.has(R"("desired":"30","actual":"60","state":"differs")")) << drift.body;
    EXPECT_TRUE(drift.has(R"("desired":"1","actual":null,"state":"unknown")")) << drift.body;
    EXPECT_TRUE(get("/api/v1/stations/CP1/variables/desired").has(R"("updated_by":"key:ops")"));
    EXPECT_TRUE(get("/api/v1/stations/CP2/variables/drift").has(R"("matches":0,"differs":0)"));
}

TEST_F(DeviceModel, WhatAStationHolds) {
    sql->query(
        "insert into variable_monitors (station_no, monitor_id, component, evse, variable, type, "
        "value, severity, in_transaction, reported_at) values (1, 5, 'EVSE', 1, 'Power', 'Delta', "
        "'1.5', 2, 1, 1)");
    sql->query(
        "insert into display_messages values (1, 3, 'InFront', null, '{\"id\":3}', 1000000)");
    sql->query(
        "insert into charging_profiles (station_no, profile_id, evse, source, purpose, "
        "stack_level, origin, is_held, payload, request_id, installed_at, updated_at) values "
        "(1, 9, 0, 'EMS', 'TxProfile', 2, 'reported', 1, '{\"id\":9}', 7, 1000000, 1000000), "
        "(1, 8, 0, 'EMS', 'TxProfile', 2, 'reported', 0, '{}', 7, 1000000, 1000000)");
    start();
    EXPECT_TRUE(get("/api/v1/stations/CP1/monitors")
                    .has(R"("type":"Delta","value":"1.5","severity":2,"transaction":true)"));
    EXPECT_TRUE(get("/api/v1/stations/CP1/display-messages").has(R"("message":{"id":3})"));
    EXPECT_TRUE(get("/api/v1/stations/CP1/charging-profiles")
                    .has(R"("origin":"reported","profile":{"id":9},"request_id":7)"));
    EXPECT_FALSE(get("/api/v1/stations/CP1/charging-profiles").has(R"("id":8,)"));
    for (const char* list : {"monitors", "display-messages", "charging-profiles"})
        EXPECT_TRUE(
            get(std::string{"/api/v1/stations/CP2/"} + list).body.starts_with(R"({"data":[],)"))
            << list;
}

}  // namespace
}  // namespace ohm::api::rest
