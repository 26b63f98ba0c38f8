#include <charconv>
#include <cmath>
#include <simdjson.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::wire {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t depth_max = 32;
constexpr std::size_t custom_data_vendor_max = 255;

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

bool needs_fold(char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a + 32 : a) != (b >= 'A' && b <= 'Z' ? b + 32 : b);
}
bool same_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (needs_fold(a[i], b[i])) return false;
    return true;
}

// One decoding: walks the document and the table side by side. The first violation ends it; where
// it stands is collected on the way back, so that a valid message never builds a path.
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
            case Kind::optional: return value(in, *type.element, type.emplace(out));
            case Kind::patch: return patch(in, type, out);
            case Kind::any: *static_cast<std::string*>(out) = minified(in); return true;
        }
        return false;
    }

    Violation take_violation() { return {violation_.rule, path_from_steps(), violation_.detail}; }

private:
    bool lenient() const { return rules_.strictness == Strictness::lenient; }
    bool fail(Rule rule, std::string detail) {
        violation_.rule = rule;
        violation_.detail = std::move(detail);
        return false;
    }
    bool wrong_type(element in, const Type& type) {
        return fail(Rule::type, "must be " + std::string{wanted(type)} + ", not " +
                                    std::string{name_of(in.type())});
    }
    bool at(std::string_view step) {  // on the way back
        steps_.emplace_back(step);
        return false;
    }
    std::string path_from_steps() const {
        std::string path;
        for (auto step = steps_.rbegin(); step != steps_.rend(); ++step) (path += '/') += *step;
        return path;
    }
    void repaired(std::string_view what) {
        if (repairs_) repairs_->push_back({current_, what});
    }

    bool boolean(element in, const Type& type, bool& out) {
        if (in.get(out) == simdjson::SUCCESS) return true;
        std::string_view word;
        if (!lenient() || in.get(word) != simdjson::SUCCESS) return wrong_type(in, type);
        const bool yes = same_ignoring_case(trim(word), "true");
        if (!yes && !same_ignoring_case(trim(word), "false")) return wrong_type(in, type);
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
        if (in.type() == element_type::DOUBLE && in.get(real) == simdjson::SUCCESS) {
            if (std::abs(real) >= 9.2e18) return fail(Rule::property, "is out of range");
            if (real != std::trunc(real)) {
                if (!lenient()) return fail(Rule::type, "must be an integer, not a fraction");
                repaired("rounded");
            }
            out = static_cast<std::int64_t>(std::llround(real));
            return in_range(type, out);
        }
        if (!lenient() || in.get(digits) != simdjson::SUCCESS) return wrong_type(in, type);
        const auto parsed = parse_int(trim(digits));
        if (!parsed) return wrong_type(in, type);
        out = *parsed;
        repaired("text_to_number");
        return in_range(type, out);
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
        if (in.is_number() && in.get(out) == simdjson::SUCCESS) return true;
        std::string_view word;
        if (!lenient() || in.get(word) != simdjson::SUCCESS) return wrong_type(in, type);
        word = trim(word);
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
        if (error != std::errc{} || end != word.data() + word.size() || !std::isfinite(out))
            return wrong_type(in, type);
        repaired("text_to_number");
        return true;
    }

    bool text(element in, const Type& type, std::string& out) {
        std::string_view word;
        if (in.get(word) == simdjson::SUCCESS) {
            out = word;
        } else if (lenient() && (in.is_number() || in.is_bool())) {
            out = minified(in);
            repaired("number_to_text");
        } else {
            return wrong_type(in, type);
        }
        if (out.find('\0') != std::string::npos)
            return fail(Rule::property, "must not contain U+0000");
        if (type.kind == Kind::blob) return true;
        if (out.size() > static_cast<std::size_t>(type.max)) {
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
        out = guessed ? DateTime{.at = *guessed} : DateTime{.known = false};
        repaired(guessed ? "time_guessed" : "time_missing");
        return true;
    }

    bool one_of(element in, const Type& type, std::uint8_t& out) {
        std::string_view word;
        if (in.get(word) != simdjson::SUCCESS) return wrong_type(in, type);
        for (std::size_t i = 0; i < type.names.size(); ++i)
            if (type.names[i] == word) return out = static_cast<std::uint8_t>(i), true;
        if (lenient())
            for (std::size_t i = 0; i < type.names.size(); ++i)
                if (same_ignoring_case(type.names[i], trim(word))) {
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
            return value(in, *type.element, type.emplace(out)) || at("0");
        }
        std::int64_t index = 0;
        for (const element item : items) {
            if (!value(item, *type.element, type.emplace(out))) return at(std::to_string(index));
            ++index;
        }
        if (index < type.min && !lenient())
            return fail(Rule::occurrence,
                        "must have at least " + std::to_string(type.min) + " items");
        if (index < type.min) repaired("list_trimmed");
        if (type.max > 0 && index > type.max)
            return fail(Rule::occurrence,
                        "must have at most " + std::to_string(type.max) + " items");
        return true;
    }

    bool patch(element in, const Type& type, void* out) {
        void* slot = type.emplace(out);  // marks it present as well
        if (!in.is_null()) return value(in, *type.element, slot);
        type.clear(out);
        return true;
    }

    bool object(element in, const Type& type, void* out) {
        simdjson::dom::object members;
        if (in.get(members) != simdjson::SUCCESS) return wrong_type(in, type);
        std::uint64_t seen = 0;
        ENSURE(type.field_count <= 64);
        for (const auto& [name, item] : members)
            if (!member(name, item, type, out, seen)) return false;
        for (std::size_t i = 0; i < type.field_count; ++i) {
            const Field& field = type.fields[i];
            if (seen >> i & 1 || field.type->kind == Kind::optional ||
                field.type->kind == Kind::patch)
                continue;
            if (!missing(field, out)) return at(field.name);
        }
        return true;
    }

    bool missing(const Field& field, void* out) {
        if (lenient() && field.type->kind == Kind::date_time) {
            static_cast<DateTime*>(static_cast<void*>(static_cast<std::byte*>(out) + field.offset))
                ->known = false;
            repaired("time_missing");
            return true;
        }
        if (lenient() && field.type->kind == Kind::list) return repaired("list_trimmed"), true;
        return fail(Rule::occurrence, "is required");
    }

    bool member(std::string_view name, element item, const Type& type, void* out,
                std::uint64_t& seen) {
        std::size_t index = 0;
        while (index < type.field_count && type.fields[index].name != name) ++index;
        if (index == type.field_count) return unknown_member(name, item);
        if (seen >> index & 1) return fail(Rule::malformed, "stands twice"), at(name);
        const Field& field = type.fields[index];
        void* slot = static_cast<std::byte*>(out) + field.offset;
        current_ = field.name;
        if (field.type->kind == Kind::optional && lenient() &&
            is_nothing(item, *field.type->element))
            return true;
        seen |= std::uint64_t{1} << index;
        return value(item, *field.type, slot) || at(name);
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
    bool unknown_member(std::string_view name, element item) {
        if (rules_.custom_data && name == "customData") return custom_data(item) || at(name);
        if (!lenient()) return fail(Rule::extra, "is not a member of this message"), at(name);
        if (repairs_) repairs_->push_back({std::string{name}, "extra_ignored"});
        return true;
    }
    bool custom_data(element item) {
        if (lenient()) return true;
        simdjson::dom::object object;
        std::string_view vendor;
        if (item.get(object) != simdjson::SUCCESS) return fail(Rule::type, "must be an object");
        const auto found = object["vendorId"];
        if (found.error()) return fail(Rule::occurrence, "is required"), at("vendorId");
        if (found.get(vendor) != simdjson::SUCCESS)
            return fail(Rule::type, "must be text"), at("vendorId");
        if (count_code_points(vendor) <= custom_data_vendor_max) return true;
        return fail(Rule::property, "is longer than 255 characters"), at("vendorId");
    }

    Rules rules_;
    Repairs* repairs_;
    Violation violation_;
    std::vector<std::string> steps_;
    std::string current_;
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
