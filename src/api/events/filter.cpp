#include "api/events/filter.hpp"

#include <algorithm>

#include "api/events/types.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace ohm::api::events {

namespace {

bool is_of_worker(const Event& event) { return event.type.starts_with("worker."); }

std::string source_of(const Event& event) {
    if (event.type.starts_with("alert.")) return "alerts";
    return (is_of_worker(event) ? "workers/" : "stations/") + percent_encode(event.subject);
}

}  // namespace

std::optional<std::string> read_types(const std::vector<std::string>& names, Filter& filter) {
    filter.types.clear();
    bool all = names.empty();
    for (const std::string& said : names) {
        const std::string name{name_now(said)};
        all = all || name == "*";
        const bool is_group = name.size() > 2 && name.ends_with(".*");
        const std::string wanted = is_group ? name.substr(0, name.size() - 1) : name;
        const auto known = [&](const EventType& type) {
            return is_group ? type.name.starts_with(wanted) : type.name == wanted;
        };
        const auto types = event_types();
        if (name != "*" && std::none_of(types.begin(), types.end(), known)) return name;
        filter.types.push_back(wanted);
    }
    if (all) filter.types.clear();
    return std::nullopt;
}

bool matches(const Filter& filter, const Event& event) {
    const auto fits = [&](const std::string& type) {
        return type.ends_with('.') ? event.type.starts_with(type) : event.type == type;
    };
    if (!filter.types.empty() && std::none_of(filter.types.begin(), filter.types.end(), fits))
        return false;
    const bool is_named = !is_of_worker(event) && fold(event.subject) == filter.station_key;
    return filter.station_key.empty() || is_named;
}

std::string id_of(const Event& event) {
    return std::to_string(event.partition.value) + "-" + std::to_string(event.n);
}

std::string envelope_of(const Event& event, std::string_view sequence) {
    std::string out = R"({"specversion":"1.0","id":")" + id_of(event);
    out += R"(","source":"/api/v1/)";
    out += source_of(event);
    out += R"(","type":")" + event.type + R"(","subject":)";
    append_json_string(out, event.subject);
    out += R"(,"time":")" + to_rfc3339(utc_from_micros(event.at), 3);
    if (!sequence.empty()) (out += R"(","sequence":")") += sequence;
    out += R"(","datacontenttype":"application/json","data":)";
    out += event.data;
    out += '}';
    return out;
}

}  // namespace ohm::api::events
