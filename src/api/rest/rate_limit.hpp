// How often a caller may ask: a token bucket for each credential that is in force, told as the IETF
// draft of the RateLimit fields has it. A bucket is one instant, when it would be full again; one
// that is full is not kept, so there are never more than callers who asked within the window. On
// the HTTP loop.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "base/limits_rest.hpp"
#include "base/time.hpp"
#include "net/http.hpp"

namespace ohm::api::rest {

class RateLimit {
public:
    RateLimit(const Clock& clock, std::int64_t most) : clock_{clock}, most_{most} {}  // 0: no bound

    // One more request; false: not now.
    bool takes(const std::string& credential);
    // It has cost nothing worth counting.
    void give_back(const std::string& credential);
    // How long until one more is taken, whole seconds.
    seconds until_next(const std::string& credential) const;
    void add_headers(const std::string& credential, net::Response& response) const;

private:
    Micros each() const { return Micros{limits::rate_window} / most_; }
    Micros until_full(const std::string& credential) const;
    void sweep();

    const Clock& clock_;
    const std::int64_t most_;  // within the window, and at once
    std::unordered_map<std::string, Mono> full_at_;
    std::size_t sweep_at_ = limits::rate_buckets_unswept;
};

}  // namespace ohm::api::rest
