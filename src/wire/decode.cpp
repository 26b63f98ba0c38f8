#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <simdjson.h>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::wire {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t depth_max = 32;
constexpr std::size_t custom_data_vendor_max = 255;
constexpr double decimals_tolerance = 1e-6;       // 0.3 is not quite three times 0.1
constexpr std::size_t custom_data_bit = 63;       // of the members seen; the rest is for fields
constexpr std::size_t path_name_characters = 64;  // of a name that no declaration has

std::string_view name_of(element_type type) {
    switch (type) {
        case element_type::ARRAY: return "a list";
        case element_type::OBJECT: return "an object";
        case element_type::STRING: return "text";
        case element_type::BOOL: return "a boolean";
        case element_type::NULL_VALUE: return "null";
        default: return "a number";
    }
}

std::string_view wanted(const Type& type) {
    switch (type.kind) {
        case Kind::boolean: return "a boolean";
        case Kind::integer:
        case Kind::unsigned64: return "an integer";
        case Kind::number: return "a number";
        case Kind::list: return "a list";
        case Kind::object: return "an object";
        default: return "text";
    }
}

std::string minified(element value) {
    simdjson::internal::string_builder<> builder;
    builder.append(value);
    return std::string{builder.str()};
}

// One step of the way from the whole message to where the walk stands: a member's name, or an
// item's index. Steps live on the stack, so that a message without blemish never builds a path.
struct Step {
    const Step* above;
    std::string_view name;
    std::int64_t index = -1;
};

// A JSON Pointer (RFC 6901). Names from outside are shortened: a path ends up in answers and rows.
std::string pointer_to(const Step* step) {
    if (!step) return {};
    std::string path = pointer_to(step->above);
    path += '/';
    if (step->index >= 0) return path += std::to_string(step->index);
    for (const char c : first_code_points(step->name, path_name_characters)) {
        if (c == '~')
            path += "~0";
        else if (c == '/')
            path += "~1";
        else
            path += c;
    }
    return path;
}

// One decoding: walks the document and the table side by side. The first violation ends it.
class Walk {
public:
    Walk(Rules rules, Repairs* repairs) : rules_{rules}, repairs_{repairs} {}

    bool value(element in, const Type& type, void* out) {
        switch (type.kind) {
            case Kind::boolean: return boolean(in, type, *static_cast<bool*>(out));
            case Kind::integer: return integer(in, type, *static_cast<std::int64_t*>(out));
            case Kind::unsigned64: return unsigned64(in, type, *static_cast<std::uint64_t*>(out));
            case Kind::number: return number(in, type, *static_cast<double*>(out));
            case Kind::text:
            case Kind::blob: return text(in, type, *static_cast<std::string*>(out));
            case Kind::date_time: return date_time(in, type, *static_cast<DateTime*>(out));
            case Kind::one_of: return one_of(in, type, *static_cast<std::uint8_t*>(out));
            case Kind::list: return list(in, type, out);
            case Kind::object: return object(in, type, out);
            case Kind::optional:
                if (type.shows_null && in.is_null()) return true;
                return value(in, *type.element, type.emplace(out));
            case Kind::patch: return patch(in, type, out);
            case Kind::any: *static_cast<std::string*>(out) = minified(in); return true;
        }
        return false;
    }

    Violation take_violation() { return std::move(violation_); }

private:
    // While it lives, the walk stands one step further down.
    class Descent {
    public:
        Descent(Walk& walk, const Step& step) : walk_{walk}, above_{step.above} {
            walk_.here_ = &step;
        }
        ~Descent() { walk_.here_ = above_; }
        Descent(const Descent&) = delete;
        Descent& operator=(const Descent&) = delete;

    private:
        Walk& walk_;
        const Step* above_;
    };

    bool lenient() const { return rules_.strictness == Strictness::lenient; }
    bool salvages() const { return lenient() && rules_.salvage; }
    bool fail(Rule rule, std::string detail) {
        violation_ = {rule, pointer_to(here_), std::move(detail)};
        return false;
    }
    bool fail_at(std::string_view name, Rule rule, std::string detail) {
        const Step member{here_, name};
        violation_ = {rule, pointer_to(&member), std::move(detail)};
        return false;
    }
    bool wrong_type(element in, const Type& type) {
        return fail(Rule::type, "must be " + std::string{wanted(type)} + ", not " +
                                    std::string{name_of(in.type())});
    }
    void repaired(std::string_view what) {
        if (repairs_ && repairs_->size() < limits::repairs_per_message)
            repairs_->push_back({pointer_to(here_), what});
    }

