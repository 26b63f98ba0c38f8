// From a station's CALL to its handler: decode is validation, the handler is an ordinary function
// from request to response. A block's handlers are one struct with an on(Request) for each action
// that stations send; routes<> makes its table. An action without handler, and not declined by
// name, does not compile. What a handler must know of the database stands in a static
// needs(Request, Station, Needs&) beside its on(Request), and is read for the whole batch at once.
// What must be asked outside first, it says in question(Request) const, from what has been read; it
// is then handled when the answer, or the lack of one, is known.
#pragma once

#include <concepts>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/needs.hpp"
#include "api/shard_state.hpp"
#include "ocpp/action.hpp"

namespace ohm::api {

// What every handler can reach. It makes no I/O: it reads and changes the station, and adds rows to
// the batch.
struct Handler {
    Work& work;
    Station& station;
    const wire::Repairs& repairs;  // what lenient decoding let pass

    std::int64_t received_at() const { return work.envelope.received_at; }
    wire::DateTime now() const { return {.at = work.batch.now}; }
    const ApiOptions& options() const { return work.shard.options; }
    std::string_view payload() const;                         // the request as it came
    const outside::Answer* heard(outside::Kind kind) const {  // null: it was not asked
        return work.heard ? outside::find(*work.heard, kind) : nullptr;
    }
    // The station's own time of the fact, or the time of receipt where it said none.
    std::int64_t at(const wire::DateTime& said) const;
    bool is_strict() const { return station.strict.value_or(options().strict); }
    // Whether that member could not be read, or was not there.
    bool left_out(std::string_view path) const { return wire::was_left_out(repairs, path); }
};

struct Route {
    std::string_view action;
    const wire::Type* request;
    const wire::Type* response;
    void (*handle)(Handler& handler, const void* request,
                   void* response);  // null: declined, NotSupported
    void (*needs)(const void* request, const Station& station, Needs& needs) = nullptr;
    std::optional<outside::Question> (*question)(Handler& handler, const void* request) = nullptr;
};
using Routes = std::vector<Route>;

template <class... A>
struct Declined {};  // declared actions that stations may send and that are answered NotSupported

template <class A, class H>
concept Handles = requires(H handler, const typename A::Request& request) {
    { handler.on(request) } -> std::same_as<typename A::Response>;
};

template <class A, class H>
concept Asks = requires(const typename A::Request& request, const Station& station, Needs& needs) {
    H::needs(request, station, needs);
};

template <class A, class H>
concept AsksOutside = requires(const H handler, const typename A::Request& request) {
    { handler.question(request) } -> std::same_as<std::optional<outside::Question>>;
};

namespace detail {
template <class A, class... D>
constexpr bool is_declined(Declined<D...>) {
    return (std::same_as<A, D> || ...);
}

template <class H, class A, class D>
void add_route(Routes& routes) {
    if constexpr (!ocpp::station_sends(A::from)) {
        return;
    } else if constexpr (is_declined<A>(D{})) {
        routes.push_back({ocpp::action_name<A>(), &wire::type_of<typename A::Request>,
                          &wire::type_of<typename A::Response>, nullptr});
    } else {
        static_assert(Handles<A, H>, "a station sends this action, and no on(Request) handles it");
        routes.push_back({ocpp::action_name<A>(), &wire::type_of<typename A::Request>,
                          &wire::type_of<typename A::Response>,
                          [](Handler& handler, const void* request, void* response) {
                              *static_cast<typename A::Response*>(response) =
                                  H{handler}.on(*static_cast<const typename A::Request*>(request));
                          }});
        if constexpr (Asks<A, H>)
            routes.back().needs = [](const void* request, const Station& station, Needs& needs) {
                H::needs(*static_cast<const typename A::Request*>(request), station, needs);
            };
        if constexpr (AsksOutside<A, H>)
            routes.back().question = [](Handler& handler, const void* request) {
                const H asking{handler};
                return asking.question(*static_cast<const typename A::Request*>(request));
            };
    }
}
}  // namespace detail

// H adds no members to Handler, only functions.
template <class H, class D = Declined<>, class... A>
Routes routes(ocpp::Actions<A...>) {
    static_assert(std::derived_from<H, Handler>);
    Routes table;
    (detail::add_route<H, A, D>(table), ...);
    return table;
}

const Route* find_route(ocpp::Version version, std::string_view action);

// A CALL as it was decoded, once, before its batch was handled.
struct DecodedCall {
    const Route* route = nullptr;
    std::shared_ptr<const void> request;
    std::optional<wire::Violation> violation;
    wire::Repairs repairs;
};
// Decodes a `call` whose handler needs something of the database, and adds what it needs.
void add_call_needs(ShardState& shard, Item& item, Needs& needs);

// Handles one `call` envelope: answers it in any case, with a CALLRESULT or a CALLERROR.
void handle_call(Work& work);
void handle_unreadable(Work& work);
// The answer of last resort, after the frame has been put into quarantine.
void answer_internal_error(Work& work, std::string_view why);

}  // namespace ohm::api
