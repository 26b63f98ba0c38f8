// docs/PROTOCOL.md says for every action of both versions what is declared and handled; it is made
// from the tables.
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "api/commands/expectation.hpp"
#include "api/commands/neutral.hpp"
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
    const std::string effect{ocpp::csms_sends(info.from) ? commands::effect_words(info.name) : "–"};
    return "| " + std::string{info.name} + " | " + std::string{sender(info.from)} + " | " +
           handled + " | " + sent + " | " + effect + " |\n";
}

std::string page() {
    std::string text =
        "# OCPP messages\n\nMade from the declarations and the routing tables; a test fails when "
        "it is stale. Every action of the\n"
        "standard is declared, equal to its official JSON schemas (`./dev schemas`). `effect`: "
        "what a\n"
        "command waits for after the station's answer.\n";
    for (const Version version : {Version::v16, Version::v201}) {
        text += "\n## OCPP " + std::string{ocpp::short_name(version)} +
                "\n\n| action | sent by | from a station | to a station | effect |\n"
                "| --- | --- | --- | --- | --- |\n";
        for (const ocpp::ActionInfo& info : ocpp::declared_actions(version))
            text += row_of(version, info);
    }
    text +=
        "\n## Version-neutral commands\n\n`POST /api/v1/stations/{id}/commands/{command}`; "
        "otherwise 422 with what is possible instead.\n\n| command | 1.6 | 2.0.1 | what it does "
        "|\n| --- | --- | --- | --- |\n";
    for (const commands::NeutralCommand& command : commands::neutral_commands())
        text += "| " + std::string{command.words.name} + " | " + (command.v16 ? "yes" : "–") +
                " | " + (command.v201 ? "yes" : "–") + " | " + std::string{command.words.summary} +
                " |\n";
    return text;
}

TEST(Protocol, the_page_is_fresh) {
    const char* source =
        std::getenv("OHM_SOURCE_DIR");  // ctest sets it; else run in the repository
    const std::string path = std::string{source ? source : "."} + "/docs/PROTOCOL.md";
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

// Each example is one that strict decoding takes: OpenAPI shows it.
TEST(Protocol, every_neutral_command_has_a_valid_example_and_a_version) {
    wire::Decoder decoder;
    for (const commands::NeutralCommand& command : commands::neutral_commands()) {
        const auto written = command.written->make();
        const auto violation = decoder.decode(command.words.example, *command.written,
                                              written.get(), {wire::Strictness::strict}, nullptr);
        EXPECT_FALSE(violation) << command.words.name << " " << violation->path;
        EXPECT_TRUE(command.v16 || command.v201) << command.words.name;
        EXPECT_TRUE((command.v16 && command.v201) || !command.words.instead.empty())
            << command.words.name;
    }
}

}  // namespace
}  // namespace ohm::api