    // ---- what cannot be read, left out (Rules::salvage) ----

    // Of a member that can be done without: the message itself stays, so that what it says besides
    // is not lost (a CALLERROR makes a station drop it).
    bool leave_out(const Field& field, void* out, std::string_view what) {
        if (!salvages()) return false;
        if (field.type->kind == Kind::optional) {
            field.type->clear(out);
            return repaired(what), true;
        }
        // Within an optional object or an item, that one goes as a whole, but for the word that
        // says of what kind it is.
        const bool has_other_word = field.type->kind == Kind::one_of && field.type->fallback >= 0;
        if (dispensable_ > 0 && !has_other_word) return false;
        blank(*field.type, out);
        if (dispensable_ > 0) return repaired(what), true;
        // Beyond the bound as well: declarations have few members, and the handlers must know.
        if (repairs_) repairs_->push_back({pointer_to(here_), what});
        return true;
    }
    static void blank(const Type& type, void* out) {
        switch (type.kind) {
            case Kind::boolean: *static_cast<bool*>(out) = false; break;
            case Kind::integer: *static_cast<std::int64_t*>(out) = 0; break;
            case Kind::number:
                *static_cast<double*>(out) = std::numeric_limits<double>::quiet_NaN();
                break;
            case Kind::text: static_cast<std::string*>(out)->clear(); break;
            case Kind::date_time: static_cast<DateTime*>(out)->known = false; break;
            case Kind::one_of:
                *static_cast<std::uint8_t*>(out) =
                    static_cast<std::uint8_t>(std::max(type.fallback, 0));
                break;
            default: break;
        }
    }

    bool boolean(element in, const Type& type, bool& out) {
        if (in.get(out) == simdjson::SUCCESS) return true;
        std::string_view word;
        if (!lenient() || in.get(word) != simdjson::SUCCESS) return wrong_type(in, type);
        const bool yes = equals_ignoring_case(trim(word), "true");
        if (!yes && !equals_ignoring_case(trim(word), "false")) return wrong_type(in, type);
        out = yes;
        repaired("text_to_boolean");
        return true;
    }

    bool integer(element in, const Type& type, std::int64_t& out) {
        double real = 0;
        std::uint64_t large = 0;
        std::string_view digits;
        if (in.get(out) == simdjson::SUCCESS) return in_range(type, out);
        if (in.get(large) == simdjson::SUCCESS) return fail(Rule::property, "is out of range");
        if (in.type() == element_type::DOUBLE && in.get(real) == simdjson::SUCCESS)
            return whole_number(type, real, out);
        if (!lenient() || in.get(digits) != simdjson::SUCCESS) return wrong_type(in, type);
        if (const auto parsed = parse_int(trim(digits)))
            out = *parsed;
        else if (!parse_real(trim(digits), real))
            return wrong_type(in, type);
        else if (!whole_number(type, real, out))
            return false;
        repaired("text_to_number");
        return in_range(type, out);
    }
    bool whole_number(const Type& type, double real, std::int64_t& out) {
        if (std::abs(real) >= 9.2e18) return fail(Rule::property, "is out of range");
        if (real != std::trunc(real)) {
            if (!lenient()) return fail(Rule::type, "must be an integer, not a fraction");
            repaired("rounded");
        }
        out = static_cast<std::int64_t>(std::llround(real));
        return in_range(type, out);
    }
    static bool parse_real(std::string_view word, double& out) {
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
        return error == std::errc{} && end == word.data() + word.size() && std::isfinite(out);
    }
    bool in_range(const Type& type, std::int64_t value) {
        if (value >= type.min && value <= type.max) return true;
        return fail(Rule::property, "must be between " + std::to_string(type.min) + " and " +
                                        std::to_string(type.max));
    }

    bool unsigned64(element in, const Type& type, std::uint64_t& out) {
        return in.get(out) == simdjson::SUCCESS || wrong_type(in, type);
    }

