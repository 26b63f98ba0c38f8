// The processes of the world, as far as they matter: the real StationLoop and the real Shard, with
// just enough around them to live and die. Destroying one is its crash: nothing is said to anybody.
// One thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/operations.hpp"
#include "api/shard.hpp"
#include "faulty_sql.hpp"
#include "sim_bus.hpp"
#include "sim_net.hpp"
#include "worker/station_loop.hpp"

namespace ohm::world {

class WorkerProcess final : public SimNet::Host, private bus::WorkerBus::Owner {
public:
    WorkerProcess(const std::string& name, const Ulid& incarnation, Schedule& schedule, SimNet& net,
                  SimBus& bus);
    ~WorkerProcess() override;

    const std::string& name() const { return name_; }
    const Ulid& incarnation() const { return incarnation_; }
    worker::StationLoop& loop() { return *loop_; }

    void on_upgrade(net::SocketId socket, const net::Request& request,
                    const net::Peer& peer) override;
    void on_message(net::SocketId socket, std::string_view text) override;
    void on_pong(net::SocketId socket) override;
    void on_closed(net::SocketId socket, const net::Closed& closed) override;

private:
    void on_up(std::uint64_t n, const std::string& queue) override;
    void on_down(const std::string& why) override;
    void on_envelopes(std::vector<bus::Envelope>&& envelopes) override;
    void on_room() override;
    void tick();

    const std::string name_;
    const Ulid incarnation_;
    Schedule& schedule_;
    SimNet& net_;
    SimBus& bus_;
    worker::LoopOptions options_;
    std::unique_ptr<worker::Sockets> sockets_;
    bus::WorkerBus* end_ = nullptr;
    std::unique_ptr<worker::StationLoop> loop_;
    std::shared_ptr<char> life_ = std::make_shared<char>();  // planned calls ask whether it is over
};

class ApiProcess final : private bus::ApiBus::Owner {
public:
    struct Options {
        api::ApiOptions api;
        Delay turn;                          // between an event and the batch that takes it
        egress::Outside* outside = nullptr;  // null: nobody answers
    };
    ApiProcess(const Options& options, std::uint64_t epoch, Schedule& schedule, SimBus& bus,
               FaultySql& sql, std::function<void()> on_crash);
    ~ApiProcess() override;

    // As Api::submit: to the shard when the partition is here, else through the bus, else 503.
    void submit(bus::OperatorBody body, std::function<void(int, const std::string&)> done);
    api::Shard& shard() { return *shard_; }

private:
    void on_up(const std::string& own_queue) override;
    void on_down(const std::string& why) override;
    void on_attached(Partition partition, std::uint64_t attachment) override;
    void on_detached(Partition partition) override;
    void on_delivery(bus::Delivery&& delivery) override;
    void on_envelopes(std::vector<bus::Envelope>&& envelopes) override;
    void on_unreachable(const std::string&) override {}

    void complete(const bus::OperatorAnswerBody& answer);
    void take_over();
    void wake();
    void turn();
    void work();
    void ask(const Ulid& call, api::outside::Question&& question);
    void every_quarter_second();
    void beat();
    void plan(Micros in, void (ApiProcess::*what)());

    const Options options_;
    const std::uint64_t epoch_;
    Schedule& schedule_;
    SimBus& sim_bus_;
    FaultySql& sql_;
    std::function<void()> on_crash_;
    bus::ApiBus* end_ = nullptr;
    std::unique_ptr<api::Shard> shard_;
    std::vector<Partition> not_loaded_;
    std::map<std::uint64_t, std::function<void(int, const std::string&)>> asked_;
    std::map<Partition, bool> attached_;
    std::string own_queue_;
    std::uint64_t last_request_ = 0;
    bool waking_ = false, bus_up_ = false, store_away_ = false;
    std::shared_ptr<char> life_ = std::make_shared<char>();
};

}  // namespace ohm::world
