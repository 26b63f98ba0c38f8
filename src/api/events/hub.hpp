// Who follows events, and how far each has come: sockets and SSE answers of one api. A follower
// that names an earlier place is read to from the database until it has caught up, then gets what
// the tailer finds. Everything on the HTTP loop.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/events/filter.hpp"
#include "api/events/tailer.hpp"
#include "api/readers.hpp"
#include "net/server.hpp"

namespace ohm::api::events {

enum class Form : std::uint8_t { websocket, server_sent };

struct Follower {
    net::Server* server = nullptr;
    net::SocketId socket;
    Form form = Form::websocket;
    Filter filter;
    std::optional<Position> after;  // none: from now on
    std::string key_digest;         // of who asked
    std::string address = {};       // from where
    bool hides_tokens = false;      // who asked may not see them
};

class Hub {
public:
    struct Links {
        std::function<void(bool)> watch;  // whether anybody follows
    };
    Hub(net::Loop& loop, Readers& readers, std::size_t partition_count, Links links);
    ~Hub();

    bool has_room() const;
    void add(Follower&& follower);
    void forget(const net::Server& server, net::SocketId socket);  // it has ended
    void take(Followed&& followed);                                // of the tailer
    // Ends those whose key counts no more, or less than what they are told.
    void end_without_key(const std::function<bool(const Follower&)>& is_in_force);
    std::size_t count() const { return followers_.size(); }

private:
    enum class Stage : std::uint8_t { waiting, reading, live, ended };
    struct One {
        Follower follower;
        Position position;
        Stage stage = Stage::waiting;
        std::uint64_t number = 0;  // tells it from a later one on the same socket
    };
    using Key = std::pair<const net::Server*, std::uint64_t>;

    void begin(One& one);
    void read_on(const Key& key, std::uint64_t number);
    void take_page(One& one, Page&& page);
    void go_live(One& one);
    bool reaches_memory(const One& one) const;
    void tell(One& one, const Event& event);
    void say_ready(One& one);
    void say(One& one, std::string_view type, std::string_view json, const std::string& sequence);
    void end(One& one, std::string_view type, std::string_view detail);
    bool overflows(const One& one) const;
    void keep_alive();
    void remember(const Event& event);
    One* find(const Key& key, std::uint64_t number);

    net::Loop& loop_;
    Readers& readers_;
    const std::size_t partition_count_;
    const Links links_;
    std::map<Key, One> followers_;
    std::uint64_t numbers_ = 0;
    bool is_watched_ = false;
    std::optional<Position> live_;  // behind what the tailer has given
    std::deque<Event> memory_;      // its newest
    Position memory_from_;          // the first numbers in it
    net::TimerId keep_alive_timer_ = 0;
    std::shared_ptr<bool> lives_ = std::make_shared<bool>(true);
};

}  // namespace ohm::api::events
