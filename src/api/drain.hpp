// An operator's order that a worker give its stations to the others and take no new ones. Asked as
// an operation of one key, so that one owner looks after all such orders; what it needs to know of
// workers every shard hears.
#pragma once

#include <string_view>

#include "bus/envelope.hpp"
#include "wire/fields.hpp"

namespace ohm::api {

struct Work;

namespace operation {
constexpr std::string_view drain_worker = "drain_worker";  // DrainOrder → DrainOrder, 202
}
// In place of a station's identity, which it can never be.
constexpr std::string_view workers_key = "@workers";

struct DrainOrder {
    wire::Text<255, 1> worker;
    bool force = false;  // although no other worker is there
    FIELDS(worker, force)
};

// Once more it changes nothing, so that no key has to be remembered.
void drain_worker(Work& work);

}  // namespace ohm::api
