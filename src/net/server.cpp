#include "net/server.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "net/listener.hpp"
#include "net/sockets.hpp"
#include "net/websocket_handshake.hpp"

namespace ohm::net {
namespace {

constexpr std::string_view refusal_when_full =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n";

// A connection until it is a WebSocket: the request being read, then what its answer needs.
struct HttpPreface final : Preface {
    explicit HttpPreface(RequestParser::Limits limits) : parser{limits} {}
    RequestParser parser;
    bool continue_sent = false;
    bool head_only = false;
    bool keep_alive = false;
    bool upgrade = false;
    bool streams = false;            // the owner takes the body in pieces
    std::uint64_t answer_bytes = 0;  // of an answer in pieces, still to be sent
    bool is_endless = false;         // an answer in pieces that ends with its connection
    std::string key;
    std::optional<websocket::DeflateTerms> deflate;
};

// RFC 9110 §5.6.7.
std::string http_date(Utc at) {
    static constexpr std::array<const char*, 7> days = {"Thu", "Fri", "Sat", "Sun",
                                                        "Mon", "Tue", "Wed"};
    static constexpr std::array<const char*, 12> months = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    namespace chrono = std::chrono;
    const chrono::sys_time<Micros> time{at.time_since_epoch()};
    const auto day = chrono::floor<chrono::days>(time);
    const chrono::year_month_day date{day};
    const chrono::hh_mm_ss clock{chrono::floor<seconds>(time - day)};
    const auto weekday = static_cast<std::size_t>((day.time_since_epoch().count() % 7 + 7) % 7);
    std::array<char, 64> text{};
    std::snprintf(
        text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", days[weekday],
        static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
        static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
        static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
    return text.data();
}

// A value that holds a hostile text must not become a header of its own.
void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ");
    std::copy_if(value.begin(), value.end(), std::back_inserter(out),
                 [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
    out.append("\r\n");
}

bool is_bodiless(int status) { return status == 204 || status == 304; }

std::string write_head(const Response& response, std::optional<std::uint64_t> body_bytes,
                       bool keep_alive, const std::string& date) {
    std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
    out.append(reason_phrase(response.status)).append("\r\n");
    append_header(out, "Date", date);
    for (const Header& header : response.headers) append_header(out, header.name, header.value);
    if (!is_bodiless(response.status) && body_bytes)
        append_header(out, "Content-Length", std::to_string(*body_bytes));
    if (!keep_alive) append_header(out, "Connection", "close");
    return out.append("\r\n");
}

std::string write_response(const Response& response, bool keep_alive, bool head_only,
                           const std::string& date) {
    std::string out = write_head(response, response.body.size(), keep_alive, date);
    if (!is_bodiless(response.status) && !head_only) out.append(response.body);
    return out;
}

}  // namespace

struct Server::State final : Loop::Watcher, Sockets::Hooks {
    State(Loop& l, Owner& o, const Options& opts)
        : loop{l},
          owner{o},
          options{opts},
          sockets{l,
                  *this,
                  {.role = websocket::Role::server,
                   .message_bytes = opts.message_bytes,
                   .write_buffer_bytes = opts.write_buffer_bytes,
                   .receive_bytes = limits::receive_buffer_bytes}} {}
    ~State() override;

    void on_ready(std::uint32_t epoll_events) override;
    void admit(int descriptor);
    void survive_descriptor_shortage();
    void stop_accepting();

    void on_transport(Connection& connection) override;
    void on_http(Connection& connection, std::string_view& bytes) override;
    void on_arrival(const Connection& connection) override { owner.on_arrival(connection.tag); }
    void on_message(Connection& connection, std::string_view message, bool text) override;
    void on_pong(Connection& connection) override;
    void on_closed(Connection& connection, const Closed& closed) override;
    void on_drained(Connection& connection) override;

    HttpPreface& preface(Connection& connection);
    void on_request(Connection& connection, HttpPreface& http);
    bool starts_stream(Connection& connection, HttpPreface& http);
    void on_body(Connection& connection, HttpPreface& http, RequestParser::State state);
    void end_answer(Connection& connection, bool keep_alive);
    bool on_upgrade_request(Connection& connection, HttpPreface& http, const Request& request);
    void answer(Connection& connection, const Response& response, bool keep_alive);
    void refuse_at_once(Connection& connection, Request&& request, int status,
                        std::string_view detail, std::vector<Header> headers);
    Peer describe_peer(const Connection& connection) const;
    const std::string& date();
    Connection* held(SocketId id, bool upgrade);

    Loop& loop;
    Owner& owner;
    const Options options;
    Sockets sockets;
    TlsContext tls;
    int listener = -1;
    int reserve = -1;  // given up to accept and close when descriptors run out
    std::size_t connections_max = 0;
    std::string date_text;
    std::int64_t date_second = 0;
};

// ---- accepting ----

Server::State::~State() {
    stop_accepting();
    if (reserve >= 0) ::close(reserve);
}

void Server::State::stop_accepting() {
    if (listener < 0) return;
    loop.forget(listener);
    ::close(std::exchange(listener, -1));
}

void Server::State::on_ready(std::uint32_t) {
    for (std::size_t i = 0; i < limits::accepts_per_round; ++i) {
        const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            admit(descriptor);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE) survive_descriptor_shortage();
        if (errno != ECONNABORTED && errno != EINTR) return;
    }
}

void Server::State::admit(int descriptor) {
    if (sockets.count() >= connections_max) {
        // Without a buffer or a deadline: the kernel takes the answer, or the peer goes without.
        if (!tls) {
            [[maybe_unused]] const auto sent =
                ::send(descriptor, refusal_when_full.data(), refusal_when_full.size(),
                       MSG_NOSIGNAL | MSG_DONTWAIT);
        }
        ::close(descriptor);
        return;
    }
    tune_connection(descriptor, options.user_timeout);
    try {
        TlsSession session = tls ? open_server_session(*tls, descriptor) : nullptr;
        if (tls && !session) throw Fault{Fault::Kind::away, "TLS session"};
        const bool shakes = session != nullptr;
        Connection& connection =
            sockets.add(descriptor, std::move(session), shakes ? Phase::handshake : Phase::http);
        sockets.set_deadline(
            connection, shakes ? limits::tls_handshake_deadline : limits::http_header_deadline);
    } catch (const Fault& fault) {
        log::warn("connection_refused", {{"why", fault.what()}});
        ::close(descriptor);
    }
}

// Level-triggered epoll would report the waiting connection for ever: it is taken and closed.
void Server::State::survive_descriptor_shortage() {
    ::close(reserve);
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor >= 0) ::close(descriptor);
    reserve = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    errno = EAGAIN;
}

// ---- HTTP ----

HttpPreface& Server::State::preface(Connection& connection) {
    Detail& detail = sockets.detail(connection);
    if (!detail.preface)
        detail.preface = std::make_unique<HttpPreface>(
            RequestParser::Limits{.header_bytes = options.header_bytes,
                                  .body_bytes = options.body_bytes,
                                  .stops_at_head = true});
    return static_cast<HttpPreface&>(*detail.preface);
}

void Server::State::on_transport(Connection& connection) {
    sockets.set_deadline(connection, limits::http_header_deadline);
}

void Server::State::on_http(Connection& connection, std::string_view& bytes) {
    HttpPreface& http = preface(connection);
    const bool had_begun = http.parser.has_begun();
    const bool had_head = http.parser.has_head();
    RequestParser::State state = http.parser.feed(bytes);
    if (state == RequestParser::State::head) {
        if (starts_stream(connection, http)) return;
        state = http.parser.feed(bytes);
    }
    if (state == RequestParser::State::refused)
        return refuse_at_once(connection, std::move(http.parser.request()),
                              http.parser.refusal_status(), http.parser.refusal_detail(), {});
    if (http.streams) return on_body(connection, http, state);
    if (state == RequestParser::State::complete) return on_request(connection, http);
    // A first request is bounded from accept on, a later one from its first byte on.
    if (!had_begun && connection.named)
        sockets.set_deadline(connection, limits::http_header_deadline);
    if (!had_head && http.parser.has_head())
        sockets.set_deadline(connection, limits::http_idle_deadline);
    if (!http.parser.expects_continue() || std::exchange(http.continue_sent, true)) return;
    sockets.write(connection, "HTTP/1.1 100 Continue\r\n\r\n");
}

// A body that the owner takes in pieces waits until it reads: it may have to look somebody up.
bool Server::State::starts_stream(Connection& connection, HttpPreface& http) {
    const Request& head = http.parser.request();
    if (!options.http || websocket::asks_for_websocket(head) || !owner.takes_stream(head))
        return false;
    http.streams = true;
    http.parser.stream();
    Request request = std::exchange(http.parser.request(), {});
    http.keep_alive = request.keep_alive;
    connection.named = true;
    sockets.set_deadline(connection, Micros{0});
    sockets.read(connection, false);
    owner.on_request(Sockets::id_of(connection), std::move(request), describe_peer(connection));
    return true;
}

void Server::State::on_body(Connection& connection, HttpPreface& http, RequestParser::State state) {
    const bool last = state == RequestParser::State::complete;
    std::string piece = std::exchange(http.parser.request().body, {});
    if (last)
        sockets.hold(connection, false);
    else
        sockets.set_deadline(connection, limits::http_idle_deadline);
    if (last || !piece.empty()) owner.on_body(Sockets::id_of(connection), std::move(piece), last);
}

void Server::State::on_request(Connection& connection, HttpPreface& http) {
    Request request = std::move(http.parser.request());
    http.head_only = request.method == "HEAD";
    http.keep_alive = request.keep_alive;
    http.upgrade = websocket::asks_for_websocket(request);
    if (http.upgrade) {
        if (!on_upgrade_request(connection, http, request)) return;
        connection.named = true;
        sockets.hold(connection, true);
        return owner.on_upgrade(Sockets::id_of(connection), std::move(request),
                                describe_peer(connection));
    }
    if (!options.http)
        return refuse_at_once(connection, std::move(request), 426,
                              "a WebSocket upgrade is expected", {{"Upgrade", "websocket"}});
    connection.named = true;
    sockets.hold(connection, false);
    owner.on_request(Sockets::id_of(connection), std::move(request), describe_peer(connection));
}

bool Server::State::on_upgrade_request(Connection& connection, HttpPreface& http,
                                       const Request& request) {
    if (const auto refusal = websocket::check_upgrade(request, http.parser.minor_version())) {
        std::vector<Header> headers;
        if (refusal->status == 426)
            headers = {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}};
        if (refusal->status == 405) headers = {{"Allow", "GET"}};
        refuse_at_once(connection, Request{request}, refusal->status, refusal->detail,
                       std::move(headers));
        return false;
    }
    http.key = request.header("sec-websocket-key");
    if (options.deflate)
        http.deflate = websocket::choose_deflate(request.header("sec-websocket-extensions"));
    return true;
}

