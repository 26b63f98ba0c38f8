// Guessing passwords is slowed down: refused attempts are counted for each pair of source address
// and identity, so that an attacker elsewhere never locks the real station out (CWE-307). One
// loop's; one thread.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "base/limits.hpp"
#include "base/time.hpp"

namespace ohm::worker {

class RefusedAttempts {
public:
    bool is_blocked(std::uint64_t source, Mono now) {
        const auto found = sources_.find(source);
        if (found == sources_.end()) return false;
        refill(found->second, now);
        return found->second.tokens <= 0;
    }
    void note_refused(std::uint64_t source, Mono now) {
        if (sources_.size() >= limits::refused_sources)
            sources_.clear();  // bounded; the counts start anew
        Bucket& bucket =
            sources_.try_emplace(source, Bucket{limits::refused_attempts_burst, now}).first->second;
        refill(bucket, now);
        --bucket.tokens;
    }

private:
    struct Bucket {
        std::int64_t tokens;
        Mono refilled_at;
    };
    static void refill(Bucket& bucket, Mono now) {
        const std::int64_t due = (now - bucket.refilled_at) / limits::refused_attempt_every;
        if (due <= 0) return;
        bucket.refilled_at += due * limits::refused_attempt_every;
        bucket.tokens = std::min(bucket.tokens + due, limits::refused_attempts_burst);
    }
    std::unordered_map<std::uint64_t, Bucket> sources_;
};

}  // namespace ohm::worker
