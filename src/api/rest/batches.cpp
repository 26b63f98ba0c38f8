// Batches of commands by REST: ordering, looking, cancelling.
#include "api/rest/batch_order.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/password_hashes.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {

namespace {

constexpr std::string_view id_prefix = "bat_";

std::optional<Ulid> parse_batch_id(std::string_view text) { return parse_id(id_prefix, text); }

// ---- reading ----
constexpr std::string_view select_batches = R"(
select b.id, b.command, b.params, b.selection, b.state, b.reason, b.concurrency, b.rate,
       b.abort_on_failure_pct, b.total, b.requested_by, b.created_at, b.finished_at, b.seen_at,
       b.only_stations, b.retry_of
  from command_batches b where b.tenant_no = 1)";

void set_state(BatchShown& shown, std::string_view state, std::int64_t seen_at, Utc now) {
    const auto known = decltype(shown.state)::of(state);
    if (known) shown.state = *known;
    const bool runs = state == "running" || state == "cancelling";
    if (runs && micros(now) - seen_at > Micros{limits::batch_silence}.count())
        shown.state = "interrupted";  // its api has ended, and no other has taken it over yet
}

BatchShown batch_of(const store::Row& row, Utc now) {
    BatchShown shown{.command = store::as_text(row[1])};
    shown.id =
        std::string{id_prefix} + Ulid::from_bytes(store::as_bytes(row[0])).value_or(Ulid{}).text();
    shown.params = json_or_null(row[2]);
    shown.select = json_or_null(row[3]);
    shown.reason = text_or_null(row[5]);
    shown.concurrency = store::as_int(row[6]);
    shown.rate = store::as_int(row[7]);
    shown.abort_on_failure_pct = int_or_null(row[8]);
    shown.progress.total = store::as_int(row[9]);
    shown.requested_by = text_or_null(row[10]);
    shown.created_at = time_or_null(row[11]);
    shown.finished_at = time_or_null(row[12]);
    shown.only = text_or_null(row[14]);
    if (const auto first = Ulid::from_bytes(store::as_bytes(row[15])))
        shown.retry_of = std::string{id_prefix} + first->text();
    set_state(shown, store::as_text(row[4]), store::as_int(row[13]), now);
    return shown;
}

void add_progress(store::Sql& sql, const Ulid& id, BatchProgress& progress) {
    const std::string text =
        "select i.state, c.state, c.result, count(*) from command_batch_items i "
        "left join commands c on c.id = i.command_id where i.batch_id = $1 "
        "group by i.state, c.state, c.result";
    for (const store::Row& row : sql.query(text, {store::Bytes{id.bytes()}})) {
        const std::string item = store::as_text(row[0]), state = store::as_text(row[1]),
                          result = store::as_text(row[2]);
        const std::int64_t count = store::as_int(row[3]);
        if (item == "waiting")
            progress.waiting += count;
        else if (item == "refused")
            progress.refused += count;
        else if (item == "cancelled")
            progress.cancelled += count;
        else if (state == "queued" || state == "sent" || state.empty())
            (progress.open += count, progress.queued += state == "queued" ? count : 0);
        else if (state != "answered")
            (progress.failed += count, progress.expired += state == "expired" ? count : 0);
        else if (result == "accepted" || result == "scheduled")
            progress.accepted += count;
        else
            progress.other += count;
    }
    const std::int64_t through = progress.total - progress.waiting - progress.open;
    if (progress.total > 0) progress.percent = 100 * through / progress.total;
}

std::optional<BatchShown> find_batch(store::Sql& sql, const Ulid& id, Utc now) {
    const auto rows =
        sql.query(std::string{select_batches} + " and b.id = $1", {store::Bytes{id.bytes()}});
    if (rows.empty()) return std::nullopt;
    BatchShown shown = batch_of(rows.front(), now);
    add_progress(sql, id, shown.progress);
    return shown;
}

void refuse(const SharedExchange& exchange, Service& service, const Problem& problem) {
    service.answer(exchange, problem_answer(*exchange, problem));
}
Problem too_many() { return {.code = "rate_limited", .detail = "Too many batches are running."}; }

