// What one turn of a shard reads and makes: the envelopes it took, the rows it will commit, and
// what may leave only after that commit. One thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "api/events/outbox.hpp"
#include "api/outside/question.hpp"
#include "api/station.hpp"
#include "base/time.hpp"
#include "bus/bus.hpp"
#include "store/message_log.hpp"
#include "store/sql.hpp"

namespace ohm::api {

// Who sent an uplink batch. Shared by the items of one delivery, which end at different times.
struct Sender {
    std::string name;
    Ulid incarnation;
    std::uint64_t n = 0;
    std::string reply_queue;
};

struct DecodedCall;

struct Item {
    Partition partition{};
    std::uint64_t attachment = 0, tag = 0;
    bool ends_delivery = false;  // its commit acknowledges the delivery
    std::shared_ptr<const Sender> sender;
    bus::Envelope envelope;
    std::shared_ptr<const DecodedCall> decoded;   // ahead of the handlers, where they need reading
    std::shared_ptr<const outside::Heard> heard;  // of the outside, when it was asked; mostly null
};

struct OperatorAnswer {
    std::string reply_queue;  // "": this process
    bus::OperatorAnswerBody body;
};

// A CALL of the batch that asks the outside first.
struct Parked {
    Ulid id;
    const Item* item;
    outside::Question question;
};

// What a command was to bring about: confirmed, contradicted or missed.
struct SettledEffect {
    const Station* station;
    Ulid command;
    std::string state;
};

// One loop's list of connections in one partition, which may come as several envelopes.
using HeldList = std::tuple<std::string, Partition, std::uint64_t>;

struct KnownWorker {
    Ulid incarnation;
    std::uint64_t n = 0;
    std::string queue;
    Mono last_beat{};
    std::int64_t written_at = 0;
    bool dead = false, draining = false;
    std::map<std::uint64_t, std::uint64_t> connections_by_loop;
    std::map<std::pair<Partition, std::uint64_t>, std::set<std::uint64_t>>
        held_so_far;  // a list in several envelopes
};

struct Batch {
    Utc now{};
    Mono mono{};
    std::vector<Item> items;
    store::Unit unit;
    std::vector<Station*> touched;
    // What the shard forgets with the commit, and what it goes back to when that fails.
    std::set<HeldList> finished_lists;
    std::map<std::string, KnownWorker> workers_before;  // of workers that were new to the shard
    std::set<Ulid> answered_waiters;
    std::vector<Parked> parked;  // asked after the commit
    std::vector<SettledEffect> settled_effects;
    std::vector<events::Made> events;                // of what it changes
    std::map<Partition, std::int64_t> event_counts;  // as written with it

    // released after the commit
    std::map<std::string, std::vector<bus::Envelope>> by_queue;
    std::vector<OperatorAnswer> answers;
    std::vector<store::LoggedFrame> frames;
    std::map<Partition, std::pair<std::uint64_t, std::uint64_t>> acknowledged;  // attachment, tag

    void touch(Station& station) {
        if (station.touched) return;
        station.touched = true;
        touched.push_back(&station);
    }
};

}  // namespace ohm::api
