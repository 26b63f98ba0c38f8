// Webhooks that are asked before a station is answered: they belong to no station, so the api that
// is asked writes them, and shards read them anew within a second.
#include "api/outside/asker.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/service.hpp"
#include "api/rest/webhook_resources.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::as_int;
using store::as_text;
using store::Bytes;
using store::Null;
using store::Value;

constexpr std::string_view id_prefix = "dth_";

// ---- what both have ----

struct HookWrite {
    std::string url, secret;  // secret "": none was given
    std::int64_t timeout_ms = limits::hook_timeout_ms;
};
template <class T>
HookWrite hook_of(const T& wanted) {
    HookWrite hook{.url = wanted.url.value};
    if (wanted.secret) hook.secret = wanted.secret->value;
    if (wanted.timeout_ms) hook.timeout_ms = wanted.timeout_ms->value;
    return hook;
}

std::optional<Problem> check(const HookWrite& hook, const Settings& settings) {
    const auto url = egress::read_url(hook.url);
    if (!url) return bad_member("/url", url.error().detail);
    const auto permit = egress::check(*url, egress::Source::operators, settings.outside);
    if (!permit) return bad_member("/url", permit.error().detail);
    if (!hook.secret.empty() && !outside::is_secret(hook.secret))
        return bad_member("/secret", "must be whsec_ and base64 of 24 to 64 bytes");
    return std::nullopt;
}

template <class Shown>
net::Response hook_answer(int status, const Shown& shown) {
    return json_answer(status, wire::encode(shown), make_etag(shown.version, 0));
}

// The secret that stays, and the one that signs beside it for a day.
struct Secrets {
    std::string now;
    Value previous = Null{}, rotated_at = Null{};
    bool is_new = false;
};
Secrets secrets_of(const HookWrite& hook, const store::Row* stored, Utc now) {
    const std::string before = stored ? as_text((*stored)[0]) : "";
    if (!stored)
        return {hook.secret.empty() ? outside::make_secret() : hook.secret, Null{}, Null{}, true};
    const bool stays = hook.secret.empty() || hook.secret == before;
    if (stays) return {before, (*stored)[1], (*stored)[2], false};
    return {hook.secret, before, micros(now), true};
}

// ---- the decision webhook ----

DecisionWebhookShown decision_of(const store::Row& row) {
    DecisionWebhookShown shown;
    shown.url = as_text(row[0]);
    shown.timeout_ms = as_int(row[1]);
    const std::string fallback = as_text(row[2]);
    static constexpr FallbackName cache{"cache"};
    shown.fallback = FallbackName::of(fallback).value_or(cache);
    shown.rotated_at = time_or_null(row[3]);
    shown.version = as_int(row[4]);
    shown.created_at = time_of(row[5]);
    shown.updated_at = time_of(row[6]);
    return shown;
}

std::optional<DecisionWebhookShown> find_decision(store::Sql& sql) {
    const auto rows = sql.query(
        "select url, timeout_ms, fallback, rotated_at, version, created_at, updated_at from "
        "decision_webhooks where tenant_no = 1");
    if (rows.empty()) return std::nullopt;
    return decision_of(rows.front());
}

net::Response no_decision(const Exchange& exchange) {
    return problem_answer(exchange,
                          {.code = "not_found", .detail = "There is no decision webhook."});
}

net::Response save_decision(const Exchange& exchange, store::Sql& sql,
                            const DecisionWebhookWrite& wanted) {
    const auto rows = sql.query(
        "select secret, previous_secret, rotated_at, version from decision_webhooks where "
        "tenant_no = 1");
    const store::Row* stored = rows.empty() ? nullptr : &rows.front();
    const auto version = wanted_version(exchange);
    const bool none_to_show =
        !version && version.error().code == "precondition_required" && !stored;
    if (!version && !none_to_show) return problem_answer(exchange, version.error());
    if (version && *version && (!stored || as_int((*stored)[3]) != **version))
        return problem_answer(exchange, changed_meanwhile("webhook"));
    const HookWrite hook = hook_of(wanted);
    const Secrets secrets = secrets_of(hook, stored, exchange.received_at);
    const auto saved = sql.query(
        "insert into decision_webhooks (url, secret, previous_secret, rotated_at, timeout_ms, "
        "fallback, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, 1, $7, $7) on "
        "conflict (tenant_no) do update set url = excluded.url, secret = excluded.secret, "
        "previous_secret = excluded.previous_secret, rotated_at = excluded.rotated_at, timeout_ms "
        "= excluded.timeout_ms, fallback = excluded.fallback, version = decision_webhooks.version "
        "+ 1, updated_at = excluded.updated_at where decision_webhooks.version = $8 returning "
        "version",
        {hook.url, secrets.now, secrets.previous, secrets.rotated_at, hook.timeout_ms,
         std::string{wanted.fallback ? wanted.fallback->name() : "cache"},
         micros(exchange.received_at), stored ? as_int((*stored)[3]) : std::int64_t{0}});
    if (saved.empty()) return problem_answer(exchange, changed_meanwhile("webhook"));
    auto shown = find_decision(sql);
    if (!shown) return problem_answer(exchange, changed_meanwhile("webhook"));
    if (secrets.is_new) shown->secret = {secrets.now};
    return hook_answer(stored ? 200 : 201, *shown);
}

