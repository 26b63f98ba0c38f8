#include "api/events/hub.hpp"

#include <algorithm>

#include "api/people/summary.hpp"
#include "base/limits_events.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace ohm::api::events {

Hub::Hub(net::Loop& loop, Readers& readers, std::size_t partition_count, Links links)
    : loop_{loop},
      readers_{readers},
      partition_count_{partition_count},
      links_{std::move(links)},
      memory_from_{beginning(partition_count)} {
    keep_alive_timer_ = loop_.every(limits::event_keep_alive, [this] { keep_alive(); });
}

Hub::~Hub() { loop_.cancel(keep_alive_timer_); }

bool Hub::has_room() const { return followers_.size() < limits::event_subscribers; }

void Hub::add(Follower&& follower) {
    // It may have closed while its key was read; nobody would say so again.
    if (!follower.server->is_open(follower.socket)) return;
    const Key key{follower.server, follower.socket.value};
    One& one = followers_[key];
    one = {.follower = std::move(follower), .number = ++numbers_};
    if (!std::exchange(is_watched_, true)) links_.watch(true);
    begin(one);
}

void Hub::forget(const net::Server& server, net::SocketId socket) {
    if (followers_.erase({&server, socket.value}) == 0 || !followers_.empty()) return;
    loop_.after(limits::events_watch_linger, [this, lives = std::weak_ptr{lives_}] {
        if (lives.expired() || !followers_.empty() || !std::exchange(is_watched_, false)) return;
        live_.reset();
        links_.watch(false);
    });
}

Hub::One* Hub::find(const Key& key, std::uint64_t number) {
    const auto found = followers_.find(key);
    const bool is_it = found != followers_.end() && found->second.number == number;
    return is_it ? &found->second : nullptr;
}

// ---- a follower's beginning ----

void Hub::begin(One& one) {
    if (!live_) return;  // with the tailer's first word
    if (one.follower.after) {
        one.position = *one.follower.after;
        say_ready(one);
        one.stage = Stage::reading;
        return read_on({one.follower.server, one.follower.socket.value}, one.number);
    }
    one.position = *live_;
    one.stage = Stage::live;
    say_ready(one);
}

namespace {
// A place that is not between the oldest event and the newest is of another time.
Page read_from(store::Sql& sql, const Position& from, bool is_first) {
    constexpr std::size_t page_events = 500;
    thread_local wire::Decoder decoder;
    const Position first = is_first ? oldest(sql, from.next.size()) : from;
    const Position last = is_first ? newest(sql, from.next.size()) : from;
    Page page;
    for (std::size_t i = 0; i < from.next.size(); ++i)
        page.expired = page.expired || from.next[i] < first.next[i] || from.next[i] > last.next[i];
    if (page.expired) return page;
    return read_page(sql, decoder, from, page_events);
}
}  // namespace

void Hub::read_on(const Key& key, std::uint64_t number) {
    One* one = find(key, number);
    if (!one) return;
    if (one->follower.server->unsent_bytes(one->follower.socket) > limits::event_replay_bytes) {
        loop_.after(limits::event_replay_wait, [this, key, number, lives = std::weak_ptr{lives_}] {
            if (!lives.expired()) read_on(key, number);
        });
        return;
    }
    const auto page = std::make_shared<Page>();  // written by the reader, then the loop's
    const bool is_first = one->follower.after == one->position;
    readers_.read(
        [page, from = one->position, is_first](ReadSources& sources) {
            *page = read_from(sources.sql, from, is_first);
            return net::Response{};
        },
        [this, page, key, number](net::Response&& response) {
            One* asked = find(key, number);
            if (!asked) return;
            if (response.status == 200)
                take_page(*asked, std::move(*page));
            else
                loop_.after(seconds{1}, [this, key, number, lives = std::weak_ptr{lives_}] {
                    if (!lives.expired()) read_on(key, number);
                });
        });
}

void Hub::take_page(One& one, Page&& page) {
    if (page.expired) return end(one, "stream.expired", "what is asked for is not kept any more");
    const Position after = std::move(page.after);
    for (const Event& event : page.events) tell(one, event);
    one.position = after;
    one.follower.after.reset();
    if (!page.more && live_ && reaches_memory(one)) return go_live(one);
    const Key key{one.follower.server, one.follower.socket.value};
    read_on(key, one.number);
}

bool Hub::reaches_memory(const One& one) const {
    for (std::size_t i = 0; i < partition_count_; ++i)
        if (one.position.next[i] < std::min(memory_from_.next[i], live_->next[i])) return false;
    return true;
}

