// What a publisher keeps until the broker has confirmed it: gathers envelopes into batches a
// partition, bounds what is unconfirmed, and after a nack (queue full) sends again in order. Pure:
// the bus thread feeds it and publishes what next() gives; see decision 0004.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.hpp"
#include "base/pace.hpp"
#include "base/time.hpp"
#include "bus/envelope.hpp"

namespace ohm::bus {

class Window {
public:
    struct Options {
        std::string sender;
        std::string incarnation;
        std::size_t unconfirmed_per_partition = limits::unconfirmed_per_partition;
        std::size_t unconfirmed_per_connection = limits::unconfirmed_per_connection;
        std::size_t batch_envelopes = limits::batch_envelopes;
        std::size_t batch_bytes = limits::batch_bytes;
    };
    struct Outgoing {
        Partition partition;
        std::uint64_t tag = 0;      // the broker's confirms name it; counts from 1 a connection
        const std::string& body;    // a packed UpBatch; valid until the window is called again
        std::size_t envelopes = 0;  // 0 when sent again
    };
    // What left the window: so many envelopes and bytes of a partition are in the broker.
    struct Settled {
        Partition partition;
        std::size_t envelopes = 0, bytes = 0;
    };

    explicit Window(Options options) : options_{std::move(options)} {}

    // A connection stands, its confirms count from 1. Everything before it is forgotten; the sizes
    // of that are the answer.
    std::vector<Settled> begin(std::uint64_t n, std::string reply_queue);
    void add(Partition partition, Envelope&& envelope, Mono now);
    // What must be published now, if anything. Ask again until nothing comes.
    std::optional<Outgoing> next(Mono now);
    // When next() may have something although nothing else happened (linger, back-off).
    std::optional<Mono> due() const;

    std::vector<Settled> confirm(std::uint64_t tag, bool multiple, Mono now);
    std::vector<Settled> nack(std::uint64_t tag, bool multiple, Mono now);
    std::size_t unconfirmed() const { return in_flight_.size(); }

    static std::size_t size_of(const Envelope& envelope);  // when packed, never less

private:
    enum class State : std::uint8_t { waiting, in_flight, accepted, refused };
    struct Batch {
        State state = State::waiting;
        std::uint64_t seq = 0;
        std::string body;
        Settled size;
        bool sent_before = false;
    };
    // Of a lane that has much to say: a batch costs broker and api as much as ten envelopes.
    static constexpr milliseconds batch_interval{5};

    struct Lane {
        std::deque<Envelope> gathered;
        std::size_t gathered_bytes = 0;
        std::optional<Mono> gathered_since;  // of the oldest gathered
        std::deque<Batch> batches;           // in order of seq; the first is not yet accepted
        std::size_t in_flight = 0;
        std::uint64_t seq = 0;
        Pace pace{batch_interval};
        bool stopped = false;  // after a nack, until all in flight have been answered
        Mono resume_at{};
        Micros backoff{};
    };
    struct Flight {
        Partition partition;
        std::uint64_t seq = 0;
    };

    std::optional<Outgoing> next_of(Partition partition, Lane& lane, Mono now);
    std::optional<Outgoing> send(Partition partition, Lane& lane, Batch& batch);
    Mono goes_at(const Lane& lane) const;
    bool ready(const Lane& lane, Mono now) const;
    bool full_batch(const Lane& lane) const;
    void pack_batch(Partition partition, Lane& lane);
    std::vector<Settled> answer(std::uint64_t tag, bool multiple, Mono now, State state);
    void answer_one(Flight flight, State state);
    void settle(Lane& lane, Mono now, std::vector<Settled>& settled);

    const Options options_;
    std::uint64_t n_ = 0;
    std::string reply_queue_;
    std::uint64_t last_tag_ = 0;
    std::map<Partition, Lane> lanes_;
    Partition turn_{};  // the partition asked first, so that none starves
    std::map<std::uint64_t, Flight> in_flight_;
};

}  // namespace ohm::bus
