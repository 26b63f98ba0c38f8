// The inside of Rest: what rest.cpp (a request's way) and rest_service.cpp (what handlers may do)
// share. On the HTTP loop.
#pragma once

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "api/rest/audit_trail.hpp"
#include "api/rest/auth.hpp"
#include "api/rest/batch_runner.hpp"
#include "api/rest/kept_answers.hpp"
#include "api/rest/live_messages.hpp"
#include "api/rest/measure.hpp"
#include "api/rest/rate_limit.hpp"
#include "api/rest/rest.hpp"
#include "api/rest/route.hpp"
#include "api/rest/service.hpp"
#include "api/rest/sign_in_gate.hpp"
#include "api/rest/whole_now.hpp"
#include "base/limits_events.hpp"
#include "base/limits_people.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {

// Readers say that they failed by an answer without a body.
std::optional<Problem> failure_of(const net::Response& response);
// What of an answer takes time, where the caller may have all of it: on a reader where one reads.
void finish_body(const Exchange& exchange, net::Response& response);
// Where the whole body is never held.
bool takes_body_in_pieces(const net::Request& head);

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
          rate_limit{p.clock, options.rate_limit},
          trail{p.loop, p.writers, p.ids},
          now{p.clock},
          kept{p.writers, p.ids},
          document{make_document(openapi_document(options.version))},
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
        net::Response refusal_of(net::Request&& request, int status,
                                 std::string_view detail) override {
            return state.refusal_of(server, std::move(request), status, detail);
        }
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
    net::Response refusal_of(net::Server& server, net::Request&& request, int status,
                             std::string_view detail);
    void on_message(const net::Server& server, net::SocketId socket, std::string_view message);
    void check_followers();
    void write_key_uses();
    bool find(Exchange& exchange);
    void answer_options(const Exchange& exchange, const std::string& allowed);
    void authenticate(const std::shared_ptr<Exchange>& exchange);
    void redeem(const std::shared_ptr<Exchange>& exchange, const std::string& ticket);
    void admit(const std::shared_ptr<Exchange>& exchange);
    void reload_keys(const std::shared_ptr<Exchange>& first);
    void authorize(const std::shared_ptr<Exchange>& exchange);
    void handle(const SharedExchange& exchange);
    void start(const SharedExchange& exchange);
    void refuse(const Exchange& exchange, const Problem& problem);
    void refuse_address(const Exchange& exchange);
    void refuse_rate(const Exchange& exchange);
    void send(const Exchange& exchange, net::Response&& response);
    void give_out(const Exchange& exchange, net::Response&& response);
    void add_headers(const Exchange& exchange, net::Response& response);
    void run_on(Readers& threads, const SharedExchange& exchange, Rendering&& rendering);

    // ---- Service ----

    const Settings& settings() const override { return options; }
    Health& health() override { return parts_.health; }
    std::string metrics() override;
    const Document& openapi() const override { return document; }
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
    RateLimit rate_limit;
    AuditTrail trail;
    WholeNow now;
    KeptAnswers kept;
    std::vector<std::shared_ptr<Exchange>> waiting_for_keys;
    wire::Decoder json;
    const Document document;
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

}  // namespace ohm::api::rest
