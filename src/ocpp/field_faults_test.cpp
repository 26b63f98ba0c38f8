// Every field of every request with every fault that this protocol has seen, strict and lenient.
// What must come out follows from the field's declaration; the decoder is never asked what it
// thinks.
#include <gtest/gtest.h>

#include "ocpp/action.hpp"

namespace ohm::ocpp {
namespace {

using wire::Kind;
using wire::Rule;
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
constexpr std::array faults{
    Fault::missing,        Fault::null,      Fault::wrong_type,         Fault::over_limit,
    Fault::huge_text,      Fault::nul,       Fault::lone_surrogate,     Fault::right_to_left_mark,
    Fault::year_0,         Fault::year_9999, Fault::too_large_a_double, Fault::minus_zero,
    Fault::two_to_the_63rd};

const Type& inner(const Type& type) { return type.kind == Kind::optional ? *type.element : type; }
bool has_limit(const Type& type) {
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

using Verdict = std::optional<Rule>;  // empty: accepted

// What a text, rightly or wrongly in that place, is worth.
Verdict of_text(const Type& type, bool lenient, bool is_time, std::int64_t characters) {
    switch (type.kind) {
        case Kind::text:
            if (lenient || (!type.uri && (type.max == 0 || characters <= type.max))) return {};
            return Rule::property;
        case Kind::date_time: return is_time || lenient ? Verdict{} : Rule::property;
        case Kind::one_of: return lenient && type.fallback >= 0 ? Verdict{} : Rule::property;
        case Kind::any: return {};
        default: return Rule::type;
    }
}

Verdict of_number(const Type& type, bool lenient, bool fits) {
    if (type.kind == Kind::number || type.kind == Kind::any) return {};
    if (type.kind == Kind::text && lenient) return {};
    if (type.kind != Kind::integer) return Rule::type;
    return fits && type.min <= 0 ? Verdict{} : Rule::property;
}

Verdict of_absence(const Type& declared, Fault fault, bool lenient) {
    const bool repairable = declared.kind == Kind::date_time || declared.kind == Kind::list;
    if (lenient && (repairable || declared.kind == Kind::optional)) return {};
    if (fault == Fault::missing)
        return declared.kind == Kind::optional ? Verdict{} : Rule::occurrence;
    return inner(declared).kind == Kind::any ? Verdict{} : Rule::type;
}

Verdict expected(const Type& declared, Fault fault, bool lenient) {
    const Type& type = inner(declared);
    switch (fault) {
        case Fault::missing:
        case Fault::null: return of_absence(declared, fault, lenient);
        case Fault::wrong_type: {
            // JSON in place of text without a bound is its own text (quirk H9).
            const bool is_free = type.kind == Kind::text && type.max == 0 && !type.uri;
            return type.kind == Kind::any || (is_free && lenient) ? Verdict{} : Rule::type;
        }
        case Fault::over_limit:
            if (type.kind == Kind::list) return Rule::occurrence;
            return type.kind == Kind::text && lenient ? Verdict{} : Rule::property;
        case Fault::huge_text: return of_text(type, lenient, false, 1 << 20);
        case Fault::nul:
            return type.kind == Kind::text ? Rule::property : of_text(type, lenient, false, 2);
        case Fault::right_to_left_mark: return of_text(type, lenient, false, 1);
        case Fault::year_0:
        case Fault::year_9999: return of_text(type, lenient, true, 20);
        case Fault::lone_surrogate:
        case Fault::too_large_a_double: return Rule::malformed;
        case Fault::minus_zero: return of_number(type, lenient, true);
        case Fault::two_to_the_63rd: return of_number(type, lenient, false);
    }
    return {};
}

class FieldFaults : public ::testing::TestWithParam<Version> {
protected:
    void expect_verdicts(const ActionInfo& info, int target, Fault fault) {
        Spoiler spoiler{target, fault};
        const std::string json = spoiler.write(*info.request);
        bool refused = false;
        for (const bool lenient : {false, true}) {
            const wire::Rules rules{lenient ? wire::Strictness::lenient : wire::Strictness::strict,
                                    GetParam() == Version::v201};
            const auto message = info.request->make();
            wire::Repairs repairs;
            const auto violation =
                decoder_.decode(json, *info.request, message.get(), rules, &repairs);
            const Verdict verdict = violation ? Verdict{violation->rule} : Verdict{};
            const Verdict wanted = expected(*spoiler.field()->type, fault, lenient);
            ASSERT_EQ(verdict, wanted) << about(info, spoiler, fault, lenient, violation);
            if (violation && wanted != Rule::malformed) {
                ASSERT_EQ(violation->path, spoiler.path()) << info.name;
            }
            if (lenient && refused && !violation) {
                ASSERT_FALSE(repairs.empty()) << about(info, spoiler, fault, lenient, violation);
            }
            refused = violation.has_value();
            ++cases_;
        }
    }
    static std::string about(const ActionInfo& info, const Spoiler& spoiler, Fault fault,
                             bool lenient, const std::optional<wire::Violation>& violation) {
        return std::string{info.name} + spoiler.path() + (lenient ? " lenient" : " strict") +
               ", fault " + std::to_string(static_cast<int>(fault)) + ": " +
               (violation ? violation->path + ' ' + violation->detail : "accepted");
    }

    wire::Decoder decoder_;
    int cases_ = 0;
};

TEST_P(FieldFaults, AreViolationsWithAPlaceOrAccepted) {
    for (const ActionInfo& info : declared_actions(GetParam())) {
        Spoiler whole{-1, Fault::missing};
        ASSERT_FALSE(check_payload(decoder_, whole.write(*info.request), *info.request,
                                   {wire::Strictness::strict}))
            << info.name;
        for (int target = 0; target < whole.fields(); ++target)
            for (const Fault fault : faults) {
                Spoiler spoiler{target, Fault::missing};
                spoiler.write(*info.request);
                if (fault == Fault::over_limit && !has_limit(inner(*spoiler.field()->type)))
                    continue;
                expect_verdicts(info, target, fault);
                if (HasFatalFailure()) return;
            }
    }
    RecordProperty("cases", cases_);
    std::printf("%d cases\n", cases_);
    EXPECT_GE(cases_, GetParam() == Version::v16 ? 2'000 : 10'000);
}

INSTANTIATE_TEST_SUITE_P(Versions, FieldFaults, ::testing::Values(Version::v16, Version::v201),
                         [](const auto& version) {
                             return version.param == Version::v16 ? "V16" : "V201";
                         });

}  // namespace
}  // namespace ohm::ocpp
