#include "api/rest/live_messages.hpp"

#include <algorithm>

#include "api/rest/message_shown.hpp"
#include "base/limits_events.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

constexpr seconds look_interval{1}, overlap{5};
constexpr std::size_t told_remembered = 500, frames_per_look = 200;
constexpr std::uint64_t looks_per_ping = 15;

// The same frame, from the shard and from the log.
std::string mark_of(const store::LoggedFrame& frame) {
    return std::to_string(micros(frame.at)) + " " +
           (frame.direction == store::Direction::in ? "in " : "out ") + frame.message_type + " " +
           frame.message_id;
}

}  // namespace

LiveMessages::LiveMessages(net::Loop& loop, Readers& readers, Links links)
    : loop_{loop}, readers_{readers}, links_{std::move(links)} {
    timer_ = loop_.every(look_interval, [this] { look(); });
}

LiveMessages::~LiveMessages() { loop_.cancel(timer_); }

void LiveMessages::add(const Exchange& exchange, Watched&& station, std::string&& key_digest) {
    // It may have closed while its key was read; nobody would say so again.
    if (!exchange.server->is_open(exchange.socket)) return;
    Watcher& watcher = watchers_[{exchange.server, exchange.socket.value}];
    watcher.server = exchange.server;
    watcher.socket = exchange.socket;
    watcher.station = std::move(station);
    watcher.key_digest = std::move(key_digest);
    watcher.address = exchange.address;
    watcher.since = exchange.received_at;
    links_.watch(true);
    watcher.server->send_text(watcher.socket, R"({"type":"ready"})");
}

void LiveMessages::forget(const net::Server& server, net::SocketId socket) {
    if (watchers_.erase({&server, socket.value}) > 0 && watchers_.empty()) links_.watch(false);
}

void LiveMessages::forget_closed() {
    const auto count = std::erase_if(
        watchers_, [](const auto& one) { return !one.second.server->is_open(one.second.socket); });
    if (count > 0 && watchers_.empty()) links_.watch(false);
}

void LiveMessages::take(const std::vector<store::LoggedFrame>& frames) {
    for (const store::LoggedFrame& frame : frames)
        for (auto& [key, watcher] : watchers_)
            if (watcher.station.no == frame.station) tell(watcher, frame);
}

void LiveMessages::look() {
    ++looks_;
    forget_closed();
    for (auto& [key, watcher] : watchers_) {
        if (looks_ % looks_per_ping == 0) watcher.server->ping(watcher.socket);
        if (!watcher.is_reading && !links_.is_here(watcher.station.partition))
            read_log(key, watcher);
    }
}

void LiveMessages::read_log(const Key& key, Watcher& watcher) {
    watcher.is_reading = true;
    const auto page = std::make_shared<store::MessageLog::Page>();  // the reader's, then the loop's
    readers_.read(
        [page, no = watcher.station.no, from = watcher.since - overlap](ReadSources& sources) {
            store::MessageLog::Filter filter;
            filter.station = no;
            filter.from = from;
            filter.limit = frames_per_look;
            if (sources.messages) *page = sources.messages->read(filter);
            return net::Response{};
        },
        [this, page, key, lives = std::weak_ptr{lives_}](net::Response&&) {
            if (lives.expired()) return;
            const auto found = watchers_.find(key);
            if (found == watchers_.end()) return;
            found->second.is_reading = false;
            for (auto frame = page->frames.rbegin(); frame != page->frames.rend(); ++frame)
                tell(found->second, *frame);
        });
}

void LiveMessages::tell(Watcher& watcher, const store::LoggedFrame& frame) {
    if (frame.at < watcher.since - overlap || !watcher.server->is_open(watcher.socket)) return;
    std::string mark = mark_of(frame);
    if (std::find(watcher.told.rbegin(), watcher.told.rend(), mark) != watcher.told.rend()) return;
    watcher.told.push_back(std::move(mark));
    if (watcher.told.size() > told_remembered) watcher.told.pop_front();
    watcher.since = std::max(watcher.since, frame.at);
    watcher.server->send_text(
        watcher.socket,
        R"({"type":"ocpp.message","data":)" +
            wire::encode(message_of(watcher.station.id, store::LoggedFrame{frame})) + "}");
    if (watcher.server->unsent_bytes(watcher.socket) > limits::event_buffer_bytes)
        end(watcher, "stream.overflow", "what was sent is not read");
}

void LiveMessages::end(Watcher& watcher, std::string_view type, std::string_view detail) {
    constexpr std::uint16_t policy = 1008;
    watcher.server->send_text(watcher.socket, R"({"type":")" + std::string{type} +
                                                  R"(","detail":")" + std::string{detail} + "\"}");
    watcher.server->close(watcher.socket, policy, type);
}

void LiveMessages::end_without_key(
    const std::function<bool(const std::string&, const std::string&)>& is_in_force) {
    for (auto& [key, watcher] : watchers_)
        if (!is_in_force(watcher.key_digest, watcher.address))
            end(watcher, "stream.unauthorized", "the API key is not in force any more");
}

}  // namespace ohm::api::rest
