#include "net/client.hpp"

#include <map>
#include <unistd.h>
#include <utility>

#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "net/http_response.hpp"
#include "net/listener.hpp"
#include "net/sockets.hpp"
#include "net/websocket_handshake.hpp"

namespace ohm::net {
namespace {

struct ClientPreface final : Preface {
    std::string request;
    std::string key;
    bool offers_deflate = false;
    ResponseParser parser{
        {.header_bytes = limits::http_header_bytes, .body_bytes = limits::spare_buffer_bytes},
        false};
};

std::string host_header(const Endpoint& endpoint) {
    const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" +
           std::to_string(endpoint.port);
}

// Header lines come from scenarios and settings: a line break in one is a mistake of ours.
void append_line(std::string& out, std::string_view name, std::string_view value) {
    ENSURE(!has_control_characters(value));
    out.append(name).append(": ").append(value).append("\r\n");
}

// One context for all connections of the same trust and identity.
class ContextCache {
public:
    ssl_ctx_st& context_for(const Endpoint& endpoint) {
        const std::string key =
            endpoint.ca_file + "\n" + endpoint.certificate_file + "\n" + endpoint.key_file;
        TlsContext& context = contexts_[key];
        if (!context) context = make_client_context(endpoint);
        return *context;
    }

private:
    std::map<std::string, TlsContext> contexts_;
};

// Connects, and adds the socket; on failure of TLS the descriptor is closed.
Connection& connect_to(Sockets& sockets, const Endpoint& endpoint, const Address& address,
                       ContextCache& contexts) {
    ssl_ctx_st* context = endpoint.tls ? &contexts.context_for(endpoint) : nullptr;
    const int descriptor = start_connecting(address, endpoint.source_address);
    try {
        TlsSession session;
        if (context != nullptr) {
            session =
                open_client_session(*context, descriptor, endpoint.host, endpoint.ca_file != "-");
            if (!session) throw Fault{Fault::Kind::away, "TLS session"};
        }
        return sockets.add(descriptor, std::move(session), Phase::connecting);
    } catch (const Fault&) {
        ::close(descriptor);
        throw;
    }
}

}  // namespace

// ---- WebSockets ----

struct WebSocketClient::State final : Sockets::Hooks {
    State(Loop& l, Owner& o, const Options& opts)
        : loop{l},
          owner{o},
          options{opts},
          sockets{l,
                  *this,
                  {.role = websocket::Role::client,
                   .message_bytes = opts.message_bytes,
                   .write_buffer_bytes = limits::write_buffer_bytes,
                   .receive_bytes = limits::receive_buffer_bytes}} {}

    void on_transport(Connection& connection) override;
    void on_http(Connection& connection, std::string_view& bytes) override;
    void on_message(Connection& connection, std::string_view message, bool) override {
        owner.on_message(Sockets::id_of(connection), message);
    }
    void on_pong(Connection&) override {}
    void on_closed(Connection& connection, const Closed& closed) override;

    const Address& resolved(const Endpoint& endpoint);
    void on_answer(Connection& connection, ClientPreface& preface);
    std::string write_upgrade(const Endpoint& endpoint, std::string_view target,
                              const std::vector<Header>& headers, const std::string& key) const;

