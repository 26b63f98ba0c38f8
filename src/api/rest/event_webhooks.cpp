// Webhooks that are told of events: they belong to no station, so the api that is asked writes
// them, and whoever delivers reads them anew each second.
#include "api/events/deliverer.hpp"
#include "api/outside/asker.hpp"
#include "api/rest/event_webhook_resources.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/service.hpp"
#include "api/rest/station_rows.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::as_int;
using store::as_text;
using store::Bytes;
using store::Null;
using store::Value;

constexpr std::string_view id_prefix = "whk_", ping_prefix = "ping-";
constexpr std::string_view select_webhooks =
    "select w.id, w.url, w.description, w.types, w.station_key, w.state, w.state_reason, "
    "w.rotated_at, w.failing_since_at, w.last_success_at, w.last_failure_at, w.last_failure, "
    "w.version, w.created_at, w.updated_at from webhooks w where w.tenant_no = 1";

WebhookShown webhook_of(const store::Row& row) {
    WebhookShown shown;
    shown.id = shown_id(id_prefix, row[0]);
    shown.url = as_text(row[1]);
    shown.description = text_or_null(row[2]);
    shown.types.items = comma_list(as_text(row[3]));
    shown.station_id = text_or_null(row[4]);
    shown.state = WebhookState::of(as_text(row[5])).value_or(WebhookState{"disabled"});
    shown.state_reason = text_or_null(row[6]);
    shown.rotated_at = time_or_null(row[7]);
    shown.failing_since = time_or_null(row[8]);
    shown.last_success_at = time_or_null(row[9]);
    shown.last_failure_at = time_or_null(row[10]);
    shown.last_failure = text_or_null(row[11]);
    shown.version = as_int(row[12]);
    shown.created_at = time_of(row[13]);
    shown.updated_at = time_of(row[14]);
    return shown;
}

std::optional<Ulid> id_in_path(const Exchange& exchange) {
    return parse_id(id_prefix, exchange.path_value(0));
}

std::optional<WebhookShown> find_webhook(store::Sql& sql, const std::optional<Ulid>& id) {
    if (!id) return std::nullopt;
    const auto rows =
        sql.query(std::string{select_webhooks} + " and w.id = $1", {Bytes{id->bytes()}});
    if (rows.empty()) return std::nullopt;
    return webhook_of(rows.front());
}

net::Response no_webhook(const Exchange& exchange) {
    return problem_answer(exchange, not_found("webhook", exchange.path_value(0)));
}

net::Response webhook_answer(int status, const WebhookShown& shown) {
    return json_answer(status, wire::encode(shown), make_etag(shown.version, 0));
}

std::optional<Problem> check_url(const std::string& text, const Settings& settings) {
    const auto url = egress::read_url(text);
    if (!url) return bad_member("/url", url.error().detail);
    const auto permit = egress::check(*url, egress::Source::operators, settings.outside);
    if (!permit) return bad_member("/url", permit.error().detail);
    return std::nullopt;
}

std::vector<std::string> names_of(const EventTypeNames& types) {
    std::vector<std::string> names;
    for (const EventTypeName& name : types) names.push_back(name.value);
    return names;
}

std::optional<Problem> check_types(const std::optional<EventTypeNames>& types) {
    events::Filter filter;
    if (!types) return std::nullopt;
    const auto unknown = events::read_types(names_of(*types), filter);
    if (!unknown) return std::nullopt;
    return bad_member("/types", "has `" + *unknown + "`, which is no event's name");
}

std::optional<Problem> check_secret(const std::optional<HookSecret>& secret) {
    if (!secret || outside::is_secret(secret->value)) return std::nullopt;
    return bad_member("/secret", "must be whsec_ and base64 of 24 to 64 bytes");
}

// What is delivered is unmasked: who has it sent somewhere could read it there.
std::optional<Problem> check_deliveries(const Caller& caller) {
    for (const std::string_view scope : {"events:subscribe", "tokens:read"})
        if (!caller.may(scope)) return missing_scope(scope);
    return std::nullopt;
}

std::string joined(const EventTypeNames& types) {
    std::string out;
    for (const EventTypeName& name : types) out += (out.empty() ? "" : ",") + name.value;
    return out;
}

