// A batch of commands on its way from the request to the runner: what is ordered, and to whom.
#pragma once

#include "api/rest/batch_resources.hpp"
#include "api/rest/batch_runner.hpp"

namespace ohm::api::rest {

struct Ordering {
    BatchWrite wanted;
    BatchOrder order;
    BatchStations now;  // as they are met
    std::string shown_params;
    std::optional<Problem> problem;
};

// The command and its options, from the members of the same names. On the HTTP loop.
std::optional<Problem> read_command(Ordering& ordering, wire::Decoder& decoder);
// The items. On a reader's thread.
std::optional<Problem> select_stations(Ordering& ordering, store::Sql& sql, Utc now);
BatchShown shown_dry_run(const Ordering& ordering);

}  // namespace ohm::api::rest
