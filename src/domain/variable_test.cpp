#include "domain/variable.hpp"

#include <gtest/gtest.h>

namespace ohm::domain {
namespace {

TEST(Variable, TwoSpellingsHaveOneKey) {
    const VariableName one{.component = "SecurityCtrlr", .variable = "OrganizationName"};
    const VariableName other{.component = "securityctrlr", .variable = " organizationname "};
    EXPECT_EQ(key_of(one), key_of(other));
}

TEST(Variable, EveryPartOfTheNameTells) {
    const VariableName plain{.component = "Connector", .evse = 1, .variable = "Available"};
    for (const VariableName& other :
         {VariableName{.component = "Connector", .variable = "Available"},
          VariableName{
              .component = "Connector", .evse = 1, .connector = 1, .variable = "Available"},
          VariableName{
              .component = "Connector", .evse = 1, .variable = "Available", .instance = "x"},
          VariableName{.component = "Connector",
          .component_instance = "x",
          .evse = 1,
          .variable = "Available"},
          VariableName{
              .component = "Connector", .evse = 1, .variable = "Available", .attribute = "Target"}})
        EXPECT_NE(key_of(plain), key_of(other));
}

TEST(Variable, SecretsAreKnownByName) {
    for (const char* name : {"AuthorizationKey", "BasicAuthPassword", "basicauthpassword",
                             "ApnPassword", "AUTHORIZATIONKEY", "VpnKey", "SimPin"})
        EXPECT_TRUE(is_secret(name)) << name;
    for (const char* name : {"HeartbeatInterval", "PasswordMinLength", "SecurityProfile", ""})
        EXPECT_FALSE(is_secret(name)) << name;
}

TEST(Variable, ValuesAreComparedByWhatTheyMean) {
    EXPECT_TRUE(same_value("300", "300"));
    EXPECT_TRUE(same_value("300", " 300 "));
    EXPECT_TRUE(same_value("300", "300.0"));
    EXPECT_TRUE(same_value("true", "TRUE"));
    EXPECT_TRUE(same_value("", ""));
    EXPECT_FALSE(same_value("300", "301"));
    EXPECT_FALSE(same_value("true", "false"));
    EXPECT_FALSE(same_value("Abc", "abc"));
    EXPECT_FALSE(same_value("", "0"));
    EXPECT_FALSE(same_value("nan", "NAN"));
}

}  // namespace
}  // namespace ohm::domain
