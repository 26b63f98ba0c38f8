// Declarations that only the tests of wire/ use: one member of every kind, nesting, and two
// releases of one travelling struct.
#pragma once

#include "wire/fields.hpp"

namespace ohm::wire::test {

struct Point {
    Integer x;
    Optional<Integer> y;
    FIELDS(x, y)
};
struct Line {
    Text<5> name;
    List<Point, 1, 3> points;
    FIELDS(name, points)
};
struct All {
    bool boolean = false;
    Integer integer;
    std::int64_t wide = 0;
    Int<1, 10> bounded;
    std::uint64_t unsigned64 = 0;
    Number number;
    Text<5, 2> text;
    Secret<Text<4>> secret;
    std::string blob;
    DateTime time;
    OneOf<"Red", "Green"> colour;
    OneOfElse<"Other", "Small", "Other"> size;
    OneOfOrOther<"Wh", "kWh"> unit;
    List<Line> lines;
    Line object;
    Any any;
    FIELDS(boolean, integer, wide, bounded, unsigned64, number, text, secret, blob, time, colour,
           size, unit, lines, object, any)
};
struct Optionals {
    Optional<bool> boolean;
    Optional<Integer> integer;
    Optional<Number> number;
    Optional<Text<5>> text;
    Optional<std::string> blob;
    Optional<DateTime> time;
    Optional<OneOf<"Red", "Green">> colour;
    Optional<OneOfOrOther<"Wh", "kWh">> unit;
    Optional<List<Text<3>>> list;
    Optional<Point> object;
    Optional<Any> any;
    FIELDS(boolean, integer, number, text, blob, time, colour, unit, list, object, any)
};
struct Patched {
    Patch<Text<5>> note;
    Patch<Integer> count;
    FIELDS(note, count)
};
struct Empty {
    FIELDS()
};

// The same struct in two releases: the newer one appended members.
struct Older {
    std::string name;
    List<Point> points;
    FIELDS(name, points)
};
struct Newer {
    std::string name;
    List<Point> points;
    std::uint64_t added = 42;
    Optional<Line> line;
    FIELDS(name, points, added, line)
};

}  // namespace ohm::wire::test
