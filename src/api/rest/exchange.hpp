// One request on its way to its answer, and how its parts are read. Made on the HTTP loop; after
// authentication nobody changes it, so readers' threads may look at it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "api/rest/networks.hpp"
#include "api/rest/problem.hpp"
#include "base/time.hpp"
#include "net/http.hpp"
#include "net/server.hpp"

namespace ohm::api::rest {

struct Route;
struct Settings;

struct Caller {
    std::string name;  // "key:ops", "user:ada"; "" before authentication
    std::vector<std::string> scopes;
    std::string role = {};  // "": none, the scopes are its own
    std::string id = {};    // of the operator or the API key, as bytes; "": the key of the settings
    bool is_operator = false;
    std::int64_t expires_at = 0;  // µs UTC; 0: never
    // From where the key may be used; null: from anywhere. Shared by all requests with it.
    std::shared_ptr<const Networks> networks = {};
    bool may_come_from(std::string_view address) const {
        return !networks || networks->contains(address);
    }
    bool may(std::string_view scope) const;
};

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

struct Exchange {
    net::Server* server = nullptr;
    net::SocketId socket;
    bool is_websocket = false;  // it is answered by a frame
    net::Request request;
    std::string address;
    std::string request_id;
    const Route* route = nullptr;
    const Settings* settings = nullptr;
    std::vector<std::string> path_values;  // decoded, in the order of the template
    QueryPairs query;
    Caller caller;
    std::string credential;  // digest of the key or of the sign-in that the caller is known by
    bool by_cookie = false;  // the browser sent the credential on its own
    bool by_ticket = false;  // which stands for the credential once
    bool is_secure = false;  // TLS, here or before a proxy
    Utc received_at;
    Mono began;

    const std::string& path_value(std::size_t index) const { return path_values.at(index); }
    // Nothing where the parameter is absent.
    std::optional<std::string_view> asked(std::string_view parameter) const;
};

// ---- parameters ----

Wanted<std::optional<std::int64_t>> integer_parameter(const Exchange& exchange,
                                                      std::string_view name, std::int64_t min,
                                                      std::int64_t max);
Wanted<std::optional<Utc>> time_parameter(const Exchange& exchange, std::string_view name);
Wanted<bool> flag_parameter(const Exchange& exchange, std::string_view name);  // absent: false
// One of `words`, or the first of them where absent.
Wanted<std::string_view> word_parameter(const Exchange& exchange, std::string_view name,
                                        std::initializer_list<std::string_view> words);
std::vector<std::string> comma_list(std::string_view text);  // trimmed, without empty ones

// ---- lists ----

struct Page {
    std::size_t limit = 0;
    std::optional<std::vector<std::string>> after;  // parts of the cursor
    bool total = false;
};
// `order` names list and sorting: a cursor of another list is refused.
Wanted<Page> read_page(const Exchange& exchange, std::string_view order, std::size_t parts);
std::string make_cursor(std::string_view order, const std::vector<std::string>& parts);

struct ListAnswer {
    std::vector<std::string> items;          // JSON
    std::optional<std::string> next_cursor;  // none: the end
    std::optional<std::int64_t> total;
};
net::Response list_answer(const Exchange& exchange, const ListAnswer& list);

// ---- headers ----

// What the client prefers (RFC 7240); the header may come several times.
struct Preference {
    bool respond_async = false;
    std::optional<seconds> wait;  // bounded by limits::prefer_wait_max
};
Preference read_preference(const net::Request& request);

// "<config>.<state>": the version of what operators write and of what stations report.
std::string make_etag(std::int64_t config, std::int64_t state);
// The first part of If-Match as a number's text; "" where there is no precondition.
Wanted<std::string> read_if_match(const Exchange& exchange);
// The precondition of a write: nothing, or the version that must be the stored one.
Wanted<std::optional<std::int64_t>> wanted_version(const Exchange& exchange);
bool matches_if_none_match(const net::Request& request, std::string_view etag);

std::string_view media_type(const net::Request& request);  // without parameters

// ---- answers ----

net::Response json_answer(int status, std::string&& body);
net::Response json_answer(int status, std::string&& body, const std::string& etag);
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace ohm::api::rest