void start(const SharedExchange& exchange, Service& service,
           const std::shared_ptr<Ordering>& ordering, const std::string& selection) {
    const Utc now = exchange->received_at;
    const Ulid id = ordering->order.id;
    BatchRunner& runner = service.batches();
    // The row is there before the first command goes. The runner's copy starts with the answer.
    service.write_then(
        exchange,
        [ordering, selection, now, owner = runner.owner()](ReadSources& sources) {
            write_batch(sources.sql, ordering->order, ordering->shown_params, selection, owner,
                        now);
        },
        [exchange, &service, &runner, ordering, id] {
            runner.start(std::move(ordering->order));
            service.read(exchange, [id](const Exchange& asked, ReadSources& sources) {
                const auto batch = find_batch(sources.sql, id, asked.received_at);
                if (!batch) return problem_answer(asked, not_found("batch", id.text()));
                net::Response response = json_answer(202, wire::encode(*batch));
                response.headers.push_back({"Location", "/api/v1/command-batches/" + *batch->id});
                return response;
            });
        });
}

}  // namespace

void create_batch(const SharedExchange& exchange, Service& service) {
    auto wanted = read_body<BatchWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    const auto ordering = std::make_shared<Ordering>();
    ordering->wanted = std::move(*wanted);
    BatchOrder& order = ordering->order;
    order.id = service.new_id();
    order.requested_by = exchange->caller.name;
    if (ordering->wanted.concurrency) order.concurrency = ordering->wanted.concurrency->value;
    if (ordering->wanted.rate) order.rate = ordering->wanted.rate->value;
    if (ordering->wanted.abort_on_failure_pct)
        order.abort_on_failure_pct = ordering->wanted.abort_on_failure_pct->value;
    if (const auto problem = read_command(*ordering, service.decoder()))
        return refuse(exchange, service, *problem);
    if (const auto lacking = check_command(exchange->caller, order.command.command.value))
        return refuse(exchange, service, *lacking);
    order.command.batch_id = {{order.id.text()}};
    order.only_idle = ordering->wanted.only.has_value();
    if (order.only_idle) order.command.only_idle = true;
    if (service.batches().is_full()) return refuse(exchange, service, too_many());
    service.prepare(
        exchange,
        [ordering](const Exchange& asked, ReadSources& sources) {
            ordering->problem = select_stations(*ordering, sources.sql, asked.received_at);
            wire::Decoder decoder;
            ordering->order.password_hashes =
                hashes_of(passwords_in(decoder, ordering->order.command));
        },
        [exchange, &service, ordering] {
            if (ordering->problem) return refuse(exchange, service, *ordering->problem);
            if (ordering->wanted.dry_run.value_or(false))
                return service.answer(exchange,
                                      json_answer(200, wire::encode(shown_dry_run(*ordering))));
            start(exchange, service, ordering, wire::encode(ordering->wanted.select));
        });
}

// ---- once more, where it went wrong ----
namespace {

Problem batch_not_repeatable(std::string_view why) {
    return {.code = "batch_not_repeatable", .detail = std::string{why}};
}

constexpr std::string_view select_failed =
    "select i.station_no, i.station_id from command_batch_items i left join commands c on c.id = "
    "i.command_id where i.batch_id = $1 and coalesce(i.code, '') <> 'not_found' and (i.state in "
    "('refused', 'cancelled') or c.state in ('failed', 'expired', 'cancelled') or (c.result is "
    "not null and c.result not in ('accepted', 'scheduled', 'partial'))) order by i.item";

// The order of the earlier one, for the stations where it went wrong.
std::optional<Problem> read_again(Ordering& ordering, store::Sql& sql, const Ulid& first, Utc now) {
    const store::Value id = store::Bytes{first.bytes()};
    const auto batch = find_batch(sql, first, now);
    if (!batch) return not_found("batch", std::string{id_prefix} + first.text());
    if (batch->state.is("running") || batch->state.is("cancelling"))
        return batch_not_repeatable("The batch still runs.");
    const auto rows = sql.query("select ordered, params from command_batches where id = $1", {id});
    BatchOrder& order = ordering.order;
    wire::Decoder decoder;
    if (store::is_null(rows.at(0)[0]) ||
        decoder.decode(store::as_text(rows[0][0]), order.command, {wire::Strictness::lenient}))
        return batch_not_repeatable("Its command holds a secret, which was not kept.");
    ordering.shown_params = store::as_text(rows[0][1]);
    order.command.batch_id = {{order.id.text()}};
    order.concurrency = batch->concurrency;
    order.rate = batch->rate;
    order.abort_on_failure_pct = batch->abort_on_failure_pct.value_or(0);
    order.only_idle = batch->only.has_value();
    order.retry_of = first;
    for (const store::Row& row : sql.query(select_failed, {id})) {
        BatchItem& item = order.items.emplace_back();
        item.station_no = store::as_int(row[0]);
        item.station_id = store::as_text(row[1]);
    }
    if (order.items.empty()) return batch_not_repeatable("It failed nowhere.");
    return std::nullopt;
}

}  // namespace

