// A place in the events of all partitions: which number is next in each. Shown to others as one
// opaque text, `sequence`. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ohm::api::events {

struct Position {
    std::vector<std::int64_t> next;  // by partition; the first number is 1
    friend bool operator==(const Position&, const Position&) = default;
};

std::string text_of(const Position& position);
// Nothing where it was not made here, or of another number of partitions.
std::optional<Position> read_position(std::string_view text, std::size_t partition_count);
Position beginning(std::size_t partition_count);

}  // namespace ohm::api::events
