#include "scenario.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "base/text.hpp"

namespace ohm::world {
namespace {

constexpr std::string_view known[] = {
    "stations", "workers", "minutes", "settle_minutes", "faults_a_run", "webhook",
    // workload, an hour and station
    "statuses", "charging_messages", "reboots", "power_cuts", "operations",
    // faults, an hour
    "worker_crashes", "link_cuts", "link_losses", "link_silences", "twins", "redeliveries",
    "downlink_repeats", "worker_bus_cuts", "api_bus_cuts", "broker_restarts",
    "api_crashes_before_commit", "api_crashes_after_commit", "api_kills", "commits_refused",
    "commits_unknown", "store_outages", "store_outage_s", "errors_expected"};

}  // namespace

double Scenario::operator[](std::string_view key) const {
    ENSURE(std::find(std::begin(known), std::end(known), key) != std::end(known));
    const auto found = values.find(key);
    return found == values.end() ? 0 : found->second;
}

Scenario read_scenario(const std::string& path) {
    std::ifstream in{path};
    if (!in) throw Fault{Fault::Kind::fatal, "cannot read " + path};
    Scenario scenario;
    scenario.name = std::filesystem::path{path}.stem();
    std::string line;
    while (std::getline(in, line)) {
        const std::string_view text = trim(std::string_view{line}.substr(0, line.find('#')));
        if (text.empty()) continue;
        const auto equals = text.find('=');
        const std::string key{trim(text.substr(0, equals))};
        const bool is_known = std::find(std::begin(known), std::end(known), key) != std::end(known);
        if (equals == std::string_view::npos || !is_known)
            throw Fault{Fault::Kind::fatal, path + ": not understood: " + line};
        scenario.values[key] =
            std::strtod(std::string{trim(text.substr(equals + 1))}.c_str(), nullptr);
    }
    return scenario;
}

}  // namespace ohm::world
