// Declarations as data. A message is a plain struct of the types below plus one FIELDS(...) line;
// tables made from it at compile time drive the one JSON decoder, encoder and describer (codec.hpp)
// and the binary form of the bus (binary.hpp). Member names are wire names. Adding a member and
// forgetting it in FIELDS does not compile.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace ohm::wire {

enum class Kind : std::uint8_t {
    boolean,
    integer,
    unsigned64,
    number,
    text,
    blob,
    date_time,
    one_of,
    list,
    object,
    optional,
    patch,
    any
};

struct Field;

// What the interpreters know of a C++ type. Bounds: code points of a text, value of an integer,
// items of a list (0: as many as fit the frame, as of a text), `max` decimals of a number (0: any)
// or of a date-time that is written.
struct Type {
    Kind kind{};
    std::int64_t min = 0;
    std::int64_t max = 0;
    std::span<const std::string_view> names{};  // one_of: what may stand on the wire
    int fallback = -1;              // one_of: what an unknown value becomes when decoding leniently
    bool secret = false;            // never shown in logs
    bool uri = false;               // text: a URI (RFC 3986)
    bool shows_null = false;        // optional: written as null where empty, never left out
    const Field* fields = nullptr;  // object
    std::size_t field_count = 0;
    const Type* element = nullptr;                // list, optional, patch
    void* (*emplace)(void*) = nullptr;            // list: appends; optional, patch: engages
    std::size_t (*count)(const void*) = nullptr;  // list: items; optional, patch: 0 or 1
    const void* (*at)(const void*, std::size_t) = nullptr;
    void (*clear)(void*) = nullptr;          // patch: null was written; optional: disengages
    void (*drop_last)(void*) = nullptr;      // list
    bool (*present)(const void*) = nullptr;  // patch: null or a value was written
    void* (*create)() = nullptr;             // object: a fresh one …
    void (*destroy)(void*) = nullptr;        // … and its end

    // Where only the table is known. (std::make_shared would compile six functions a declaration.)
    std::shared_ptr<void> make() const { return {create(), destroy}; }
};

struct Field {
    std::string_view name;
    const Type* type;
    std::size_t offset;
};

// ---- the types of members ----

template <std::size_t N>
struct Literal {
    char text[N]{};
    consteval Literal(const char (&s)[N]) { std::copy_n(s, N, text); }
    constexpr std::string_view view() const { return {text, N - 1}; }
};

// A string of at most Max code points (after lenient decoding possibly more: the station's text is
// kept). Text<> has no bound but the frame's.
template <std::size_t Max = 0, std::size_t Min = 0>
struct Text {
    std::string value;
    operator const std::string&() const { return value; }
};
struct Uri : Text<> {};
template <class T>
struct Secret : T {};  // the same on the wire, masked in logs

template <std::int64_t Min = std::numeric_limits<std::int64_t>::min(),
          std::int64_t Max = std::numeric_limits<std::int64_t>::max()>
struct Int {
    std::int64_t value = 0;
    constexpr operator std::int64_t() const { return value; }
};
using Integer = Int<-2147483648LL, 2147483647LL>;  // OCPP's integer

struct Number {
    double value = 0;
};
struct Tenths : Number {};  // with at most one decimal

// An instant. `known` is false where a station left it out or empty and lenient decoding let that
// pass (quirk D6); `zoned` is false where it said no offset and is taken as UTC (quirk D1).
struct DateTime {
    Utc at{};
    bool known = true;
    bool zoned = true;
};

// The same, written with milliseconds: REST.
struct Instant : DateTime {};

// One of a closed set of spellings: a misspelt literal does not compile, and `switch` works on the
// index.
template <int Fallback, bool Private, Literal... Names>
class Enumerated {
public:
    static constexpr std::array<std::string_view, sizeof...(Names)> names{Names.view()...};
    static constexpr int fallback = Fallback;
    static constexpr bool fallback_is_private = Private;
    constexpr Enumerated() = default;
    template <std::size_t N>
    consteval Enumerated(const char (&name)[N]) {
        while (names.at(index_) != std::string_view{name, N - 1})
            ++index_;  // unknown: does not compile
    }
    // The value of that spelling, for words that come from another set; "(other)" is none.
    static constexpr std::optional<Enumerated> of(std::string_view name) {
        Enumerated value;
        for (; value.index_ < names.size() - Private; ++value.index_)
            if (names[value.index_] == name) return value;
        return std::nullopt;
    }
    constexpr std::string_view name() const { return names[index_]; }
    constexpr operator std::uint8_t() const { return index_; }
    constexpr bool is(Enumerated other) const { return index_ == other.index_; }
    friend constexpr bool operator==(Enumerated a, Enumerated b) { return a.index_ == b.index_; }

private:
    std::uint8_t index_ = 0;
};
template <Literal... Names>
consteval int index_of(std::string_view name) {
    const std::array<std::string_view, sizeof...(Names)> names{Names.view()...};
    std::size_t index = 0;
    while (names.at(index) != name) ++index;
    return static_cast<int>(index);
}
template <Literal... Names>
using OneOf = Enumerated<-1, false, Names...>;
// The same with a value that stands for whatever else a charger sends (quirk B15).
template <Literal Else, Literal... Names>
using OneOfElse = Enumerated<index_of<Names...>(Else.view()), false, Names...>;
// The same where the standard has no such value: "(other)" is ours, never on the wire.
template <Literal... Names>
using OneOfOrOther = Enumerated<sizeof...(Names), true, Names..., "(other)">;

