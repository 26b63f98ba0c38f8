// Who watches the OCPP messages of a station as they happen. Those of this api's partitions come
// straight from the shards, while anybody watches; those of others are read from the message log
// once a second. What the log does not take is not seen here either. On the HTTP loop.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/readers.hpp"
#include "api/rest/exchange.hpp"
#include "net/server.hpp"

namespace ohm::api::rest {

class LiveMessages {
public:
    struct Links {
        std::function<void(bool)> watch;         // whether shards shall hand over frames
        std::function<bool(Partition)> is_here;  // whether this api owns it
    };
    LiveMessages(net::Loop& loop, Readers& readers, Links links);
    ~LiveMessages();

    struct Watched {
        StationNo no{};
        std::string id;
        Partition partition{};
    };
    void add(const Exchange& exchange, Watched&& station, std::string&& key_digest);
    void forget(const net::Server& server, net::SocketId socket);
    void take(const std::vector<store::LoggedFrame>& frames);
    void end_without_key(const std::function<bool(const std::string& digest,
                                                  const std::string& address)>& is_in_force);
    std::size_t count() const { return watchers_.size(); }

private:
    struct Watcher {
        net::Server* server = nullptr;
        net::SocketId socket;
        Watched station;
        std::string key_digest, address;  // of who asked
        std::deque<std::string> told;     // what the log may show again, the newest last
        Utc since{};
        bool is_reading = false;
    };
    using Key = std::pair<const net::Server*, std::uint64_t>;
    void look();
    void forget_closed();
    void read_log(const Key& key, Watcher& watcher);
    void tell(Watcher& watcher, const store::LoggedFrame& frame);
    static void end(Watcher& watcher, std::string_view type, std::string_view detail);

    net::Loop& loop_;
    Readers& readers_;
    const Links links_;
    std::map<Key, Watcher> watchers_;
    net::TimerId timer_ = 0;
    std::uint64_t looks_ = 0;
    std::shared_ptr<bool> lives_ = std::make_shared<bool>(true);
};

}  // namespace ohm::api::rest
