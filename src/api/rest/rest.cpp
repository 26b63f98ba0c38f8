#include "api/rest/rest.hpp"

#include <algorithm>
#include <map>

#include "api/files/urls.hpp"
#include "api/people/summary.hpp"
#include "api/rest/audit_trail.hpp"
#include "api/rest/auth.hpp"
#include "api/rest/batch_runner.hpp"
#include "api/rest/checks.hpp"
#include "api/rest/errors.hpp"
#include "api/rest/live_messages.hpp"
#include "api/rest/measure.hpp"
#include "api/rest/once.hpp"
#include "api/rest/password_hashes.hpp"
#include "api/rest/route.hpp"
#include "api/rest/service.hpp"
#include "api/rest/sign_in_gate.hpp"
#include "api/rest/whole_now.hpp"
#include "base/limits_events.hpp"
#include "base/limits_files.hpp"
#include "base/limits_people.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view page_policy =
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

bool is_plain_id(std::string_view text) {
    if (text.empty() || text.size() > limits::request_id_characters) return false;
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_' || c == '.' || c == ':';
    });
}

// Where the whole body is never held. A file's URL may have anything behind its token.
bool takes_body_in_pieces(const net::Request& head) {
    if (head.method != "PUT" && head.method != "POST") return false;
    const std::string_view path = head.path();
    return path.starts_with(files::path_start) || path == "/api/v1/firmware-images";
}

}  // namespace

// What a WebSocket says first: a key, or that the cookie of a sign-in counts.
struct FirstFrame {
    wire::Optional<std::string> authorization;
    wire::Optional<bool> session;
    FIELDS(authorization, session)
};

struct Rest::State final : Service {
    State(const Parts& p, Settings s)
        : parts_{p},
          options{std::move(s)},
          keys{p.clock, options.admin_key_digest},
          gate{p.clock},
          trail{p.loop, p.writers, p.ids},
          now{p.clock},
          document{openapi_document(options.version)},
          batch_runner{parts_},
          hub{p.loop, p.readers, options.partition_count, {[this](bool on) {
                  if (parts_.watch_events) parts_.watch_events(on);
              }}},
          live_messages{p.loop,
                        p.readers,
                        {[this](bool on) {
                             if (parts_.watch_frames) parts_.watch_frames(on);
                         },
                         [this](Partition partition) {
                             return !parts_.is_here || parts_.is_here(partition);
                         }}} {
        parts_.loop.every(limits::event_keep_alive, [this] { check_followers(); });
        parts_.loop.every(limits::key_use_written, [this] { write_key_uses(); });
    }

    // One listener: a socket's number means something only together with its server.
    struct Door final : net::Server::Owner {
        Door(State& s, const net::Server::Options& o) : state{s}, server{s.parts_.loop, *this, o} {}
        void on_request(net::SocketId socket, net::Request&& request,
                        const net::Peer& peer) override {
            state.on_request(server, socket, std::move(request), peer);
        }
        void on_upgrade(net::SocketId socket, net::Request&& request,
                        const net::Peer& peer) override {
            state.on_upgrade(server, socket, std::move(request), peer);
        }
        void on_message(net::SocketId socket, std::string_view message, bool) override {
            state.on_message(server, socket, message);
        }
        void on_pong(net::SocketId) override {}
        bool takes_stream(const net::Request& head) override { return takes_body_in_pieces(head); }
        void on_body(net::SocketId socket, std::string&& piece, bool last) override {
            if (const auto transfer = state.transfer_of(server, socket))
                transfer->on_body(std::move(piece), last);
        }
        void on_drained(net::SocketId socket) override {
            if (const auto transfer = state.transfer_of(server, socket)) transfer->on_drained();
        }
        void on_closed(net::SocketId socket, const net::Closed&) override {
            const auto transfer = state.transfer_of(server, socket);
            state.transfers.erase({&server, socket.value});
            state.greetings.erase({&server, socket.value});
            state.hub.forget(server, socket);
            state.live_messages.forget(server, socket);
            if (transfer) transfer->on_gone();
        }

        State& state;
        net::Server server;
    };

    // ---- a request's way ----