void retry_batch(const SharedExchange& exchange, Service& service) {
    const auto first = parse_batch_id(exchange->path_value(0));
    if (!first) return refuse(exchange, service, not_found("batch", exchange->path_value(0)));
    if (service.batches().is_full()) return refuse(exchange, service, too_many());
    const auto ordering = std::make_shared<Ordering>();
    ordering->order.id = service.new_id();
    ordering->order.requested_by = exchange->caller.name;
    service.prepare(
        exchange,
        [ordering, first = *first](const Exchange& asked, ReadSources& sources) {
            ordering->order.items.clear();
            ordering->problem = read_again(*ordering, sources.sql, first, asked.received_at);
            if (!ordering->problem)
                ordering->problem =
                    check_command(asked.caller, ordering->order.command.command.value);
        },
        [exchange, &service, ordering] {
            if (ordering->problem) return refuse(exchange, service, *ordering->problem);
            start(exchange, service, ordering, "");
        });
}

net::Response list_batches(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "batches", 1);
    if (!page) return problem_answer(exchange, page.error());
    Conditions where;
    if (page->after) {
        const auto id = parse_batch_id(page->after->at(0));
        if (!id)
            return problem_answer(
                exchange, bad_parameter("cursor", "is not a cursor of this list and order"));
        where.add("b.id < ?", {store::Bytes{id->bytes()}});
    }
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        std::string{select_batches} + where.text() + " order by b.id desc limit " + limit,
        where.values());
    ListAnswer list;
    const bool more = rows.size() > page->limit;
    if (more) rows.resize(page->limit);
    for (const store::Row& row : rows) {
        BatchShown shown = batch_of(row, exchange.received_at);
        if (const auto id = parse_batch_id(*shown.id))
            add_progress(sources.sql, *id, shown.progress);
        list.items.push_back(wire::encode(shown));
        if (more) list.next_cursor = make_cursor("batches", {*shown.id});
    }
    return list_answer(exchange, list);
}

net::Response show_batch(const Exchange& exchange, ReadSources& sources) {
    const auto id = parse_batch_id(exchange.path_value(0));
    const auto batch = id ? find_batch(sources.sql, *id, exchange.received_at) : std::nullopt;
    if (!batch) return problem_answer(exchange, not_found("batch", exchange.path_value(0)));
    return json_answer(200, wire::encode(*batch));
}

namespace {
constexpr std::string_view select_items = R"(
select i.item, i.station_id, i.state, i.command_id, c.state, c.result, i.code, i.detail, i.at,
       case when c.state = 'queued' then c.expires_at end, c.status, c.sent_at, c.answered_at,
       c.error_code, c.error_description, c.error_details, c.response
  from command_batch_items i left join commands c on c.id = i.command_id
 where i.batch_id = $1 and i.item > $2 order by i.item limit $3)";

BatchItemShown item_of(const store::Row& row, bool with_response) {
    BatchItemShown item{.item = store::as_int(row[0]),
                        .station_id = store::as_text(row[1]),
                        .state = store::as_text(row[2])};
    if (const auto command = Ulid::from_bytes(store::as_bytes(row[3])))
        item.command_id = "cmd_" + command->text();
    item.command_state = text_or_null(row[4]);
    item.result = text_or_null(row[5]);
    item.code = text_or_null(row[6]);
    item.detail = text_or_null(row[7]);
    item.at = time_or_null(row[8]);
    item.expires_at = time_or_null(row[9]);
    item.status = text_or_null(row[10]);
    if (!store::is_null(row[11]) && !store::is_null(row[12]))
        item.rtt_ms = {(store::as_int(row[12]) - store::as_int(row[11])) / 1000};
    if (!store::as_text(row[13]).empty()) {
        CallErrorShown error{.code = store::as_text(row[13]),
                             .description = store::as_text(row[14])};
        error.details = json_or_null(row[15]);
        item.error = {std::move(error)};
    }
    if (with_response) item.response = json_or_null(row[16]);
    return item;
}
}  // namespace

