// What handlers may do, as service.hpp promises it.
#include "api/people/summary.hpp"
#include "api/rest/password_hashes.hpp"
#include "api/rest/rest_state.hpp"
#include "base/log.hpp"

namespace ohm::api::rest {

// Readers say that they failed by an answer without a body.
std::optional<Problem> failure_of(const net::Response& response) {
    if (!response.body.empty()) return std::nullopt;
    if (response.status == 500)
        return Problem{.code = "internal_error", .detail = "The log says more."};
    if (response.status != 503) return std::nullopt;
    if (response.headers.empty())
        return Problem{.code = "database_unavailable",
                       .detail = "The database does not answer now."};
    return Problem{.code = "overloaded", .detail = "Too many reads are waiting."};
}

void finish_body(const Exchange& exchange, net::Response& response) {
    if (hides_tokens(exchange, response)) response.body = people::without_tokens(response.body);
    if (!is_unsafe(exchange.request.method)) pack(exchange.request, response);
}

// ---- Service ----

std::string Rest::State::metrics() {
    std::string text = parts_.metrics ? parts_.metrics() : "";
    measure.append_to(text);
    trail.append_to(text);
    text +=
        "# HELP ohm_event_stream_clients Who follows events or messages now.\n"
        "# TYPE ohm_event_stream_clients gauge\nohm_event_stream_clients " +
        std::to_string(hub.count() + live_messages.count()) + "\n";
    return text;
}

void Rest::State::run_on(Readers& threads, const SharedExchange& exchange, Rendering&& rendering) {
    const bool writes = is_unsafe(exchange->request.method);
    threads.read(
        [exchange, writes, rendering = std::move(rendering)](ReadSources& sources) {
            net::Response response = rendering(*exchange, sources);
            if (!writes) finish_body(*exchange, response);
            return response;
        },
        [this, exchange, writes](net::Response&& response) {
            if (const auto problem = failure_of(response)) return refuse(*exchange, *problem);
            if (writes) return send(*exchange, std::move(response));  // which may keep it
            give_out(*exchange, std::move(response));
        });
}

void Rest::State::read(const SharedExchange& exchange, Rendering rendering) {
    run_on(parts_.readers, exchange, std::move(rendering));
}

void Rest::State::write(const SharedExchange& exchange, Rendering writing) {
    run_on(parts_.writers, exchange, std::move(writing));
}

void Rest::State::write_then(const SharedExchange& exchange,
                             std::function<void(ReadSources&)> writing,
                             std::function<void()> then) {
    parts_.writers.read(
        [writing = std::move(writing)](ReadSources& sources) {
            writing(sources);
            return net::Response{};
        },
        [this, exchange, then = std::move(then)](net::Response&& response) {
            if (response.status == 200) return then();
            if (const auto problem = failure_of(response)) refuse(*exchange, *problem);
        });
}

void Rest::State::prepare(const SharedExchange& exchange,
                          std::function<void(const Exchange&, ReadSources&)> work,
                          std::function<void()> then) {
    parts_.readers.read(
        [exchange, work = std::move(work)](ReadSources& sources) {
            work(*exchange, sources);
            return net::Response{};
        },
        [this, exchange, then = std::move(then)](net::Response&& response) {
            if (const auto problem = failure_of(response)) return refuse(*exchange, *problem);
            then();
        });
}

// Slow hashes are made on a reader's thread; without a password nothing is read.
void Rest::State::submit(bus::OperatorBody&& body, std::function<void(OperationAnswer&&)> done) {
    const std::vector<std::string> passwords = passwords_in(json, body);
    if (passwords.empty()) return parts_.operations.submit(std::move(body), std::move(done));
    const auto order = std::make_shared<bus::OperatorBody>(std::move(body));
    parts_.readers.read(
        [order, passwords](ReadSources&) {
            order->password_hashes.items = hashes_of(passwords);
            return net::Response{.status = 200};
        },
        // Without them the owner makes its own.
        [this, order, done = std::move(done)](net::Response&&) mutable {
            parts_.operations.submit(std::move(*order), std::move(done));
        });
}

void Rest::State::operate(const SharedExchange& exchange, bus::OperatorBody&& body,
                          std::function<void(OperationAnswer&&)> then) {
    submit(std::move(body), [this, exchange, then = std::move(then)](OperationAnswer&& answer) {
        if (answer.status >= 400) return refuse(*exchange, problem_of(answer, json));
        then(std::move(answer));
    });
}

bus::OperatorBody Rest::State::operation(const Exchange& exchange, std::string_view name,
                                         std::string id, std::string parameters) {
    bus::OperatorBody body{.operation = std::string{name},
                           .id = std::move(id),
                           .parameters = std::move(parameters),
                           .requested_by = exchange.caller.name};
    body.deadline_at = micros(exchange.received_at + options.operation_deadline);
    body.idempotency_key = kept_key_of(exchange);
    if (!body.idempotency_key.empty()) body.fingerprint = fingerprint_of(exchange);
    return body;
}

Problem problem_of(const OperationAnswer& answer, wire::Decoder& decoder) {
    OperationRefused refusal;
    const bool readable =
        !decoder.decode(answer.body, refusal, {wire::Strictness::lenient}).has_value();
    if (!readable || refusal.code.empty())
        return answer.status == 503
                   ? Problem{.code = "queue_unavailable",
                             .detail = "The station's owner did not answer."}
                   : Problem{.code = "internal_error", .detail = "The log says more."};
    Problem problem{
        .code = refusal.code, .detail = refusal.detail, .errors = {}, .status = answer.status};
    if (!refusal.pointer.empty())
        problem.errors.push_back({.pointer = refusal.pointer, .detail = refusal.detail});
    return problem;
}

}  // namespace ohm::api::rest