    Loop& loop;
    Owner& owner;
    const Options options;
    SystemRandom random;
    ContextCache contexts;
    std::map<std::pair<std::string, std::uint16_t>, Address> addresses;
    Sockets sockets;
};

const Address& WebSocketClient::State::resolved(const Endpoint& endpoint) {
    const auto key = std::pair{endpoint.host, endpoint.port};
    const auto found = addresses.find(key);
    if (found != addresses.end()) return found->second;
    return addresses.emplace(key, resolve(endpoint.host, endpoint.port)).first->second;
}

std::string WebSocketClient::State::write_upgrade(const Endpoint& endpoint, std::string_view target,
                                                  const std::vector<Header>& headers,
                                                  const std::string& key) const {
    ENSURE(target.starts_with('/') && target.find(' ') == std::string_view::npos);
    ENSURE(!has_control_characters(target));
    std::string request = "GET ";
    request.append(target).append(" HTTP/1.1\r\n");
    append_line(request, "Host", host_header(endpoint));
    append_line(request, "Upgrade", "websocket");
    append_line(request, "Connection", "Upgrade");
    append_line(request, "Sec-WebSocket-Key", key);
    append_line(request, "Sec-WebSocket-Version", "13");
    if (options.deflate) append_line(request, "Sec-WebSocket-Extensions", websocket::deflate_offer);
    for (const Header& header : headers) append_line(request, header.name, header.value);
    return request.append("\r\n");
}

void WebSocketClient::State::on_transport(Connection& connection) {
    const auto& preface = static_cast<const ClientPreface&>(*sockets.detail(connection).preface);
    sockets.write(connection, preface.request);
}

void WebSocketClient::State::on_http(Connection& connection, std::string_view& bytes) {
    auto& preface = static_cast<ClientPreface&>(*sockets.detail(connection).preface);
    switch (preface.parser.feed(bytes)) {
        case ResponseParser::State::incomplete: return;
        case ResponseParser::State::refused:
            return sockets.end(
                connection, {CloseCause::protocol_error, 0, std::string{preface.parser.refusal()}});
        case ResponseParser::State::complete: return on_answer(connection, preface);
    }
}

void WebSocketClient::State::on_answer(Connection& connection, ClientPreface& preface) {
    const ResponseParser& answer = preface.parser;
    const int status = preface.parser.answer().status;
    if (status != 101)
        return sockets.end(connection, {CloseCause::we_closed, 0, preface.parser.answer().body});
    const auto deflate = websocket::read_deflate_answer(answer.header("sec-websocket-extensions"));
    const bool good = answer.header("sec-websocket-accept") == websocket::accept_key(preface.key) &&
                      equals_ignoring_case(answer.header("upgrade"), "websocket") && deflate &&
                      (*deflate == websocket::DeflateAnswer::none || options.deflate);
    if (!good)
        return sockets.end(connection,
                           {CloseCause::protocol_error, 0, "the upgrade's answer is not valid"});
    const std::string subprotocol{answer.header("sec-websocket-protocol")};
    sockets.detail(connection).preface.reset();
    sockets.start_websocket(connection, *deflate == websocket::DeflateAnswer::agreed ? 15 : 0);
    owner.on_open(Sockets::id_of(connection), subprotocol);
}

void WebSocketClient::State::on_closed(Connection& connection, const Closed& closed) {
    const bool opened = !connection.detail || !connection.detail->preface;
    if (opened) return owner.on_closed(Sockets::id_of(connection), closed);
    // A status counts even where its body was cut off or too long to be of interest.
    auto& preface = static_cast<ClientPreface&>(*connection.detail->preface);
    const int status = preface.parser.answer().status;
    owner.on_refused(Sockets::id_of(connection), status == 101 ? 0 : status, closed.detail);
}

WebSocketClient::WebSocketClient(Loop& loop, Owner& owner, const Options& options)
    : state_{std::make_unique<State>(loop, owner, options)} {
    raise_descriptor_limit();
}
WebSocketClient::~WebSocketClient() = default;

SocketId WebSocketClient::connect(const Endpoint& endpoint, std::string_view target,
                                  const std::vector<Header>& headers) {
    State& state = *state_;
    std::string key_bytes(16, '\0');
    state.random.fill({reinterpret_cast<std::uint8_t*>(key_bytes.data()), key_bytes.size()});
    auto preface = std::make_unique<ClientPreface>();
    preface->key = to_base64(key_bytes);
    preface->request = state.write_upgrade(endpoint, target, headers, preface->key);
    Connection& connection =
        connect_to(state.sockets, endpoint, state.resolved(endpoint), state.contexts);
    connection.named = true;
    state.sockets.detail(connection).preface = std::move(preface);
    state.sockets.set_deadline(connection, state.options.connect_deadline);
    return Sockets::id_of(connection);
}

void WebSocketClient::send_text(SocketId socket, std::string_view message) {
    if (Connection* connection = state_->sockets.find(socket))
        state_->sockets.send_message(*connection, message);
}

void WebSocketClient::close(SocketId socket, std::uint16_t code, std::string_view reason) {
    if (Connection* connection = state_->sockets.find(socket))
        state_->sockets.close(*connection, code, reason);
}

void WebSocketClient::reset(SocketId socket) {
    if (Connection* connection = state_->sockets.find(socket))
        state_->sockets.abort(*connection, {CloseCause::we_closed, 0, "reset"});
}

void WebSocketClient::set_tag(SocketId socket, std::uint32_t tag) {
    if (Connection* connection = state_->sockets.find(socket)) connection->tag = tag;
}

std::uint32_t WebSocketClient::tag(SocketId socket) const {
    const Connection* connection = state_->sockets.find(socket);
    return connection == nullptr ? 0 : connection->tag;
}

std::size_t WebSocketClient::connection_count() const { return state_->sockets.count(); }

// ---- one HTTP request ----

namespace {

constexpr std::size_t fetch_receive_bytes = 16 * 1024;

// Lives as long as the timer of its deadline, which owns it.
struct Fetch final : Sockets::Hooks {
    Fetch(Loop& l, std::function<void(HttpAnswer&&)> d, bool head_only)
        : loop{l},
          done{std::move(d)},
          parser{{.header_bytes = limits::http_header_bytes, .body_bytes = limits::http_body_bytes},
                 head_only},
          sockets{l,
                  *this,
                  {.role = websocket::Role::client,
                   .message_bytes = 0,
                   .write_buffer_bytes = limits::http_body_bytes,
                   .receive_bytes = fetch_receive_bytes}} {}

