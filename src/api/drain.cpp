#include "api/drain.hpp"

#include <algorithm>

#include "api/shard_state.hpp"
#include "wire/codec.hpp"

namespace ohm::api {
namespace {

bool is_heard(const Work& work, const KnownWorker& worker) {
    return !worker.dead && work.batch.mono - worker.last_beat < limits::worker_dead_after;
}

}  // namespace

void drain_worker(Work& work) {
    const auto asked = bus::body_of<bus::OperatorBody>(work.envelope);
    DrainOrder wanted;
    if (!asked || work.shard.decoder.decode(asked->parameters, wanted)) return;
    auto& workers = work.shard.workers;
    const auto found = workers.find(wanted.worker.value);
    if (found == workers.end())
        return work.refuse(404, "not_found", "there is no worker of this name");
    KnownWorker& worker = found->second;
    if (!is_heard(work, worker))
        return work.refuse(409, "worker_silent", "nothing is heard of the worker");
    const bool others_serve = std::any_of(workers.begin(), workers.end(), [&](const auto& entry) {
        const auto& [name, other] = entry;
        return name != wanted.worker.value && !other.draining && is_heard(work, other);
    });
    if (!others_serve && !wanted.force)
        return work.refuse(409, "last_worker", "no other worker is there that takes stations");
    work.batch.by_queue[worker.queue].push_back(
        bus::make_envelope("drain", "", bus::DrainBody{wanted.worker.value}));
    worker.draining = true;  // until it says so itself, so that the next order finds it
    work.answer(202, wire::encode(wanted));
}

}  // namespace ohm::api
