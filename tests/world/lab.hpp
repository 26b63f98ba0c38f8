// One Ohmstead in one thread: a network, a bus, a database, workers and an api, all of the real
// code, on one clock and one source of randomness. The world adds stations, operators and faults to
// it; the transcripts a conversation.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "processes.hpp"

namespace ohm::world {

struct LabOptions {
    Utc start = utc_from_micros(1'767'225'600'000'000);  // 2026-01-01T00:00:00Z
    std::uint64_t seed = 1;
    std::size_t workers = 1;
    Delay network, bus, turn;
    std::uint32_t partitions = 4;
    std::size_t queue_batches = 200;
    egress::Outside* outside = nullptr;
};

class Lab {
public:
    explicit Lab(const LabOptions& options);

    Schedule& schedule() { return schedule_; }
    SimNet& net() { return net_; }
    SimBus& bus() { return bus_; }
    FaultySql& sql() { return sql_; }
    store::Sql& truth() { return *truth_; }  // as another connection to the database sees it

    void start_api();
    // Settings of the installation, from the next start of the api on.
    void set_up(std::function<void(api::ApiOptions&)> installation) {
        installation_ = std::move(installation);
    }
    void kill_api();
    ApiProcess* api() { return api_.get(); }

    std::size_t worker_count() const { return workers_.size(); }
    void start_worker(std::size_t index);
    void kill_worker(std::size_t index);
    WorkerProcess* worker(std::size_t index) { return workers_.at(index).get(); }  // null: dead
    std::vector<std::size_t> live_workers() const;

    void run(Micros span) { schedule_.run_until(schedule_.now() + span); }
    // When the api crashes in a commit; without it a crash is an error of the test.
    void on_api_crash(std::function<void()> what) { on_api_crash_ = std::move(what); }
    // To the api, or 503 at once where there is none.
    void operate(bus::OperatorBody body, std::function<void(int, const std::string&)> done);

private:
    const LabOptions options_;
    Schedule schedule_;
    IdSource ids_;
    std::unique_ptr<store::Sql> truth_;
    FaultySql sql_;
    SimNet net_;
    SimBus bus_;
    std::vector<std::unique_ptr<WorkerProcess>> workers_;
    std::unique_ptr<ApiProcess> api_;
    std::function<void()> on_api_crash_;
    std::function<void(api::ApiOptions&)> installation_;
    std::uint64_t api_starts_ = 0, file_tokens_ = 0;
};

}  // namespace ohm::world