template <class T, std::size_t Min = 0, std::size_t Max = 0>  // Max 0: as many as fit the frame
struct List {
    std::vector<T> items;
    auto begin() const { return items.begin(); }
    auto end() const { return items.end(); }
};

template <class T>
using Optional = std::optional<T>;

// For what we write: null where there is nothing, so that the member is always there.
template <class T>
struct Nullable : std::optional<T> {
    using std::optional<T>::optional;
};

// A member of a merge patch (RFC 7396): absent, null (remove) or a value.
template <class T>
struct Patch {
    std::optional<T> value;
    bool present = false;
};

struct Any {
    std::string json;  // any JSON value, as minified text
};

// ---- from C++ type to Type ----

namespace detail {
template <class T>
struct Describe;

template <class T>
requires std::is_standard_layout_v<T>
inline constexpr auto fields_of = T::template fields<T>();

struct Anything {
    template <class T>
    operator T() const;
};
template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
    return requires { T{(void(I), Anything{})...}; };
}
template <class T, std::size_t N = 0>
constexpr std::size_t arity() {
    if constexpr (takes<T>(std::make_index_sequence<N + 1>{}))
        return arity<T, N + 1>();
    else
        return N;
}

// Every member once: as many names as members, and no two at one place.
template <class T>
consteval bool names_every_member() {
    const auto& fields = fields_of<T>;
    if (arity<T>() != fields.size()) return false;
    for (std::size_t i = 0; i < fields.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (fields[i].offset == fields[j].offset) return false;
    return true;
}

template <class T>
requires requires { T::template fields<T>(); }
struct Describe<T> {
    static_assert(names_every_member<T>(), "FIELDS(...) must name every member, once");
    static constexpr Type type{.kind = Kind::object,
                               .fields = fields_of<T>.data(),
                               .field_count = fields_of<T>.size(),
                               .create = []() -> void* { return new T(); },
                               .destroy = [](void* object) { delete static_cast<T*>(object); }};
};
template <>
struct Describe<bool> {
    static constexpr Type type{.kind = Kind::boolean};
};
template <>
struct Describe<std::int64_t> {
    static constexpr Type type{.kind = Kind::integer,
                               .min = std::numeric_limits<std::int64_t>::min(),
                               .max = std::numeric_limits<std::int64_t>::max()};
};
template <>
struct Describe<std::uint64_t> {
    static constexpr Type type{.kind = Kind::unsigned64};
};
template <>
struct Describe<std::string> {
    static constexpr Type type{.kind = Kind::blob};
};
template <>
struct Describe<Number> {
    static constexpr Type type{.kind = Kind::number};
};
template <>
struct Describe<Tenths> {
    static constexpr Type type{.kind = Kind::number, .max = 1};
};
template <>
struct Describe<Uri> {
    static constexpr Type type{.kind = Kind::text, .uri = true};
};
template <>
struct Describe<DateTime> {
    static constexpr Type type{.kind = Kind::date_time};
};
template <>
struct Describe<Instant> {
    static constexpr Type type{.kind = Kind::date_time, .max = 3};
};
template <>
struct Describe<Any> {
    static constexpr Type type{.kind = Kind::any};
};
template <std::size_t Max, std::size_t Min>
struct Describe<Text<Max, Min>> {
    static constexpr Type type{.kind = Kind::text, .min = Min, .max = Max};
};
template <class T>
struct Describe<Secret<T>> {
    static constexpr Type type = [] {
        Type t = Describe<T>::type;
        t.secret = true;
        return t;
    }();
};
template <std::int64_t Min, std::int64_t Max>
struct Describe<Int<Min, Max>> {
    static constexpr Type type{.kind = Kind::integer, .min = Min, .max = Max};
};
template <int Fallback, bool Private, Literal... Names>
struct Describe<Enumerated<Fallback, Private, Names...>> {
    using E = Enumerated<Fallback, Private, Names...>;
    static constexpr Type type{
        .kind = Kind::one_of,
        .names = std::span<const std::string_view>{E::names}.first(E::names.size() - Private),
        .fallback = Fallback};
};
template <class T, std::size_t Min, std::size_t Max>
struct Describe<List<T, Min, Max>> {
    using L = List<T, Min, Max>;
    static constexpr Type type{
        .kind = Kind::list,
        .min = Min,
        .max = Max,
        .element = &Describe<T>::type,
        .emplace = [](void* list) -> void* { return &static_cast<L*>(list)->items.emplace_back(); },
        .count = [](const void* list) { return static_cast<const L*>(list)->items.size(); },
        .at = [](const void* list, std::size_t i) -> const void* {
            return &static_cast<const L*>(list)->items[i];
        },
        .drop_last = [](void* list) { static_cast<L*>(list)->items.pop_back(); }};
};
template <class T>
struct Describe<std::optional<T>> {
    using O = std::optional<T>;
    static constexpr Type type{
        .kind = Kind::optional,
        .element = &Describe<T>::type,
        .emplace = [](void* optional) -> void* { return &static_cast<O*>(optional)->emplace(); },
        .count = [](const void* optional) -> std::size_t {
            return static_cast<const O*>(optional)->has_value();
        },
        .at = [](const void* optional, std::size_t) -> const void* {
            return &**static_cast<const O*>(optional);
        },
        .clear = [](void* optional) { static_cast<O*>(optional)->reset(); }};
};
template <class T>
struct Describe<Nullable<T>> {
    static constexpr Type type = [] {
        Type t = Describe<std::optional<T>>::type;
        t.shows_null = true;
        // A pointer to Nullable is not one to its base in the eyes of the language.
        t.emplace = [](void* it) -> void* { return &static_cast<Nullable<T>*>(it)->emplace(); };
        t.count = [](const void* it) -> std::size_t {
            return static_cast<const Nullable<T>*>(it)->has_value();
        };
        t.at = [](const void* it, std::size_t) -> const void* {
            return &**static_cast<const Nullable<T>*>(it);
        };
        t.clear = [](void* it) { static_cast<Nullable<T>*>(it)->reset(); };
        return t;
    }();
};
template <class T>
struct Describe<Patch<T>> {
    using P = Patch<T>;
    static constexpr Type type{
        .kind = Kind::patch,
        .element = &Describe<T>::type,
        .emplace = [](void* patch) -> void* {
            static_cast<P*>(patch)->present = true;
            return &static_cast<P*>(patch)->value.emplace();
        },
        .count = [](const void* patch) -> std::size_t {
            return static_cast<const P*>(patch)->value.has_value();
        },
        .at = [](const void* patch, std::size_t) -> const void* {
            return &*static_cast<const P*>(patch)->value;
        },
        .clear =
            [](void* patch) {
                static_cast<P*>(patch)->present = true;
                static_cast<P*>(patch)->value.reset();
            },
        .present = [](const void* patch) { return static_cast<const P*>(patch)->present; }};
};

constexpr std::size_t count_names(std::string_view list) {
    if (list.empty()) return 0;
    return static_cast<std::size_t>(std::count(list.begin(), list.end(), ',')) + 1;
}
}  // namespace detail

