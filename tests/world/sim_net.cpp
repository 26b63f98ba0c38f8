#include "sim_net.hpp"

#include "base/limits.hpp"

namespace ohm::world {
namespace {

constexpr seconds user_timeout{20};                         // TCP_USER_TIMEOUT of the workers
constexpr Delay station_notices{seconds{10}, seconds{60}};  // that nothing it sends is acknowledged
constexpr seconds upgrade_timeout{30};                      // of the stations
constexpr std::uint16_t abnormal = 1006;

LinkId link_of(net::SocketId socket) { return {socket.value}; }

}  // namespace

// One a worker process; what it does to a link that is gone has no effect, as with net::Server.
class SimNet::Sockets final : public worker::Sockets {
public:
    explicit Sockets(SimNet& net) : net_{net} {}

    void accept(net::SocketId socket, std::string_view subprotocol) override {
        Link* link = find(socket);
        if (!link || link->accepted) return;
        link->accepted = true;
        net_.worker_wrote(*link);
        net_.to_client(*link, [&net = net_, chosen = std::string{subprotocol}](Link& to) {
            to.client_upgraded = true;
            net.schedule_.trace("open", chosen);
            to.client->on_open(to.id, chosen);
        });
    }

    void refuse(net::SocketId socket, net::Response&& response) override {
        Link* link = find(socket);
        if (!link || link->closing) return;
        link->closing = true;
        net_.to_client(*link, [&net = net_, said = std::move(response)](Link& to) {
            to.client_open = false;
            net.schedule_.trace("refused", std::to_string(said.status));
            to.client->on_refused(to.id, said);
            net.forget_if_over(to.id);
        });
        net_.schedule_.after(Micros{0}, [&net = net_, id = link->id] {
            net.end_at_host(id, net::CloseCause::we_closed, 0, "");
        });
    }

    void send_text(net::SocketId socket, std::string_view text) override {
        Link* link = find(socket);
        if (!link || link->closing) return;
        net_.worker_wrote(*link);
        net_.to_client(*link, [&net = net_, frame = std::string{text}](Link& to) {
            net.schedule_.trace("down", frame);
            to.client->on_message(to.id, frame);
        });
    }

    void ping(net::SocketId socket) override {
        Link* link = find(socket);
        if (!link || link->closing) return;
        net_.worker_wrote(*link);
        net_.to_client(*link, [&net = net_](Link& to) {
            net.to_host(to, [&net](Link& back) {
                back.last_byte = net.schedule_.now();
                back.host->on_pong({back.id.value});
            });
        });
    }

    void close(net::SocketId socket, std::uint16_t code, std::string_view reason) override {
        Link* link = find(socket);
        if (!link || link->closing) return;
        link->closing = true;
        net_.to_client(*link, [&net = net_, code, said = std::string{reason}](Link& to) {
            net.to_host(to, [&net, code](Link& back) {
                net.end_at_host(back.id, net::CloseCause::we_closed, code, "");
            });
            net.end_at_client(to, code, said);
        });
        net_.schedule_.after(limits::close_handshake_deadline, [&net = net_, id = link->id] {
            net.end_at_host(id, net::CloseCause::deadline, 0, "no close frame came");
        });
    }

    void reset(net::SocketId socket) override {
        Link* link = find(socket);
        if (!link || link->closing) return;
        link->closing = true;
        net_.to_client(*link,
                       [&net = net_](Link& to) { net.end_at_client(to, abnormal, "reset"); });
        net_.schedule_.after(Micros{0}, [&net = net_, id = link->id] {
            net.end_at_host(id, net::CloseCause::we_closed, 0, "");
        });
    }

    void read(net::SocketId socket, bool on) override {
        Link* link = find(socket);
        if (!link || link->reading == on) return;
        link->reading = on;
        if (on)
            net_.schedule_.after(Micros{0}, [&net = net_, id = link->id] {
                if (Link* again = net.find(id)) net.read_again(*again);
            });
    }