// ---- handlers of DataTransfer ----

constexpr std::string_view select_handlers =
    "select h.id, h.vendor_id, h.message_id, h.url, h.timeout_ms, h.rotated_at, h.version, "
    "h.created_at, h.updated_at from data_transfer_handlers h where h.tenant_no = 1";

TransferHandlerShown handler_of(const store::Row& row) {
    TransferHandlerShown shown;
    shown.id = shown_id(id_prefix, row[0]);
    shown.vendor_id = as_text(row[1]);
    shown.message_id = text_or_null(row[2]);
    shown.url = as_text(row[3]);
    shown.timeout_ms = as_int(row[4]);
    shown.rotated_at = time_or_null(row[5]);
    shown.version = as_int(row[6]);
    shown.created_at = time_of(row[7]);
    shown.updated_at = time_of(row[8]);
    return shown;
}

std::optional<Ulid> id_in_path(const Exchange& exchange) {
    return parse_id(id_prefix, exchange.path_value(0));
}

std::optional<TransferHandlerShown> find_handler(store::Sql& sql, const Ulid& id) {
    const auto rows =
        sql.query(std::string{select_handlers} + " and h.id = $1", {Bytes{id.bytes()}});
    if (rows.empty()) return std::nullopt;
    return handler_of(rows.front());
}

net::Response no_handler(const Exchange& exchange) {
    return problem_answer(exchange, not_found("data transfer handler", exchange.path_value(0)));
}

net::Response save_new_handler(const Exchange& exchange, store::Sql& sql, const Ulid& id,
                               const TransferHandlerWrite& wanted) {
    const std::int64_t count =
        as_int(sql.query("select count(*) from data_transfer_handlers").at(0).at(0));
    if (count >= static_cast<std::int64_t>(limits::transfer_handlers))
        return problem_answer(exchange, {.code = "limit_reached",
                                         .detail = "There are as many handlers as there may be."});
    const HookWrite hook = hook_of(wanted);
    const Secrets secrets = secrets_of(hook, nullptr, exchange.received_at);
    const std::string message = wanted.message_id ? wanted.message_id->value : "";
    const auto saved = sql.query(
        "insert into data_transfer_handlers (vendor_key, message_key, id, vendor_id, message_id, "
        "url, secret, timeout_ms, version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, "
        "$7, $8, 1, $9, $9) on conflict do nothing returning 1",
        {to_lower(wanted.vendor_id.value), to_lower(message), Bytes{id.bytes()},
         wanted.vendor_id.value, wanted.message_id ? Value{message} : Value{Null{}}, hook.url,
         secrets.now, hook.timeout_ms, micros(exchange.received_at)});
    if (saved.empty())
        return problem_answer(exchange,
                              {.code = "already_exists",
                               .detail = "There is a handler of this vendor and message already."});
    auto shown = find_handler(sql, id);
    if (!shown) return no_handler(exchange);
    shown->secret = {secrets.now};
    net::Response response = hook_answer(201, *shown);
    response.headers.push_back({"Location", "/api/v1/data-transfer-handlers/" + shown->id});
    return response;
}

net::Response save_handler(const Exchange& exchange, store::Sql& sql,
                           const TransferHandlerReplace& wanted) {
    const auto version = wanted_version(exchange);
    if (!version) return problem_answer(exchange, version.error());
    const auto id = id_in_path(exchange);
    if (!id) return no_handler(exchange);
    const auto rows = sql.query(
        "select secret, previous_secret, rotated_at, version from data_transfer_handlers where id "
        "= $1",
        {Bytes{id->bytes()}});
    if (rows.empty()) return no_handler(exchange);
    const HookWrite hook = hook_of(wanted);
    const Secrets secrets = secrets_of(hook, &rows.front(), exchange.received_at);
    const auto saved = sql.query(
        "update data_transfer_handlers set url = $2, secret = $3, previous_secret = $4, rotated_at "
        "= $5, timeout_ms = $6, version = version + 1, updated_at = $7 where id = $1 and version = "
        "$8 returning 1",
        {Bytes{id->bytes()}, hook.url, secrets.now, secrets.previous, secrets.rotated_at,
         hook.timeout_ms, micros(exchange.received_at),
         version->value_or(as_int(rows.front()[3]))});
    if (saved.empty()) return problem_answer(exchange, changed_meanwhile("webhook"));
    auto shown = find_handler(sql, *id);
    if (!shown) return no_handler(exchange);
    if (secrets.is_new) shown->secret = {secrets.now};
    return hook_answer(200, *shown);
}