    void on_request(net::Server& server, net::SocketId socket, net::Request&& request,
                    const net::Peer& peer);
    std::shared_ptr<Exchange> exchange_of(net::Server& server, net::SocketId socket,
                                          net::Request&& request, const net::Peer& peer);
    void on_upgrade(net::Server& server, net::SocketId socket, net::Request&& request,
                    const net::Peer& peer);
    void on_message(const net::Server& server, net::SocketId socket, std::string_view message);
    void check_followers();
    void write_key_uses();
    bool find(Exchange& exchange);
    void authenticate(const std::shared_ptr<Exchange>& exchange);
    void reload_keys(const std::shared_ptr<Exchange>& first);
    void authorize(const std::shared_ptr<Exchange>& exchange);
    void handle(const SharedExchange& exchange);
    void refuse(const Exchange& exchange, const Problem& problem);
    void refuse_address(const Exchange& exchange);
    void send(const Exchange& exchange, net::Response&& response);
    void add_headers(const Exchange& exchange, net::Response& response);
    void run_on(Readers& threads, const SharedExchange& exchange, Rendering&& rendering);

    // ---- Service ----

    const Settings& settings() const override { return options; }
    Health& health() override { return parts_.health; }
    std::string metrics() override;
    const std::string& openapi() const override { return document; }
    wire::Decoder& decoder() override { return json; }
    BatchRunner& batches() override { return batch_runner; }
    KeyRing& key_ring() override { return keys; }
    SignInGate& sign_in_gate() override { return gate; }
    AuditTrail& audit_trail() override { return trail; }
    WholeNow& whole_now() override { return now; }
    Ulid new_id() override { return parts_.ids.next(); }
    const Parts& parts() override { return parts_; }
    bool keep(const SharedExchange& exchange, std::shared_ptr<Transfer> transfer) override;
    void forget(const SharedExchange& exchange) override {
        transfers.erase({exchange->server, exchange->socket.value});
    }
    void begin(const SharedExchange& exchange, net::Response&& head, std::uint64_t bytes) override;
    bool has_room_for_followers() const override {
        return greetings.size() + hub.count() + live_messages.count() < limits::event_subscribers;
    }
    void follow(events::Follower&& follower) override { hub.add(std::move(follower)); }
    void watch_messages(const Exchange& exchange, StationNo no, std::string id) override {
        const std::string key = fold(id).value_or(id);
        live_messages.add(exchange, {no, id, partition_of(key, options.partition_count)},
                          std::string{exchange.credential});
    }
    void begin_stream(const SharedExchange& exchange, net::Response&& head) override {
        add_headers(*exchange, head);
        exchange->server->begin_stream(exchange->socket, std::move(head));
    }
    std::shared_ptr<Transfer> transfer_of(const net::Server& server, net::SocketId socket) const {
        const auto found = transfers.find({&server, socket.value});
        return found == transfers.end() ? nullptr : found->second;
    }
    void answer(const SharedExchange& exchange, net::Response&& response) override {
        send(*exchange, std::move(response));
    }
    void read(const SharedExchange& exchange, Rendering rendering) override;
    void write(const SharedExchange& exchange, Rendering writing) override;
    void write_then(const SharedExchange& exchange, std::function<void(ReadSources&)> writing,
                    std::function<void()> then) override;
    void prepare(const SharedExchange& exchange,
                 std::function<void(const Exchange&, ReadSources&)> work,
                 std::function<void()> then) override;
    void submit(bus::OperatorBody&& body, std::function<void(OperationAnswer&&)> done) override;
    void operate(const SharedExchange& exchange, bus::OperatorBody&& body,
                 std::function<void(OperationAnswer&&)> then) override;
    bus::OperatorBody operation(const Exchange& exchange, std::string_view name, std::string id,
                                std::string parameters) override;

    const Parts parts_;
    const Settings options;
    KeyRing keys;
    SignInGate gate;
    AuditTrail trail;
    WholeNow now;
    std::vector<std::shared_ptr<Exchange>> waiting_for_keys;
    wire::Decoder json;
    const std::string document;
    Measure measure;
    BatchRunner batch_runner;
    events::Hub hub;
    LiveMessages live_messages;
    // WebSockets whose first frame has not come.
    std::map<std::pair<const net::Server*, std::uint64_t>, std::shared_ptr<Exchange>> greetings;
    // Shared with the readers' threads that work for them.
    std::map<std::pair<const net::Server*, std::uint64_t>, std::shared_ptr<Transfer>> transfers;
    std::vector<std::unique_ptr<Door>> doors;
};

