#include "api/facts/desired.hpp"

#include "api/test_shard.hpp"

namespace ohm::api::testing {
namespace {

class Desired : public ShardTest {
protected:
    void SetUp() override { add_station("CP1"); }
    int write(bool replace, const std::string& variables) {
        return do_order(order(operation::write_variables, "CP1",
                              std::string{R"({"replace":)"} + (replace ? "true" : "false") +
                                  R"(,"variables":[)" + variables + "]}"));
    }
    std::string stored() { return text("select variables from desired_variables"); }
    static std::string wanted(const std::string& name, const std::string& value) {
        return R"({"component":"OCPP16","variable":")" + name + R"(","value":)" + value + "}";
    }
};

TEST_F(Desired, AreReplaced) {
    EXPECT_EQ(write(true, wanted("A", "\"1\"") + "," + wanted("B", "\"2\"")), 200);
    EXPECT_EQ(write(true, wanted("C", "\"3\"")), 200);
    EXPECT_EQ(stored(), R"({"variables":[)" + wanted("C", "\"3\"") + "]}");
    EXPECT_EQ(write(true, ""), 200);
    EXPECT_EQ(stored(), R"({"variables":[]})");
}

TEST_F(Desired, AreMergedByNameInAnyCase) {
    write(true, wanted("A", "\"1\"") + "," + wanted("B", "\"2\""));
    EXPECT_EQ(write(false, wanted("a", "\"9\"") + "," + wanted("B", "null")), 200);
    EXPECT_EQ(stored(), R"({"variables":[)" + wanted("a", "\"9\"") + "]}");
    EXPECT_EQ(write(false, wanted("C", "\"3\"")), 200);
    EXPECT_NE(stored().find("\"C\""), std::string::npos);
    EXPECT_NE(stored().find("\"a\""), std::string::npos);
}

TEST_F(Desired, TwoChangesInOneBatchBothCount) {
    const auto first = order(operation::write_variables, "CP1",
                             R"({"replace":false,"variables":[)" + wanted("A", "\"1\"") + "]}");
    const auto second = order(operation::write_variables, "CP1",
                              R"({"replace":false,"variables":[)" + wanted("B", "\"2\"") + "]}");
    ask(first);
    ask(second);
    run();
    EXPECT_EQ(stored(),
              R"({"variables":[)" + wanted("A", "\"1\"") + "," + wanted("B", "\"2\"") + "]}");
}

TEST_F(Desired, SecretsAndNonsenseAreRefused) {
    EXPECT_EQ(write(true, wanted("AuthorizationKey", "\"6b6579\"")), 400);
    EXPECT_EQ(write(false, wanted("BasicAuthPassword", "\"x\"")), 400);
    EXPECT_EQ(write(true, wanted("A", "null")), 400);
    EXPECT_EQ(write(true, R"({"variable":"A","value":"1"})"), 400);
    EXPECT_EQ(write(true, wanted("A", "7")), 400);
    EXPECT_EQ(do_order(order(operation::write_variables, "CP9", "{}")), 404);
    EXPECT_EQ(count("desired_variables"), 0);
}

TEST_F(Desired, APreconditionIsThatOfTheStation) {
    auto asked =
        order(operation::write_variables, "CP1", R"({"variables":[)" + wanted("A", "\"1\"") + "]}");
    asked.if_match = "\"9.0\"";
    EXPECT_EQ(do_order(asked), 412);
    asked = order(operation::write_variables, "CP1",
                  R"({"replace":false,"variables":[)" + wanted("A", "\"1\"") + "]}");
    asked.if_match = "\"1.0\"";
    EXPECT_EQ(do_order(asked), 200);
}

TEST_F(Desired, AreBounded) {
    std::string many;
    for (std::size_t i = 0; i <= limits::desired_variables; ++i)
        many += (i ? "," : "") + wanted("V" + std::to_string(i), "\"1\"");
    EXPECT_EQ(write(true, many), 400);
    EXPECT_EQ(count("desired_variables"), 0);
}

}  // namespace
}  // namespace ohm::api::testing