// It is told of what comes from now on.
net::Response save_new(const Exchange& exchange, store::Sql& sql, const Ulid& id,
                       const WebhookCreate& wanted) {
    const auto count = as_int(sql.query("select count(*) from webhooks").at(0).at(0));
    if (count >= static_cast<std::int64_t>(limits::webhooks))
        return problem_answer(exchange, {.code = "limit_reached",
                                         .detail = "There are as many webhooks as there may be."});
    const std::string secret = wanted.secret ? wanted.secret->value : outside::make_secret();
    const events::Position place = events::newest(sql, exchange.settings->partition_count);
    sql.query(
        "insert into webhooks (id, url, description, types, station_key, secret, state, cursor, "
        "version, created_at, updated_at) values ($1, $2, $3, $4, $5, $6, 'active', $7, 1, $8, $8) "
        "on conflict (id) do nothing",
        {Bytes{id.bytes()}, wanted.url.value,
         tables::text_or_null(wanted.description ? wanted.description->value : ""),
         wanted.types ? joined(*wanted.types) : "",
         tables::text_or_null(wanted.station_id ? fold(wanted.station_id->value).value_or("") : ""),
         secret, events::text_of(place), micros(exchange.received_at)});
    auto shown = find_webhook(sql, id);
    if (!shown) return no_webhook(exchange);
    shown->secret = {secret};
    net::Response response = webhook_answer(201, *shown);
    response.headers.push_back({"Location", "/api/v1/webhooks/" + shown->id});
    return response;
}

// What is made active again is tried at once, and begins anew to count as failing.
net::Response save_patch(const Exchange& exchange, store::Sql& sql, const WebhookPatch& wanted) {
    const auto version = wanted_version(exchange);
    if (!version) return problem_answer(exchange, version.error());
    const auto id = id_in_path(exchange);
    const auto before = find_webhook(sql, id);
    if (!before) return no_webhook(exchange);
    const auto kept = [](const NullableText& text) { return text ? *text : std::string{}; };
    std::string description = kept(before->description), station = kept(before->station_id), types;
    for (const std::string& name : before->types) types += (types.empty() ? "" : ",") + name;
    if (wanted.description.present)
        description = wanted.description.value ? wanted.description.value->value : "";
    if (wanted.station_id.present)
        station = wanted.station_id.value ? fold(wanted.station_id.value->value).value_or("") : "";
    if (wanted.types) types = joined(*wanted.types);
    const std::string state{wanted.state ? wanted.state->name() : before->state.name()};
    const bool revives = wanted.state && state == "active";
    const std::int64_t now = micros(exchange.received_at);
    const auto saved = sql.query(
        "update webhooks set url = $2, description = $3, types = $4, station_key = $5, state = $6, "
        "state_reason = case when $6 = state then state_reason else null end, failing_since_at = "
        "case when $7 = 1 then null else failing_since_at end, version = version + 1, updated_at = "
        "$8 where id = $1 and version = $9 returning 1",
        {Bytes{id->bytes()}, wanted.url ? wanted.url->value : before->url,
         tables::text_or_null(description), types, tables::text_or_null(station), state,
         std::int64_t{revives}, now, version->value_or(before->version)});
    if (saved.empty()) return problem_answer(exchange, changed_meanwhile("webhook"));
    if (revives)
        sql.query(
            "update webhook_deliveries set next_at = $2 where webhook_id = $1 and state = "
            "'pending' and next_at is not null",
            {Bytes{id->bytes()}, now});
    const auto shown = find_webhook(sql, id);
    return shown ? webhook_answer(200, *shown) : no_webhook(exchange);
}

// ---- deliveries ----

constexpr std::string_view select_deliveries =
    "select d.partition_no, d.n, d.event_type, d.subject, d.state, d.attempts, d.next_at, "
    "d.last_at, d.last_status, d.last_failure, d.duration_ms, d.event_at from webhook_deliveries d "
    "where d.webhook_id = $1";

DeliveryShown delivery_of(const store::Row& row) {
    DeliveryShown shown;
    const std::int64_t partition = as_int(row[0]);
    shown.id = (partition == events::ping_partition ? std::string{ping_prefix}
                                                    : std::to_string(partition) + "-") +
               std::to_string(as_int(row[1]));
    shown.type = as_text(row[2]);
    shown.station_id = text_unless_empty(as_text(row[3]));
    shown.state = DeliveryState::of(as_text(row[4])).value_or(DeliveryState{"failed"});
    shown.attempts = as_int(row[5]);
    shown.next_at = time_or_null(row[6]);
    shown.last_at = time_of(row[7]);
    shown.last_status = int_or_null(row[8]);
    shown.last_failure = text_or_null(row[9]);
    shown.duration_ms = int_or_null(row[10]);
    shown.event_at = time_of(row[11]);
    return shown;
}

