#include "world.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "check_settled.hpp"

namespace ohm::world {
namespace {

constexpr std::string_view fault_names[] = {"worker_crashes",
                                            "link_cuts",
                                            "link_losses",
                                            "link_silences",
                                            "twins",
                                            "redeliveries",
                                            "downlink_repeats",
                                            "worker_bus_cuts",
                                            "api_bus_cuts",
                                            "broker_restarts",
                                            "api_crashes_before_commit",
                                            "api_crashes_after_commit",
                                            "api_kills",
                                            "commits_refused",
                                            "commits_unknown",
                                            "store_outages"};

LabOptions lab_options(const Scenario& scenario, std::uint64_t seed, SimOutside& outside) {
    LabOptions options;
    options.outside = &outside;
    options.seed = seed;
    options.workers = static_cast<std::size_t>(std::max(1.0, scenario["workers"]));
    // Some runs are quick and some slow: what overlaps differs. No hop may be so slow that a queue
    // counts as late.
    SeededRandom random{seed ^ 0x5EED};
    constexpr milliseconds most[] = {milliseconds{5}, milliseconds{60}, milliseconds{350}};
    options.network = {Micros{200}, 3 * most[random.below(3)]};
    options.bus = {Micros{100}, most[random.below(3)]};
    options.turn = {Micros{50}, most[random.below(3)]};
    return options;
}

// Of a drawn fleet; the password is a drawn one too, so that it is hashed fast.
std::string password_of(std::size_t number) {
    return to_hex(std::string(15, 'p') + static_cast<char>('A' + number % 26));
}

}  // namespace

World::World(const Scenario& scenario, std::uint64_t seed)
    : scenario_{scenario},
      lab_{lab_options(scenario, seed, outside_)},
      findings_{lab_.schedule()},
      answers_{lab_.schedule(), findings_},
      commands_{findings_},
      commits_{lab_.truth(), findings_},
      fleet_{lab_, scenario_, {answers_, commands_, commits_}},
      operators_{lab_, findings_} {
    errors_before_ = log::error_count();
    outside_.use(lab_.schedule());
    if (scenario_["webhook"] > 0)
        lab_.truth().query(
            "insert into decision_webhooks (url, secret, timeout_ms, fallback, version, "
            "created_at, updated_at) values ('https://members.example/', 'whsec_', 1500, 'accept', "
            "1, 0, 0)");
    lab_.on_api_crash([this] {
        crash_api(Delay{milliseconds{200}, seconds{20}}.draw(lab_.schedule().random));
    });
    // Not every run has every fault: a rare order of two shows best where the third is silent.
    for (const std::string_view name : fault_names)
        if (scenario_[name] > 0) chosen_.emplace_back(name);
    const auto most = static_cast<std::size_t>(scenario_["faults_a_run"]);
    while (most > 0 && chosen_.size() > most)
        chosen_.erase(chosen_.begin() +
                      static_cast<std::ptrdiff_t>(lab_.schedule().random.below(chosen_.size())));
    const auto stations = static_cast<std::size_t>(scenario_["stations"]);
    for (std::size_t i = 0; i < stations; ++i) {
        const std::string id = "CP" + std::to_string(1001 + i);
        fleet_.add(id, i % 2 == 0 ? ocpp::Version::v16 : ocpp::Version::v201, password_of(i));
    }
}
World::~World() = default;

void World::run() {
    lab_.start_api();
    for (std::size_t i = 0; i < lab_.worker_count(); ++i) lab_.start_worker(i);
    lab_.run(seconds{5});
    for (std::size_t i = 0; i < fleet_.size(); ++i)
        operators_.create(fleet_.station(i).id(), password_of(i));
    lab_.run(seconds{5});
    if (!operators_.all_created()) findings_.add("the stations could not be created");
    fleet_.start();
    lab_.run(seconds{60});
    faulty_ = true;
    every_second();
    lab_.run(Micros{static_cast<std::int64_t>(scenario_["minutes"] * 60e6)});
    settle();
}

void World::every_second() {
    if (!faulty_) return;
    lab_.schedule().after(seconds{1}, [this] { every_second(); });
    const milliseconds moment{static_cast<std::int64_t>(lab_.schedule().random.below(1'000))};
    lab_.schedule().after(moment, [this] {
        if (faulty_) inject();
    });
    if (!ending_) fleet_.live();
    if (lab_.schedule().random.chance(scenario_["operations"] / 3600.0)) operators_.act();
    if (lab_.api()) longest_inbox_ = std::max(longest_inbox_, lab_.api()->shard().inbox_size());
}

// ---- faults ----

bool World::happens(std::string_view rate) {
    if (std::find(chosen_.begin(), chosen_.end(), rate) == chosen_.end()) return false;
    if (!lab_.schedule().random.chance(scenario_[rate] / 3600.0)) return false;
    ++injected_[std::string{rate}];
    lab_.schedule().trace(rate);
    return true;
}

void World::inject() {
    Random& random = lab_.schedule().random;
    if (happens("worker_crashes")) crash_worker();
    if (happens("link_cuts")) break_link(0);
    if (happens("link_losses")) break_link(1);
    if (happens("link_silences")) break_link(2);
    if (happens("twins"))
        fleet_.twin(random.below(fleet_.size()), Delay{seconds{1}, seconds{40}}.draw(random));
    if (happens("redeliveries"))
        lab_.bus().redeliver_next({static_cast<std::uint32_t>(random.below(4))});
    if (happens("downlink_repeats"))
        lab_.bus().repeat_next("w" + std::to_string(1 + random.below(lab_.worker_count())));
    if (happens("worker_bus_cuts"))
        lab_.bus().cut_worker("w" + std::to_string(1 + random.below(lab_.worker_count())));
    if (happens("api_bus_cuts")) lab_.bus().cut_api();
    if (happens("broker_restarts"))
        lab_.bus().restart_broker(Delay{milliseconds{100}, seconds{25}}.draw(random));
    if (happens("api_crashes_before_commit")) lab_.sql().arm(CommitFault::crash_before);
    if (happens("api_crashes_after_commit")) lab_.sql().arm(CommitFault::crash_after);
    if (happens("commits_refused")) lab_.sql().arm(CommitFault::refused);
    if (happens("commits_unknown")) lab_.sql().arm(CommitFault::unknown);
    if (happens("api_kills") && lab_.api()) {
        lab_.kill_api();
        crash_api(Delay{milliseconds{200}, seconds{30}}.draw(random));
    }
    if (happens("store_outages")) {
        const auto most = static_cast<std::int64_t>(scenario_["store_outage_s"]);
        lab_.sql().be_away_until(lab_.schedule().now() +
                                 Delay{milliseconds{500}, seconds{most}}.draw(random));
    }
}

// It is gone already; this is about its return.
void World::crash_api(Micros down_for) {
    lab_.schedule().after(down_for, [this] {
        if (!lab_.api()) lab_.start_api();
    });
}

void World::crash_worker() {
    Random& random = lab_.schedule().random;
    const std::size_t index = random.below(lab_.worker_count());
    if (!lab_.worker(index)) return;
    lab_.kill_worker(index);
    lab_.schedule().after(Delay{milliseconds{100}, seconds{30}}.draw(random),
                          [this, index] { lab_.start_worker(index); });
}

void World::break_link(int how) {
    const auto links = lab_.net().open_links();
    if (links.empty()) return;
    const LinkId link = links[lab_.schedule().random.below(links.size())];
    if (how == 0) lab_.net().cut(link);
    if (how == 1) lab_.net().lose_station_side(link);
    if (how == 2) lab_.net().fall_silent(link);
}

// ---- the end ----

bool World::stays_off(std::size_t number) { return number % 3 == 2; }

void World::settle() {
    ending_ = true;
    // Some are off from the last bad minute on: what the rows say of them is what they last heard.
    for (std::size_t i = 0; i < fleet_.size(); ++i) {
        const milliseconds moment{static_cast<std::int64_t>(lab_.schedule().random.below(60'000))};
        lab_.schedule().after(moment, [this, i] { fleet_.power(i, !stays_off(i)); });
    }
    lab_.run(seconds{60});
    faulty_ = false;
    // Outages that are under way end by themselves.
    lab_.sql().heal();
    lab_.run(seconds{60});
    const Mono healed = lab_.schedule().now();
    lab_.run(Micros{static_cast<std::int64_t>(scenario_["settle_minutes"] * 60e6)});
    // A Heartbeat may be under way at any moment: what counts is that all are quiet some time.
    for (int i = 0; i < 30 && !fleet_.is_quiet(); ++i) lab_.run(seconds{1});
    check_settled(lab_, fleet_, findings_);
    std::size_t on = 0;
    for (std::size_t i = 0; i < fleet_.size(); ++i) {
        if (!fleet_.is_powered(i)) continue;
        ++on;
        operators_.probe(fleet_.station(i).id());
    }
    lab_.run(seconds{60});
    if (operators_.probes_answered() != on)
        findings_.add(std::to_string(operators_.probes_answered()) + " of " + std::to_string(on) +
                      " stations answered a command at the end");
    answers_.at_rest(healed, seconds{10});
    commands_.at_rest(lab_.truth());
    check_bounds();
}

void World::check_bounds() {
    const SimBus::Options& bound = lab_.bus().options();
    if (lab_.bus().longest_queue() > bound.queue_batches)
        findings_.add("a partition's queue was longer than its bound");
    if (lab_.bus().most_waiting() > bound.waiting_envelopes)
        findings_.add("a sender had more envelopes waiting than its bound");
    if (longest_inbox_ > limits::shard_mailbox)
        findings_.add("the shard's inbox was longer than its bound");
    const auto errors = static_cast<double>(log::error_count() - errors_before_);
    if (errors > scenario_["errors_expected"])
        findings_.add("error lines were logged: " + std::to_string(static_cast<int>(errors)));
}

std::string World::report() const {
    std::string text = "calls " + std::to_string(answers_.calls()) + ", commands received " +
                       std::to_string(answers_.commands()) + ", answers compared " +
                       std::to_string(commits_.checked()) + ", time-outs " +
                       std::to_string(fleet_.time_outs()) + ", given up " +
                       std::to_string(fleet_.dropped()) + ", refused " +
                       std::to_string(fleet_.refusals()) + ", redelivered " +
                       std::to_string(lab_.bus().redelivered()) + ", events " +
                       std::to_string(lab_.schedule().events()) + "\n  faults:";
    for (const auto& [name, count] : injected_) text += " " + name + "=" + std::to_string(count);
    text += "\n  commands:";
    for (const auto& [end, count] : commands_.ends())
        text += " " + end + "=" + std::to_string(count);
    text += "\n  operators:";
    for (const auto& [answer, count] : operators_.answers())
        text += " [" + answer + "]=" + std::to_string(count);
    return text;
}

}  // namespace ohm::world
