// A request's way: found, known, allowed, handled, answered.
#include <algorithm>

#include "api/files/urls.hpp"
#include "api/rest/checks.hpp"
#include "api/rest/errors.hpp"
#include "api/rest/event_tickets.hpp"
#include "api/rest/rest_state.hpp"
#include "base/limits_files.hpp"
#include "base/log.hpp"

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

// As people write it, or as others call it.
std::string_view path_meant(std::string_view path) {
    constexpr std::pair<std::string_view, std::string_view> others[] = {
        {"/docs/", "/docs"},
        {"/healthz", "/livez"},
        {"/api/v1/stats/overview", "/api/v1/statistics/now"},
        {"/api/v1/stats/energy", "/api/v1/statistics/energy"},
        {"/api/v1/stats/transactions", "/api/v1/statistics/sessions"},
        {"/api/v1/stats/utilization", "/api/v1/statistics/utilisation"},
        {"/api/v1/stats/uptime", "/api/v1/statistics/availability"},
        {"/api/v1/stats/faults", "/api/v1/statistics/faults"},
        {"/api/v1/stats/latency", "/api/v1/statistics/latency"}};
    for (const auto& [other, ours] : others)
        if (path == other) return ours;
    return path;
}

}  // namespace

// Where the whole body is never held. A file's URL may have anything behind its token.
bool takes_body_in_pieces(const net::Request& head) {
    if (head.method != "PUT" && head.method != "POST") return false;
    const std::string_view path = head.path();
    return path.starts_with(files::path_start) || path == "/api/v1/firmware-images";
}

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
    if (!takes || !has_room_for_followers()) {
        net::Response response = problem_answer(
            *exchange,
            takes ? Problem{.code = "overloaded", .detail = "Too many follow events already."}
                  : Problem{.code = "not_found", .detail = "There is no WebSocket at this path."});
        add_headers(*exchange, response);
        return server.refuse(socket, std::move(response));
    }
    exchange->route = match.route;
    exchange->is_websocket = true;
    server.accept(socket, "");
    if (!bearer_token(exchange->request).empty() || ticket_in(*exchange))
        return authenticate(exchange);
    greetings[{&server, socket.value}] = exchange;
    parts_.loop.after(limits::subscription_deadline, [this, late = std::weak_ptr{exchange}] {
        const auto waiting = late.lock();
        if (!waiting || greetings.erase({waiting->server, waiting->socket.value}) == 0) return;
        refuse(*waiting, {.code = "unauthorized", .detail = "The first frame did not come."});
    });
}

