#include "api/facts/local_time.hpp"

#include "api/facts/quirks.hpp"

namespace ohm::api {

void learn_local_time(Handler& handler, const wire::DateTime& said) {
    if (!said.known || said.zoned) return;
    Station& station = handler.station;
    if (!station.facts) station.facts = std::make_unique<StationFacts>();
    if (domain::learn(station.facts->local_time, micros(said.at), handler.received_at()))
        note_quirk(handler, "local_time_learnt", "/timestamp");
}

std::int64_t utc_of_local_time(const Station& station, std::int64_t said_us) {
    return said_us - (station.facts ? station.facts->local_time.offset_us : 0);
}

}  // namespace ohm::api
