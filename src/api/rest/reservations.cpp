// Reservations: rows are read here; ordering and cancelling are commands to their stations. A token
// has one place among open reservations, a row that is claimed before its station is asked.
#include "api/rest/handlers.hpp"
#include "api/rest/held_resources.hpp"
#include "api/rest/held_routes.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/service.hpp"
#include "base/limits_held.hpp"
#include "domain/token.hpp"

namespace ohm::api::rest {

// The parameters of reserve-now. Not in an unnamed namespace: clang wants linkage of whatever
// FIELDS describes.
struct ReserveWritten {
    ReservationTokenWrite token;
    wire::DateTime expires_at;
    Optional<Int<0, 2147483647>> evse_id;
    Optional<ReservationTokenWrite> group_token;
    Optional<Int<1, 2147483647>> reservation_id;
    Optional<Text<20>> connector_type;
    FIELDS(token, expires_at, evse_id, group_token, reservation_id, connector_type)
};
struct CancelWritten {
    std::int64_t reservation_id = 0;
    FIELDS(reservation_id)
};

namespace {

constexpr std::string_view id_prefix = "rsv_", secret_type = "KeyCode";

constexpr std::string_view select_reservations = R"(
select r.id, p.id, r.number, r.ocpp_version, r.evse, r.connector_type, r.token, r.token_type,
       r.group_token, r.expires_at, r.state, r.status, r.reason, r.command_id, r.transaction_id,
       r.replaced_by, r.requested_by, r.created_at, r.answered_at, r.ended_at, r.is_open
  from reservations r
  left join charge_points p on p.station_no = r.station_no
 where r.tenant_no = 1)";
constexpr std::string_view count_reservations =
    "select count(*) from reservations r left join charge_points p on p.station_no = r.station_no "
    "where r.tenant_no = 1";

ReservationShown reservation_of(const store::Row& row) {
    ReservationShown shown;
    shown.id = shown_id(id_prefix, row[0]);
    shown.station_id = text_or_null(row[1]);
    shown.reservation_id = store::as_int(row[2]);
    shown.ocpp_version = text_or_null(row[3]);
    shown.evse_id = store::as_int(row[4]);
    shown.connector_type = text_or_null(row[5]);
    if (!store::as_text(row[6]).empty()) shown.token = text_or_null(row[6]);
    shown.token_type = text_or_null(row[7]);
    shown.group_token = text_or_null(row[8]);
    shown.expires_at = time_of(row[9]);
    shown.state = decltype(shown.state)::of(store::as_text(row[10])).value_or(shown.state);
    shown.status = text_or_null(row[11]);
    shown.reason = text_or_null(row[12]);
    shown.command_id = shown_id_or_null("cmd_", row[13]);
    shown.transaction_id = shown_id_or_null("tx_", row[14]);
    shown.replaced_by = shown_id_or_null(id_prefix, row[15]);
    shown.requested_by = text_or_null(row[16]);
    shown.created_at = time_of(row[17]);
    shown.answered_at = time_or_null(row[18]);
    shown.ended_at = time_or_null(row[19]);
    return shown;
}

std::string shown_reservation(const store::Row& row) { return wire::encode(reservation_of(row)); }

const NewestFirst newest{"reservations", select_reservations, count_reservations, "r.id",
                         shown_reservation};

struct ReservationRead {
    ReservationShown shown;
    Ulid id;
    bool is_open = false;
};
std::optional<ReservationRead> find_reservation(store::Sql& sql, const Ulid& id) {
    const auto rows =
        sql.query(std::string{select_reservations} + " and r.id = $1", {store::Bytes{id.bytes()}});
    if (rows.empty()) return std::nullopt;
    return ReservationRead{reservation_of(rows[0]), id, store::as_int(rows[0].at(20)) != 0};
}
std::optional<ReservationRead> reservation_in_path(const Exchange& exchange, store::Sql& sql) {
    const auto id = parse_id(id_prefix, exchange.path_value(0));
    return id ? find_reservation(sql, *id) : std::nullopt;
}

std::optional<Problem> add_filters(const Exchange& exchange, store::Dialect dialect,
                                   Conditions& where) {
    if (const auto state = exchange.asked("state"))
        where.add(store::any_of(dialect, "r.state", "?"), {comma_list(*state)});
    // Whom a token belongs to is asked by asking for one after the other.
    if (exchange.asked("token") && !exchange.caller.may("tokens:read"))
        return missing_scope("tokens:read");
    if (const auto token = exchange.asked("token"))
        where.add("r.token_key = ?", {domain::token_key(*token)});
    const auto open = word_parameter(exchange, "open", {"", "true", "false"});
    if (!open) return open.error();
    if (!open->empty()) where.add("r.is_open = ?", {std::int64_t{*open == "true"}});
    return add_times(exchange, where, "r.created_at");
}

void refuse(const SharedExchange& exchange, Service& service, const Problem& problem) {
    service.answer(exchange, problem_answer(*exchange, problem));
}

// ---- ordering ----

struct Ordering {
    ReservationWrite written;
    std::string token_key;  // "": a secret one, which is not kept
    Ulid id;
    std::string idempotency_key;
    std::optional<Problem> problem;
    Micros wait{0};
};
using SharedOrdering = std::shared_ptr<Ordering>;

// Takes the token's one place, or says that it is taken. The same request again gets the place that
// it has; one whose reservation never came to be, or has ended, is free.
void claim(const Exchange& exchange, store::Sql& sql, Ordering& ordering) {
    const auto station = find_station(sql, ordering.written.station_id.value);
    if (!station) {
        ordering.problem = not_found("station", ordering.written.station_id.value);
        return;
    }
    if (ordering.token_key.empty()) return;
    const std::int64_t now = micros(exchange.received_at);
    const auto key = ordering.idempotency_key.empty() ? store::Value{store::Null{}}
                                                      : store::Value{ordering.idempotency_key};
    const auto rows = sql.query(
        "insert into reservation_claims (token_key, reservation_id, station_no, claimed_at, "
        "idempotency_key) values ($1, $2, $3, $4, $5) on conflict (token_key) do update set "
        "claimed_at = excluded.claimed_at, station_no = excluded.station_no, idempotency_key = "
        "excluded.idempotency_key, reservation_id = case when reservation_claims.idempotency_key = "
        "excluded.idempotency_key then reservation_claims.reservation_id else "
        "excluded.reservation_id end where reservation_claims.idempotency_key = "
        "excluded.idempotency_key or (not exists (select 1 from reservations r where r.id = "
        "reservation_claims.reservation_id and r.is_open = 1) and (reservation_claims.claimed_at < "
        "$6 or exists (select 1 from reservations r where r.id = "
        "reservation_claims.reservation_id))) returning reservation_id",
        {ordering.token_key, store::Bytes{ordering.id.bytes()}, station->station_no, now, key,
         now - Micros{limits::reservation_claim_age}.count()});
    if (rows.empty()) {
        // The station's own reservation of this number may be replaced.
        if (ordering.written.reservation_id) return;
        ordering.problem = Problem{.code = "reservation_conflict",
                                   .detail = "The token has a reservation already."};
        return;
    }
    ordering.id = Ulid::from_bytes(store::as_bytes(rows[0][0])).value_or(ordering.id);
}

void release(const SharedExchange& exchange, Service& service, const SharedOrdering& ordering,
             const Problem& problem) {
    service.write_then(
        exchange,
        [ordering](ReadSources& sources) {
            sources.sql.query(
                "delete from reservation_claims where token_key = $1 and reservation_id = $2 and "
                "not exists (select 1 from reservations r where r.id = $2) returning 1",
                {ordering->token_key, store::Bytes{ordering->id.bytes()}});
        },
        [exchange, &service, problem] { refuse(exchange, service, problem); });
}

CommandCreate command_of(const Ordering& ordering) {
    const ReservationWrite& written = ordering.written;
    const ReserveWritten parameters{.token = written.token,
                                    .expires_at = written.expires_at,
                                    .evse_id = written.evse_id,
                                    .group_token = written.group_token,
                                    .reservation_id = written.reservation_id,
                                    .connector_type = written.connector_type};
    CommandCreate wanted;
    wanted.command.value = "reserve-now";
    wanted.parameters = {wire::encode(parameters)};
    wanted.reservation_id = {{ordering.id.text()}};
    if (written.queue || written.expires_in)
        wanted.options = CommandOptions{.queue = written.queue,
                                        .expires_in = written.expires_in,
                                        .effect_timeout_s = {},
                                        .verify = {}};
    return wanted;
}

Micros wait_of(const Exchange& exchange, const Settings& settings) {
    const Preference preference = read_preference(exchange.request);
    if (preference.wait) return *preference.wait;
    return preference.respond_async ? Micros{0} : Micros{settings.command_wait};
}

void answer_ordered(const SharedExchange& exchange, Service& service, const Ulid& id,
                    bool replayed) {
    service.read(exchange, [id, replayed](const Exchange& asked, ReadSources& sources) {
        const auto found = find_reservation(sources.sql, id);
        if (!found) return problem_answer(asked, not_found("reservation", id.text()));
        net::Response response = json_answer(201, wire::encode(found->shown));
        response.headers.push_back({"Location", "/api/v1/reservations/" + found->shown.id});
        mark_replayed(response, replayed);
        return response;
    });
}

void order(const SharedExchange& exchange, Service& service, const SharedOrdering& ordering) {
    if (ordering->problem) return refuse(exchange, service, *ordering->problem);
    bus::OperatorBody body =
        service.operation(*exchange, operation::send_command, ordering->written.station_id.value,
                          wire::encode(command_of(*ordering)));
    body.wait_us = ordering->wait.count();
    body.deadline_at += body.wait_us;
    service.submit(std::move(body), [exchange, &service, ordering](OperationAnswer&& answer) {
        constexpr int nobody_answered = 503;  // it may have been done
        if (answer.status == nobody_answered)
            return refuse(exchange, service, problem_of(answer, service.decoder()));
        if (answer.status >= 400)
            return release(exchange, service, ordering, problem_of(answer, service.decoder()));
        CommandWritten written;
        const bool readable =
            !service.decoder().decode(answer.body, written, {wire::Strictness::lenient});
        answer_ordered(exchange, service, ordering->id, readable && written.replayed);
    });
}

// ---- cancelling ----

void answer_cancelled(const SharedExchange& exchange, Service& service) {
    service.read(exchange, [](const Exchange& asked, ReadSources& sources) {
        const auto found = reservation_in_path(asked, sources.sql);
        if (!found) return problem_answer(asked, not_found("reservation", asked.path_value(0)));
        return json_answer(found->is_open ? 202 : 200, wire::encode(found->shown));
    });
}

// What the station must be told, if anything.
bus::OperatorBody cancellation(const Exchange& exchange, Service& service,
                               const ReservationRead& read, bool force) {
    const std::string station = read.shown.station_id.value_or("");
    if (force)
        return service.operation(exchange, operation::end_reservation, station,
                                 wire::encode(ReservationEnd{{read.id.text()}}));
    CommandCreate wanted;
    wanted.command.value = "cancel-reservation";
    wanted.parameters = {wire::encode(CancelWritten{read.shown.reservation_id})};
    bus::OperatorBody body =
        service.operation(exchange, operation::send_command, station, wire::encode(wanted));
    body.wait_us = wait_of(exchange, service.settings()).count();
    body.deadline_at += body.wait_us;
    return body;
}

// Its order still waits for the station: then that is all there is to cancel.
void cancel_order(const SharedExchange& exchange, Service& service, const ReservationRead& read) {
    const std::string command = read.shown.command_id.value_or("cmd_").substr(4);
    service.operate(
        exchange,
        service.operation(*exchange, operation::cancel_command, read.shown.station_id.value_or(""),
                          wire::encode(CommandCancel{{command}})),
        [exchange, &service](OperationAnswer&&) { answer_cancelled(exchange, service); });
}

}  // namespace

