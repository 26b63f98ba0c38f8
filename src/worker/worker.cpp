#include "worker/worker.hpp"

#include <algorithm>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "base/process_metrics.hpp"
#include "worker/metrics.hpp"

namespace ohm::worker {

// The worker's own small HTTP side, on loop 0, with figures that the loops send once a second.
class Worker::Http final : public net::Server::Owner {
public:
    Http(WorkerLoop& first, const WorkerOptions& options, const std::atomic<bool>& draining)
        : draining_{draining},
          worker_{options.loop.worker},
          version_{options.loop.version},
          bus_figures_{options.bus_figures},
          figures_(options.threads),
          fresh_(options.threads),
          server_{first.loop(), *this, http_options(options)} {}

    void take(std::size_t loop, const LoopFigures& figures, bool fresh_beat) {
        figures_[loop] = figures;
        fresh_[loop] = fresh_beat;
    }
    void on_request(net::SocketId socket, net::Request&& request, const net::Peer&) override {
        server_.respond(socket, answer(request));
    }
    void on_upgrade(net::SocketId socket, net::Request&&, const net::Peer&) override {
        server_.refuse(socket, {.status = 404});
    }
    void on_message(net::SocketId, std::string_view, bool) override {}
    void on_pong(net::SocketId) override {}
    void on_closed(net::SocketId, const net::Closed&) override {}

private:
    static net::Server::Options http_options(const WorkerOptions& options) {
        net::Server::Options out;
        out.address = options.http_address;
        out.port = options.http_port;
        out.connections_max = 64;
        out.header_bytes = limits::http_header_bytes;
        out.body_bytes = 0;
        out.message_bytes = 0;
        out.write_buffer_bytes = limits::write_buffer_bytes;
        return out;
    }
    net::Response answer(const net::Request& request) const {
        const std::string_view path =
            request.path() == "/healthz" ? std::string_view{"/livez"} : request.path();
        const bool known =
            path == "/livez" || path == "/readyz" || path == "/startupz" || path == "/metrics";
        if (!known)
            return problem(404, "Not Found", "There are /livez, /readyz, /startupz and /metrics.");
        if (request.method != "GET" && request.method != "HEAD") {
            net::Response refused = problem(405, "Method Not Allowed", "Possible here: GET, HEAD.");
            refused.headers.push_back({"Allow", "GET, HEAD"});
            return refused;
        }
        if (path == "/metrics")
            return {.headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"},
                                {"Cache-Control", "no-store"}},
                    .body = metrics_text(worker_, figures_) +
                            bus_metrics_text(worker_,
                                             bus_figures_ ? bus_figures_() : bus::BusFigures{}) +
                            process_metrics_text(version_, "worker")};
        if (path != "/readyz") return health(true, "");
        const bool hears_api =
            std::all_of(fresh_.begin(), fresh_.end(), [](bool fresh) { return fresh; });
        const bool takes_stations = hears_api && !draining_;
        const bool shows_checks = !takes_stations || request.query().starts_with("verbose");
        return health(takes_stations, shows_checks ? checks(hears_api, draining_) : "");
    }
    // As the api's own look.
    static std::string checks(bool hears_api, bool draining) {
        return std::string{R"(,"checks":[{"name":"api","ok":)"} + (hears_api ? "true" : "false") +
               R"(,"detail":")" +
               (hears_api ? "" : "no api is heard; stations are refused with 503") +
               R"("},{"name":"draining","ok":)" + (draining ? "false" : "true") + R"(,"detail":")" +
               (draining ? "it gives its stations to other workers" : "") + "\"}]";
    }
    static net::Response health(bool good, const std::string& checks) {
        net::Response response{
            .status = good ? 200 : 503,
            .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
            .body =
                R"({"status":")" + std::string{good ? "ok" : "unavailable"} + "\"" + checks + "}"};
        if (!good) response.headers.push_back({"Retry-After", "2"});
        return response;
    }
    static net::Response problem(int status, std::string_view title, std::string_view detail) {
        return {.status = status,
                .headers = {{"Content-Type", "application/problem+json"}},
                .body = R"({"type":"about:blank","title":")" + std::string{title} +
                        R"(","status":)" + std::to_string(status) + R"(,"detail":")" +
                        std::string{detail} + "\"}"};
    }

    const std::atomic<bool>& draining_;
    const std::string worker_, version_;
    const std::function<bus::BusFigures()> bus_figures_;
    std::vector<LoopFigures> figures_;
    std::vector<bool> fresh_;
    net::Server server_;
};

