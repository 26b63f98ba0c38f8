// The receiver's half of the order: a publisher whose batch was refused sends again from there, so
// a batch that came before its predecessor will come once more and is passed over. One an
// attachment of a partition; the bus thread only.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/limits.hpp"
#include "base/time.hpp"
#include "bus/envelope.hpp"

namespace ohm::bus {

class Sequence {
public:
    // False: not this one, its predecessor is still to come. What came before is let through again
    // (the reader knows repetitions by their frames), and so is everything when a gap stays open,
    // which a purged queue leaves behind.
    bool admit(const UpBatch& batch, Mono now);

private:
    struct Sender {
        std::uint64_t n = 0;
        std::uint64_t seq = 0;
        std::optional<Mono> gap_since;
    };
    std::map<std::string, Sender> senders_;  // by incarnation
};

}  // namespace ohm::bus
