// Outgoing connections on one loop, many of them: WebSocket stations for the simulator, and small
// HTTP requests of our own programs (sim, CLI, health checks). Same codecs as the server. All calls
// on the loop's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/server.hpp"

namespace ohm::net {

struct Endpoint {
    std::string host;  // name or address; resolved once, blocking
    std::uint16_t port = 0;
    bool tls = false;
    std::string
        ca_file;  // "": the system's; "-": do not verify (simulator against a test certificate)
    std::string certificate_file;  // client certificate, else ""
    std::string key_file;
    std::string source_address;  // "": the kernel's choice
};

class WebSocketClient {
public:
    class Owner {
    public:
        virtual ~Owner() = default;
        virtual void on_open(SocketId socket, std::string_view subprotocol) = 0;  // 101 arrived
        // Refused: the HTTP status (0: no answer, `detail` says why). The id is dead afterwards.
        virtual void on_refused(SocketId socket, int status, std::string_view detail) = 0;
        virtual void on_message(SocketId socket, std::string_view text) = 0;
        virtual void on_closed(SocketId socket, const Closed& closed) = 0;
    };
    struct Options {
        std::size_t message_bytes;
        bool deflate = false;  // offer permessage-deflate
        seconds connect_deadline{15};
    };

    WebSocketClient(Loop& loop, Owner& owner, const Options& options);
    ~WebSocketClient();

    // Header lines beyond those of RFC 6455, e.g. Authorization and Sec-WebSocket-Protocol.
    SocketId connect(const Endpoint& endpoint, std::string_view target,
                     const std::vector<Header>& headers);
    void send_text(SocketId socket, std::string_view message);
    void close(SocketId socket, std::uint16_t code, std::string_view reason);
    void reset(SocketId socket);
    void set_tag(SocketId socket, std::uint32_t tag);
    std::uint32_t tag(SocketId socket) const;
    std::size_t connection_count() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

struct HttpAnswer {
    int status = 0;  // 0: no answer; `body` says why
    std::vector<Header> headers;
    std::string body;
};
// One request on a connection of its own; `done` is called once, on the loop, not from inside the
// call.
void fetch(Loop& loop, const Endpoint& endpoint, const Request& request, milliseconds deadline,
           std::function<void(HttpAnswer&&)> done);

}  // namespace ohm::net