template <class T>
inline constexpr const Type& type_of = detail::Describe<T>::type;

}  // namespace ohm::wire

#define WIRE_PARENS ()
// Nearly 60 names; more do not compile.
#define WIRE_EXPAND(...) WIRE_EXPAND3(WIRE_EXPAND3(WIRE_EXPAND3(__VA_ARGS__)))
#define WIRE_EXPAND3(...) WIRE_EXPAND2(WIRE_EXPAND2(WIRE_EXPAND2(__VA_ARGS__)))
#define WIRE_EXPAND2(...) \
    WIRE_EXPAND1(WIRE_EXPAND1(WIRE_EXPAND1(WIRE_EXPAND1(WIRE_EXPAND1(__VA_ARGS__)))))
#define WIRE_EXPAND1(...) __VA_ARGS__
#define WIRE_FIELD(name, ...)                                                             \
    ::ohm::wire::Field{#name, &::ohm::wire::detail::Describe<decltype(Self::name)>::type, \
                       offsetof(Self, name)} __VA_OPT__(, WIRE_AGAIN WIRE_PARENS(__VA_ARGS__))
#define WIRE_AGAIN() WIRE_FIELD
#define FIELDS(...)                                                                            \
    template <class Self>                                                                      \
    static constexpr auto fields() {                                                           \
        return std::array<::ohm::wire::Field, ::ohm::wire::detail::count_names(#__VA_ARGS__)>{ \
            __VA_OPT__(WIRE_EXPAND(WIRE_FIELD(__VA_ARGS__)))};                                 \
    }
