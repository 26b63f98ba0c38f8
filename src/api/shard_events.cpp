// How a shard writes the events of a batch: one row a partition, in the batch's own transaction.
// The numbers are the shard's to give, as it is the partition's one writer; they go on only when
// the commit is known, so a batch that is sent again sends the same row.
#include "api/shard.hpp"

namespace ohm::api {

// After a commit that may have happened, what is stored says where the numbers go on.
void Shard::learn_event_numbers() {
    if (event_numbers_are_known_) return;
    for (auto& [partition, held] : state_.partitions)
        held.next_event = events::next_number(sql_, partition);
    event_numbers_are_known_ = true;
}

void Shard::write_events(Batch& batch) {
    if (batch.events.empty()) return;
    learn_event_numbers();
    std::map<Partition, std::string> texts;
    for (const events::Made& made : batch.events) {
        std::string& text = texts[made.partition];
        text += text.empty() ? '[' : ',';
        text += made.json;
        ++batch.event_counts[made.partition];
    }
    for (auto& [partition, text] : texts) {
        const auto held = state_.partitions.find(partition);
        if (held == state_.partitions.end()) continue;
        batch.unit.add(tables::outbox,
                       {std::int64_t{partition.value}, held->second.next_event,
                        batch.event_counts[partition], micros(batch.now), std::move(text) + "]"});
    }
    batch.events.clear();
}

void Shard::release_events(const Batch& batch) {
    for (const auto& [partition, count] : batch.event_counts) {
        const auto held = state_.partitions.find(partition);
        if (held != state_.partitions.end()) held->second.next_event += count;
        state_.figures.events += static_cast<std::uint64_t>(count);
    }
    if (!batch.event_counts.empty() && links_.events_committed) links_.events_committed();
}

}  // namespace ohm::api
