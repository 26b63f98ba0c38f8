#include "api/rest/measure.hpp"

namespace ohm::api::rest {
namespace {

std::string labels_of(const Route* route) {
    return "route=\"" + std::string{route ? route->path : "none"} + "\",method=\"" +
           std::string{route ? route->method : "none"} + "\"";
}

std::string in_seconds(Micros duration) {
    std::string micros = std::to_string(duration.count() % 1'000'000);
    return std::to_string(duration.count() / 1'000'000) + "." +
           std::string(6 - micros.size(), '0') + micros;
}

}  // namespace

void Measure::count(const Route* route, int status, Micros took) {
    ++requests_[{route, status}];
    Durations& durations = durations_[route];
    ++durations.count;
    durations.sum += took;
    for (std::size_t i = 0; i < bounds.size(); ++i)
        if (took <= bounds[i]) ++durations.at_most[i];
}

void Measure::append_to(std::string& text) const {
    text += "# HELP ohm_http_requests_total Requests answered.\n";
    text += "# TYPE ohm_http_requests_total counter\n";
    for (const auto& [key, number] : requests_)
        text += "ohm_http_requests_total{" + labels_of(key.first) + ",status=\"" +
                std::to_string(key.second) + "\"} " + std::to_string(number) + "\n";
    const std::string name = "ohm_http_request_duration_seconds";
    text += "# HELP " + name + " From the complete request to its answer.\n";
    text += "# TYPE " + name + " histogram\n";
    for (const auto& [route, durations] : durations_) {
        const std::string labels = labels_of(route);
        for (std::size_t i = 0; i < bounds.size(); ++i)
            text += name + "_bucket{" + labels + ",le=\"" + in_seconds(bounds[i]) + "\"} " +
                    std::to_string(durations.at_most[i]) + "\n";
        const std::string count = std::to_string(durations.count);
        text += name + "_bucket{" + labels + ",le=\"+Inf\"} " + count + "\n";
        text += name + "_sum{" + labels + "} " + in_seconds(durations.sum) + "\n";
        text += name + "_count{" + labels + "} " + count + "\n";
    }
}

}  // namespace ohm::api::rest
