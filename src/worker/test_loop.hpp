// A station loop on a clock that the test moves, with sockets and a bus that write down what they
// are told. Tests only; one thread.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.hpp"
#include "worker/station_loop.hpp"

namespace ohm::worker::testing {

struct NotedSocket {
    std::uint32_t tag = 0;
    bool accepted = false, reading = true, was_reset = false;
    int refused = 0;  // status; 0: not refused
    std::string subprotocol, refusal;
    std::vector<net::Header> headers;
    std::vector<std::string> sent;
    std::size_t pings = 0;
    std::uint16_t close_code = 0;
    Mono last_byte{};
};

class NotedSockets final : public Sockets {
public:
    NotedSocket& at(net::SocketId socket) { return sockets_[socket.value]; }

    void accept(net::SocketId socket, std::string_view subprotocol) override {
        at(socket).accepted = true;
        at(socket).subprotocol = subprotocol;
    }
    void refuse(net::SocketId socket, net::Response&& response) override {
        EXPECT_EQ(at(socket).refused, 0) << "refused twice";
        at(socket).refused = response.status;
        at(socket).refusal = response.body;
        at(socket).headers = response.headers;
    }
    void send_text(net::SocketId socket, std::string_view text) override {
        at(socket).sent.emplace_back(text);
    }
    void ping(net::SocketId socket) override { ++at(socket).pings; }
    void close(net::SocketId socket, std::uint16_t code, std::string_view) override {
        at(socket).close_code = code;
    }
    void reset(net::SocketId socket) override { at(socket).was_reset = true; }
    void read(net::SocketId socket, bool on) override { at(socket).reading = on; }
    void set_tag(net::SocketId socket, std::uint32_t tag) override { at(socket).tag = tag; }
    std::uint32_t tag(net::SocketId socket) const override {
        const auto found = sockets_.find(socket.value);
        return found == sockets_.end() ? 0 : found->second.tag;
    }
    Mono last_byte_at(net::SocketId socket) const override {
        return sockets_.at(socket.value).last_byte;
    }

private:
    std::map<std::uint64_t, NotedSocket> sockets_;
};

class NotedBus final : public bus::WorkerBus {
public:
    bool post(Partition partition, bus::Envelope&& envelope) override {
        if (!up || full) return false;
        posted.emplace_back(partition, std::move(envelope));
        return true;
    }
    bool is_up() const override { return up; }

    bool up = true, full = false;
    std::vector<std::pair<Partition, bus::Envelope>> posted;
};

class LoopTest : public ::testing::Test {
protected:
    LoopTest() { build({.worker = "w", .version = "1"}); }

    void build(const LoopOptions& options) {
        loop = std::make_unique<StationLoop>(options, clock, sockets, bus);
        clock.advance(seconds{100});
    }
    // The bus stands, and an api says that it can store.
    void bring_up() {
        loop->on_up(1);
        beat();
        bus.posted.clear();
    }
    void beat() {
        bus::BeatBody body;
        body.at = micros(clock.utc());
        body.partition_count = 4;
        body.heartbeat_interval_s = heartbeat_interval;
        loop->on_envelope(bus::make_envelope("beat", "", body));
    }
    // Time passes in the loop's steps; with or without the api's beats.
    void pass(Micros time, bool with_beats = true) {
        const Mono end = clock.mono() + time;
        while (clock.mono() < end) {
            clock.advance(milliseconds{250});
            if (with_beats && clock.mono() - last_beat >= limits::beat_interval) {
                last_beat = clock.mono();
                beat();
            }
            loop->on_tick();
        }
    }

