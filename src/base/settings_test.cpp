#include "base/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/settings_testing.hpp"

namespace ohm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(SettingsFiles, LaterSourcesWin) {
    const std::string etc = write("etc.env",
                                  "HTTP_SERVER_PORT=1\nWS_SERVER_PORT=2\nDB_PORT=3\n"
                                  "RABBITMQ_PORT=4\n");
    const std::string here =
        write("here.env", "\n# ours\nWS_SERVER_PORT=20\nDB_PORT=30\nRABBITMQ_PORT=40\n");
    const Settings settings =
        loaded({.files = {etc, path("absent.env"), here},
                .environment = {"DB_PORT=300", "RABBITMQ_PORT=400", "PATH=/bin", "broken"},
                .arguments = {"--rabbitmq-port=4000"}});
    EXPECT_EQ(settings.integer("HTTP_SERVER_PORT"), 1);
    EXPECT_EQ(settings.integer("WS_SERVER_PORT"), 20);
    EXPECT_EQ(settings.integer("DB_PORT"), 300);
    EXPECT_EQ(settings.integer("RABBITMQ_PORT"), 4000);
    EXPECT_EQ(settings.origin("HTTP_SERVER_PORT"), etc + ":1");
    EXPECT_EQ(settings.origin("WS_SERVER_PORT"), here + ":3");
    EXPECT_EQ(settings.origin("DB_PORT"), "environment");
    EXPECT_EQ(settings.origin("RABBITMQ_PORT"), "flag");
    EXPECT_TRUE(settings.is_default("DB_NAME"));
    EXPECT_FALSE(settings.is_default("DB_PORT"));
}

TEST(SettingsValues, RefusedWithKeyValueAndRemedy) {
    EXPECT_EQ(refused_in_environment("HTTP_SERVER_PORT=65536"),
              "HTTP_SERVER_PORT=\"65536\" (environment) is not a port, 0 to 65535; correct it or "
              "leave it out, which means \"8000\".");
    EXPECT_EQ(refused_in_environment("OHM_LOG_LEVEL=loud"),
              "OHM_LOG_LEVEL=\"loud\" (environment) is not trace, debug, info, warn or error; "
              "correct it or leave it out, which means \"info\".");
    for (const std::string entry : {"HTTP_SERVER_PORT=",
                                    "HTTP_SERVER_PORT=-1",
                                    "HTTP_SERVER_PORT=80a",
                                    "RABBITMQ_PORT=0",
                                    "RABBITMQ_PORT=tcp://10.0.0.1:5672",
                                    "HEARTBEAT_INTERVAL=0",
                                    "HEARTBEAT_INTERVAL=86401",
                                    "HEARTBEAT_INTERVAL=99999999999999999999",
                                    "OHM_PARTITIONS=65",
                                    "OHM_PARTITIONS=0",
                                    "OHM_REQUIRE_IF_MATCH=maybe",
                                    "OHM_REQUIRE_IF_MATCH=",
                                    "OHM_LOG_FORMAT=text json",
                                    "OHM_BIND_ADDRESS=localhost",
                                    "OHM_BIND_ADDRESS=",
                                    "OHM_BIND_ADDRESS=1.2.3",
                                    "OHM_WORKER_ID=Worker",
                                    "OHM_WORKER_ID=a_b",
                                    "DB_NAME=a\nb",
                                    "DB_NAME=\xFF"})
        EXPECT_THAT(refused_in_environment(entry),
                    AllOf(HasSubstr(entry.substr(0, entry.find('=')) + "="),
                          HasSubstr("(environment) is not "), HasSubstr("correct it")))
            << entry;
    EXPECT_THAT(refused_in_environment("OHM_WORKER_ID=" + std::string(41, 'a')),
                HasSubstr("is not 1 to 40"));
}

TEST(SettingsValues, BoundsAreAllowed) {
    const Settings settings = loaded(
        {.files = {},
         .environment = {"HTTP_SERVER_PORT=0", "WS_SERVER_PORT=65535", "HEARTBEAT_INTERVAL=86400",
                         "OHM_WORKER_ID=" + std::string(40, 'a'), "OHM_BIND_ADDRESS=127.0.0.1"},
         .arguments = {}});
    EXPECT_EQ(settings.integer("HTTP_SERVER_PORT"), 0);
    EXPECT_EQ(settings.integer("WS_SERVER_PORT"), 65535);
    EXPECT_EQ(settings.integer("HEARTBEAT_INTERVAL"), 86'400);
    EXPECT_EQ(settings.text("OHM_WORKER_ID").size(), 40u);
}

TEST(SettingsValues, ABadValueIsRefusedEvenWhereALaterOneWins) {
    EXPECT_THAT(refused({.files = {},
                         .environment = {"HTTP_SERVER_PORT=x"},
                         .arguments = {"--http-server-port=1"}}),
                HasSubstr("HTTP_SERVER_PORT"));
}

TEST(SettingsValues, CertificateAndKeyBelongTogether) {
    EXPECT_THAT(refused_in_environment("OHM_TLS_CERT_FILE=a.pem"), HasSubstr("OHM_TLS_KEY_FILE"));
    EXPECT_THAT(refused_in_environment("OHM_TLS_KEY_FILE=a.pem"), HasSubstr("set both or none"));
    EXPECT_EQ(refused({.files = {},
                       .environment = {"OHM_TLS_KEY_FILE=k", "OHM_TLS_CERT_FILE=c"},
                       .arguments = {}}),
              "taken");
}

TEST(SettingsAsked, AKeyThatIsNotInTheTableIsABug) {
    const Settings settings = loaded({});
    EXPECT_THROW(settings.text("HTTP_SERVER_PROT"), Bug);
    EXPECT_THROW(settings.integer("DB_HOST"), Bug);
    EXPECT_THROW(settings.boolean("HTTP_SERVER_PORT"), Bug);
    EXPECT_THROW(settings.origin(""), Bug);
    EXPECT_EQ(settings.find("DB_PORT"), "5432");
    EXPECT_EQ(settings.find("DB_PROT").error().detail,
              "DB_PROT (asked for) is not a setting; did you mean DB_PORT?");
}

TEST(WorkerId, IsFoldedAndKeepsTheEndOfALongHostName) {
    EXPECT_EQ(default_worker_id("Server_1.example", 3000), "server-1-example-3000");
    EXPECT_EQ(default_worker_id("", 3001), "worker-3001");
    const std::string pod = std::string(60, 'x') + "-7f9c-abcde";
    EXPECT_EQ(default_worker_id(pod, 65535).size(), 40u);
    EXPECT_TRUE(default_worker_id(pod, 65535).ends_with("-7f9c-abcde-65535"));
}

}  // namespace
}  // namespace ohm