Worker::Worker(const WorkerOptions& options, const Clock& clock)
    : options_{options}, clock_{clock}, drained_box_{1'000} {}

Worker::~Worker() { stop(); }

void Worker::start(bus::WorkerBus& bus) {
    constexpr seconds collect_interval{1};
    LoopOptions each = options_.loop;
    each.loops = static_cast<std::uint32_t>(options_.threads);
    ListenOptions listen = options_.listen;
    net::check_port_is_free(listen.address, listen.port);
    if (!listen.tls.certificate_file.empty())
        net::check_port_is_free(listen.address, listen.tls_port);
    for (std::size_t i = 0; i < options_.threads; ++i) {
        each.loop = static_cast<std::uint32_t>(i);
        loops_.push_back(std::make_unique<WorkerLoop>(each, listen, clock_, bus));
        listen.port = loops_[0]->port();  // port 0: the first loop's choice holds for all
        if (loops_[0]->tls_port() != 0) listen.tls_port = loops_[0]->tls_port();
    }
    if (options_.http) http_ = std::make_unique<Http>(*loops_[0], options_, draining_);
    for (std::size_t i = 0; i < loops_.size(); ++i) {
        WorkerLoop& loop = *loops_[i];
        loop.loop().every(collect_interval, [this, i, &loop] {
            const LoopFigures figures = loop.stations().figures();
            const bool fresh = loop.stations().has_fresh_beat() && loop.stations().bus_is_up();
            loops_[0]->loop().post([this, i, figures, fresh] { collect(i, figures, fresh); });
        });
    }
    for (const auto& loop : loops_) loop->start();
    started_ = true;
}

void Worker::collect(std::size_t loop, const LoopFigures& figures, bool fresh_beat) {
    if (http_) http_->take(loop, figures, fresh_beat);
    if (options_.on_figures) options_.on_figures(loop, figures);
}

// Ordered, it is slow and the process stays; SIGTERM after that makes it quick.
void Worker::drain(bool slowly) {
    const bool begins = !draining_.exchange(true);
    log::info("draining", {{"worker", options_.loop.worker}, {"ordered", slowly}});
    for (const auto& owned : loops_) {
        WorkerLoop& loop = *owned;
        loop.loop().post([this, &loop, slowly, begins] {
            loop.stations().drain(slowly);
            if (!begins) return;
            loop.stop_accepting();
            // Each run is one of a copy, so what it remembers lies outside.
            const auto told = std::make_shared<bool>(false);
            loop.loop().every(milliseconds{100}, [this, &loop, told] {
                if (*told || !loop.stations().drained()) return;
                *told = true;
                drained_box_.push_always(true);
            });
        });
    }
}

bool Worker::takes_order_to_drain(const bus::Envelope& envelope) {
    if (!envelope.kind.is("drain")) return false;
    const auto body = bus::body_of<bus::DrainBody>(envelope);
    if (body && body->worker == options_.loop.worker && !draining_) drain(true);
    return true;
}

bool Worker::drained() {
    std::vector<bool> told;
    drained_box_.take(told);
    drained_count_ += told.size();
    return drained_count_ >= loops_.size();
}

void Worker::stop() {
    if (!std::exchange(started_, false)) return;
    for (const auto& loop : loops_) loop->stop();
}

void Worker::reload_certificates() {
    for (const auto& loop : loops_)
        loop->loop().post([&loop = *loop] { loop.reload_certificates(); });
}

std::uint16_t Worker::port() const { return loops_[0]->port(); }

// ---- from the bus ----

void Worker::on_up(std::uint64_t n, const std::string&) {
    for (const auto& loop : loops_)
        loop->loop().post([&loop = *loop, n] { loop.stations().on_up(n); });
}

void Worker::on_down(const std::string&) {
    for (const auto& loop : loops_)
        loop->loop().post([&loop = *loop] { loop.stations().on_down(); });
}

void Worker::on_room() {
    for (const auto& loop : loops_)
        loop->loop().post([&loop = *loop] { loop.stations().on_room(); });
}

// An envelope for one connection goes to its loop, whose number is in the connection's; all others
// go to every loop.
void Worker::on_envelopes(std::vector<bus::Envelope>&& envelopes) {
    std::vector<std::vector<bus::Envelope>> by_loop(loops_.size());
    for (bus::Envelope& envelope : envelopes) {
        if (takes_order_to_drain(envelope)) continue;
        const bool directed = envelope.connection != 0;
        const auto loop = static_cast<std::size_t>(envelope.connection & 0xFF);
        if (directed && loop < by_loop.size())
            by_loop[loop].push_back(std::move(envelope));
        else if (!directed)
            for (auto& list : by_loop) list.push_back(envelope);
    }
    for (std::size_t i = 0; i < by_loop.size(); ++i) {
        if (by_loop[i].empty()) continue;
        // Shared, because std::function must be copyable.
        auto list = std::make_shared<std::vector<bus::Envelope>>(std::move(by_loop[i]));
        loops_[i]->loop().post([&loop = *loops_[i], list] {
            for (bus::Envelope& envelope : *list) loop.stations().on_envelope(std::move(envelope));
        });
    }
}

}  // namespace ohm::worker
