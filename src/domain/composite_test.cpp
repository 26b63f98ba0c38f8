#include "domain/composite.hpp"

#include <array>
#include <gtest/gtest.h>
#include <map>
#include <random>

namespace ohm::domain {
namespace {

using Purpose = ProfilePurpose;
constexpr std::int64_t noon = 1'800'000'000;
constexpr std::int64_t ampere = 1'000, watt = 1'000;

ChargingProfile profile(std::int64_t id, Purpose purpose, std::int64_t evse,
                        std::vector<SchedulePeriod> periods) {
    ChargingProfile made;
    made.facts.id = id;
    made.facts.purpose = purpose;
    made.facts.evse = evse;
    made.kind = ProfileKind::absolute;
    made.schedule.start = noon;
    made.schedule.periods = std::move(periods);
    return made;
}

CompositeQuestion hour(std::int64_t evse) {
    CompositeQuestion question;
    question.evse = evse;
    question.from = noon;
    question.duration_s = 3'600;
    return question;
}

std::string shown(const std::vector<ChargingProfile>& profiles, const CompositeQuestion& question) {
    std::string text;
    const auto periods = composite(profiles, question, 1'000);
    if (!periods) return "too many";
    for (const CompositePeriod& period : *periods) {
        if (!text.empty()) text += ' ';
        text += std::to_string(period.start_s) + ':';
        text += period.limit_milli ? std::to_string(*period.limit_milli / 1'000) : "-";
    }
    return text;
}

TEST(Composite, NothingInstalledIsUnlimited) {
    EXPECT_EQ(shown({}, hour(1)), "0:-");
    EXPECT_EQ(shown({}, hour(0)), "0:-");
}

TEST(Composite, TheDefaultOfAnEvseAndOfAll) {
    EXPECT_EQ(shown({profile(1, Purpose::tx_default, 1, {{0, 16 * ampere, {}}})}, hour(1)), "0:16");
    EXPECT_EQ(shown({profile(1, Purpose::tx_default, 0, {{0, 16 * ampere, {}}})}, hour(1)), "0:16");
    EXPECT_EQ(shown({profile(1, Purpose::tx_default, 2, {{0, 16 * ampere, {}}})}, hour(1)), "0:-");
}

TEST(Composite, TheHigherStackLevelLeadsAsLongAsItSaysSomething) {
    auto low = profile(1, Purpose::tx_default, 1, {{0, 10 * ampere, {}}});
    auto high = profile(2, Purpose::tx_default, 1, {{0, 20 * ampere, {}}, {600, 6 * ampere, {}}});
    high.facts.stack_level = 1;
    high.schedule.duration_s = 1'200;
    EXPECT_EQ(shown({low, high}, hour(1)), "0:20 600:6 1200:10");
    high.schedule.start = noon + 300;
    EXPECT_EQ(shown({low, high}, hour(1)), "0:10 300:20 900:6 1500:10");
}

TEST(Composite, TheLowestOverPurposesCounts) {
    const std::vector<ChargingProfile> profiles{
        profile(1, Purpose::max, 0, {{0, 32 * ampere, {}}, {1'800, 8 * ampere, {}}}),
        profile(2, Purpose::tx_default, 1, {{0, 16 * ampere, {}}})};
    EXPECT_EQ(shown(profiles, hour(1)), "0:16 1800:8");
    const auto periods = composite(profiles, hour(1), 100);
    EXPECT_EQ(periods->front().decided_by, Purpose::tx_default);
    EXPECT_EQ(periods->front().profile, 2);
    EXPECT_EQ(periods->back().decided_by, Purpose::max);
}

TEST(Composite, ATransactionsOwnProfileStandsInPlaceOfTheDefault) {
    auto own = profile(2, Purpose::tx, 1, {{0, 25 * ampere, {}}});
    own.facts.transaction = "T";
    own.schedule.duration_s = 600;
    const std::vector<ChargingProfile> profiles{
        profile(1, Purpose::tx_default, 1, {{0, 10 * ampere, {}}}), own};
    EXPECT_EQ(shown(profiles, hour(1)), "0:10");  // without the transaction it means nothing
    CompositeQuestion question = hour(1);
    question.running = {{1, "T", noon - 60}};
    EXPECT_EQ(shown(profiles, question), "0:25 600:10");
    question.running = {{1, "OTHER", noon - 60}};
    EXPECT_EQ(shown(profiles, question), "0:10");
    question.running = {{2, "T", noon - 60}};
    EXPECT_EQ(shown(profiles, question), "0:10");
}

TEST(Composite, RelativeProfilesStartWithTheTransaction) {
    auto relative =
        profile(1, Purpose::tx_default, 1, {{0, 16 * ampere, {}}, {900, 6 * ampere, {}}});
    relative.kind = ProfileKind::relative;
    relative.schedule.start.reset();
    EXPECT_EQ(shown({relative}, hour(1)), "0:16 900:6");
    CompositeQuestion question = hour(1);
    question.running = {{1, "T", noon - 600}};
    EXPECT_EQ(shown({relative}, question), "0:16 300:6");
    question.running = {{1, "T", noon - 6'000}};
    EXPECT_EQ(shown({relative}, question), "0:6");
}

TEST(Composite, DailyAndWeeklyOnesComeAgain) {
    auto daily =
        profile(1, Purpose::tx_default, 1, {{0, 16 * ampere, {}}, {1'800, 8 * ampere, {}}});
    daily.kind = ProfileKind::recurring;
    daily.schedule.start = noon - 10 * 86'400;
    daily.schedule.duration_s = 2'400;
    EXPECT_EQ(shown({daily}, hour(1)), "0:16 1800:8 2400:-");
    CompositeQuestion question = hour(1);
    question.duration_s = 86'400 + 10;
    EXPECT_EQ(shown({daily}, question), "0:16 1800:8 2400:- 86400:16");
    daily.recurrence_s = 7 * 86'400;
    EXPECT_EQ(shown({daily}, question), "0:-");
    daily.schedule.start = noon - 14 * 86'400;
    EXPECT_EQ(shown({daily}, question), "0:16 1800:8 2400:-");
    daily.schedule.start = noon + 60;  // not before it begins
    EXPECT_EQ(shown({daily}, hour(1)), "0:- 60:16 1860:8 2460:-");
}

TEST(Composite, AScheduleLongerThanItsRecurrenceIsCut) {
    auto daily = profile(1, Purpose::max, 0, {{0, 16 * ampere, {}}, {90'000, 1 * ampere, {}}});
    daily.kind = ProfileKind::recurring;
    CompositeQuestion question = hour(1);
    question.duration_s = 2 * 86'400;
    EXPECT_EQ(shown({daily}, question), "0:16");
}

TEST(Composite, ValidityBeginsAndEnds) {
    auto valid = profile(1, Purpose::max, 0, {{0, 16 * ampere, {}}});
    valid.facts.valid_from = noon + 100;
    valid.facts.valid_to = noon + 200;
    EXPECT_EQ(shown({valid}, hour(1)), "0:- 100:16 200:-");
}

TEST(Composite, AmperesArePerPhaseAndWattsInAll) {
    const std::vector<ChargingProfile> profiles{
        profile(1, Purpose::tx_default, 1, {{0, 10 * ampere, {}}})};
    CompositeQuestion question = hour(1);
    question.unit = RateUnit::watts;
    EXPECT_EQ(shown(profiles, question), "0:6900");
    const std::vector<ChargingProfile> one_phase{
        profile(1, Purpose::tx_default, 1, {{0, 10 * ampere, 1}})};
    EXPECT_EQ(shown(one_phase, question), "0:2300");
    question.voltage = 120;
    EXPECT_EQ(shown(one_phase, question), "0:1200");
    auto watts = profile(1, Purpose::tx_default, 1, {{0, 6'900 * watt, {}}});
    watts.schedule.unit = RateUnit::watts;
    EXPECT_EQ(shown({watts}, hour(1)), "0:10");
    EXPECT_EQ(limit_at(std::array{watts}, hour(1), noon).limit_milli, 10'000);
}

TEST(Composite, LimitsThatMeetShareTheFewestPhases) {
    auto watts = profile(1, Purpose::max, 0, {{0, 11'040 * watt, 3}});
    watts.schedule.unit = RateUnit::watts;
    const auto amperes = profile(2, Purpose::tx_default, 1, {{0, 20 * ampere, 1}});
    EXPECT_EQ(shown({watts, amperes}, hour(1)), "0:20");  // 11 kW on one phase would be 48 A
    CompositeQuestion question = hour(1);
    question.unit = RateUnit::watts;
    EXPECT_EQ(shown({watts, amperes}, question), "0:4600");
    EXPECT_EQ(composite(std::array{watts, amperes}, question, 9)->front().phases, 1);
}

TEST(Composite, ExternalConstraintsCountOneAndAll) {
    auto grid = profile(0, Purpose::external, 0, {{0, 12 * ampere, {}}});
    auto ems = profile(9, Purpose::external, 1, {{0, 9 * ampere, {}}});
    ems.facts.stack_level = 4;
    ems.schedule.duration_s = 60;
    EXPECT_EQ(shown({grid, ems}, hour(1)), "0:9 60:12");
    EXPECT_EQ(shown({grid, ems}, hour(2)), "0:12");
}

TEST(Composite, TheStationTakesWhatItsTransactionsTakeTogether) {
    const std::vector<ChargingProfile> profiles{
        profile(1, Purpose::tx_default, 0, {{0, 16 * ampere, {}}}),
        profile(2, Purpose::max, 0, {{0, 40 * ampere, {}}, {1'800, 20 * ampere, {}}})};
    CompositeQuestion question = hour(0);
    EXPECT_EQ(shown(profiles, question), "0:40 1800:20");
    question.running = {{1, "T", noon}, {2, "U", noon}};
    EXPECT_EQ(shown(profiles, question), "0:32 1800:20");
    question.running = {{1, "T", noon}};
    EXPECT_EQ(shown(profiles, question), "0:16");
}

TEST(Composite, AnUnlimitedTransactionMakesNoSum) {
    CompositeQuestion question = hour(0);
    question.running = {{1, "T", noon}, {2, "U", noon}};
    EXPECT_EQ(shown({profile(1, Purpose::tx_default, 1, {{0, 16 * ampere, {}}})}, question), "0:-");
}

TEST(Composite, TooManyChangesAreNotComputed) {
    auto busy = profile(1, Purpose::max, 0, {});
    for (int i = 0; i < 100; ++i) busy.schedule.periods.push_back({i * 10, (i % 7) * ampere, {}});
    EXPECT_FALSE(composite(std::array{busy}, hour(1), 50));
    EXPECT_TRUE(composite(std::array{busy}, hour(1), 101));
}

TEST(Composite, DifferencesSayFromWhenToWhen) {
    const std::vector<CompositePeriod> ours{{0, 16'000, 3, {}, 0}, {600, 8'000, 3, {}, 0}};
    EXPECT_TRUE(differences(ours, ours, 3'600, 0).empty());
    const std::vector<CompositePeriod> theirs{{0, 16'050, 3, {}, 0}, {700, 8'000, 3, {}, 0}};
    const auto found = differences(ours, theirs, 3'600, 100);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].start_s, 600);
    EXPECT_EQ(found[0].end_s, 700);
    EXPECT_EQ(found[0].ours_milli, 8'000);
    EXPECT_EQ(found[0].theirs_milli, 16'050);
    EXPECT_EQ(differences(ours, theirs, 3'600, 0).size(), 2u);
    const std::vector<CompositePeriod> none{{0, std::nullopt, 3, {}, 0}};
    EXPECT_EQ(differences(ours, none, 3'600, 100).size(), 2u);
}

// ---- the same, computed another way: every profile is drawn second by second ----

struct Drawn {
    std::optional<std::int64_t> limit_milli, phases;
};
using Line = std::vector<Drawn>;

void draw_once(const ChargingProfile& profile, std::int64_t start, std::int64_t until,
               const CompositeQuestion& question, Line& line) {
    const auto& schedule = profile.schedule;
    for (std::size_t i = 0; i < schedule.periods.size(); ++i) {
        std::int64_t from = start + schedule.periods[i].start_s;
        std::int64_t to =
            i + 1 < schedule.periods.size() ? start + schedule.periods[i + 1].start_s : until;
        if (schedule.duration_s) to = std::min(to, start + *schedule.duration_s);
        if (profile.facts.valid_from) from = std::max(from, *profile.facts.valid_from);
        if (profile.facts.valid_to) to = std::min(to, *profile.facts.valid_to);
        from = std::max(from, question.from);
        to = std::min({to, until, question.from + question.duration_s});
        for (std::int64_t at = from; at < to; ++at)
            line[static_cast<std::size_t>(at - question.from)] = {
                schedule.periods[i].limit_milli, schedule.periods[i].phases.value_or(3)};
    }
}

Line draw(const ChargingProfile& profile, const CompositeQuestion& question,
          const RunningTransaction* running) {
    Line line(static_cast<std::size_t>(question.duration_s));
    const std::int64_t end = question.from + question.duration_s;
    if (profile.kind == ProfileKind::relative) {
        draw_once(profile, running ? running->started_at : question.from, end, question, line);
    } else if (profile.kind == ProfileKind::absolute) {
        draw_once(profile, *profile.schedule.start, end, question, line);
    } else {
        for (std::int64_t start = *profile.schedule.start; start < end;
             start += profile.recurrence_s)
            draw_once(profile, start, start + profile.recurrence_s, question, line);
    }
    return line;
}

std::optional<std::int64_t> reference(const std::vector<ChargingProfile>& profiles,
                                      const CompositeQuestion& question, std::size_t second,
                                      const std::vector<Line>& lines) {
    const RunningTransaction* running = nullptr;
    for (const auto& one : question.running)
        if (one.evse == question.evse) running = &one;
    std::map<Purpose, std::size_t> leading;
    std::vector<std::size_t> counted;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        const auto& facts = profiles[i].facts;
        if (!lines[i][second].limit_milli) continue;
        if (facts.purpose == Purpose::tx &&
            (!running || facts.evse != question.evse || facts.transaction != running->id))
            continue;
        if (facts.evse != 0 && facts.evse != question.evse) continue;
        if (facts.purpose == Purpose::external) {
            counted.push_back(i);
            continue;
        }
        const auto known = leading.find(facts.purpose);
        if (known == leading.end() || profiles[known->second].facts.stack_level < facts.stack_level)
            leading[facts.purpose] = i;
    }
    if (leading.contains(Purpose::tx)) leading.erase(Purpose::tx_default);
    for (const auto& [purpose, i] : leading) counted.push_back(i);
    std::int64_t phases = 3;
    for (const std::size_t i : counted) phases = std::min(phases, *lines[i][second].phases);
    std::optional<std::int64_t> least;
    for (const std::size_t i : counted) {
        std::int64_t limit = *lines[i][second].limit_milli;
        const bool in_amperes = profiles[i].schedule.unit == RateUnit::amperes;
        if (in_amperes && question.unit == RateUnit::watts) limit *= 230 * phases;
        if (!in_amperes && question.unit == RateUnit::amperes) limit /= 230 * phases;
        least = std::min(least.value_or(limit), limit);
    }
    return least;
}

class Dice {
public:
    explicit Dice(std::uint32_t seed) : random_{seed} {}
    std::int64_t to(std::int64_t most) {
        return static_cast<std::int64_t>(random_() % static_cast<std::uint32_t>(most + 1));
    }
    bool one_in(std::int64_t n) { return to(n - 1) == 0; }

private:
    std::mt19937 random_;
};

ChargingProfile random_profile(Dice& dice, std::int64_t id, std::int64_t stack_level) {
    ChargingProfile made;
    made.facts.id = id;
    made.facts.purpose = static_cast<Purpose>(dice.to(3));
    made.facts.stack_level = stack_level;  // each its own: what leads is not in doubt
    made.facts.evse = made.facts.purpose == Purpose::max  ? 0
                      : made.facts.purpose == Purpose::tx ? 1 + dice.to(1)
                                                          : dice.to(2);
    made.facts.transaction = dice.one_in(3) ? "OTHER" : "T";
    if (dice.one_in(3)) made.facts.valid_from = noon - 500 + dice.to(1'000);
    if (dice.one_in(3)) made.facts.valid_to = noon + dice.to(1'500);
    made.kind = static_cast<ProfileKind>(dice.to(2));
    made.recurrence_s = 200 + dice.to(400);
    if (made.kind != ProfileKind::relative) made.schedule.start = noon - 900 + dice.to(1'200);
    if (dice.one_in(2)) made.schedule.duration_s = 50 + dice.to(900);
    made.schedule.unit = dice.one_in(2) ? RateUnit::watts : RateUnit::amperes;
    std::int64_t start = 0;
    for (std::int64_t i = dice.to(4); i >= 0; --i) {
        const std::int64_t most = made.schedule.unit == RateUnit::watts ? 22'000'000 : 32'000;
        std::optional<std::int64_t> phases;
        if (dice.one_in(2)) phases = 1 + dice.to(2);
        made.schedule.periods.push_back({start, dice.to(most), phases});
        start += 1 + dice.to(300);
    }
    return made;
}

TEST(Composite, IsWhatDrawingEveryProfileSecondBySecondGives) {
    Dice dice{42};
    for (int round = 0; round < 400; ++round) {
        std::vector<ChargingProfile> profiles;
        for (std::int64_t i = dice.to(7); i > 0; --i)
            profiles.push_back(random_profile(dice, i, i));
        CompositeQuestion question = hour(1 + dice.to(1));
        question.duration_s = 1'000;
        question.unit = dice.one_in(2) ? RateUnit::watts : RateUnit::amperes;
        if (!dice.one_in(3)) question.running = {{1, "T", noon - dice.to(600)}};
        const RunningTransaction* running =
            !question.running.empty() && question.evse == 1 ? &question.running[0] : nullptr;
        std::vector<Line> lines;
        for (const ChargingProfile& one : profiles) {
            // What caps the whole station knows no transaction.
            const bool caps_all = one.facts.purpose == Purpose::max ||
                                  (one.facts.purpose == Purpose::external && one.facts.evse == 0);
            lines.push_back(draw(one, question, caps_all ? nullptr : running));
        }
        const auto periods = composite(profiles, question, 100'000);
        ASSERT_TRUE(periods);
        std::size_t index = 0;
        for (std::size_t second = 0; second < 1'000; ++second) {
            while (index + 1 < periods->size() &&
                   (*periods)[index + 1].start_s <= static_cast<std::int64_t>(second))
                ++index;
            ASSERT_EQ((*periods)[index].limit_milli, reference(profiles, question, second, lines))
                << "round " << round << " second " << second;
        }
    }
}

// In watts, with one phase or three: nobody is ever promised more than any cap that applies.
TEST(Composite, NeverExceedsAnyCap) {
    Dice dice{7};
    int compared = 0;
    for (int round = 0; round < 300; ++round) {
        std::vector<ChargingProfile> profiles;
        for (std::int64_t i = 1 + dice.to(6); i > 0; --i)
            profiles.push_back(random_profile(dice, i, dice.to(3)));
        CompositeQuestion question = hour(1);
        question.duration_s = 1'000;
        question.unit = RateUnit::watts;
        const auto periods = composite(profiles, question, 100'000);
        ASSERT_TRUE(periods);
        for (const ChargingProfile& cap : profiles) {
            const bool always = cap.facts.purpose == Purpose::external && cap.facts.evse <= 1;
            if (!always) continue;
            const Line line = draw(cap, question, nullptr);
            for (const CompositePeriod& period : *periods) {
                const Drawn& drawn = line[static_cast<std::size_t>(period.start_s)];
                if (!drawn.limit_milli) continue;
                const std::int64_t watts = cap.schedule.unit == RateUnit::watts
                                               ? *drawn.limit_milli
                                               : *drawn.limit_milli * 230 * *drawn.phases;
                ASSERT_TRUE(period.limit_milli);
                EXPECT_LE(*period.limit_milli, watts);
                ++compared;
            }
        }
    }
    EXPECT_GT(compared, 300);
}

}  // namespace
}  // namespace ohm::domain
