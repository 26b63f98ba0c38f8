// Where each station connects to, from which address, with which certificate: all of it follows
// from its number. Pure; the fleet asks on its loop.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/client.hpp"

namespace ohm::sim {

struct Target {
    net::Endpoint endpoint;
    std::string path = "/";  // in front of the station's id
};

struct Targets {
    std::vector<Target> all{1};        // each takes an unbroken run of the stations
    std::vector<std::string> sources;  // dealt out in turn, so many stations each; none: any
    std::string certificate_file;      // of a client: {id} in it is the station's; "": none
    std::string key_file;
};

const Target& target_of(const Targets& targets, std::size_t number, std::size_t stations);
net::Endpoint endpoint_of(const Targets& targets, std::size_t number, std::size_t stations,
                          std::string_view id);

// `127.0.0.2-127.0.0.60,10.1.2.3`; empty where it is not a list of IPv4 addresses and ranges, or
// more than limits::sim_sources.
std::vector<std::string> parse_sources(std::string_view text);
// 127.0.0.1, .2, …: as many as so many connections need.
std::vector<std::string> loopback_sources(std::size_t stations);

}  // namespace ohm::sim
