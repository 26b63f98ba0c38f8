// Work that takes its time: how far it is, as a bar for people, and files that go in portions.
// Pure.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "wire/codec.hpp"

namespace ohm::cli {

// One line that is drawn over itself; nothing where nobody looks.
class Bar {
public:
    Bar(std::ostream& err, bool is_terminal, Mono start)
        : err_{err}, on_{is_terminal}, start_{start} {}
    void draw(std::int64_t done, std::int64_t total, std::string_view more, Mono now);
    void end();  // leaves the line empty

private:
    std::ostream& err_;
    const bool on_;
    const Mono start_;
    bool drawn_ = false;
};

// A CSV file as several, each with the header and at most so many rows; quoted fields may have
// lines of their own. One where it is short.
std::vector<std::string> portions_of_csv(std::string_view csv, std::size_t rows);

// The reports of portions as the report of the whole: counts are added, rows are of the whole.
class ImportReport {
public:
    bool add(std::string_view json, wire::Decoder& decoder);  // false: it is none
    std::int64_t total() const { return rows_; }
    std::int64_t refused() const { return refused_; }
    std::string text() const;

private:
    struct Count {
        std::string_view name;
        std::int64_t value = 0;
        bool is_there = false;
    };
    std::vector<Count> counts_{{"created"}, {"updated"}, {"exists"}, {"refused"}};
    std::string dry_run_ = "false";
    std::int64_t rows_ = 0, refused_ = 0;
    std::string items_;
};

struct BatchState {
    std::string id, state;
    std::int64_t total = 0, open = 0, waiting = 0, accepted = 0, bad = 0;
    bool is_over() const { return state != "running" && state != "cancelling"; }
};
BatchState read_batch(wire::Decoder& decoder, std::string_view json);

}  // namespace ohm::cli
