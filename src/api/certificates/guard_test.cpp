#include "api/certificates/guard.hpp"

#include "api/test_shard.hpp"

namespace ohm::api {
namespace {

class Plain : public testing::ShardTest {
protected:
    bus::OperatorBody install() {
        CommandCreate create;
        create.command.value = "call";
        create.action.value = "InstallCertificate";
        create.parameters.json =
            R"({"certificateType":"CentralSystemRootCertificate","certificate":"-"})";
        return order(operation::send_command, "CP1", wire::encode(create));
    }
};

// Quirk I7: the station of put_online() has no TLS.
TEST_F(Plain, certificates_go_over_it_with_a_security_event) {
    put_online("CP1");
    EXPECT_EQ(do_order(install()), 202);
    EXPECT_EQ(number("select count(*) from station_events where name = "
                     "'CertificateSentWithoutTls'"),
              1);
}

TEST_F(Plain, certificates_are_refused_where_that_is_set) {
    options.certificates_over_plain = OverPlain::refuse;
    put_online("CP1");
    EXPECT_EQ(do_order(install()), 409);
    EXPECT_EQ(sent_of("command"), 0u);
}

}  // namespace
}  // namespace ohm::api