struct DeliveryKey {
    std::int64_t partition = 0, n = 0;
};
std::optional<DeliveryKey> read_delivery_id(std::string_view text) {
    const bool is_ping = text.starts_with(ping_prefix);
    const auto dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto partition =
        is_ping ? std::optional{events::ping_partition} : parse_int(text.substr(0, dash));
    const auto n = parse_int(text.substr(dash + 1));
    if (!partition || !n || *n < 0 || (!is_ping && *partition < 0)) return std::nullopt;
    return DeliveryKey{*partition, *n};
}

std::optional<DeliveryShown> find_delivery(store::Sql& sql, const Ulid& hook,
                                           const DeliveryKey& key) {
    const auto rows =
        sql.query(std::string{select_deliveries} + " and d.partition_no = $2 and d.n = $3",
                  {Bytes{hook.bytes()}, key.partition, key.n});
    if (rows.empty()) return std::nullopt;
    return delivery_of(rows.front());
}

net::Response save_ping(const Exchange& exchange, store::Sql& sql) {
    const auto id = id_in_path(exchange);
    if (!find_webhook(sql, id)) return no_webhook(exchange);
    const std::int64_t now = micros(exchange.received_at);
    const std::string body = R"({"specversion":"1.0","id":"ping-)" + std::to_string(now) +
                             R"(","source":"/api/v1/webhooks/)" + exchange.path_value(0) +
                             R"(","type":"webhook.ping","time":")" +
                             to_rfc3339(exchange.received_at, 3) +
                             R"(","datacontenttype":"application/json","data":{}})";
    sql.query(
        "insert into webhook_deliveries (webhook_id, partition_no, n, event_type, subject, state, "
        "attempts, next_at, last_at, event_at, body) values ($1, $2, $3, $4, '', 'pending', 0, $3, "
        "$3, $3, $5) on conflict do nothing",
        {Bytes{id->bytes()}, events::ping_partition, now, std::string{events::ping_type}, body});
    const auto shown = find_delivery(sql, *id, {events::ping_partition, now});
    return shown ? json_answer(202, wire::encode(*shown)) : no_webhook(exchange);
}

// What was delivered keeps no body: it is read from the events, while they are kept.
net::Response save_redelivery(const Exchange& exchange, store::Sql& sql) {
    const auto id = id_in_path(exchange);
    if (!find_webhook(sql, id)) return no_webhook(exchange);
    const auto key = read_delivery_id(exchange.path_value(1));
    const auto before = key ? find_delivery(sql, *id, *key) : std::nullopt;
    if (!before) return problem_answer(exchange, not_found("delivery", exchange.path_value(1)));
    const auto partition = static_cast<std::size_t>(key->partition);
    const Problem gone{.code = "events_expired", .detail = "The event is not kept any more."};
    std::string body;
    if (before->state.name() != "pending") {
        if (key->partition < 0) return problem_answer(exchange, gone);
        thread_local wire::Decoder decoder;
        events::Position place = events::newest(sql, exchange.settings->partition_count);
        if (partition >= place.next.size() || key->n >= place.next[partition])
            return problem_answer(exchange, gone);
        place.next[partition] = key->n;
        const events::Page page = events::read_page(sql, decoder, place, 1);
        if (page.expired || page.events.empty()) return problem_answer(exchange, gone);
        place.next[partition] = key->n + 1;
        body = events::envelope_of(page.events.front(), events::text_of(place));
    }
    sql.query(
        "update webhook_deliveries set state = 'pending', attempts = 0, next_at = $4, body = "
        "coalesce(body, $5) where webhook_id = $1 and partition_no = $2 and n = $3",
        {Bytes{id->bytes()}, key->partition, key->n, micros(exchange.received_at), body});
    const auto shown = find_delivery(sql, *id, *key);
    return shown ? json_answer(202, wire::encode(*shown)) : no_webhook(exchange);
}

}  // namespace

net::Response list_webhooks(const Exchange& exchange, ReadSources& sources) {
    ListAnswer list;  // there are never more than a page
    for (const store::Row& row : sources.sql.query(std::string{select_webhooks} + " order by w.id"))
        list.items.push_back(wire::encode(webhook_of(row)));
    return list_answer(exchange, list);
}