Rest::Rest(const Parts& parts, Settings settings)
    : state_{std::make_unique<State>(parts, std::move(settings))} {}
Rest::~Rest() = default;

net::Server& Rest::listen(const net::Server::Options& options) {
    return state_->doors.emplace_back(std::make_unique<State::Door>(*state_, options))->server;
}

void Rest::take(const std::vector<store::LoggedFrame>& frames) {
    state_->live_messages.take(frames);
}

void Rest::finish(const std::function<std::unique_ptr<store::Sql>()>& open) {
    state_->trail.finish(open);
}

void Rest::take(events::Followed&& followed) { state_->hub.take(std::move(followed)); }

// ---- a request's way ----

std::shared_ptr<Exchange> Rest::State::exchange_of(net::Server& server, net::SocketId socket,
                                                   net::Request&& request, const net::Peer& peer) {
    const auto exchange = std::make_shared<Exchange>();
    exchange->server = &server;
    exchange->socket = socket;
    exchange->request = std::move(request);
    exchange->address = options.proxies.client_of(peer.address, exchange->request);
    exchange->is_secure = peer.tls || exchange->request.header("x-forwarded-proto") == "https";
    exchange->settings = &options;
    exchange->received_at = parts_.clock.utc();
    exchange->began = parts_.clock.mono();
    const std::string_view id = exchange->request.header("x-request-id");
    exchange->request_id = is_plain_id(id) ? std::string{id} : "req_" + parts_.ids.next().text();
    return exchange;
}

void Rest::State::on_request(net::Server& server, net::SocketId socket, net::Request&& request,
                             const net::Peer& peer) {
    const auto exchange = exchange_of(server, socket, std::move(request), peer);
    if (find(*exchange)) authenticate(exchange);
}

// Browsers cannot send the key with the upgrade: it comes in the first frame.
void Rest::State::on_upgrade(net::Server& server, net::SocketId socket, net::Request&& request,
                             const net::Peer& peer) {
    const auto exchange = exchange_of(server, socket, std::move(request), peer);
    const Match match = find_route(routes(), "GET", exchange->request.path());
    const bool takes = match.route && std::holds_alternative<Follow>(match.route->handler);
    if (!takes || !has_room_for_followers())
        return server.refuse(socket, {.status = takes ? 503 : 404,
                                      .headers = {{"Content-Type", "text/plain"}},
                                      .body = takes ? "Too many follow events already.\n"
                                                    : "There is no WebSocket here.\n"});
    exchange->route = match.route;
    exchange->is_websocket = true;
    server.accept(socket, "");
    if (!bearer_token(exchange->request).empty()) return authenticate(exchange);
    greetings[{&server, socket.value}] = exchange;
    parts_.loop.after(limits::subscription_deadline, [this, late = std::weak_ptr{exchange}] {
        const auto waiting = late.lock();
        if (!waiting || greetings.erase({waiting->server, waiting->socket.value}) == 0) return;
        refuse(*waiting, {.code = "unauthorized", .detail = "The first frame did not come."});
    });
}

void Rest::State::on_message(const net::Server& server, net::SocketId socket,
                             std::string_view message) {
    const auto found = greetings.find({&server, socket.value});
    if (found == greetings.end()) return;
    const auto exchange = found->second;
    greetings.erase(found);
    FirstFrame frame;
    const bool readable = !json.decode(message, frame, {wire::Strictness::lenient});
    if (!readable || (!frame.authorization && !frame.session.value_or(false)))
        return refuse(*exchange, {.code = "unauthorized",
                                  .detail = "The first frame has no `authorization`."});
    if (frame.authorization)
        exchange->request.headers.push_back({"authorization", std::move(*frame.authorization)});
    authenticate(exchange);
}

