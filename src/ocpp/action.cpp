#include "ocpp/action.hpp"

#include <algorithm>
#include <vector>

namespace ohm::ocpp {
namespace {

std::vector<ActionInfo> sorted(std::span<const ActionInfo> infos) {
    std::vector<ActionInfo> out{infos.begin(), infos.end()};
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

const std::vector<ActionInfo>& infos_of(Version version) {
    static const auto v16 = sorted(v16::action_infos());
    static const auto v201 = sorted(v201::action_infos());
    static const std::vector<ActionInfo> none;
    return version == Version::v16 ? v16 : version == Version::v201 ? v201 : none;
}

}  // namespace

std::span<const ActionInfo> declared_actions(Version version) { return infos_of(version); }

const ActionInfo* find_action(Version version, std::string_view name) {
    const auto& infos = infos_of(version);
    const auto found =
        std::lower_bound(infos.begin(), infos.end(), name,
                         [](const ActionInfo& info, std::string_view n) { return info.name < n; });
    return found != infos.end() && found->name == name ? &*found : nullptr;
}

std::optional<wire::Violation> check_payload(wire::Decoder& decoder, std::string_view json,
                                             const wire::Type& type, wire::Rules rules) {
    const std::shared_ptr<void> scratch = type.make();
    return decoder.decode(json, type, scratch.get(), rules, nullptr);
}

bool is_standard_action(Version version, std::string_view name) {
    return find_action(version, name) != nullptr;
}

}  // namespace ohm::ocpp