// What is no request, or none that can be taken: the same problems as everywhere.
net::Response Rest::State::refusal_of(net::Server& server, net::Request&& request, int status,
                                      std::string_view detail) {
    const auto exchange = exchange_of(server, {}, std::move(request), {});
    const std::string_view code = status == 405                    ? "method_not_allowed"
                                  : status == 413                  ? "payload_too_large"
                                  : status == 414 || status == 431 ? "header_too_large"
                                  : status == 426                  ? "upgrade_required"
                                  : status >= 500                  ? "not_implemented"
                                                                   : "validation_failed";
    net::Response response = problem_answer(
        *exchange, {.code = std::string{code},
                    .detail = "The request cannot be taken: " + std::string{detail} + ".",
                    .errors = {},
                    .status = status});
    add_headers(*exchange, response);
    return response;
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

// OPTIONS: what is possible at a path, and to a page of another origin what it may do there.
void Rest::State::answer_options(const Exchange& exchange, const std::string& allowed) {
    net::Response response{.status = 204, .headers = {{"Allow", allowed}}, .body = {}};
    options.origins.add_preflight(exchange.request, allowed, response);
    send(exchange, std::move(response));
}

bool Rest::State::find(Exchange& exchange) {
    std::string_view path = path_meant(exchange.request.path());
    if (path == "*") {  // OPTIONS alone
        answer_options(exchange, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        return false;
    }
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
    match.allowed += ", OPTIONS";
    if (exchange.request.method == "OPTIONS") {
        answer_options(exchange, match.allowed);
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
    const auto ticket = ticket_in(*exchange);
    if (ticket && bearer_token(exchange->request).empty()) return redeem(exchange, *ticket);
    if (const auto problem = read_credential(*exchange)) return refuse(*exchange, *problem);
    admit(exchange);
}

// A ticket is whoever had it made, once.
void Rest::State::redeem(const std::shared_ptr<Exchange>& exchange, const std::string& ticket) {
    const auto credential =
        std::make_shared<std::optional<std::string>>();  // the writer's, then ours
    write_then(
        exchange,
        [credential, ticket, now = exchange->received_at](ReadSources& sources) {
            *credential = redeem_ticket(sources.sql, ticket, now);
        },
        [this, exchange, credential] {
            if (!*credential)
                return refuse(*exchange,
                              {.code = "unauthorized",
                               .detail = "The ticket is not in force: each is taken once, soon."});
            exchange->by_ticket = true;
            exchange->credential = **credential;
            admit(exchange);
        });
}

void Rest::State::admit(const std::shared_ptr<Exchange>& exchange) {
    if (!keys.knows_enough(exchange->credential)) return reload_keys(exchange);
    const auto caller = keys.find(exchange->credential);
    const bool came_so = caller && (exchange->by_ticket ||
                                    keys.is_sign_in(exchange->credential) == exchange->by_cookie);
    if (!came_so)
        return refuse(*exchange, {.code = "unauthorized",
                                  .detail = exchange->by_cookie ? "The sign-in is not in force."
                                                                : "The API key is not in force."});
    exchange->caller = *caller;
    if (!caller->may_come_from(exchange->address)) return refuse_address(*exchange);
    if (!rate_limit.takes(exchange->credential)) return refuse_rate(*exchange);
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

void Rest::State::refuse_rate(const Exchange& exchange) {
    net::Response response = problem_answer(
        exchange, {.code = "rate_limited", .detail = "The caller has made too many requests."});
    for (net::Header& header : response.headers)
        if (header.name == "Retry-After")
            header.value = std::to_string(rate_limit.until_next(exchange.credential).count());
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
            for (const auto& exchange : waiting) admit(exchange);
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
    if (!keeps_answer(*exchange->route) || kept_key_of(*exchange).empty()) return handle(exchange);
    kept.begin(
        exchange, [this, exchange] { handle(exchange); },
        [this, exchange](net::Response&& response) {
            if (const auto problem = failure_of(response)) return refuse(*exchange, *problem);
            send(*exchange, std::move(response));
        });
}

void Rest::State::handle(const SharedExchange& exchange) {
    try {
        start(exchange);
    } catch (const std::exception& error) {
        log::error("request_broken", {{"request_id", exchange->request_id}, {"why", error.what()}});
        refuse(*exchange, {.code = "internal_error", .detail = "The log says more."});
    }
}

void Rest::State::start(const SharedExchange& exchange) {
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
    if (kept.awaits(exchange))
        return kept.end(exchange, std::move(response),
                        [this, &exchange](net::Response&& r) { send(exchange, std::move(r)); });
    finish_body(exchange, response);
    give_out(exchange, std::move(response));
}

void Rest::State::give_out(const Exchange& exchange, net::Response&& response) {
    transfers.erase({exchange.server, exchange.socket.value});
    if (is_recorded(exchange)) trail.note(exchange, response);
    if (response.status == 304) rate_limit.give_back(exchange.credential);
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
    if (!exchange.caller.name.empty()) rate_limit.add_headers(exchange.credential, response);
    options.origins.add_headers(exchange.request, response);
    response.headers.push_back({"X-Content-Type-Options", "nosniff"});
    response.headers.push_back({"Referrer-Policy", "no-referrer"});
    if (!has("Content-Security-Policy"))
        response.headers.push_back({"Content-Security-Policy", std::string{page_policy}});
    if (!has("Cache-Control")) response.headers.push_back({"Cache-Control", "no-store"});
    measure.count(exchange.route, response.status, parts_.clock.mono() - exchange.began);
}

}  // namespace ohm::api::rest