// A key that is taken back ends what was begun with it.
void Rest::State::check_followers() {
    if (hub.count() + live_messages.count() == 0) return;
    const auto found = std::make_shared<ApiKeys>();  // written by the reader, then the loop's
    parts_.readers.read(
        [found, now = parts_.clock.utc()](ReadSources& sources) {
            *found = read_keys(sources.sql, now);
            return net::Response{};
        },
        [this, found, generation = keys.begin_reading()](net::Response&& response) {
            if (response.status != 200) return;
            keys.replace(std::move(*found), generation);
            hub.end_without_key([this](const events::Follower& follower) {
                const auto caller = keys.find(follower.key_digest);
                return caller && caller->may("events:subscribe") &&
                       caller->may_come_from(follower.address) &&
                       (follower.hides_tokens || caller->may("tokens:read"));
            });
            live_messages.end_without_key(
                [this](const std::string& digest, const std::string& address) {
                    const auto caller = keys.find(digest);
                    return caller && caller->may("messages:read") && caller->may_come_from(address);
                });
        });
}

void Rest::State::write_key_uses() {
    const auto uses = keys.take_uses();
    if (uses.empty()) return;
    parts_.writers.read(
        [uses](ReadSources& sources) {
            people::write_key_uses(sources.sql, uses);
            return net::Response{};
        },
        [](net::Response&&) {});
}

bool Rest::State::find(Exchange& exchange) {
    std::string_view path = exchange.request.path();
    if (path == "/docs/") path.remove_suffix(1);  // as people write it
    const auto file = files::read_path(path);
    const bool of_console = is_console_path(path);
    if (of_console) path = "/console/page";
    Match match = find_route(routes(), exchange.request.method, file ? "/f/token" : path);
    if (file && match.route) match.values = {std::string{file->token}, std::string{file->rest}};
    if (match.malformed) {
        refuse(exchange,
               {.code = "validation_failed", .detail = "The path is not percent-encoded UTF-8."});
        return false;
    }
    exchange.route = match.route;
    exchange.path_values = std::move(match.values);
    if (match.route != nullptr) return true;
    if (match.allowed.empty()) {
        refuse(exchange, {.code = "not_found", .detail = "Nothing is at this path."});
        return false;
    }
    net::Response response = problem_answer(
        exchange,
        {.code = "method_not_allowed", .detail = "Possible here: " + match.allowed + "."});
    response.headers.push_back({"Allow", match.allowed});
    send(exchange, std::move(response));
    return false;
}

void Rest::State::authenticate(const std::shared_ptr<Exchange>& exchange) {
    if (exchange->route->scope.is_open()) return authorize(exchange);
    if (const auto problem = read_credential(*exchange)) return refuse(*exchange, *problem);
    if (!keys.knows_enough(exchange->credential)) return reload_keys(exchange);
    const auto caller = keys.find(exchange->credential);
    if (!caller || caller->is_operator != exchange->by_cookie)
        return refuse(*exchange, {.code = "unauthorized",
                                  .detail = exchange->by_cookie ? "The sign-in is not in force."
                                                                : "The API key is not in force."});
    exchange->caller = *caller;
    if (!caller->may_come_from(exchange->address)) return refuse_address(*exchange);
    keys.note_use(*caller);
    if (const auto problem = check_cookie_use(*exchange)) return refuse(*exchange, *problem);
    authorize(exchange);
}

// A key that is used from elsewhere may be stolen: it is recorded whatever was asked.
void Rest::State::refuse_address(const Exchange& exchange) {
    net::Response response = problem_answer(
        exchange, {.code = "address_refused",
                   .detail = "The key may not be used from " + exchange.address + "."});
    if (!is_recorded(exchange)) trail.note(exchange, response);
    send(exchange, std::move(response));
}

void Rest::State::reload_keys(const std::shared_ptr<Exchange>& first) {
    waiting_for_keys.push_back(first);
    if (waiting_for_keys.size() > 1) return;         // a read is on its way
    const auto found = std::make_shared<ApiKeys>();  // written by the reader, then the loop's
    parts_.readers.read(
        [found, now = parts_.clock.utc()](ReadSources& sources) {
            *found = read_keys(sources.sql, now);
            return net::Response{};
        },
        [this, found, generation = keys.begin_reading()](net::Response&& response) {
            const auto waiting = std::exchange(waiting_for_keys, {});
            if (response.status != 200) {
                for (const auto& exchange : waiting)
                    refuse(*exchange, {.code = "database_unavailable",
                                       .detail = "The API key cannot be looked up now."});
                return;
            }
            keys.replace(std::move(*found), generation);
            for (const auto& exchange : waiting) authenticate(exchange);
        });
}