    void start(const Endpoint& endpoint) {
        Connection& connection =
            connect_to(sockets, endpoint, resolve(endpoint.host, endpoint.port), contexts);
        connection.named = true;
    }
    void finish(HttpAnswer&& answer) {
        if (!done) return;
        const auto tell = std::exchange(done, nullptr);
        // The timer owns this object: it must outlive the round that runs inside it.
        loop.post([l = &loop, t = timer] { l->cancel(t); });
        tell(std::move(answer));
    }
    void fail(std::string_view why) { finish({.status = 0, .body = std::string{why}}); }

    void on_transport(Connection& connection) override { sockets.write(connection, request); }
    void on_http(Connection& connection, std::string_view& bytes) override {
        const ResponseParser::State state = parser.feed(bytes);
        if (state == ResponseParser::State::incomplete) return;
        sockets.end(connection, {CloseCause::we_closed, 0, std::string{parser.refusal()}});
    }
    void on_message(Connection&, std::string_view, bool) override {}
    void on_pong(Connection&) override {}
    void on_closed(Connection&, const Closed& closed) override {
        std::string_view none;
        ResponseParser::State state = parser.feed(none);
        const bool ended = closed.cause == CloseCause::peer_gone;
        if (state == ResponseParser::State::incomplete && ended) state = parser.end_of_stream();
        if (state == ResponseParser::State::complete) return finish(std::move(parser.answer()));
        fail(closed.detail.empty() ? parser.refusal() : std::string_view{closed.detail});
    }

    Loop& loop;
    std::function<void(HttpAnswer&&)> done;
    TimerId timer = 0;
    std::string request;
    ResponseParser parser;
    ContextCache contexts;
    Sockets sockets;
};

std::string write_request(const Endpoint& endpoint, const Request& request) {
    std::string out = request.method + " " + request.target + " HTTP/1.1\r\n";
    append_line(out, "Host", host_header(endpoint));
    append_line(out, "Connection", "close");
    for (const Header& header : request.headers) append_line(out, header.name, header.value);
    if (!request.body.empty() || request.method == "POST" || request.method == "PUT")
        append_line(out, "Content-Length", std::to_string(request.body.size()));
    return out.append("\r\n").append(request.body);
}

}  // namespace

void fetch(Loop& loop, const Endpoint& endpoint, const Request& request, milliseconds deadline,
           std::function<void(HttpAnswer&&)> done) {
    // shared_ptr: std::function must be copyable, though only the timer ever holds it.
    auto fetching = std::make_shared<Fetch>(loop, std::move(done), request.method == "HEAD");
    const std::weak_ptr<Fetch> weak = fetching;
    Fetch& running = *fetching;
    running.request = write_request(endpoint, request);
    running.timer = loop.after(
        deadline, [fetching = std::move(fetching)] { fetching->fail("no answer in time"); });
    try {
        running.start(endpoint);
    } catch (const Fault& fault) {
        loop.post([weak, why = std::string{fault.what()}] {
            if (const auto alive = weak.lock()) alive->fail(why);
        });
    }
}

}  // namespace ohm::net
