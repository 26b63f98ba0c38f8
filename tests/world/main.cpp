// world [--seed N] [--seeds COUNT] [--scenario FILE] [--stations N] [--hours H] [--twice]
// [--verbose] Runs a scenario from a seed, or several seeds in a row; prints what was done, what
// was found and the hash of all that happened. The same seed gives the same run: --twice proves it.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/text.hpp"
#include "world.hpp"

namespace ohm::world {
namespace {

struct Arguments {
    std::string scenario;
    std::uint64_t seed = 1, seeds = 1;
    double stations = 0, hours = 0;
    bool twice = false, verbose = false;
};

bool take(Arguments& arguments, const std::vector<std::string>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (word == "--twice") {
            arguments.twice = true;
            continue;
        }
        if (word == "--verbose") {
            arguments.verbose = true;
            continue;
        }
        if (++i == words.size()) return false;
        const std::string& value = words[i];
        if (word == "--scenario")
            arguments.scenario = value;
        else if (word == "--seed")
            arguments.seed = std::strtoull(value.c_str(), nullptr, 10);
        else if (word == "--seeds")
            arguments.seeds = std::strtoull(value.c_str(), nullptr, 10);
        else if (word == "--stations")
            arguments.stations = std::strtod(value.c_str(), nullptr);
        else if (word == "--hours")
            arguments.hours = std::strtod(value.c_str(), nullptr);
        else
            return false;
    }
    return true;
}

std::uint64_t run(const Arguments& arguments, const Scenario& scenario, std::uint64_t seed,
                  bool& right) {
    World world{scenario, seed};
    world.run();
    const std::uint64_t hash = world.trace_hash();
    std::printf("SEED=%llu SCENARIO=%s hash=%016llx findings=%zu\n",
                static_cast<unsigned long long>(seed), scenario.name.c_str(),
                static_cast<unsigned long long>(hash), world.findings().count());
    if (arguments.verbose || world.findings().count() > 0)
        std::printf("  %s\n", world.report().c_str());
    for (const std::string& finding : world.findings().kept())
        std::printf("  %s\n", finding.c_str());
    if (world.findings().count() > 0) {
        right = false;
        std::string again = " --scenario " + arguments.scenario;
        if (arguments.stations > 0) again += " --stations " + std::to_string(arguments.stations);
        if (arguments.hours > 0) again += " --hours " + std::to_string(arguments.hours);
        std::printf("  replay: world --seed %llu%s --verbose\n",
                    static_cast<unsigned long long>(seed), again.c_str());
    }
    std::fflush(stdout);
    return hash;
}

int run_all(const std::vector<std::string>& words) {
    Arguments arguments;
    arguments.scenario = WORLD_SCENARIOS "/everything.toml";
    if (!take(arguments, words)) {
        std::printf(
            "world [--seed N] [--seeds COUNT] [--scenario FILE] [--stations N] [--hours H] "
            "[--twice] [--verbose]\n");
        return 2;
    }
    if (std::getenv("WORLD_LOG"))
        log::start(log::level_of(std::getenv("WORLD_LOG")), log::Format::text, "world");
    Scenario scenario = read_scenario(arguments.scenario);
    if (arguments.stations > 0) scenario.values["stations"] = arguments.stations;
    if (arguments.hours > 0) scenario.values["minutes"] = arguments.hours * 60;
    bool right = true;
    for (std::uint64_t i = 0; i < arguments.seeds; ++i) {
        const std::uint64_t hash = run(arguments, scenario, arguments.seed + i, right);
        if (!arguments.twice || run(arguments, scenario, arguments.seed + i, right) == hash)
            continue;
        std::printf("  the same seed gave another run\n");
        right = false;
    }
    log::stop();
    return right ? 0 : 1;
}

}  // namespace
}  // namespace ohm::world

int main(int argc, char** argv) {
    try {
        return ohm::world::run_all({argv + 1, argv + argc});
    } catch (const std::exception& error) {
        std::printf("%s\n", error.what());
        return 2;
    }
}