    bool number(element in, const Type& type, double& out) {
        if (in.is_number() && in.get(out) == simdjson::SUCCESS) return decimals(type, out);
        std::string_view word;
        if (!lenient() || in.get(word) != simdjson::SUCCESS) return wrong_type(in, type);
        if (!parse_real(trim(word), out)) return wrong_type(in, type);
        repaired("text_to_number");
        return decimals(type, out);
    }
    bool decimals(const Type& type, double& out) {
        if (type.max == 0) return true;
        const double scale = std::pow(10, static_cast<double>(type.max));
        const double rounded = std::round(out * scale);
        if (!std::isfinite(rounded) || std::abs(out * scale - rounded) <= decimals_tolerance)
            return true;
        if (!lenient())
            return fail(Rule::property,
                        "has more than " + std::to_string(type.max) + " decimal places");
        out = rounded / scale;
        return repaired("rounded"), true;
    }

    // Text without a bound may hold anything, so that JSON in its place is its own text (quirk H9).
    static bool is_free_text(const Type& type) {
        return type.kind == Kind::text && type.max == 0 && !type.uri;
    }
    bool text(element in, const Type& type, std::string& out) {
        std::string_view word;
        if (in.get(word) == simdjson::SUCCESS) {
            out = word;
        } else if (lenient() && (in.is_number() || in.is_bool())) {
            out = minified(in);
            repaired("number_to_text");
        } else if (lenient() && is_free_text(type) && !in.is_null()) {
            out = minified(in);
            repaired("json_to_text");
        } else {
            return wrong_type(in, type);
        }
        if (out.find('\0') != std::string::npos) {
            if (!salvages() || type.kind == Kind::blob)
                return fail(Rule::property, "must not contain U+0000");
            std::erase(out, '\0');
            repaired("nul_removed");
        }
        if (type.kind == Kind::blob) return true;
        if (type.uri && !is_uri(out)) {
            if (!lenient()) return fail(Rule::property, "is not a URI");
            repaired("uri_malformed");
        }
        if (type.max > 0 && out.size() > static_cast<std::size_t>(type.max)) {
            const auto length = static_cast<std::int64_t>(count_code_points(out));
            if (length > type.max && !lenient())
                return fail(Rule::property,
                            "is longer than " + std::to_string(type.max) + " characters");
            if (length > type.max) repaired("too_long");
        }
        if (type.min > 0 && static_cast<std::int64_t>(count_code_points(out)) < type.min)
            return fail(Rule::property,
                        "is shorter than " + std::to_string(type.min) + " characters");
        return true;
    }

    bool date_time(element in, const Type& type, DateTime& out) {
        std::string_view word;
        if (in.get(word) != simdjson::SUCCESS) return wrong_type(in, type);
        if (const auto exact = parse_rfc3339(word, TimeForm::strict)) {
            out = {.at = *exact};
            return true;
        }
        if (!lenient()) return fail(Rule::property, "is not an RFC 3339 date-time");
        const auto guessed = parse_rfc3339(trim(word), TimeForm::lenient);
        if (!guessed) {
            out = {.known = false};
            return repaired("time_missing"), true;
        }
        out = {.at = *guessed, .zoned = has_zone(trim(word))};
        repaired(out.zoned ? "time_guessed" : "time_without_zone");
        return true;
    }
    // Behind the date, whose dashes are none.
    static bool has_zone(std::string_view time) {
        constexpr std::size_t date = 10;
        return time.find_first_of("Zz+-", date) != std::string_view::npos;
    }

    bool one_of(element in, const Type& type, std::uint8_t& out) {
        std::string_view word;
        if (in.get(word) != simdjson::SUCCESS) return wrong_type(in, type);
        for (std::size_t i = 0; i < type.names.size(); ++i)
            if (type.names[i] == word) return out = static_cast<std::uint8_t>(i), true;
        if (lenient())
            for (std::size_t i = 0; i < type.names.size(); ++i)
                if (equals_ignoring_case(type.names[i], trim(word))) {
                    repaired("enum_respelled");
                    return out = static_cast<std::uint8_t>(i), true;
                }
        if (!lenient() || type.fallback < 0)
            return fail(Rule::property, "is not one of " + joined(type.names));
        repaired("enum_unknown");
        return out = static_cast<std::uint8_t>(type.fallback), true;
    }
    static std::string joined(std::span<const std::string_view> names) {
        std::string out;
        for (const std::string_view name : names) {
            if (!out.empty()) out += ", ";
            out += name;
            if (out.size() > 160) return out + ", …";
        }
        return out;
    }

