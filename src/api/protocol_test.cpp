// docs/PROTOCOL.md says for every action of both versions what is declared and handled; it is made
// from the tables.
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "api/dispatch.hpp"
#include "ocpp/action.hpp"

namespace ohm::api {
namespace {

using ocpp::Version;

std::string_view sender(ocpp::From from) {
    return from == ocpp::From::station ? "station" : from == ocpp::From::csms ? "CSMS" : "both";
}

std::string row_of(Version version, const ocpp::ActionInfo& info) {
    const Route* route = find_route(version, info.name);
    const std::string handled = !ocpp::station_sends(info.from) ? "–"
                                : route && route->handle        ? "yes"
                                                                : "not yet: NotSupported";
    const std::string sent = ocpp::csms_sends(info.from) ? "by REST" : "–";
    return "| " + std::string{info.name} + " | " + std::string{sender(info.from)} + " | " +
           handled + " | " + sent + " |\n";
}

std::string page() {
    std::string text =
        "# OCPP messages\n\nMade from the declarations and the routing tables; a test fails when "
        "it is stale. Every action of the\n"
        "standard is declared, equal to its official JSON schemas (`./dev schemas`).\n";
    for (const Version version : {Version::v16, Version::v201}) {
        text +=
            "\n## OCPP " + std::string{ocpp::short_name(version)} +
            "\n\n| action | sent by | from a station | to a station |\n| --- | --- | --- | --- |\n";
        for (const ocpp::ActionInfo& info : ocpp::declared_actions(version))
            text += row_of(version, info);
    }
    return text;
}

TEST(Protocol, the_page_is_fresh) {
    const std::string path = OHM_SOURCE_DIR "/docs/PROTOCOL.md";
    if (std::getenv("OHM_UPDATE_DOCS")) std::ofstream{path} << page();
    std::stringstream stored;
    stored << std::ifstream{path}.rdbuf();
    EXPECT_EQ(stored.str(), page()) << "run api_test with OHM_UPDATE_DOCS=1";
}

TEST(Protocol, every_declared_action_of_stations_has_a_route) {
    for (const Version version : {Version::v16, Version::v201})
        for (const ocpp::ActionInfo& info : ocpp::declared_actions(version))
            EXPECT_EQ(ocpp::station_sends(info.from), find_route(version, info.name) != nullptr)
                << info.name;
}

}  // namespace
}  // namespace ohm::api
