// Counts of requests for Prometheus: by route, never by what a client wrote. On the HTTP loop.
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>

#include "api/rest/route.hpp"

namespace ohm::api::rest {

class Measure {
public:
    void count(const Route* route, int status, Micros took);  // null: no route matched
    void append_to(std::string& text) const;

private:
    static constexpr std::array<Micros, 8> bounds{
        milliseconds{1},   milliseconds{5},     milliseconds{25}, milliseconds{100},
        milliseconds{500}, milliseconds{2'500}, seconds{10},      seconds{60}};
    struct Durations {
        std::array<std::uint64_t, bounds.size()> at_most{};
        std::uint64_t count = 0;
        Micros sum{};
    };
    std::map<std::pair<const Route*, int>, std::uint64_t> requests_;
    std::map<const Route*, Durations> durations_;
};

}  // namespace ohm::api::rest