net::Response show_webhook(const Exchange& exchange, ReadSources& sources) {
    const auto shown = find_webhook(sources.sql, id_in_path(exchange));
    return shown ? webhook_answer(200, *shown) : no_webhook(exchange);
}

void create_webhook(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<WebhookCreate>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    for (const auto& problem :
         {check_deliveries(exchange->caller), check_url(wanted->url.value, service.settings()),
          check_types(wanted->types), check_secret(wanted->secret)})
        if (problem) return service.answer(exchange, problem_answer(*exchange, *problem));
    service.write(exchange, [wanted = *wanted, id = service.new_id()](const Exchange& asked,
                                                                      ReadSources& sources) {
        return save_new(asked, sources.sql, id, wanted);
    });
}

void patch_webhook(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<WebhookPatch>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    const auto bad_url =
        wanted->url ? check_url(wanted->url->value, service.settings()) : std::nullopt;
    for (const auto& problem :
         {check_deliveries(exchange->caller), bad_url, check_types(wanted->types)})
        if (problem) return service.answer(exchange, problem_answer(*exchange, *problem));
    service.write(exchange, [wanted = *wanted](const Exchange& asked, ReadSources& sources) {
        return save_patch(asked, sources.sql, wanted);
    });
}

void delete_webhook(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        const auto version = wanted_version(asked);
        if (!version) return problem_answer(asked, version.error());
        const auto id = id_in_path(asked);
        const auto before = find_webhook(sources.sql, id);
        if (!before) return no_webhook(asked);
        if (version->value_or(before->version) != before->version)
            return problem_answer(asked, changed_meanwhile("webhook"));
        sources.sql.query("delete from webhooks where id = $1", {Bytes{id->bytes()}});
        sources.sql.query("delete from webhook_deliveries where webhook_id = $1",
                          {Bytes{id->bytes()}});
        return net::Response{.status = 204};
    });
}

void ping_webhook(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        return save_ping(asked, sources.sql);
    });
}

void rotate_webhook_secret(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<SecretRotate>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    for (const auto& problem : {check_deliveries(exchange->caller), check_secret(wanted->secret)})
        if (problem) return service.answer(exchange, problem_answer(*exchange, *problem));
    const std::string secret = wanted->secret ? wanted->secret->value : outside::make_secret();
    service.write(exchange, [secret](const Exchange& asked, ReadSources& sources) {
        const auto id = id_in_path(asked);
        if (!find_webhook(sources.sql, id)) return no_webhook(asked);
        sources.sql.query(
            "update webhooks set previous_secret = secret, secret = $2, rotated_at = $3, version = "
            "version + 1, updated_at = $3 where id = $1 and secret <> $2",
            {Bytes{id->bytes()}, secret, micros(asked.received_at)});
        auto shown = find_webhook(sources.sql, id);
        if (!shown) return no_webhook(asked);
        shown->secret = {secret};
        return webhook_answer(200, *shown);
    });
}

net::Response list_deliveries(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "deliveries", 3);
    if (!page) return problem_answer(exchange, page.error());
    const auto id = id_in_path(exchange);
    if (!find_webhook(sources.sql, id)) return no_webhook(exchange);
    const auto state = word_parameter(exchange, "state", {"", "pending", "delivered", "failed"});
    if (!state) return problem_answer(exchange, state.error());
    std::vector<Value> values{Bytes{id->bytes()}, std::string{*state},
                              static_cast<std::int64_t>(page->limit + 1)};
    std::string text = std::string{select_deliveries} + " and ($2 = '' or d.state = $2)";
    if (page->after) {
        for (const std::string& part : *page->after)
            values.emplace_back(parse_int(part).value_or(0));
        text += " and (d.last_at, d.partition_no, d.n) < ($4, $5, $6)";
    }
    auto rows = sources.sql.query(
        text + " order by d.last_at desc, d.partition_no desc, d.n desc limit $3", values);
    ListAnswer list;
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        const store::Row& last = rows.back();
        list.next_cursor = make_cursor(
            "deliveries", {std::to_string(as_int(last[7])), std::to_string(as_int(last[0])),
                           std::to_string(as_int(last[1]))});
    }
    for (const store::Row& row : rows) list.items.push_back(wire::encode(delivery_of(row)));
    return list_answer(exchange, list);
}

void redeliver(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        return save_redelivery(asked, sources.sql);
    });
}

}  // namespace ohm::api::rest
