// What handlers may do: read and answer, or ask a station's owner and then read and answer. On the
// HTTP loop.
#pragma once

#include <functional>
#include <string>

#include "api/events/hub.hpp"
#include "api/operations.hpp"
#include "api/rest/coding.hpp"
#include "api/rest/exchange.hpp"
#include "api/rest/rest.hpp"
#include "api/rest/route.hpp"
#include "api/rest/transfer.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {

class BatchRunner;
class KeyRing;
class SignInGate;
class AuditTrail;
class WholeNow;

class Service {
public:
    virtual ~Service() = default;
    virtual const Settings& settings() const = 0;
    virtual Health& health() = 0;
    virtual std::string metrics() = 0;
    virtual const Document& openapi() const = 0;
    virtual wire::Decoder& decoder() = 0;
    virtual BatchRunner& batches() = 0;
    virtual KeyRing& key_ring() = 0;
    virtual SignInGate& sign_in_gate() = 0;
    virtual AuditTrail& audit_trail() = 0;
    virtual WholeNow& whole_now() = 0;
    virtual Ulid new_id() = 0;
    virtual const Parts& parts() = 0;

    // A transfer belongs to its exchange until that is answered. False: there are too many, and the
    // exchange has been refused.
    virtual bool keep(const SharedExchange& exchange, std::shared_ptr<Transfer> transfer) = 0;
    virtual void forget(const SharedExchange& exchange) = 0;
    // An answer whose `bytes` the transfer sends in pieces.
    virtual void begin(const SharedExchange& exchange, net::Response&& head,
                       std::uint64_t bytes) = 0;

    // Followers of events, and the head of an answer that has no end.
    virtual bool has_room_for_followers() const = 0;
    virtual void follow(events::Follower&& follower) = 0;
    virtual void watch_messages(const Exchange& exchange, StationNo no, std::string id) = 0;
    virtual void begin_stream(const SharedExchange& exchange, net::Response&& head) = 0;

    virtual void answer(const SharedExchange& exchange, net::Response&& response) = 0;
    // Reads on another thread, then answers with what was rendered there.
    using Rendering = std::function<net::Response(const Exchange&, ReadSources&)>;
    virtual void read(const SharedExchange& exchange, Rendering rendering) = 0;
    // The same on a connection that may write: for what belongs to no station. One statement is one
    // transaction; the work may be done twice where its connection was lost.
    virtual void write(const SharedExchange& exchange, Rendering writing) = 0;
    // Likewise, and goes on with the loop's work where it succeeded.
    virtual void write_then(const SharedExchange& exchange,
                            std::function<void(ReadSources&)> writing,
                            std::function<void()> then) = 0;
    // Work of a reader's thread whose result is used on the loop; `then` is not called where the
    // reader failed, which has been answered. What the two share is theirs to keep.
    virtual void prepare(const SharedExchange& exchange,
                         std::function<void(const Exchange&, ReadSources&)> work,
                         std::function<void()> then) = 0;
    // The owner's answer, or why there is none, as it came.
    virtual void submit(bus::OperatorBody&& body, std::function<void(OperationAnswer&&)> done) = 0;
    // For a write: on refusal answers with the problem, else goes on with the owner's answer.
    virtual void operate(const SharedExchange& exchange, bus::OperatorBody&& body,
                         std::function<void(OperationAnswer&&)> then) = 0;
    // The usual body of an operation asked for by this request.
    virtual bus::OperatorBody operation(const Exchange& exchange, std::string_view name,
                                        std::string id, std::string parameters) = 0;
};

// The problem in an owner's refusal.
Problem problem_of(const OperationAnswer& answer, wire::Decoder& decoder);

// The body of a request, or the problem; where the body may be left out, an empty one is `{}`.
template <class T>
Wanted<T> read_body(const Exchange& exchange, wire::Decoder& decoder) {
    T out;
    const std::string_view text = exchange.request.body.empty() && !exchange.route->body.required
                                      ? std::string_view{"{}"}
                                      : std::string_view{exchange.request.body};
    if (const auto violation = decoder.decode(text, out)) return refused(bad_body(*violation));
    return out;
}

}  // namespace ohm::api::rest
