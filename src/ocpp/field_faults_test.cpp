// Every field of every request with every fault that this protocol has seen, strict and lenient.
// What must come out follows from the field's declaration; the decoder is never asked what it
// thinks.
#include <gtest/gtest.h>

#include "ocpp/test_faults.hpp"

namespace ohm::ocpp {
namespace {

using testing::Fault;
using testing::faults;
using testing::has_limit;
using testing::inner;
using testing::Spoiler;
using wire::Kind;
using wire::Rule;
using wire::Type;

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