Peer Server::State::describe_peer(const Connection& connection) const {
    Peer peer = peer_of(connection.descriptor);
    if (!connection.tls) return peer;
    peer.tls = true;
    describe_certificate(*connection.tls, peer);
    return peer;
}

const std::string& Server::State::date() {
    const Utc now = loop.clock().utc();
    const std::int64_t second = micros(now) / 1'000'000;
    if (second != date_second || date_text.empty()) date_text = http_date(now);
    date_second = second;
    return date_text;
}

void Server::State::answer(Connection& connection, const Response& response, bool keep_alive) {
    HttpPreface& http = preface(connection);
    sockets.write(connection, write_response(response, keep_alive, http.head_only, date()));
}

void Server::State::refuse_at_once(Connection& connection, Request&& request, int status,
                                   std::string_view detail, std::vector<Header> headers) {
    preface(connection).head_only = request.method == "HEAD";
    Response response = owner.refusal_of(std::move(request), status, detail);
    for (Header& header : headers) response.headers.push_back(std::move(header));
    answer(connection, response, false);
    sockets.finish(connection, {CloseCause::protocol_error, 0, std::string{detail}});
}

void Server::State::on_drained(Connection& connection) {
    if (preface(connection).answer_bytes > 0) owner.on_drained(Sockets::id_of(connection));
}

