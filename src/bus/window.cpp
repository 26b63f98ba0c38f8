#include "bus/window.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.hpp"

namespace ohm::bus {

std::vector<Window::Settled> Window::begin(std::uint64_t n, std::string reply_queue) {
    n_ = n;
    reply_queue_ = std::move(reply_queue);
    last_tag_ = 0;
    in_flight_.clear();
    std::vector<Settled> forgotten;
    for (auto& [partition, lane] : lanes_) {
        forgotten.push_back({partition, lane.gathered.size(), lane.gathered_bytes});
        for (const Batch& batch : lane.batches) forgotten.push_back(batch.size);
        lane = Lane{.seq = lane.seq};
    }
    return forgotten;
}

// Numbers take at most ten bytes each, lengths five.
std::size_t Window::size_of(const Envelope& envelope) {
    return 80 + envelope.station.size() + envelope.frame.size();
}

void Window::add(Partition partition, Envelope&& envelope, Mono now) {
    Lane& lane = lanes_[partition];
    if (lane.gathered.empty()) lane.gathered_since = now;
    lane.gathered_bytes += size_of(envelope);
    lane.gathered.push_back(std::move(envelope));
}

std::optional<Window::Outgoing> Window::next(Mono now) {
    if (in_flight_.size() >= options_.unconfirmed_per_connection) return std::nullopt;
    auto at = lanes_.lower_bound(turn_);
    for (std::size_t asked = 0; asked < lanes_.size(); ++asked, ++at) {
        if (at == lanes_.end()) at = lanes_.begin();
        auto outgoing = next_of(at->first, at->second, now);
        if (!outgoing) continue;
        turn_ = Partition{at->first.value + 1};
        return outgoing;
    }
    return std::nullopt;
}

std::optional<Window::Outgoing> Window::next_of(Partition partition, Lane& lane, Mono now) {
    if (lane.stopped || lane.in_flight >= options_.unconfirmed_per_partition) return std::nullopt;
    if (now < lane.resume_at) return std::nullopt;
    const auto waiting = std::find_if(lane.batches.begin(), lane.batches.end(),
                                      [](const Batch& b) { return b.state == State::waiting; });
    if (waiting != lane.batches.end()) return send(partition, lane, *waiting);
    if (!ready(lane, now)) return std::nullopt;
    pack_batch(partition, lane);
    lane.pace.went(now);
    if (!lane.gathered.empty()) lane.gathered_since = now;
    return send(partition, lane, lane.batches.back());
}

std::optional<Window::Outgoing> Window::send(Partition partition, Lane& lane, Batch& batch) {
    batch.state = State::in_flight;
    ++lane.in_flight;
    in_flight_[++last_tag_] = {partition, batch.seq};
    const std::size_t fresh = std::exchange(batch.sent_before, true) ? 0 : batch.size.envelopes;
    return Outgoing{partition, last_tag_, batch.body, fresh};
}

bool Window::full_batch(const Lane& lane) const {
    return lane.gathered.size() >= options_.batch_envelopes ||
           lane.gathered_bytes >= options_.batch_bytes;
}

// With something unconfirmed the confirms are the clock, and the pace; the first waits a moment for
// company.
Mono Window::goes_at(const Lane& lane) const {
    if (full_batch(lane)) return Mono::min();
    const Micros linger = lane.in_flight > 0 ? Micros{0} : Micros{limits::linger};
    return std::max(*lane.gathered_since + linger, lane.pace.next());
}

bool Window::ready(const Lane& lane, Mono now) const {
    return !lane.gathered.empty() && now >= goes_at(lane);
}

void Window::pack_batch(Partition partition, Lane& lane) {
    UpBatch batch{.sender = options_.sender,
                  .incarnation = options_.incarnation,
                  .n = n_,
                  .seq = ++lane.seq,
                  .reply_queue = reply_queue_};
    std::size_t bytes = 0;
    while (!lane.gathered.empty() && batch.envelopes.items.size() < options_.batch_envelopes) {
        const std::size_t size = size_of(lane.gathered.front());
        if (!batch.envelopes.items.empty() && bytes + size > options_.batch_bytes) break;
        bytes += size;
        batch.envelopes.items.push_back(std::move(lane.gathered.front()));
        lane.gathered.pop_front();
    }
    lane.gathered_bytes -= bytes;
    const Settled size{partition, batch.envelopes.items.size(), bytes};
    lane.batches.push_back({.seq = batch.seq, .body = wire::packed(batch), .size = size});
}

std::optional<Mono> Window::due() const {
    std::optional<Mono> earliest;
    if (in_flight_.size() >= options_.unconfirmed_per_connection) return earliest;
    for (const auto& [partition, lane] : lanes_) {
        if (lane.stopped || lane.in_flight >= options_.unconfirmed_per_partition) continue;
        const bool again = std::any_of(lane.batches.begin(), lane.batches.end(),
                                       [](const Batch& b) { return b.state == State::waiting; });
        if (lane.gathered.empty() && !again) continue;
        const Mono at = again ? lane.resume_at : std::max(lane.resume_at, goes_at(lane));
        earliest = earliest ? std::min(*earliest, at) : at;
    }
    return earliest;
}

std::vector<Window::Settled> Window::confirm(std::uint64_t tag, bool multiple, Mono now) {
    return answer(tag, multiple, now, State::accepted);
}
std::vector<Window::Settled> Window::nack(std::uint64_t tag, bool multiple, Mono now) {
    return answer(tag, multiple, now, State::refused);
}

std::vector<Window::Settled> Window::answer(std::uint64_t tag, bool multiple, Mono now,
                                            State state) {
    auto from = multiple ? in_flight_.begin() : in_flight_.lower_bound(tag);
    const auto to = in_flight_.upper_bound(tag);
    std::set<Partition> touched;
    while (from != to) {
        touched.insert(from->second.partition);
        answer_one(from->second, state);
        from = in_flight_.erase(from);
    }
    std::vector<Settled> settled;
    for (const Partition partition : touched) settle(lanes_.at(partition), now, settled);
    return settled;
}

void Window::answer_one(Flight flight, State state) {
    Lane& lane = lanes_.at(flight.partition);
    const auto batch = std::find_if(lane.batches.begin(), lane.batches.end(),
                                    [&](const Batch& b) { return b.seq == flight.seq; });
    ENSURE(batch != lane.batches.end());
    ENSURE(batch->state == State::in_flight);
    batch->state = state;
    --lane.in_flight;
    if (state == State::refused) lane.stopped = true;
}

// After a nack the partition waits until everything in flight is answered. Then all from the first
// refused one goes again, also what was accepted behind it: the receiver passes over what came too
// early (sequence.hpp), so that the order of a station holds.
void Window::settle(Lane& lane, Mono now, std::vector<Settled>& settled) {
    while (!lane.batches.empty() && lane.batches.front().state == State::accepted) {
        settled.push_back(lane.batches.front().size);
        lane.batches.pop_front();
        if (!lane.stopped) lane.backoff = Micros{0};
    }
    if (!lane.stopped || lane.in_flight > 0) return;
    for (Batch& batch : lane.batches) batch.state = State::waiting;
    lane.backoff =
        std::clamp<Micros>(lane.backoff * 2, limits::nack_backoff_min, limits::nack_backoff_max);
    lane.resume_at = now + lane.backoff;
    lane.stopped = false;
}

}  // namespace ohm::bus
