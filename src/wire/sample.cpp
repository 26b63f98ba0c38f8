#include "wire/sample.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.hpp"
#include "base/time.hpp"

namespace ohm::wire {
namespace {

constexpr std::uint64_t text_characters_max = 40;  // of what a declaration without bound allows
constexpr std::uint64_t list_items_max = 3;        // likewise
constexpr std::int64_t seconds_of_all_years = 315'569'520'000;  // 0000 to 9999
constexpr std::int64_t first_second = -62'167'219'200;

// Writes one random message, from the table alone.
class Sampler {
public:
    Sampler(Random& random, Rules rules, std::string& out)
        : random_{random}, rules_{rules}, out_{out} {}

    void value(const Type& type) {
        switch (type.kind) {
            case Kind::boolean: out_ += random_.chance(0.5) ? "true" : "false"; return;
            case Kind::integer: out_ += std::to_string(integer(type.min, type.max)); return;
            case Kind::unsigned64: out_ += std::to_string(random_.next()); return;
            case Kind::number: number(type); return;
            case Kind::text: type.uri ? uri() : text(type.min, type.max); return;
            case Kind::blob: text(0, 0); return;
            case Kind::date_time: date_time(); return;
            case Kind::one_of: append_json_string(out_, pick(type.names)); return;
            case Kind::list: list(type, static_cast<std::uint64_t>(type.min)); return;
            case Kind::object: object(type); return;
            case Kind::optional: optional(*type.element); return;
            case Kind::patch: random_.chance(0.3) ? put("null") : value(*type.element); return;
            case Kind::any: put(pick(any_values)); return;
        }
    }

private:
    static constexpr std::array<std::string_view, 6> any_values{
        "null", "true", "-7", "\"x\"", "[1,\"two\",[]]", R"({"a":{"b":[null,false]}})"};

    static constexpr std::array<std::string_view, 4> uris{
        R"("ftp://user:word@files.example/in/")", R"("https://[2001:db8::7]:8443/a%20b?c=d&e#f")",
        R"("sftp://10.0.0.1")", R"("urn:x:y")"};

    void put(std::string_view json) { out_ += json; }
    std::string_view pick(std::span<const std::string_view> all) {
        return all[random_.below(all.size())];
    }
    // The bounds themselves come often: that is where mistakes are.
    std::int64_t integer(std::int64_t min, std::int64_t max) {
        if (random_.chance(0.1)) return min;
        if (random_.chance(0.1)) return max;
        if (min <= 0 && max >= 0 && random_.chance(0.1)) return 0;
        const auto width = static_cast<std::uint64_t>(max) - static_cast<std::uint64_t>(min);
        const auto step = width == ~std::uint64_t{0} ? random_.next() : random_.below(width + 1);
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(min) + step);
    }
    void number(const Type& type) {
        const std::string whole = std::to_string(random_.below(2'000'000));
        std::string decimals = std::to_string(random_.below(1'000'000));
        if (type.max > 0) decimals.resize(static_cast<std::size_t>(type.max), '5');
        while (decimals.ends_with('0')) decimals.pop_back();
        const bool fraction = !decimals.empty() && random_.chance(0.7);
        if ((whole != "0" || fraction) && random_.chance(0.3)) out_ += '-';
        out_ += whole;
        if (fraction) (out_ += '.') += decimals;
    }
    void text(std::int64_t min, std::int64_t max) {
        const auto least = static_cast<std::uint64_t>(min);
        const std::uint64_t most =
            max == 0 ? text_characters_max
                     : std::min(static_cast<std::uint64_t>(max), least + text_characters_max);
        std::uint64_t length = least + random_.below(most - least + 1);
        if (max > 0 && max <= 1000 && random_.chance(0.1)) length = static_cast<std::uint64_t>(max);
        std::string content;
        while (length-- > 0) content += character();
        append_json_string(out_, content);
    }
    void uri() { put(pick(uris)); }
    std::string_view character() {
        static constexpr std::array<std::string_view, 12> odd{
            "\"", "\\", "/", "\n",           "\x01",         "\x7F",
            "ä",  "€",  "😀", "\xEF\xBB\xBF", "\xE2\x80\xA8", " "};
        static constexpr std::string_view plain =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .:-_*+@|{}[],";
        return random_.chance(0.1) ? pick(odd) : plain.substr(random_.below(plain.size()), 1);
    }
    void date_time() {
        const auto second = first_second + static_cast<std::int64_t>(random_.below(
                                               static_cast<std::uint64_t>(seconds_of_all_years)));
        ((out_ += '"') += to_rfc3339(utc_from_micros(second * 1'000'000), 0)) += '"';
    }
    void list(const Type& type, std::uint64_t least) {
        const std::uint64_t most =
            type.max == 0 ? least + list_items_max
                          : std::min(static_cast<std::uint64_t>(type.max), least + list_items_max);
        const std::uint64_t count = least + random_.below(most - least + 1);
        out_ += '[';
        for (std::uint64_t i = 0; i < count; ++i) {
            if (i > 0) out_ += ',';
            value(*type.element);
        }
        out_ += ']';
    }
    // An optional list without items would be left out.
    void optional(const Type& type) {
        if (type.kind == Kind::list)
            list(type, std::max<std::uint64_t>(1, static_cast<std::uint64_t>(type.min)));
        else
            value(type);
    }
    void object(const Type& type) {
        bool first = true;
        const auto name = [&](std::string_view member) {
            out_ += first ? "{" : ",";
            first = false;
            append_json_string(out_, member);
            out_ += ':';
        };
        for (std::size_t i = 0; i < type.field_count; ++i) {
            const Field& field = type.fields[i];
            const bool may_lack =
                field.type->kind == Kind::optional || field.type->kind == Kind::patch;
            if (may_lack && random_.chance(0.5)) continue;
            name(field.name);
            value(*field.type);
        }
        if (rules_.custom_data && random_.chance(0.25)) {
            name("customData");
            put(R"({"vendorId":"org.example","more":[1,{"x":null}]})");
        }
        out_ += first ? "{}" : "}";
    }

    Random& random_;
    Rules rules_;
    std::string& out_;
};

}  // namespace

std::string random_json(const Type& type, Random& random, Rules rules) {
    std::string out;
    Sampler{random, rules, out}.value(type);
    return out;
}

}  // namespace ohm::wire