void Server::State::end_answer(Connection& connection, bool keep_alive) {
    sockets.detail(connection).preface.reset();
    if (!keep_alive)
        return sockets.finish(connection, {CloseCause::we_closed, 0, "Connection: close"});
    sockets.resume_http(connection);
    sockets.set_deadline(connection, limits::http_idle_deadline);
}

// The connection, if it waits for this kind of answer; an answer too late or given twice is none.
Connection* Server::State::held(SocketId id, bool upgrade) {
    Connection* connection = sockets.find(id);
    if (connection == nullptr) return nullptr;
    const bool streams =
        connection->phase == Phase::http && connection->named && preface(*connection).streams;
    if (connection->phase != Phase::held && !streams) return nullptr;
    return preface(*connection).upgrade == upgrade ? connection : nullptr;
}

// ---- to the owner ----

void Server::State::on_message(Connection& connection, std::string_view message, bool text) {
    owner.on_message(Sockets::id_of(connection), message, text);
}

void Server::State::on_pong(Connection& connection) { owner.on_pong(Sockets::id_of(connection)); }

void Server::State::on_closed(Connection& connection, const Closed& closed) {
    owner.on_closed(Sockets::id_of(connection), closed);
}

// ---- the face ----

Server::Server(Loop& loop, Owner& owner, const Options& options)
    : state_{std::make_unique<State>(loop, owner, options)} {
    const std::size_t descriptors = raise_descriptor_limit();
    const std::size_t allowed =
        descriptors - std::min(descriptors / 2, limits::reserved_descriptors);
    state_->connections_max =
        options.connections_max == 0 ? allowed : std::min(options.connections_max, allowed);
    state_->reserve = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    state_->listener = listen_on(options.address, options.port, options.share_port);
    loop.watch(state_->listener, EPOLLIN, *state_);
}

