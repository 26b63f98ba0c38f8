#include "lab.hpp"

#include "store/migrations.hpp"

namespace ohm::world {
namespace {

SimBus::Options bus_options(const LabOptions& options) {
    SimBus::Options bus;
    bus.partitions = options.partitions;
    bus.delay = options.bus;
    bus.queue_batches = options.queue_batches;
    return bus;
}

}  // namespace

Lab::Lab(const LabOptions& options)
    : options_{options},
      schedule_{options.start, options.seed},
      ids_{schedule_.clock, schedule_.random},
      truth_{store::open_sqlite({.path = ":memory:"})},
      sql_{*truth_, schedule_},
      net_{schedule_, options.network},
      bus_{schedule_, bus_options(options)},
      workers_(options.workers) {
    store::migrate(*truth_, options.start);
}

void Lab::start_api() {
    ApiProcess::Options options;
    options.api.api = "api";
    options.api.partition_count = options_.partitions;
    options.api.files.url = "http://files.test";
    // As long as a real one, and told apart by its number.
    options.api.files.new_token = [this] {
        std::string number = std::to_string(++file_tokens_);
        return "token" + std::string(38 - number.size(), '0') + number;
    };
    if (installation_) installation_(options.api);
    options.turn = options_.turn;
    options.outside = options_.outside;
    api_ = std::make_unique<ApiProcess>(options, ++api_starts_, schedule_, bus_, sql_, [this] {
        ENSURE(on_api_crash_);
        api_.reset();
        on_api_crash_();
    });
}

void Lab::kill_api() { api_.reset(); }

void Lab::start_worker(std::size_t index) {
    if (workers_.at(index)) return;
    workers_[index] = std::make_unique<WorkerProcess>("w" + std::to_string(index + 1), ids_.next(),
                                                      schedule_, net_, bus_);
}

void Lab::kill_worker(std::size_t index) { workers_.at(index).reset(); }

std::vector<std::size_t> Lab::live_workers() const {
    std::vector<std::size_t> live;
    for (std::size_t i = 0; i < workers_.size(); ++i)
        if (workers_[i]) live.push_back(i);
    return live;
}

void Lab::operate(bus::OperatorBody body, std::function<void(int, const std::string&)> done) {
    if (api_) return api_->submit(std::move(body), std::move(done));
    done(503, R"({"code":"queue_unavailable","detail":"no api runs","pointer":""})");
}

}  // namespace ohm::world
