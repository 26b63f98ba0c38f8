// A listener and its connections on one loop: HTTP/1.1 and WebSocket (RFC 6455, permessage-deflate
// of RFC 7692), plain or TLS. The owner is told of requests, upgrades, messages and closings, and
// answers by SocketId whenever it likes: an upgrade is held until accept() or refuse(). An idle
// WebSocket holds no buffer. All calls on the loop's thread; no callback is made from inside a call
// of the owner's except where said.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"

namespace ohm::net {

// Slot and generation: a late answer never reaches a reused descriptor. 0 is none.
using SocketId = Id<struct SocketTag, std::uint64_t>;

struct Peer {
    std::string address;  // "127.0.0.1" or "::1"; no port
    std::uint16_t port = 0;
    bool tls = false;
    std::string certificate_common_name;     // of a verified client certificate, else ""
    std::string certificate_organization;    // of the same, "" where it names none or several
    std::string certificate_fingerprint;     // SHA-256, hex, else ""
    std::string certificate_serial_number;   // hex without zeros in front, else ""
    std::int64_t certificate_not_after = 0;  // µs UTC, else 0
};

enum class CloseCause : std::uint8_t {
    peer_closed,     // its close frame, answered
    peer_gone,       // end of stream or reset without one, TCP_USER_TIMEOUT
    we_closed,       // close() or reset() of the owner, or its refusal
    protocol_error,  // broken WebSocket or HTTP, bad UTF-8, too large: closed with that code
    slow_reader,     // write buffer over its bound
    deadline,        // header, TLS handshake or close handshake took too long
};
struct Closed {
    CloseCause cause;
    std::uint16_t code = 0;  // WebSocket close code sent or received, 0 = none
    std::string detail;      // for a log line; hostile text
};

class Server {
public:
    class Owner {
    public:
        virtual ~Owner() = default;
        // A complete HTTP request without upgrade. Answer with respond().
        virtual void on_request(SocketId socket, Request&& request, const Peer& peer) = 0;
        // Asked with the head of a request whose body follows. True: on_request comes at once,
        // without the body, which waits until read(socket, true) and then comes by on_body. The
        // owner may pause it again with read(socket, false), and may answer before its end: the
        // connection is closed then.
        virtual bool takes_stream(const Request& head) {
            (void)head;
            return false;
        }
        virtual void on_body(SocketId socket, std::string&& piece, bool last) {
            (void)socket, (void)piece, (void)last;
        }
        // After begin() and each send_body(): the next piece has room.
        virtual void on_drained(SocketId socket) { (void)socket; }
        // The answer to what is no request, or none that the server takes; `request` holds as much
        // as was read. The connection is closed behind it.
        virtual Response refusal_of(Request&& request, int status, std::string_view detail) {
            (void)request;
            return {.status = status,
                    .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
                    .body = std::string{detail} + "\n"};
        }
        // A WebSocket upgrade with valid RFC 6455 headers (others were answered 400 or 426 by the
        // server: a missing `Connection: Upgrade` is tolerated). Answer with accept() or refuse();
        // bytes that follow wait.
        virtual void on_upgrade(SocketId socket, Request&& request, const Peer& peer) = 0;
        // Bytes of a WebSocket are there and are read next: the owner may fetch into the cache what
        // on_message will look at. With thousands of busy connections all of that is cold.
        virtual void on_arrival(std::uint32_t tag) { (void)tag; }
        // A complete message, inflated; text is valid UTF-8. A binary message arrives with `text ==
        // false`. `message` may be changed in place and has 64 readable bytes behind its end
        // (simdjson's slack).
        virtual void on_message(SocketId socket, std::string_view message, bool text) = 0;
        virtual void on_pong(SocketId socket) = 0;
        // Once for every socket that on_request or on_upgrade named; the id is dead afterwards.
        virtual void on_closed(SocketId socket, const Closed& closed) = 0;
    };
    struct Options {
        std::string address = "::";  // dual-stack; "127.0.0.1" for loopback only. Where IPv6 is
                                     // absent, "0.0.0.0" is used
        std::uint16_t port = 0;      // 0: any free one, see port()
        bool share_port = false;     // SO_REUSEPORT: several loops listen together
        bool http = true;            // false: a request without upgrade is answered 426
        std::size_t connections_max = 0;  // 0: what RLIMIT_NOFILE allows
        std::size_t header_bytes;         // limits.hpp
        std::size_t body_bytes;
        std::size_t message_bytes;  // inflated
        std::size_t write_buffer_bytes;
        bool deflate = true;
        seconds user_timeout{20};  // TCP_USER_TIMEOUT
    };

    // Throws Fault{fatal} with one sentence when the port is taken or may not be opened.
    Server(Loop& loop, Owner& owner, const Options& options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Makes this listener a TLS one; call again to change certificates (live connections keep
    // theirs). Throws Fault{fatal} naming file and cause; the old certificates then stay in force.
    struct Tls {
        std::string
            certificate_file;  // PEM, chain; several pairs (ECDSA and RSA) separated by commas
        std::string key_file;  // PEM; as many as certificates
        std::string client_ca_file;  // "": no client certificate is requested; else requested,
                                     // verified when sent
    };
    void use_tls(const Tls& tls);

    std::uint16_t port() const;
    std::size_t connection_count() const;

    void respond(SocketId socket, Response&& response);
    // An answer in pieces of `body_bytes` together; the head's own body is not sent.
    void begin(SocketId socket, Response&& head, std::uint64_t body_bytes);
    void send_body(SocketId socket, std::string_view piece);
    // An answer without a known end: pieces by send_body(), until end_stream() or the peer goes.
    void begin_stream(SocketId socket, Response&& head);
    void end_stream(SocketId socket);
    void accept(SocketId socket, std::string_view subprotocol);  // "": 101 without the header
    void refuse(SocketId socket, Response&& response);           // answered, then closed
    void send_text(SocketId socket,
                   std::string_view message);  // writes are gathered until the end of the round
    void ping(SocketId socket);
    void close(SocketId socket, std::uint16_t code,
               std::string_view reason);  // close handshake, bounded by 5 s
    void reset(SocketId socket);          // at once; on_closed follows later
    void read(SocketId socket, bool on);  // off: bytes wait in the kernel, TCP pushes back

    Mono last_byte_at(SocketId socket) const;          // any byte is life
    void set_tag(SocketId socket, std::uint32_t tag);  // the owner's own number, e.g. an index
    std::uint32_t tag(SocketId socket) const;          // 0 until set, 0 for a dead id
    bool is_open(SocketId socket) const;
    std::size_t unsent_bytes(SocketId socket) const;

    void stop_accepting();  // closes the listener; connections stay

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Throws Fault{fatal} where anybody listens on it. Before a listener with share_port, which would
// quietly share the port with another process as well.
void check_port_is_free(const std::string& address, std::uint16_t port);

}  // namespace ohm::net
