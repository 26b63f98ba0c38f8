// Threads that read for REST, each with a database connection of its own. Called on the HTTP loop;
// `work` runs on a reader, `done` on the loop with what it returned. A Fault from `work` becomes
// 503 database_unavailable after one reconnect.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/http.hpp"
#include "net/loop.hpp"
#include "store/message_log.hpp"
#include "store/sql.hpp"

namespace ohm::api {

// What a reader may read from.
struct ReadSources {
    store::Sql& sql;
    store::MessageLog* messages;  // null where the log cannot be read
};

class Readers {
public:
    struct Open {
        std::function<std::unique_ptr<store::Sql>()> sql;
        std::function<std::unique_ptr<store::MessageLog>()> messages;
    };
    // 0 threads: everything runs inline on the loop, in tests.
    Readers(net::Loop& loop, std::size_t threads, Open open);
    ~Readers();

    void read(std::function<net::Response(ReadSources&)> work,
              std::function<void(net::Response&&)> done);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ohm::api
