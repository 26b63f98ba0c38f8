#include "sim/sim.hpp"

#include <cstdio>
#include <exception>

#include "sim/arguments.hpp"

namespace ohm::sim {
namespace {

int run(const Arguments& arguments) {
    if (arguments.provisions) {
        const SystemClock clock;
        net::Loop loop{clock};  // gone before anything is forked
        provision(loop, arguments.provision);
    }
    if (arguments.provisions_only) return 0;
    const Outcome outcome = run_processes(arguments.run);
    const Report& report = outcome.report;
    std::fputs((arguments.json ? to_json(report) : to_table(report)).c_str(), stdout);
    std::fflush(stdout);
    if (outcome.children_failed > 0)
        std::fprintf(stderr, "ohmstead sim: %zu of %zu processes failed, the report lacks them\n",
                     outcome.children_failed, arguments.run.processes);
    return outcome.children_failed == 0 && report.accepted > 0 ? 0 : 1;
}

}  // namespace

int run_sim(std::span<const std::string> arguments) {
    const Parsed parsed = parse_arguments(arguments);
    if (!parsed.proceeds) {
        std::fputs(parsed.text.c_str(), parsed.exit_code == 0 ? stdout : stderr);
        return parsed.exit_code;
    }
    try {
        return run(parsed.arguments);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "ohmstead sim: %s\n", error.what());
        return 1;
    }
}

}  // namespace ohm::sim