void Rest::State::authorize(const std::shared_ptr<Exchange>& exchange) {
    const Scope scope = exchange->route->scope;
    if (scope.is_particular() && !exchange->caller.may(scope.name()))
        return refuse(*exchange, missing_scope(scope.name()));
    if (const auto problem = check_query(*exchange)) return refuse(*exchange, *problem);
    if (const auto problem = check_body(*exchange)) return refuse(*exchange, *problem);
    if (const auto problem = check_idempotency_key(exchange->request))
        return refuse(*exchange, *problem);
    try {
        handle(exchange);
    } catch (const std::exception& error) {
        log::error("request_broken", {{"request_id", exchange->request_id}, {"why", error.what()}});
        refuse(*exchange, {.code = "internal_error", .detail = "The log says more."});
    }
}

void Rest::State::handle(const SharedExchange& exchange) {
    const Handler& handler = exchange->route->handler;
    if (const auto* direct = std::get_if<Direct>(&handler))
        return send(*exchange, (*direct)(*exchange, *this));
    if (const auto* reading = std::get_if<Read>(&handler)) return read(exchange, *reading);
    if (const auto* transmit = std::get_if<Transmit>(&handler))
        return transmit->start(exchange, *this);
    if (const auto* follow = std::get_if<Follow>(&handler)) {
        if (exchange->is_websocket) return follow->start(exchange, *this);
        return refuse(*exchange, {.code = "upgrade_required",
                                  .detail = "This path takes WebSocket connections."});
    }
    std::get<Act>(handler)(exchange, *this);
}

void Rest::State::refuse(const Exchange& exchange, const Problem& problem) {
    send(exchange, problem_answer(exchange, problem));
}

void Rest::State::send(const Exchange& exchange, net::Response&& response) {
    transfers.erase({exchange.server, exchange.socket.value});
    if (is_recorded(exchange)) trail.note(exchange, response);
    if (hides_tokens(exchange, response)) response.body = people::without_tokens(response.body);
    add_headers(exchange, response);
    if (!exchange.is_websocket)
        return exchange.server->respond(exchange.socket, std::move(response));
    constexpr int private_codes = 4000;
    exchange.server->send_text(exchange.socket, response.body);
    exchange.server->close(exchange.socket,
                           static_cast<std::uint16_t>(private_codes + response.status), "");
}

void Rest::State::begin(const SharedExchange& exchange, net::Response&& head, std::uint64_t bytes) {
    add_headers(*exchange, head);
    exchange->server->begin(exchange->socket, std::move(head), bytes);
}

bool Rest::State::keep(const SharedExchange& exchange, std::shared_ptr<Transfer> transfer) {
    const auto same_way = [&](const auto& one) {
        return one.second->receives() == transfer->receives();
    };
    const auto count = std::count_if(transfers.begin(), transfers.end(), same_way);
    const std::size_t most =
        transfer->receives() ? limits::uploads_at_once : limits::downloads_at_once;
    if (static_cast<std::size_t>(count) >= most) {
        refuse(*exchange, {.code = "overloaded", .detail = "Too many files are on their way."});
        return false;
    }
    transfers[{exchange->server, exchange->socket.value}] = std::move(transfer);
    return true;
}

void Rest::State::add_headers(const Exchange& exchange, net::Response& response) {
    const auto has = [&](std::string_view name) {
        return std::any_of(response.headers.begin(), response.headers.end(),
                           [&](const net::Header& header) { return header.name == name; });
    };
    response.headers.push_back({"X-Request-Id", exchange.request_id});
    response.headers.push_back({"X-Content-Type-Options", "nosniff"});
    response.headers.push_back({"Referrer-Policy", "no-referrer"});
    if (!has("Content-Security-Policy"))
        response.headers.push_back({"Content-Security-Policy", std::string{page_policy}});
    if (!has("Cache-Control")) response.headers.push_back({"Cache-Control", "no-store"});
    measure.count(exchange.route, response.status, parts_.clock.mono() - exchange.began);
}