net::Response list_reservations(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    add_station(exchange, where);
    if (const auto problem = add_filters(exchange, sources.sql.dialect(), where))
        return problem_answer(exchange, *problem);
    return newest_first(exchange, sources.sql, newest, std::move(where));
}

net::Response list_station_reservations(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    Conditions where;
    where.add("r.station_no = ?", {station->station_no});
    if (const auto problem = add_filters(exchange, sources.sql.dialect(), where))
        return problem_answer(exchange, *problem);
    return newest_first(exchange, sources.sql, newest, std::move(where));
}

net::Response show_reservation(const Exchange& exchange, ReadSources& sources) {
    const auto found = reservation_in_path(exchange, sources.sql);
    if (!found) return problem_answer(exchange, not_found("reservation", exchange.path_value(0)));
    return json_answer(200, wire::encode(found->shown));
}

void create_reservation(const SharedExchange& exchange, Service& service) {
    auto written = read_body<ReservationWrite>(*exchange, service.decoder());
    if (!written) return refuse(exchange, service, written.error());
    const auto ordering = std::make_shared<Ordering>();
    ordering->written = std::move(*written);
    const auto& token = ordering->written.token;
    const bool is_secret = token.type && token.type->name() == secret_type;
    if (!is_secret) ordering->token_key = domain::token_key(token.uid.value);
    ordering->id = service.new_id();
    const std::string_view key = exchange->request.header("idempotency-key");
    if (!key.empty()) ordering->idempotency_key = exchange->caller.name + " " + std::string{key};
    ordering->wait = wait_of(*exchange, service.settings());
    service.write_then(
        exchange,
        [exchange, ordering](ReadSources& sources) { claim(*exchange, sources.sql, *ordering); },
        [exchange, &service, ordering] { order(exchange, service, ordering); });
}

void cancel_reservation(const SharedExchange& exchange, Service& service) {
    const auto force = flag_parameter(*exchange, "force");
    if (!force) return refuse(exchange, service, force.error());
    const auto found = std::make_shared<std::optional<ReservationRead>>();
    service.prepare(
        exchange,
        [found](const Exchange& asked, ReadSources& sources) {
            *found = reservation_in_path(asked, sources.sql);
        },
        [exchange, &service, found, force = *force] {
            if (!*found)
                return refuse(exchange, service, not_found("reservation", exchange->path_value(0)));
            const ReservationRead& read = **found;
            if (!read.is_open)
                return refuse(
                    exchange, service,
                    {.code = "reservation_ended",
                     .detail = "The reservation is " + std::string{read.shown.state.name()} + "."});
            if (read.shown.state.is("ordered") && !force)
                return cancel_order(exchange, service, read);
            service.operate(
                exchange, cancellation(*exchange, service, read, force),
                [exchange, &service](OperationAnswer&&) { answer_cancelled(exchange, service); });
        });
}

}  // namespace ohm::api::rest
