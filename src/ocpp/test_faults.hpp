// Every fault that this protocol has seen in a field, and messages with one field spoilt by it.
// Tests only.
#pragma once

#include <gtest/gtest.h>

#include "ocpp/action.hpp"

namespace ohm::ocpp::testing {

using wire::Kind;
using wire::Type;

enum class Fault {
    missing,
    null,
    wrong_type,
    over_limit,
    huge_text,  // 1 MiB
    nul,
    lone_surrogate,
    right_to_left_mark,
    year_0,
    year_9999,
    too_large_a_double,  // 1e400
    minus_zero,
    two_to_the_63rd,
};
inline constexpr std::array faults{
    Fault::missing,        Fault::null,      Fault::wrong_type,         Fault::over_limit,
    Fault::huge_text,      Fault::nul,       Fault::lone_surrogate,     Fault::right_to_left_mark,
    Fault::year_0,         Fault::year_9999, Fault::too_large_a_double, Fault::minus_zero,
    Fault::two_to_the_63rd};

inline const Type& inner(const Type& type) {
    return type.kind == Kind::optional ? *type.element : type;
}
inline bool has_limit(const Type& type) {
    return type.kind == Kind::integer ||
           ((type.kind == Kind::text || type.kind == Kind::list) && type.max > 0);
}

// A whole message, every optional member included, with one field spoilt. Fields are counted in the
// order of writing.
class Spoiler {
public:
    Spoiler(int target, Fault fault) : target_{target}, fault_{fault} {}

    std::string write(const Type& type) {
        value(type);
        return std::move(out_);
    }
    int fields() const { return fields_; }
    const wire::Field* field() const { return field_; }
    const std::string& path() const { return path_; }

private:
    void value(const Type& type) {
        switch (type.kind) {
            case Kind::boolean: out_ += "true"; return;
            case Kind::integer: out_ += std::to_string(std::max<std::int64_t>(type.min, 1)); return;
            case Kind::number: out_ += "1.5"; return;
            case Kind::text: out_ += type.uri ? R"("ftp://h/p")" : R"("x")"; return;
            case Kind::date_time: out_ += R"("2024-02-29T12:00:00Z")"; return;
            case Kind::one_of: ((out_ += '"') += type.names[0]) += '"'; return;
            case Kind::list: return list(*type.element, std::max<std::int64_t>(type.min, 1));
            case Kind::object: return object(type);
            case Kind::optional: return value(*type.element);
            case Kind::any: out_ += "{}"; return;
            default: FAIL() << "no OCPP message has such a member";
        }
    }
    void list(const Type& element, std::int64_t count) {
        out_ += '[';
        const std::string above = here_;
        for (std::int64_t i = 0; i < count; ++i) {
            if (i > 0) out_ += ',';
            here_ = above + '/' + std::to_string(i);
            value(element);
        }
        here_ = above;
        out_ += ']';
    }
    void object(const Type& type) {
        out_ += '{';
        bool first = true;
        for (std::size_t i = 0; i < type.field_count; ++i) {
            const wire::Field& field = type.fields[i];
            const bool spoilt = fields_++ == target_;
            if (spoilt) {
                field_ = &field;
                path_ = here_ + '/' + std::string{field.name};
                if (fault_ == Fault::missing) continue;
            }
            out_ += first ? "\"" : ",\"";
            first = false;
            (out_ += field.name) += "\":";
            if (spoilt) {
                spoil(inner(*field.type));
                continue;
            }
            const std::string above = here_;
            (here_ += '/') += field.name;
            value(*field.type);
            here_ = above;
        }
        out_ += '}';
    }
    void spoil(const Type& type) {
        const bool structured = type.kind == Kind::object || type.kind == Kind::list;
        switch (fault_) {
            case Fault::missing: return;
            case Fault::null: out_ += "null"; return;
            case Fault::wrong_type: out_ += structured ? "7" : R"({"x":1})"; return;
            case Fault::over_limit: return over_limit(type);
            case Fault::huge_text: ((out_ += '"').append(1 << 20, 'x')) += '"'; return;
            case Fault::nul: out_ += R"("a\u0000")"; return;
            case Fault::lone_surrogate: out_ += R"("\ud800")"; return;
            case Fault::right_to_left_mark: out_ += R"("\u200f")"; return;
            case Fault::year_0: out_ += R"("0000-01-01T00:00:00Z")"; return;
            case Fault::year_9999: out_ += R"("9999-12-31T23:59:59Z")"; return;
            case Fault::too_large_a_double: out_ += "1e400"; return;
            case Fault::minus_zero: out_ += "-0"; return;
            case Fault::two_to_the_63rd: out_ += "9223372036854775808"; return;
        }
    }
    void over_limit(const Type& type) {
        if (type.kind == Kind::integer) out_ += std::to_string(type.max + 1);
        if (type.kind == Kind::list) list(*type.element, type.max + 1);
        if (type.kind == Kind::text)
            ((out_ += '"').append(static_cast<std::size_t>(type.max) + 1, 'x')) += '"';
    }

    int target_;
    Fault fault_;
    int fields_ = 0;
    const wire::Field* field_ = nullptr;
    std::string path_, here_, out_;
};

}  // namespace ohm::ocpp::testing
