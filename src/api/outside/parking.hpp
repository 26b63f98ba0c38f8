// CALLs of a shard's stations that wait for an answer of the outside. In memory only: what is lost
// with it was not answered, and its station says it again. One thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/batch.hpp"

namespace ohm::api::outside {

struct Answered {
    Ulid call;
    Answer answer;
};

class Parking {
public:
    void park(const Ulid& id, Item&& item, const Question& question, Mono until);
    // The CALL, with the answer; nothing where it is not parked any more.
    std::optional<Item> resume(const Ulid& id, Answer&& answer);
    std::vector<Ulid> expired(Mono now) const;
    std::optional<Item> give_up_waiting(const Ulid& id);  // with the answer that there is none
    void forget(Partition partition);

    // The same CALL, posted again by its worker: its answer goes to where it came from last.
    bool is_waiting(const Item& again);
    std::size_t size() const { return calls_.size(); }
    std::size_t size(const std::string& station) const;

private:
    struct Call {
        Item item;
        Kind kind;
        std::size_t parts;
        Mono until;
    };
    std::map<Ulid, Call> calls_;
    std::unordered_map<std::string, std::vector<Ulid>> by_station_;
};

// Two envelopes are one CALL where station, connection and frame are the same.
bool is_same_call(const bus::Envelope& a, const bus::Envelope& b);

}  // namespace ohm::api::outside
