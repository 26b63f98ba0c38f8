// How CALLs of a shard wait for the outside: asked after the commit that parked them, in the inbox
// again with the answer or without one.
#include <algorithm>

#include "api/shard.hpp"

namespace ohm::api {

void Shard::ask_outside(Batch& batch) {
    for (Parked& parked : batch.parked) {
        ++state_.figures.outside_asked;
        const Mono until = clock_.mono() + parked.question.timeout;
        state_.parking.park(parked.id, Item{*parked.item}, parked.question, until);
        if (links_.ask)
            links_.ask(parked.id, std::move(parked.question));
        else
            go_on(state_.parking.give_up_waiting(parked.id));
    }
}

void Shard::enqueue(outside::Answered&& answered) {
    go_on(state_.parking.resume(answered.call, std::move(answered.answer)));
}

void Shard::go_on(std::optional<Item>&& call) {
    if (!call) return;  // its time was over, or the partition is another's
    const auto& parts = call->heard->back().parts;
    state_.figures.outside_unanswered += static_cast<std::uint64_t>(
        std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.status == 0; }));
    inbox_.push_back(std::move(*call));
}

void Shard::resume_expired() {
    for (const Ulid& id : state_.parking.expired(clock_.mono()))
        go_on(state_.parking.give_up_waiting(id));
}

}  // namespace ohm::api
