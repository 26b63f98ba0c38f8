// The REST side of an api: HTTP requests in, problem or resource out. Everything here runs on one
// HTTP loop; reads go to Readers, what changes a station goes to its owner through Operations. Must
// outlive the loop's run.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/events/tailer.hpp"
#include "api/operations.hpp"
#include "api/readers.hpp"
#include "api/rest/console.hpp"
#include "api/rest/other_origins.hpp"
#include "api/rest/shown_settings.hpp"
#include "api/rest/trusted_proxies.hpp"
#include "base/ids.hpp"
#include "base/limits.hpp"
#include "egress/guard.hpp"
#include "net/loop.hpp"
#include "net/server.hpp"

namespace ohm::api::rest {

// What /livez, /readyz and /startupz ask. Called on the HTTP loop: answers from what is known,
// never by waiting.
class Health {
public:
    struct Check {
        std::string name;  // "database", "queue", "migrations"
        bool ok = false;
        std::string detail;  // for ?verbose
    };
    virtual ~Health() = default;
    virtual bool alive() = 0;
    virtual bool started() = 0;
    virtual std::vector<Check> checks() = 0;
};

// A file of the documentation, e.g. of Swagger UI.
struct Asset {
    std::string name;  // "swagger-ui.css"
    std::string body;
};
// Swagger UI's files in a folder (npm swagger-ui-dist); empty where they are not there.
std::vector<Asset> read_swagger_ui(const std::string& folder);

// What files may take.
struct FileLimits {
    std::int64_t file_bytes = 512 * 1024 * 1024;
    std::int64_t station_bytes = 512 * 1024 * 1024;
    std::int64_t total_bytes = std::int64_t{10} * 1024 * 1024 * 1024;
};

struct Settings {
    std::string version;  // of the program
    std::uint32_t partition_count = 4;
    std::string admin_key_digest;        // secret::digest of OHM_ADMIN_KEY: may do all; "" is none
    bool require_if_match = false;       // OHM_REQUIRE_IF_MATCH
    std::int64_t rate_limit = 0;         // OHM_RATE_LIMIT_PER_MINUTE
    bool accept_unknown_tokens = false;  // OHM_UNKNOWN_TOKENS
    std::string default_message_log_level = "all";
    seconds command_wait{35};        // for the end of a command, where Prefer says nothing
    seconds operation_deadline{15};  // for an owner's answer to anything else
    std::vector<Asset> swagger_ui;
    Console console;         // empty: there is none
    egress::Rules outside;   // which URLs may be named
    TrustedProxies proxies;  // OHM_TRUSTED_PROXIES
    OtherOrigins origins;    // OHM_CORS_ORIGINS
    FileLimits files;
    std::string certificate_authority;  // PEM of its chain, which is public; "": none
    std::vector<SettingShown> shown;    // all of the program's, for operators
};

struct Parts {
    net::Loop& loop;
    Operations& operations;
    Readers& readers;
    Readers& writers;  // of what belongs to no station, on a connection that may write
    const Clock& clock;
    IdSource& ids;  // of the loop's thread
    Health& health;
    std::function<std::string()> metrics;         // Prometheus text; ours is appended
    std::function<void(bool)> watch_events = {};  // whether anybody follows
    std::function<void(bool)> watch_frames = {};  // likewise, of OCPP messages
    std::function<bool(Partition)> is_here = {};  // whether this api owns it
};

class Rest {
public:
    Rest(const Parts& parts, Settings settings);
    ~Rest();

    // Opens a listener; several may be open at once, e.g. one with TLS. The server lives as long as
    // this. Throws Fault{fatal}.
    net::Server& listen(const net::Server::Options& options);
    // After the loop has ended: stores what still waits.
    void finish(const std::function<std::unique_ptr<store::Sql>()>& open);
    void take(events::Followed&& followed);  // what the tailer found
    void take(const std::vector<store::LoggedFrame>& frames);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace ohm::api::rest