net::Response list_batch_items(const Exchange& exchange, ReadSources& sources) {
    const auto id = parse_batch_id(exchange.path_value(0));
    if (!id || !find_batch(sources.sql, *id, exchange.received_at))
        return problem_answer(exchange, not_found("batch", exchange.path_value(0)));
    const auto expand = word_parameter(exchange, "expand", {"", "response"});
    if (!expand) return problem_answer(exchange, expand.error());
    const auto page = read_page(exchange, "batch_items", 1);
    if (!page) return problem_answer(exchange, page.error());
    const std::int64_t after = page->after ? parse_int(page->after->at(0)).value_or(-1) : -1;
    auto rows = sources.sql.query(select_items, {store::Bytes{id->bytes()}, after,
                                                 static_cast<std::int64_t>(page->limit + 1)});
    ListAnswer list;
    const bool more = rows.size() > page->limit;
    if (more) rows.resize(page->limit);
    for (const store::Row& row : rows) {
        const BatchItemShown item = item_of(row, !expand->empty());
        list.items.push_back(wire::encode(item));
        if (more) list.next_cursor = make_cursor("batch_items", {std::to_string(item.item)});
    }
    return list_answer(exchange, list);
}

// ---- the end of it ----
namespace {

struct Waiting {
    std::string station_id;
    Ulid command;
};
// Commands of a batch that is given up, withdrawn from the stations that they wait for.
struct Withdrawal {
    net::Response answer;
    std::vector<Waiting> left;
};
constexpr int withdrawn_at_once = 20;

void withdraw_next(const SharedExchange& exchange, Service& service,
                   const std::shared_ptr<Withdrawal>& withdrawal) {
    if (withdrawal->left.empty()) return;
    const Waiting next = std::move(withdrawal->left.back());
    withdrawal->left.pop_back();
    bus::OperatorBody body =
        service.operation(*exchange, operation::cancel_command, next.station_id,
                          wire::encode(CommandCancel{{next.command.text()}}));
    // Each has its own time, and the key of the request is not theirs.
    body.deadline_at = micros(service.parts().clock.utc() + service.settings().operation_deadline);
    body.idempotency_key.clear();
    body.fingerprint.clear();
    service.submit(std::move(body), [exchange, &service, withdrawal](OperationAnswer&&) {
        withdraw_next(exchange, service, withdrawal);
    });
}

// Whichever api runs it sees the row with its next turn.
net::Response end_batch(const Exchange& asked, store::Sql& sql, std::vector<Waiting>& waiting) {
    const auto id = parse_batch_id(asked.path_value(0));
    const auto batch = id ? find_batch(sql, *id, asked.received_at) : std::nullopt;
    if (!batch) return problem_answer(asked, not_found("batch", asked.path_value(0)));
    const bool runs = batch->state.is("running") || batch->state.is("cancelling");
    if (!runs && batch->progress.queued == 0)
        return problem_answer(
            asked, {.code = "batch_not_running",
                    .detail = "The batch has ended: " + std::string{batch->state.name()} + "."});
    sql.query("update command_batches set state = 'cancelling' where id = $1 and state = 'running'",
              {store::Bytes{id->bytes()}});
    for (const store::Row& row :
         sql.query("select i.station_id, c.id from command_batch_items i join commands c on c.id = "
                   "i.command_id where i.batch_id = $1 and c.state = 'queued'",
                   {store::Bytes{id->bytes()}}))
        if (const auto command = Ulid::from_bytes(store::as_bytes(row[1])))
            waiting.push_back({store::as_text(row[0]), *command});
    return json_answer(202, wire::encode(*find_batch(sql, *id, asked.received_at)));
}

}  // namespace

void cancel_batch(const SharedExchange& exchange, Service& service) {
    const auto withdrawal = std::make_shared<Withdrawal>();
    service.write_then(
        exchange,
        [exchange, withdrawal](ReadSources& sources) {
            withdrawal->left.clear();
            withdrawal->answer = end_batch(*exchange, sources.sql, withdrawal->left);
        },
        [exchange, &service, withdrawal] {
            service.answer(exchange, std::move(withdrawal->answer));
            for (int i = 0; i < withdrawn_at_once; ++i)
                withdraw_next(exchange, service, withdrawal);
        });
}

std::span<const Component> batch_components() {
    static constexpr Component table[] = {
        {"CommandBatchWrite", &wire::type_of<BatchWrite>},
        {"CommandBatch", &wire::type_of<BatchShown>},
        {"CommandBatchItem", &wire::type_of<BatchItemShown>},
    };
    return table;
}

}  // namespace ohm::api::rest
