// TLS of OpenSSL for non-blocking sockets: who we are (a context, made of files) and what one
// connection does. Internal to net; on the loop's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "net/client.hpp"
#include "net/server.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace ohm::net {

struct TlsContextFree {
    void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, TlsContextFree>;
struct TlsSessionFree {
    void operator()(ssl_st* session) const;
};
using TlsSession = std::unique_ptr<ssl_st, TlsSessionFree>;

// Throw Fault{fatal} naming file and cause.
TlsContext make_server_context(const Server::Tls& files);
TlsContext make_client_context(const Endpoint& endpoint);

// A session keeps its context alive.
TlsSession open_server_session(ssl_ctx_st& context, int descriptor);
TlsSession open_client_session(ssl_ctx_st& context, int descriptor, const std::string& host,
                               bool verify);

struct IoResult {
    enum class Kind : std::uint8_t { done, wants_read, wants_write, ended, failed };
    Kind kind = Kind::failed;
    std::size_t bytes = 0;
};
IoResult shake_hands(ssl_st& session);
IoResult tls_read(ssl_st& session, char* bytes, std::size_t room);
IoResult tls_write(ssl_st& session, const char* bytes, std::size_t count);
bool has_unread(const ssl_st& session);  // decrypted bytes that epoll knows nothing of
void say_goodbye(ssl_st& session);       // close_notify, as far as the socket takes it
std::string tls_failure();               // of the call that failed last; forgets it

// Fills certificate_* where the peer sent one, which then was verified.
void describe_certificate(const ssl_st& session, Peer& peer);

}  // namespace ohm::net