    void set_tag(net::SocketId socket, std::uint32_t tag) override {
        if (Link* link = find(socket)) link->tag = tag;
    }
    std::uint32_t tag(net::SocketId socket) const override {
        const Link* link = find(socket);
        return link ? link->tag : 0;
    }
    Mono last_byte_at(net::SocketId socket) const override {
        const Link* link = find(socket);
        return link ? link->last_byte : Mono{};
    }

private:
    Link* find(net::SocketId socket) const {
        Link* link = net_.find(link_of(socket));
        return link && link->host_open ? link : nullptr;
    }
    SimNet& net_;
};

std::unique_ptr<worker::Sockets> SimNet::sockets_of() { return std::make_unique<Sockets>(*this); }

SimNet::Link* SimNet::find(LinkId link) {
    const auto found = links_.find(link);
    return found == links_.end() ? nullptr : found->second.get();
}
const SimNet::Link* SimNet::find(LinkId link) const {
    const auto found = links_.find(link);
    return found == links_.end() ? nullptr : found->second.get();
}

// ---- what travels ----

void SimNet::to_client(Link& link, std::function<void(Link&)> what) {
    if (link.silent) return;
    link.to_client = std::max(link.to_client, schedule_.now() + delay_.draw(schedule_.random));
    schedule_.at(link.to_client, [this, id = link.id, todo = std::move(what)] {
        Link* to = find(id);
        if (to && to->client_open && !to->silent) todo(*to);
    });
}

void SimNet::to_host(Link& link, std::function<void(Link&)> what) {
    if (link.silent) return;
    link.to_host = std::max(link.to_host, schedule_.now() + delay_.draw(schedule_.random));
    schedule_.at(link.to_host, [this, id = link.id, todo = std::move(what)] {
        Link* to = find(id);
        if (to && to->host_open && !to->silent) todo(*to);
    });
}

// Bytes into the silence are never acknowledged, so the kernel gives the socket up in the end.
void SimNet::worker_wrote(Link& link) {
    if (!link.silent || link.dying) return;
    link.dying = true;
    schedule_.after(user_timeout, [this, id = link.id] {
        end_at_host(id, net::CloseCause::peer_gone, 0, "TCP_USER_TIMEOUT");
    });
}

void SimNet::end_at_client(Link& link, std::uint16_t code, std::string_view reason) {
    if (!link.client_open) return;
    link.client_open = false;
    schedule_.trace("closed", reason);
    const LinkId id = link.id;
    link.client->on_closed(id, code, reason);
    forget_if_over(id);
}

void SimNet::end_at_host(LinkId id, net::CloseCause cause, std::uint16_t code,
                         std::string_view detail) {
    Link* link = find(id);
    if (!link || !link->host_open) return;
    schedule_.trace("ended", detail);
    link->host->on_closed({id.value}, {cause, code, std::string{detail}});
    link = find(id);
    if (!link) return;
    link->host_open = false;
    forget_if_over(id);
}

void SimNet::forget_if_over(LinkId id) {
    const Link* link = find(id);
    if (link && !link->host_open && !link->client_open) links_.erase(id);
}

void SimNet::deliver(Link& link, std::string_view text) {
    link.last_byte = schedule_.now();
    if (!link.reading) {
        link.unread.emplace_back(text);
        return;
    }
    schedule_.trace("up", text);
    link.host->on_message({link.id.value}, text);
}

void SimNet::read_again(Link& link) {
    const LinkId id = link.id;
    std::vector<std::string> waiting = std::exchange(link.unread, {});
    for (std::size_t i = 0; i < waiting.size(); ++i) {
        Link* to = find(id);
        if (!to || !to->host_open) return;
        if (!to->reading) {
            to->unread.insert(to->unread.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(i),
                              waiting.end());
            return;
        }
        deliver(*to, waiting[i]);
    }
}

// ---- the stations' side ----

LinkId SimNet::connect(Client& client, Host* host, net::Request&& request, net::Peer peer) {
    const LinkId id{++last_link_};
    auto made = std::make_unique<Link>();
    Link& link = *made;
    link.id = id;
    link.client = &client;
    link.host = host;
    link.host_open = false;  // until the request arrives
    links_[id] = std::move(made);
    link.to_host = schedule_.now() + delay_.draw(schedule_.random);
    peer.address = "127.0.0.1";
    peer.port = static_cast<std::uint16_t>(10'000 + id.value % 50'000);
    schedule_.at(link.to_host, [this, id, asked = std::move(request), peer = std::move(peer)] {
        Link* to = find(id);
        if (!to || !to->client_open) return;
        if (!to->host) return end_at_client(*to, abnormal, "connection refused");
        to->host_open = true;
        to->last_byte = schedule_.now();
        schedule_.trace("upgrade", asked.target);
        to->host->on_upgrade({id.value}, asked, peer);
    });
    schedule_.after(upgrade_timeout, [this, id] {
        Link* waiting = find(id);
        if (waiting && !waiting->client_upgraded) end_at_client(*waiting, abnormal, "no answer");
    });
    return id;
}

void SimNet::send(LinkId id, std::string_view text) {
    Link* link = find(id);
    if (!link || !link->client_open) return;
    if (link->silent) {
        schedule_.after(station_notices.draw(schedule_.random), [this, id] {
            if (Link* gone = find(id)) end_at_client(*gone, abnormal, "nothing is acknowledged");
        });
        return;
    }
    to_host(*link, [this, frame = std::string{text}](Link& to) {
        if (!to.closing) deliver(to, frame);
    });
}

void SimNet::close(LinkId id, std::uint16_t code, std::string_view reason) {
    Link* link = find(id);
    if (!link || !link->client_open) return;
    to_host(*link, [this, code, said = std::string{reason}](Link& to) {
        end_at_host(to.id, net::CloseCause::peer_closed, code, said);
    });
    schedule_.after(delay_.draw(schedule_.random) * 2, [this, id, code] {
        if (Link* over = find(id)) end_at_client(*over, code, "closed");
    });
}

void SimNet::host_died(Host& host) {
    std::vector<LinkId> gone;
    for (auto& [id, link] : links_) {
        if (link->host != &host) continue;
        link->host = nullptr;
        link->host_open = false;
        gone.push_back(id);
    }
    for (const LinkId id : gone) {
        Link* link = find(id);
        to_client(*link, [this](Link& to) { end_at_client(to, abnormal, "reset"); });
        forget_if_over(id);
    }
}

// ---- faults ----

void SimNet::cut(LinkId id) {
    Link* link = find(id);
    if (!link) return;
    to_client(*link, [this](Link& to) { end_at_client(to, abnormal, "reset"); });
    schedule_.after(delay_.draw(schedule_.random),
                    [this, id] { end_at_host(id, net::CloseCause::peer_gone, 0, "reset"); });
}

void SimNet::lose_station_side(LinkId id) {
    Link* link = find(id);
    if (!link) return;
    fall_silent(id);
    schedule_.after(Micros{0}, [this, id] {
        if (Link* lost = find(id)) end_at_client(*lost, abnormal, "reset");
    });
}

void SimNet::fall_silent(LinkId id) {
    Link* link = find(id);
    if (!link || link->silent) return;
    link->silent = true;
    ++silences_;
    // What the worker has in flight when it happens is not acknowledged either.
    if (link->to_client > schedule_.now()) worker_wrote(*link);
}

bool SimNet::is_sound(LinkId id) const {
    const Link* link = find(id);
    return link && link->client_open && link->client_upgraded && link->host_open &&
           link->accepted && !link->silent && !link->closing;
}

std::vector<LinkId> SimNet::open_links() const {
    std::vector<LinkId> open;
    for (const auto& [id, link] : links_)
        if (is_sound(id)) open.push_back(id);
    return open;
}

}  // namespace ohm::world