Server::~Server() = default;

void Server::use_tls(const Tls& tls) { state_->tls = make_server_context(tls); }
std::uint16_t Server::port() const {
    return state_->listener < 0 ? std::uint16_t{0} : bound_port(state_->listener);
}
std::size_t Server::connection_count() const { return state_->sockets.count(); }
void Server::stop_accepting() { state_->stop_accepting(); }

void Server::respond(SocketId socket, Response&& response) {
    Connection* connection = state_->held(socket, false);
    if (connection == nullptr || state_->preface(*connection).answer_bytes > 0 ||
        state_->preface(*connection).is_endless)
        return;
    // What is left of a body that nobody wants to read would be taken for the next request.
    const bool keep_alive =
        state_->preface(*connection).keep_alive && connection->phase == Phase::held;
    state_->answer(*connection, response, keep_alive);
    state_->end_answer(*connection, keep_alive);
}

void Server::begin(SocketId socket, Response&& head, std::uint64_t body_bytes) {
    Connection* connection = state_->held(socket, false);
    if (connection == nullptr || connection->phase != Phase::held) return;
    HttpPreface& http = state_->preface(*connection);
    state_->sockets.write(*connection,
                          write_head(head, body_bytes, http.keep_alive, state_->date()));
    http.answer_bytes = http.head_only ? 0 : body_bytes;
    if (http.answer_bytes == 0) return state_->end_answer(*connection, http.keep_alive);
    state_->sockets.set_deadline(*connection, limits::http_idle_deadline);
}

void Server::send_body(SocketId socket, std::string_view piece) {
    Connection* connection = state_->held(socket, false);
    if (connection == nullptr) return;
    HttpPreface& http = state_->preface(*connection);
    if (http.is_endless) return state_->sockets.write(*connection, piece);
    ENSURE(piece.size() <= http.answer_bytes);
    state_->sockets.write(*connection, piece);
    http.answer_bytes -= piece.size();
    if (http.answer_bytes == 0) return state_->end_answer(*connection, http.keep_alive);
    state_->sockets.set_deadline(*connection, limits::http_idle_deadline);
}