// ---- Service ----

std::string Rest::State::metrics() {
    std::string text = parts_.metrics ? parts_.metrics() : "";
    measure.append_to(text);
    trail.append_to(text);
    return text;
}

namespace {
// Readers say that they failed by an answer without a body.
std::optional<Problem> failure_of(const net::Response& response) {
    if (!response.body.empty()) return std::nullopt;
    if (response.status == 500)
        return Problem{.code = "internal_error", .detail = "The log says more."};
    if (response.status != 503) return std::nullopt;
    if (response.headers.empty())
        return Problem{.code = "database_unavailable",
                       .detail = "The database does not answer now."};
    return Problem{.code = "overloaded", .detail = "Too many reads are waiting."};
}
}  // namespace

void Rest::State::run_on(Readers& threads, const SharedExchange& exchange, Rendering&& rendering) {
    threads.read([exchange, rendering = std::move(rendering)](
                     ReadSources& sources) { return rendering(*exchange, sources); },
                 [this, exchange](net::Response&& response) {
                     if (const auto problem = failure_of(response))
                         return refuse(*exchange, *problem);
                     send(*exchange, std::move(response));
                 });
}

void Rest::State::read(const SharedExchange& exchange, Rendering rendering) {
    run_on(parts_.readers, exchange, std::move(rendering));
}

void Rest::State::write(const SharedExchange& exchange, Rendering writing) {
    run_on(parts_.writers, exchange, std::move(writing));
}

void Rest::State::write_then(const SharedExchange& exchange,
                             std::function<void(ReadSources&)> writing,
                             std::function<void()> then) {
    parts_.writers.read(
        [writing = std::move(writing)](ReadSources& sources) {
            writing(sources);
            return net::Response{};
        },
        [this, exchange, then = std::move(then)](net::Response&& response) {
            if (response.status == 200) return then();
            if (const auto problem = failure_of(response)) refuse(*exchange, *problem);
        });
}

void Rest::State::prepare(const SharedExchange& exchange,
                          std::function<void(const Exchange&, ReadSources&)> work,
                          std::function<void()> then) {
    parts_.readers.read(
        [exchange, work = std::move(work)](ReadSources& sources) {
            work(*exchange, sources);
            return net::Response{};
        },
        [this, exchange, then = std::move(then)](net::Response&& response) {
            if (const auto problem = failure_of(response)) return refuse(*exchange, *problem);
            then();
        });
}

// Slow hashes are made on a reader's thread; without a password nothing is read.
void Rest::State::submit(bus::OperatorBody&& body, std::function<void(OperationAnswer&&)> done) {
    const std::vector<std::string> passwords = passwords_in(json, body);
    if (passwords.empty()) return parts_.operations.submit(std::move(body), std::move(done));
    const auto order = std::make_shared<bus::OperatorBody>(std::move(body));
    parts_.readers.read(
        [order, passwords](ReadSources&) {
            order->password_hashes.items = hashes_of(passwords);
            return net::Response{.status = 200};
        },
        // Without them the owner makes its own.
        [this, order, done = std::move(done)](net::Response&&) mutable {
            parts_.operations.submit(std::move(*order), std::move(done));
        });
}

void Rest::State::operate(const SharedExchange& exchange, bus::OperatorBody&& body,
                          std::function<void(OperationAnswer&&)> then) {
    submit(std::move(body), [this, exchange, then = std::move(then)](OperationAnswer&& answer) {
        if (answer.status >= 400) return refuse(*exchange, problem_of(answer, json));
        then(std::move(answer));
    });
}

bus::OperatorBody Rest::State::operation(const Exchange& exchange, std::string_view name,
                                         std::string id, std::string parameters) {
    bus::OperatorBody body{.operation = std::string{name},
                           .id = std::move(id),
                           .parameters = std::move(parameters),
                           .requested_by = exchange.caller.name};
    body.deadline_at = micros(exchange.received_at + options.operation_deadline);
    body.idempotency_key = idempotency_key_of(exchange);
    if (!body.idempotency_key.empty()) body.fingerprint = fingerprint_of(exchange);
    return body;
}

}  // namespace ohm::api::rest
