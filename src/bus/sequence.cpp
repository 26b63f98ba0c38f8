#include "bus/sequence.hpp"

namespace ohm::bus {

bool Sequence::admit(const UpBatch& batch, Mono now) {
    if (senders_.size() >= limits::senders_followed) senders_.clear();
    const auto [at, fresh] = senders_.try_emplace(batch.incarnation);
    Sender& sender = at->second;
    const bool known = !fresh && sender.n == batch.n;
    if (known && batch.seq > sender.seq + 1) {
        if (!sender.gap_since) sender.gap_since = now;
        if (now - *sender.gap_since < limits::sequence_gap_max) return false;
    }
    if (known && batch.seq <= sender.seq) return true;
    sender = {batch.n, batch.seq, std::nullopt};
    return true;
}

}  // namespace ohm::bus