    bool list(element in, const Type& type, void* out) {
        simdjson::dom::array items;
        if (in.get(items) != simdjson::SUCCESS) {
            if (!lenient() || !in.is_object()) return wrong_type(in, type);
            repaired("wrapped_in_list");
            return list_item(in, type, out, 0);
        }
        std::int64_t count = 0;
        for (const element item : items)
            if (!list_item(item, type, out, count++)) return false;
        if (count < type.min && !lenient())
            return fail(Rule::occurrence,
                        "must have at least " + std::to_string(type.min) + " items");
        if (count < type.min) repaired("list_missing");
        if (type.max > 0 && count > type.max)
            return fail(Rule::occurrence,
                        "must have at most " + std::to_string(type.max) + " items");
        return true;
    }
    bool list_item(element item, const Type& type, void* out, std::int64_t index) {
        const Step step{here_, {}, index};
        const Descent descent{*this, step};
        ++dispensable_;
        const bool is_read = value(item, *type.element, type.emplace(out));
        --dispensable_;
        if (is_read || !salvages()) return is_read;
        type.drop_last(out);
        return repaired("item_dropped"), true;
    }

    bool patch(element in, const Type& type, void* out) {
        void* slot = type.emplace(out);  // marks it present as well
        if (!in.is_null()) return value(in, *type.element, slot);
        type.clear(out);
        return true;
    }

    bool object(element in, const Type& type, void* out) {
        simdjson::dom::object members;
        if (in.get(members) != simdjson::SUCCESS) {
            const bool says_nothing = salvages() && type.field_count == 0;
            if (!says_nothing) return wrong_type(in, type);
            return repaired("extra_ignored"), true;
        }
        Seen seen;
        ENSURE(type.field_count < custom_data_bit);
        for (const auto& [name, item] : members)
            if (!member(name, item, type, out, seen)) return false;
        for (std::size_t i = 0; i < type.field_count; ++i) {
            const Field& field = type.fields[i];
            if (seen.bits >> i & 1 || field.type->kind == Kind::optional ||
                field.type->kind == Kind::patch)
                continue;
            const Step step{here_, field.name};
            const Descent descent{*this, step};
            if (!missing(field, out)) return false;
        }
        return true;
    }
    // Which members of an object came by, and where the next one is likely to stand in the table.
    struct Seen {
        std::uint64_t bits = 0;
        std::size_t likely = 0;
        bool twice(std::size_t bit) {
            const std::uint64_t mask = std::uint64_t{1} << bit;
            const bool was_there = (bits & mask) != 0;
            bits |= mask;
            return was_there;
        }
    };

    bool missing(const Field& field, void* out) {
        if (lenient() && field.type->kind == Kind::date_time) {
            static_cast<DateTime*>(slot(field, out))->known = false;
            return repaired("time_missing"), true;
        }
        if (lenient() && field.type->kind == Kind::list) return repaired("list_missing"), true;
        return leave_out(field, slot(field, out), "missing") ||
               fail(Rule::occurrence, "is required");
    }
    static void* slot(const Field& field, void* out) {
        return static_cast<std::byte*>(out) + field.offset;
    }

