#include "api/statistics/zones.hpp"

#include <fstream>
#include <iterator>

#include "base/log.hpp"

namespace ohm::api::statistics {
namespace {

constexpr std::size_t zones_kept = 1'000;  // there are about six hundred

// No way out of the folder, whatever a location's row says.
bool is_plain(const std::string& name) {
    if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos) return false;
    return name.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
               "/_+-") == std::string::npos;
}

domain::TimeZone read(const std::string& folder, const std::string& name) {
    if (name.empty() || name == "UTC") return {};
    if (is_plain(name)) {
        std::ifstream file{folder + "/" + name, std::ios::binary};
        const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
        if (const auto zone = domain::TimeZone::from_tzif(bytes)) return *zone;
    }
    log::warn("time_zone_unknown", {{"time_zone", name}});
    return {};
}

}  // namespace

const domain::TimeZone& Zones::find(const std::string& name) {
    const auto found = known_.find(name);
    if (found != known_.end()) return found->second;
    return known_.emplace(name, read(folder_, name)).first->second;
}

void Zones::trim() {
    if (known_.size() >= zones_kept) known_.clear();
}

}  // namespace ohm::api::statistics
