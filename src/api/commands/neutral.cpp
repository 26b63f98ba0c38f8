#include "api/commands/neutral.hpp"

#include <algorithm>
#include <vector>

namespace ohm::api::commands {

std::span<const NeutralCommand> neutral_commands() {
    static const std::vector<NeutralCommand> all = [] {
        std::vector<NeutralCommand> table;
        for (const Part part :
             {remote_control_commands(), availability_commands(), configuration_commands(),
              network_commands(), authorization_commands(), reservation_commands(),
              smart_charging_commands(), firmware_commands(), diagnostics_commands(),
              monitoring_commands(), certificate_commands(), display_commands()})
            table.insert(table.end(), part.begin(), part.end());
        return table;
    }();
    return all;
}

const NeutralCommand* find_neutral(std::string_view name) {
    const auto all = neutral_commands();
    const auto found = std::find_if(all.begin(), all.end(), [&](const NeutralCommand& command) {
        return command.words.name == name;
    });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace ohm::api::commands