    // Members mostly come in the declared order, so the search begins behind the one before.
    static std::size_t index_of_member(std::string_view name, const Type& type, const Seen& seen) {
        for (std::size_t i = seen.likely; i < type.field_count; ++i)
            if (type.fields[i].name == name) return i;
        for (std::size_t i = 0; i < seen.likely; ++i)
            if (type.fields[i].name == name) return i;
        return type.field_count;
    }
    bool member(std::string_view name, element item, const Type& type, void* out, Seen& seen) {
        const std::size_t index = index_of_member(name, type, seen);
        const Step step{here_, name};
        const Descent descent{*this, step};
        if (index == type.field_count) return unknown_member(name, item, seen);
        seen.likely = index + 1;
        if (seen.twice(index)) {
            if (!salvages()) return fail(Rule::malformed, "stands twice");
            return repaired("twice"), true;
        }
        const Field& field = type.fields[index];
        if (lenient()) {
            if (field.type->kind == Kind::optional && is_nothing(item, *field.type->element))
                return true;
            const bool may_be_missing =
                field.type->kind == Kind::date_time || field.type->kind == Kind::list;
            if (item.is_null() && (may_be_missing || salvages())) return missing(field, out);
        }
        const bool is_dispensable = field.type->kind == Kind::optional;
        dispensable_ += is_dispensable;
        const bool is_read = value(item, *field.type, slot(field, out));
        dispensable_ -= is_dispensable;
        return is_read || leave_out(field, slot(field, out), "left_out");
    }
    // Chargers write null and "" for what they do not have (quirks B10, C5).
    bool is_nothing(element item, const Type& type) {
        std::string_view word;
        const bool empty =
            item.get(word) == simdjson::SUCCESS && word.empty() && type.kind != Kind::any;
        if (!item.is_null() && !empty) return false;
        repaired(empty ? "empty_removed" : "null_removed");
        return true;
    }
    bool unknown_member(std::string_view name, element item, Seen& seen) {
        if (rules_.custom_data && name == "customData") {
            if (seen.twice(custom_data_bit)) return fail(Rule::malformed, "stands twice");
            return lenient() || custom_data(item);
        }
        if (!lenient()) return fail(Rule::extra, "is not a member of this message");
        repaired("extra_ignored");
        return true;
    }
    bool custom_data(element item) {
        simdjson::dom::object object;
        std::string_view vendor;
        if (item.get(object) != simdjson::SUCCESS) return fail(Rule::type, "must be an object");
        const auto found = object["vendorId"];
        if (found.error()) return fail_at("vendorId", Rule::occurrence, "is required");
        if (found.get(vendor) != simdjson::SUCCESS)
            return fail_at("vendorId", Rule::type, "must be text");
        if (count_code_points(vendor) <= custom_data_vendor_max) return true;
        return fail_at("vendorId", Rule::property, "is longer than 255 characters");
    }

    Rules rules_;
    Repairs* repairs_;
    Violation violation_;
    const Step* here_ = nullptr;
    int dispensable_ = 0;  // optional members and items that the walk is in
};

std::string explain(simdjson::error_code error) {
    if (error == simdjson::DEPTH_ERROR) return "is nested deeper than 32 levels";
    if (error == simdjson::STRING_ERROR)
        return "has a broken string (bad escape or lone surrogate)";
    if (error == simdjson::UTF8_ERROR) return "is not UTF-8";
    if (error == simdjson::NUMBER_ERROR) return "has a number that cannot be represented";
    if (error == simdjson::EMPTY) return "is empty";
    return "is not JSON";
}

}  // namespace

namespace {
bool lacks(const Repair& repair) { return repair.what == "left_out" || repair.what == "missing"; }
}  // namespace

bool was_left_out(const Repairs& repairs, std::string_view path) {
    return std::any_of(repairs.begin(), repairs.end(), [path](const Repair& repair) {
        return repair.path == path && lacks(repair);
    });
}
bool lacks_something(const Repairs& repairs) {
    return std::any_of(repairs.begin(), repairs.end(), lacks);
}

struct Decoder::State {
    simdjson::dom::parser parser;
};

Decoder::Decoder() : state_{std::make_unique<State>()} {
    if (state_->parser.allocate(1024, depth_max) != simdjson::SUCCESS) throw std::bad_alloc{};
}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;

std::optional<Violation> Decoder::decode(std::string_view json, const Type& type, void* out,
                                         Rules rules, Repairs* repairs) {
    element root;
    const auto error = state_->parser.parse(json.data(), json.size()).get(root);
    if (error) return Violation{Rule::malformed, "", explain(error)};
    Walk walk{rules, repairs};
    if (walk.value(root, type, out)) return std::nullopt;
    return walk.take_violation();
}

std::optional<std::string> minify(std::string_view json) {
    simdjson::dom::parser parser;
    element root;
    if (parser.allocate(json.size(), depth_max) || parser.parse(json.data(), json.size()).get(root))
        return std::nullopt;
    return minified(root);
}

}  // namespace ohm::wire