    net::SocketId upgrade(const std::string& target, const std::string& subprotocol = "ocpp1.6") {
        const net::SocketId socket{++sockets_made};
        net::Request request;
        request.method = "GET";
        request.target = target;
        request.headers = {{"sec-websocket-protocol", subprotocol}};
        sockets.at(socket).last_byte = clock.mono();
        loop->on_upgrade(socket, request, net::Peer{.address = "192.0.2.1", .port = 1});
        if (!bus.posted.empty() && bus.posted.back().second.kind.is("connect"))
            connections[socket.value] = bus.posted.back().second;
        return socket;
    }
    bus::Envelope directed(net::SocketId socket, bus::Kind kind, const auto& body) {
        const bus::Envelope& connect = connections.at(socket.value);
        bus::Envelope envelope = bus::make_envelope(kind, connect.station, body);
        envelope.connection = connect.connection;
        envelope.epoch = epochs[socket.value];
        return envelope;
    }
    void accept(net::SocketId socket, std::uint64_t epoch = 1, bool boot_accepted = true) {
        epochs[socket.value] = epoch;
        bus::Envelope envelope = directed(socket, "accept",
                                          bus::AcceptBody{.subprotocol = "ocpp1.6",
                                                          .boot_accepted = boot_accepted,
                                                          .ping_interval_s = ping_interval});
        envelope.ocpp_version = 16;
        loop->on_envelope(std::move(envelope));
    }
    net::SocketId connect(const std::string& id, std::uint64_t epoch = 1) {
        const net::SocketId socket = upgrade("/" + id);
        accept(socket, epoch);
        return socket;
    }
    void say(net::SocketId socket, const std::string& frame) {
        sockets.at(socket).last_byte = clock.mono();
        loop->on_message(socket, frame);
    }
    void reply(net::SocketId socket, std::uint64_t frame_no, const std::string& frame) {
        bus::Envelope envelope = directed(socket, "reply", bus::CommandNews{});
        envelope.frame_no = frame_no;
        envelope.frame = frame;
        loop->on_envelope(std::move(envelope));
    }
    void end(net::SocketId socket, net::CloseCause cause = net::CloseCause::peer_closed) {
        loop->on_closed(socket, {cause, 1000, ""});
        sockets.at(socket).tag = 0;
    }
    bus::CommandBody reset_command(const std::string& id) {
        return {.command_id = id,
                .message_id = "m-" + id,
                .action = "Reset",
                .timeout_ms = 30'000,
                .partition = 0,
                .partition_epoch = 1,
                .deadline_at = micros(clock.utc()) + 40'000'000,
                .frame = R"([2,"m-)" + id + R"(","Reset",{"type":"Soft"}])"};
    }
    void command(net::SocketId socket, const bus::CommandBody& body) {
        loop->on_envelope(directed(socket, "command", body));
    }

    // What went up since the last clear, as "kind" or "kind:reason" and in order; without beats.
    std::vector<std::string> kinds() const {
        std::vector<std::string> out;
        for (const auto& [partition, envelope] : bus.posted) {
            std::string name{envelope.kind.name()};
            if (name == "worker_beat" || name == "seen") continue;
            if (name == "undelivered")
                name += ":" + bus::body_of<bus::CommandNews>(envelope)->reason;
            if (name == "closed") name += ":" + bus::body_of<bus::ClosedBody>(envelope)->cause;
            out.push_back(name);
        }
        return out;
    }
    std::vector<std::string> frames_up() const {
        std::vector<std::string> out;
        for (const auto& [partition, envelope] : bus.posted)
            if (envelope.kind.is("call")) out.push_back(envelope.frame);
        return out;
    }

    static std::string call(const std::string& id) {
        return R"([2,")" + id + R"(","StatusNotification",{}])";
    }

    ManualClock clock{utc_from_micros(1'800'000'000'000'000)};
    NotedSockets sockets;
    NotedBus bus;
    std::unique_ptr<StationLoop> loop;
    std::map<std::uint64_t, bus::Envelope> connections;  // what was posted for an upgrade
    std::map<std::uint64_t, std::uint64_t> epochs;
    std::uint64_t sockets_made = 0, heartbeat_interval = 300, ping_interval = 20;
    Mono last_beat{};
};

using Words = std::vector<std::string>;

}  // namespace ohm::worker::testing
