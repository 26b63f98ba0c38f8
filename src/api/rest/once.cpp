#include "api/rest/once.hpp"

#include "api/tables.hpp"
#include "base/secret.hpp"

namespace ohm::api::rest {

std::string idempotency_key_of(const Exchange& exchange) {
    const std::string_view key = exchange.request.header("idempotency-key");
    if (exchange.request.method != "POST" || key.empty()) return {};
    return exchange.caller.name + " " + std::string{key};
}

std::string fingerprint_of(const Exchange& exchange) {
    return secret::digest(exchange.request.method + "\n" + std::string{exchange.request.target} +
                          "\n" + exchange.request.body);
}

Wanted<std::optional<std::string>> made_before(const Exchange& exchange, store::Sql& sql) {
    const std::string key = idempotency_key_of(exchange);
    if (key.empty()) return std::nullopt;
    const auto rows =
        sql.query("select fingerprint, body from idempotency_keys where key = $1", {key});
    if (rows.empty()) return std::nullopt;
    if (store::as_bytes(rows[0][0]) != fingerprint_of(exchange))
        return refused({.code = "idempotency_mismatch",
                        .detail = "This Idempotency-Key was used for another request."});
    return store::as_text(rows[0][1]);
}

void remember_made(const Exchange& exchange, store::Unit& unit, int status, const std::string& id) {
    std::string key = idempotency_key_of(exchange);
    if (key.empty()) return;
    unit.add(tables::idempotency_key,
             {std::move(key), store::Bytes{fingerprint_of(exchange)}, std::int64_t{status}, id,
              store::Null{}, micros(exchange.received_at)});
}

}  // namespace ohm::api::rest
