// A CALL of ours and its answer, as the parts that learn from it read them. In a shard's batch.
#pragma once

#include <string_view>

#include "api/shard_state.hpp"

namespace ohm::api {

struct Exchanged {
    Work& work;
    Station& station;
    std::string_view request, response;

    // False where either is not as declared; then nothing is learnt from it.
    template <class Action>
    bool read(typename Action::Request& asked, typename Action::Response& answered) {
        constexpr wire::Rules lenient{wire::Strictness::lenient, true};
        wire::Decoder& decoder = work.shard.decoder;
        return !decoder.decode(request, asked, lenient) &&
               !decoder.decode(response, answered, lenient);
    }
    std::int64_t at() const { return work.envelope.received_at; }
    Batch& batch() { return work.batch; }
};

}  // namespace ohm::api