void Hub::go_live(One& one) {
    one.stage = Stage::live;
    for (const Event& event : memory_) tell(one, event);
}

// ---- what the tailer finds ----

void Hub::take(Followed&& followed) {
    if (followed.began) {
        live_ = memory_from_ = *followed.began;
        memory_.clear();
        for (auto& [key, one] : followers_) {
            if (one.stage == Stage::waiting) begin(one);
            // The tailer has begun anew: what lies between is read.
            if (one.stage != Stage::live || one.position == *live_) continue;
            one.stage = Stage::reading;
            read_on(key, one.number);
        }
        return;
    }
    if (!live_) return;  // nobody follows any more
    for (Event& event : followed.events) {
        live_->next[event.partition.value] = event.n + 1;
        remember(event);
        for (auto& [key, one] : followers_)
            if (one.stage == Stage::live) tell(one, event);
    }
}

void Hub::remember(const Event& event) {
    memory_.push_back(event);
    if (memory_.size() <= limits::events_remembered) return;
    const Event& oldest = memory_.front();
    memory_from_.next[oldest.partition.value] = oldest.n + 1;
    memory_.pop_front();
}

void Hub::tell(One& one, const Event& event) {
    std::int64_t& next = one.position.next[event.partition.value];
    if (event.n < next) return;
    next = event.n + 1;
    if (!matches(one.follower.filter, event)) return;
    const std::string sequence = text_of(one.position);
    std::string envelope = envelope_of(event, sequence);
    if (one.follower.hides_tokens) envelope = people::without_tokens(envelope);
    say(one, event.type, envelope, sequence);
    if (overflows(one)) end(one, "stream.overflow", "what was sent is not read");
}

// ---- what is said ----

void Hub::say(One& one, std::string_view type, std::string_view json, const std::string& sequence) {
    net::Server& server = *one.follower.server;
    if (!server.is_open(one.follower.socket)) return;
    if (one.follower.form == Form::websocket) return server.send_text(one.follower.socket, json);
    std::string text = "event: " + std::string{type} + "\n";
    if (!sequence.empty()) text += "id: " + sequence + "\n";
    text.append("data: ").append(json).append("\n\n");
    server.send_body(one.follower.socket, text);
}

void Hub::say_ready(One& one) {
    const std::string sequence = text_of(one.position);
    say(one, "ready", R"({"type":"ready","sequence":")" + sequence + "\"}", sequence);
}

bool Hub::overflows(const One& one) const {
    return one.follower.server->unsent_bytes(one.follower.socket) > limits::event_buffer_bytes;
}

// A place that is not kept is answered with the newest one, so that a client that takes every
// `sequence` goes on from there once it has read the state anew.
void Hub::end(One& one, std::string_view type, std::string_view detail) {
    constexpr std::uint16_t close_expired = 4410, close_overflow = 1008;
    const bool expired = type == "stream.expired";
    const std::string sequence = expired && live_ ? text_of(*live_) : std::string{};
    std::string json = R"({"type":")" + std::string{type} + R"(","detail":)";
    append_json_string(json, detail);
    if (!sequence.empty()) json += R"(,"sequence":")" + sequence + "\"";
    say(one, type, json + "}", sequence);
    net::Server& server = *one.follower.server;
    if (one.follower.form == Form::websocket)
        server.close(one.follower.socket, expired ? close_expired : close_overflow, type);
    else
        server.end_stream(one.follower.socket);
    log::info("follower_ended", {{"why", type}});
    one.stage = Stage::ended;
    one.number = 0;  // nothing finds it any more
    const Key key{one.follower.server, one.follower.socket.value};
    loop_.post([this, key, lives = std::weak_ptr{lives_}] {
        if (lives.expired()) return;
        if (const One* ended = find(key, 0)) forget(*key.first, ended->follower.socket);
    });
}

void Hub::keep_alive() {
    std::vector<Follower> closed;
    for (const auto& [key, one] : followers_)
        if (!one.follower.server->is_open(one.follower.socket)) closed.push_back(one.follower);
    for (const Follower& follower : closed) forget(*follower.server, follower.socket);
    for (auto& [key, one] : followers_) {
        if (one.follower.form == Form::websocket)
            one.follower.server->ping(one.follower.socket);
        else
            one.follower.server->send_body(one.follower.socket, ": keep-alive\n\n");
    }
}

void Hub::end_without_key(const std::function<bool(const Follower&)>& is_in_force) {
    for (auto& [key, one] : followers_)
        if (one.number != 0 && !is_in_force(one.follower))
            end(one, "stream.unauthorized", "the API key is not in force any more");
}

}  // namespace ohm::api::events
