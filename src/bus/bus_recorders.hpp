// Owners that write down what the bus tells them, for the tests of both buses. Every wait is
// bounded. The owner's calls come on any thread; the test reads from its own.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/mailbox.hpp"
#include "base/time.hpp"
#include "bus/bus.hpp"

namespace ohm::bus::testing {

constexpr seconds patience{15};

// Items that arrive on other threads, seen from the test's.
template <class T>
class Record {
public:
    void add(T item) { arrived_.push_always(std::move(item)); }
    const std::vector<T>& seen() {
        arrived_.take(seen_);
        return seen_;
    }
    bool until(const std::function<bool(const std::vector<T>&)>& enough, Micros within = patience) {
        const SystemClock clock;
        const Mono end = clock.mono() + within;
        while (!enough(seen())) {
            if (clock.mono() > end) return false;
            arrived_.wait(seen_, static_cast<std::size_t>(-1), milliseconds{20});
        }
        return true;
    }
    bool until_count(std::size_t count, Micros within = patience) {
        return until([count](const auto& items) { return items.size() >= count; }, within);
    }
    // True when nothing more than what was seen comes within that time.
    bool quiet(Micros within) {
        const std::size_t before = seen().size();
        return !until_count(before + 1, within);
    }

private:
    Mailbox<T> arrived_{static_cast<std::size_t>(-1)};
    std::vector<T> seen_;
};

class WorkerRecorder final : public WorkerBus::Owner {
public:
    struct Up {
        std::uint64_t n = 0;
        std::string queue;
    };
    void on_up(std::uint64_t n, const std::string& queue) override { ups.add({n, queue}); }
    void on_down(const std::string& why) override { downs.add(why); }
    void on_envelopes(std::vector<Envelope>&& arrived) override {
        for (Envelope& envelope : arrived) envelopes.add(std::move(envelope));
    }
    void on_room() override { rooms.add(1); }

    Record<Up> ups;
    Record<std::string> downs;
    Record<Envelope> envelopes;
    Record<int> rooms;
};

class ApiRecorder final : public ApiBus::Owner {
public:
    struct Attached {
        Partition partition;
        std::uint64_t attachment = 0;
    };
    void on_up(const std::string& own_queue) override { ups.add(own_queue); }
    void on_down(const std::string& why) override { downs.add(why); }
    void on_attached(Partition partition, std::uint64_t attachment) override {
        attached.add({partition, attachment});
    }
    void on_detached(Partition partition) override { detached.add(partition); }
    void on_delivery(Delivery&& delivery) override {
        // A test that has seen a frame may look at its delivery: that one is there first.
        deliveries.add(delivery);
        for (Envelope& envelope : delivery.batch.envelopes.items)
            frames.add(std::move(envelope.frame));
    }
    void on_envelopes(std::vector<Envelope>&& arrived) override {
        for (Envelope& envelope : arrived) envelopes.add(std::move(envelope));
    }
    void on_unreachable(const std::string& queue) override { unreachable.add(queue); }

    Record<std::string> ups, downs, unreachable;
    Record<std::string> frames;  // of all deliveries, in order of arrival
    Record<Attached> attached;
    Record<Partition> detached;
    Record<Delivery> deliveries;
    Record<Envelope> envelopes;
};

inline Envelope call_of(const std::string& station, std::string frame) {
    Envelope envelope;
    envelope.kind = "call";
    envelope.station = station;
    envelope.frame = std::move(frame);
    return envelope;
}

}  // namespace ohm::bus::testing