template <class T, class Save>
void write_hook(const SharedExchange& exchange, Service& service, Save save) {
    const auto wanted = read_body<T>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    if (const auto problem = check(hook_of(*wanted), service.settings()))
        return service.answer(exchange, problem_answer(*exchange, *problem));
    service.write(exchange, [wanted = *wanted, save](const Exchange& asked, ReadSources& sources) {
        return save(asked, sources.sql, wanted);
    });
}

}  // namespace

net::Response show_decision_webhook(const Exchange& exchange, ReadSources& sources) {
    const auto shown = find_decision(sources.sql);
    if (!shown) return no_decision(exchange);
    return hook_answer(200, *shown);
}

void put_decision_webhook(const SharedExchange& exchange, Service& service) {
    // It is asked about tokens: who has it sent somewhere could read them there.
    if (!exchange->caller.may("tokens:read"))
        return service.answer(exchange, problem_answer(*exchange, missing_scope("tokens:read")));
    write_hook<DecisionWebhookWrite>(exchange, service, save_decision);
}

void delete_decision_webhook(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        const auto version = wanted_version(asked);
        if (!version) return problem_answer(asked, version.error());
        const auto gone = sources.sql.query(
            "delete from decision_webhooks where tenant_no = 1 and (cast($1 as bigint) is null or "
            "version = $1) returning 1",
            {tables::int_or_null(*version)});
        if (!gone.empty()) return net::Response{.status = 204};
        return find_decision(sources.sql) ? problem_answer(asked, changed_meanwhile("webhook"))
                                          : no_decision(asked);
    });
}

net::Response list_transfer_handlers(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "data_transfer_handlers", 1);
    if (!page) return problem_answer(exchange, page.error());
    Conditions where;
    if (page->after) {
        const auto id = Ulid::from_text(page->after->at(0));
        if (!id) return problem_answer(exchange, bad_parameter("cursor", "is not of this list"));
        where.add("h.id > ?", {Bytes{id->bytes()}});
    }
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        std::string{select_handlers} + where.text() + " order by h.id limit " + limit,
        where.values());
    ListAnswer list;
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        const auto last = Ulid::from_bytes(store::as_bytes(rows.back()[0])).value_or(Ulid{});
        list.next_cursor = make_cursor("data_transfer_handlers", {last.text()});
    }
    for (const store::Row& row : rows) list.items.push_back(wire::encode(handler_of(row)));
    return list_answer(exchange, list);
}

net::Response show_transfer_handler(const Exchange& exchange, ReadSources& sources) {
    const auto id = id_in_path(exchange);
    const auto shown = id ? find_handler(sources.sql, *id) : std::nullopt;
    if (!shown) return no_handler(exchange);
    return hook_answer(200, *shown);
}

void create_transfer_handler(const SharedExchange& exchange, Service& service) {
    write_hook<TransferHandlerWrite>(exchange, service,
                                     [id = service.new_id()](const Exchange& asked, store::Sql& sql,
                                                             const TransferHandlerWrite& wanted) {
                                         return save_new_handler(asked, sql, id, wanted);
                                     });
}

void put_transfer_handler(const SharedExchange& exchange, Service& service) {
    write_hook<TransferHandlerReplace>(exchange, service, save_handler);
}

void delete_transfer_handler(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        const auto version = wanted_version(asked);
        if (!version) return problem_answer(asked, version.error());
        const auto id = id_in_path(asked);
        if (!id) return no_handler(asked);
        const auto gone = sources.sql.query(
            "delete from data_transfer_handlers where id = $1 and (cast($2 as bigint) is null or "
            "version = $2) returning 1",
            {Bytes{id->bytes()}, tables::int_or_null(*version)});
        if (!gone.empty()) return net::Response{.status = 204};
        return find_handler(sources.sql, *id) ? problem_answer(asked, changed_meanwhile("webhook"))
                                              : no_handler(asked);
    });
}

}  // namespace ohm::api::rest
