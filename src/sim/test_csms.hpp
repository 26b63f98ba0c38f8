// A CSMS of a few lines for tests of the fleet: accepts every upgrade it likes, answers boots and
// everything else. On the test's loop.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/limits.hpp"
#include "net/server.hpp"
#include "ocpp/frame.hpp"

namespace ohm::sim {

class TestCsms final : public net::Server::Owner {
public:
    explicit TestCsms(net::Loop& loop)
        : server{loop,
                 *this,
                 {.address = "127.0.0.1",
                  .header_bytes = limits::http_header_bytes,
                  .body_bytes = limits::http_body_bytes,
                  .message_bytes = limits::frame_bytes,
                  .write_buffer_bytes = limits::write_buffer_bytes}} {}

    void on_request(net::SocketId socket, net::Request&& request, const net::Peer&) override {
        requests.push_back(std::move(request));
        server.respond(socket, {.status = rest_status, .body = rest_body});
    }
    void on_upgrade(net::SocketId socket, net::Request&& request, const net::Peer& peer) override {
        if (refuse_with > 0) return server.refuse(socket, {.status = refuse_with});
        authorizations[request.target] = request.header("authorization");
        addresses[peer.address]++;
        common_names[peer.certificate_common_name]++;
        sockets[request.target] = socket;
        server.accept(socket, request.header("sec-websocket-protocol"));
    }
    void on_message(net::SocketId socket, std::string_view message, bool) override {
        const ocpp::Head head = ocpp::read_head(message);
        if (head.type != ocpp::FrameType::call) {
            answers.emplace_back(message);
            return;
        }
        ++received[head.action];
        if (is_silent) return;
        if (head.action == "BootNotification")
            return server.send_text(
                socket,
                ocpp::call_result(
                    head.raw_id,
                    R"({"currentTime":"2026-01-01T00:00:00Z","interval":300,"status":"Accepted"})"));
        if (head.action == "Heartbeat")
            return server.send_text(socket,
                                    ocpp::heartbeat_result(head.raw_id, "2026-01-01T00:00:00Z"));
        server.send_text(socket, ocpp::call_result(head.raw_id, "{}"));
    }
    void on_pong(net::SocketId) override {}
    void on_closed(net::SocketId, const net::Closed& closed) override {
        closings.push_back(closed);
    }

    net::Server server;
    int refuse_with = 0;
    bool is_silent = false;
    int rest_status = 200;
    std::string rest_body = R"({"items":[]})";
    std::vector<net::Request> requests;
    std::map<std::string, std::string> authorizations;
    std::map<std::string, net::SocketId> sockets;
    std::map<std::string, int> addresses, common_names;
    std::map<std::string, int> received;
    std::vector<std::string> answers;
    std::vector<net::Closed> closings;
};

}  // namespace ohm::sim
