// The one JSON decoder, encoder and describer of the system: they interpret the tables of
// fields.hpp. A Decoder keeps its parser's memory: one a thread. Decoding is validating; a
// Violation says which rule broke and where.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/fields.hpp"

namespace ohm::wire {

enum class Rule : std::uint8_t {
    malformed,   // no JSON, too deep, a name twice
    occurrence,  // required member missing, too few or too many items
    type,        // another JSON type
    property,    // value outside enum, length or range; U+0000
    extra,       // member that the declaration does not have
};
struct Violation {
    Rule rule{};
    std::string path;    // JSON Pointer, "" is the whole
    std::string detail;  // a sentence for a human
};

enum class Strictness : std::uint8_t { lenient, strict };
struct Rules {
    Strictness strictness = Strictness::lenient;
    bool custom_data = false;  // OCPP 2.0.1: any object may carry customData{vendorId, …}
    // Lenient only: what cannot be read is left out, and the rest is taken. An optional member goes
    // without a value and an item of a list goes altogether; a required member is 0, NaN, "", the
    // fallback or the first of its enumeration, and was_left_out() says so.
    bool salvage = false;
};

// What lenient decoding let pass, for the record's "repaired" flag and the station's counters.
struct Repair {
    std::string path;       // JSON Pointer
    std::string_view what;  // null_removed, extra_ignored, number_to_text, text_to_number,
                            // text_to_boolean, rounded, wrapped_in_list, enum_respelled,
                            // enum_unknown, too_long, empty_removed, list_missing, time_guessed,
                            // time_missing, time_without_zone, uri_malformed, json_to_text;
                            // salvaging: left_out, missing, item_dropped, nul_removed, twice
};
// At most limits::repairs_per_message, and each required member that was left out.
using Repairs = std::vector<Repair>;
// Whether that member, by its JSON Pointer, could not be read or was not there.
bool was_left_out(const Repairs& repairs, std::string_view path);
bool lacks_something(const Repairs& repairs);  // any member, required or not

class Decoder {
public:
    Decoder();
    ~Decoder();
    Decoder(Decoder&&) noexcept;

    // `out` must be a fresh object of the type. Depth is bounded by 32.
    std::optional<Violation> decode(std::string_view json, const Type& type, void* out, Rules rules,
                                    Repairs* repairs);
    template <class T>
    std::optional<Violation> decode(std::string_view json, T& out,
                                    Rules rules = {Strictness::strict},
                                    Repairs* repairs = nullptr) {
        return decode(json, type_of<T>, &out, rules, repairs);
    }

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Whether the text is one JSON value, and a minified copy of it. Duplicate names are not looked
// for.
std::optional<std::string> minify(std::string_view json);

void encode(std::string& out, const Type& type, const void* value);
template <class T>
std::string encode(const T& value) {
    std::string out;
    encode(out, type_of<T>, &value);
    return out;
}

// JSON Schema (2020-12) of what strict decoding accepts.
void describe(std::string& out, const Type& type, Rules rules);
template <class T>
std::string describe(Rules rules = {Strictness::strict}) {
    std::string out;
    describe(out, type_of<T>, rules);
    return out;
}

}  // namespace ohm::wire
