#include "api/rest/shown_settings.hpp"

#include "api/rest/handlers.hpp"
#include "api/rest/service.hpp"

namespace ohm::api::rest {
namespace {

std::string_view name_of(Setting::Part part) {
    if (part == Setting::Part::api) return "api";
    return part == Setting::Part::worker ? "worker" : "both";
}

SettingShown shown(const ohm::Settings& settings, const Setting& row) {
    const std::string value = settings.text(row.key);
    SettingShown out{.key = std::string{row.key},
                     .is_secret = row.kind == Setting::Kind::secret,
                     .is_set = !value.empty(),
                     .origin = settings.origin(row.key),
                     .allowed = allowed_values(row),
                     .meaning = std::string{row.help},
                     .part = std::string{name_of(row.part)}};
    if (out.is_secret) return out;
    out.value = value;
    out.default_value = std::string{row.fallback};
    return out;
}

}  // namespace

std::vector<SettingShown> shown_settings(const ohm::Settings& settings) {
    std::vector<SettingShown> all;
    for (const Setting& row : settings_table()) all.push_back(shown(settings, row));
    return all;
}

net::Response list_settings(const Exchange& exchange, Service& service) {
    ListAnswer list;  // there are never more than a page
    for (const SettingShown& one : service.settings().shown)
        list.items.push_back(wire::encode(one));
    return list_answer(exchange, list);
}

}  // namespace ohm::api::rest