void Server::begin_stream(SocketId socket, Response&& head) {
    Connection* connection = state_->held(socket, false);
    if (connection == nullptr || connection->phase != Phase::held) return;
    HttpPreface& http = state_->preface(*connection);
    state_->sockets.write(*connection, write_head(head, std::nullopt, false, state_->date()));
    if (http.head_only) return state_->end_answer(*connection, false);
    http.is_endless = true;
    state_->sockets.hold(*connection, true);
}

void Server::end_stream(SocketId socket) {
    Connection* connection = state_->held(socket, false);
    if (connection != nullptr && state_->preface(*connection).is_endless)
        state_->end_answer(*connection, false);
}

void Server::accept(SocketId socket, std::string_view subprotocol) {
    Connection* connection = state_->held(socket, true);
    if (connection == nullptr) return;
    const HttpPreface& http = state_->preface(*connection);
    std::string head =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    append_header(head, "Sec-WebSocket-Accept", websocket::accept_key(http.key));
    if (!subprotocol.empty()) append_header(head, "Sec-WebSocket-Protocol", subprotocol);
    std::uint8_t window_bits = 0;
    if (http.deflate) {
        append_header(head, "Sec-WebSocket-Extensions", websocket::deflate_answer(*http.deflate));
        window_bits = static_cast<std::uint8_t>(http.deflate->server_window_bits);
    }
    state_->sockets.write(*connection, head.append("\r\n"));
    state_->sockets.detail(*connection).preface.reset();
    state_->sockets.start_websocket(*connection, window_bits);
}

void Server::refuse(SocketId socket, Response&& response) {
    Connection* connection = state_->held(socket, true);
    if (connection == nullptr) return;
    state_->answer(*connection, response, false);
    state_->sockets.finish(*connection, {CloseCause::we_closed, 0, "upgrade refused"});
}

void Server::send_text(SocketId socket, std::string_view message) {
    if (Connection* connection = state_->sockets.find(socket))
        state_->sockets.send_message(*connection, message);
}

void Server::ping(SocketId socket) {
    if (Connection* connection = state_->sockets.find(socket))
        state_->sockets.send_control(*connection, websocket::Opcode::ping, {});
}

void Server::close(SocketId socket, std::uint16_t code, std::string_view reason) {
    if (Connection* connection = state_->sockets.find(socket))
        state_->sockets.close(*connection, code, reason);
}

void Server::reset(SocketId socket) {
    if (Connection* connection = state_->sockets.find(socket))
        state_->sockets.abort(*connection, {CloseCause::we_closed, 0, "reset"});
}

void Server::read(SocketId socket, bool on) {
    Connection* connection = state_->sockets.find(socket);
    if (connection == nullptr) return;
    if (on && connection->phase == Phase::http && connection->detail) {
        HttpPreface& http = state_->preface(*connection);
        const bool asks = http.streams && http.parser.expects_continue();
        if (asks && !std::exchange(http.continue_sent, true))
            state_->sockets.write(*connection, "HTTP/1.1 100 Continue\r\n\r\n");
        state_->sockets.set_deadline(*connection, limits::http_idle_deadline);
    }
    state_->sockets.read(*connection, on);
}

Mono Server::last_byte_at(SocketId socket) const {
    const Connection* connection = state_->sockets.find(socket);
    return connection == nullptr ? Mono{} : connection->last_byte;
}

void Server::set_tag(SocketId socket, std::uint32_t tag) {
    if (Connection* connection = state_->sockets.find(socket)) connection->tag = tag;
}

std::uint32_t Server::tag(SocketId socket) const {
    const Connection* connection = state_->sockets.find(socket);
    return connection == nullptr ? 0 : connection->tag;
}

bool Server::is_open(SocketId socket) const {
    const Connection* connection = state_->sockets.find(socket);
    return connection != nullptr && !connection->told;
}

std::size_t Server::unsent_bytes(SocketId socket) const {
    const Connection* connection = state_->sockets.find(socket);
    if (connection == nullptr || !connection->detail) return 0;
    return connection->detail->output.size() - connection->detail->sent;
}

}  // namespace ohm::net
