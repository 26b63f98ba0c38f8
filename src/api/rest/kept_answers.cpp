#include "api/rest/kept_answers.hpp"

#include <algorithm>
#include <memory>

#include "api/people/summary.hpp"
#include "api/rest/route.hpp"
#include "base/limits_rest.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::Bytes;

// What a client needs of an answer besides its body.
constexpr std::string_view kept_headers[] = {"Content-Type", "Location", "ETag", "Retry-After"};

std::string headers_text(const net::Response& response) {
    std::string text;
    for (const net::Header& header : response.headers)
        if (std::find(std::begin(kept_headers), std::end(kept_headers), header.name) !=
            std::end(kept_headers))
            text += header.name + ": " + header.value + "\n";
    return text;
}

net::Response replay_of(const store::Row& row) {
    net::Response response{.status = static_cast<int>(store::as_int(row[1])),
                           .headers = {},
                           .body = store::as_text(row[2])};
    const std::string headers = store::as_text(row[3]);
    for (const std::string_view line : split(headers, '\n')) {
        const auto colon = line.find(": ");
        if (colon == std::string_view::npos) continue;
        response.headers.push_back(
            {std::string{line.substr(0, colon)}, std::string{line.substr(colon + 2)}});
    }
    response.headers.push_back({"Idempotency-Replayed", "true"});
    return response;
}

Problem still_running() {
    return {.code = "idempotency_in_progress",
            .detail = "A request with this Idempotency-Key has not been answered yet."};
}

// Where its api died the claim of a request is over after a while: the same request begins anew.
bool claims(store::Sql& sql, const std::string& key, const std::string& fingerprint, const Ulid& id,
            std::int64_t now) {
    return !sql.query(
                   "insert into idempotency_keys (key, fingerprint, status, command_id, at) "
                   "values ($1, $2, 0, $3, $4) on conflict (key) do update set at = "
                   "excluded.at, command_id = excluded.command_id where "
                   "idempotency_keys.status = 0 and idempotency_keys.fingerprint = "
                   "excluded.fingerprint and (idempotency_keys.at < $5 or "
                   "idempotency_keys.command_id = excluded.command_id) returning 1",
                   {key, Bytes{fingerprint}, Bytes{id.bytes()}, now,
                    now - Micros{limits::idempotency_claim_age}.count()})
                .empty();
}

// What stands in the way of a claim.
net::Response answer_before(const Exchange& exchange, store::Sql& sql, const std::string& key,
                            const std::string& fingerprint) {
    const auto rows = sql.query(
        "select fingerprint, status, body, headers from idempotency_keys where key = $1", {key});
    if (rows.empty()) return problem_answer(exchange, still_running());
    const store::Row& row = rows.front();
    if (store::as_bytes(row[0]) != fingerprint)
        return problem_answer(exchange,
                              {.code = "idempotency_mismatch",
                               .detail = "This Idempotency-Key was used for another request."});
    if (store::as_int(row[1]) == 0) return problem_answer(exchange, still_running());
    return replay_of(row);
}

}  // namespace

std::string kept_key_of(const Exchange& exchange) {
    const std::string_view key = exchange.request.header("idempotency-key");
    if (exchange.request.method != "POST" || key.empty()) return "";
    return exchange.caller.name + " " + std::string{key};
}

std::string fingerprint_of(const Exchange& exchange) {
    return secret::digest(exchange.request.method + "\n" + exchange.request.target + "\n" +
                          exchange.request.body);
}

bool keeps_answer(const Route& route) {
    constexpr std::string_view by_owners[] = {"/api/v1/stations", "/api/v1/commands/",
                                              "/api/v1/transactions/", "/api/v1/reservations",
                                              "/api/v1/alerts/"};
    if (route.method != "POST" || route.scope.is_open() || route.body.media == Media::stream)
        return false;
    if (route.path == "/api/v1/authorize") return false;  // a question
    // Several owners have a part of it; each keeps that as well, should this api die meanwhile.
    if (route.path == "/api/v1/stations/import") return true;
    return std::none_of(std::begin(by_owners), std::end(by_owners),
                        [&](std::string_view start) { return route.path.starts_with(start); });
}

void KeptAnswers::begin(const SharedExchange& exchange, std::function<void()> go_on,
                        Answer answer) {
    const Claim claim{exchange, kept_key_of(*exchange), ids_.next()};
    writers_.read(
        [claim, fingerprint = fingerprint_of(*exchange)](ReadSources& sources) {
            const std::int64_t now = micros(claim.exchange->received_at);
            if (claims(sources.sql, claim.key, fingerprint, claim.id, now))
                return net::Response{.status = 100};
            return answer_before(*claim.exchange, sources.sql, claim.key, fingerprint);
        },
        [this, claim, go_on = std::move(go_on),
         answer = std::move(answer)](net::Response&& response) {
            if (response.status != 100) return answer(std::move(response));
            claims_.emplace(claim.exchange.get(), claim);
            go_on();
        });
}

void KeptAnswers::end(const Exchange& exchange, net::Response&& response, Answer send) {
    const auto found = claims_.find(&exchange);
    const Claim claim = std::move(found->second);
    claims_.erase(found);
    // Read by the writer's thread, then sent by the loop.
    const auto sent = std::make_shared<net::Response>(std::move(response));
    writers_.read(
        [claim, sent](ReadSources& sources) {
            if (sent->status >= 400)  // nothing was done: the same key may try again
                sources.sql.query(
                    "delete from idempotency_keys where key = $1 and command_id = $2 and status = "
                    "0 returning 1",
                    {claim.key, Bytes{claim.id.bytes()}});
            else
                sources.sql.query(
                    "update idempotency_keys set status = $3, body = $4, headers = $5 where key = "
                    "$1 and command_id = $2 returning 1",
                    {claim.key, Bytes{claim.id.bytes()}, std::int64_t{sent->status},
                     people::without_shown_once(sent->body), headers_text(*sent)});
            return net::Response{};
        },
        [claim, sent, send = std::move(send)](net::Response&&) { send(std::move(*sent)); });
}

}  // namespace ohm::api::rest
