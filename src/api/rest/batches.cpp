// Batches of commands by REST: ordering, looking, cancelling.
#include "api/commands/neutral.hpp"
#include "api/commands/secrets.hpp"
#include "api/rest/batch_runner.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/once.hpp"
#include "api/rest/our_transactions.hpp"
#include "api/rest/password_hashes.hpp"
#include "api/rest/people_resources.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {

// ---- as written and shown ----
struct BatchFilter {
    Optional<wire::Text<200>> vendor, model, firmware_version, location_id;
    Optional<OcppVersionName> ocpp_version;
    Optional<Connectivity> connectivity;
    FIELDS(vendor, model, firmware_version, location_id, ocpp_version, connectivity)
};
struct BatchSelect {
    Optional<List<wire::Text<255, 1>, 1, 10000>> station_ids;
    Optional<BatchFilter> filter;  // {}: all stations
    FIELDS(station_ids, filter)
};
struct BatchWrite {
    wire::Text<40, 1> command;
    Optional<Any> params;  // as in the body of the command itself
    BatchSelect select;
    Optional<Int<1, limits::batch_concurrency>> concurrency;  // open at once; absent: 20
    Optional<Int<1, limits::batch_rate>> rate;                // a second; absent: 20
    Optional<Int<1, 100>> abort_on_failure_pct;               // absent: it goes on
    Optional<OneOf<"idle">> only;                             // not where a transaction runs
    Optional<bool> dry_run;
    FIELDS(command, params, select, concurrency, rate, abort_on_failure_pct, only, dry_run)
};
struct BatchProgress {
    std::int64_t total = 0, waiting = 0, refused = 0, cancelled = 0, open = 0, accepted = 0,
                 other = 0, failed = 0, percent = 0;  // of the stations that are through
    FIELDS(total, waiting, refused, cancelled, open, accepted, other, failed, percent)
};
struct BatchShown {
    NullableText id;  // null: a dry run
    std::string command;
    Nullable<Any> params, select;
    OneOf<"running", "cancelling", "finished", "cancelled", "aborted", "interrupted", "dry_run">
        state;
    NullableText reason;
    std::int64_t concurrency = 0, rate = 0;
    Nullable<std::int64_t> abort_on_failure_pct;
    NullableText only, retry_of;
    BatchProgress progress;
    NullableText requested_by;
    Nullable<Instant> created_at, finished_at;
    Optional<List<std::string>> station_ids;  // of a dry run
    FIELDS(id, command, params, select, state, reason, concurrency, rate, abort_on_failure_pct,
           only, retry_of, progress, requested_by, created_at, finished_at, station_ids)
};
struct BatchItemShown {
    std::int64_t item = 0;
    std::string station_id, state;  // waiting, ordered, refused, cancelled
    NullableText command_id, command_state, result, code, detail;
    Nullable<Instant> at;
    FIELDS(item, station_id, state, command_id, command_state, result, code, detail, at)
};

namespace {

constexpr std::string_view id_prefix = "bat_";

std::optional<Ulid> parse_batch_id(std::string_view text) { return parse_id(id_prefix, text); }

// ---- ordering ----
struct Ordering {
    BatchWrite wanted;
    BatchOrder order;
    std::string shown_params;
    std::optional<Problem> problem;
    std::optional<Ulid> made_before;  // by the same request: nothing is to be done
};

// The parameters of one command, with its options beside them.
std::optional<Problem> read_command(Ordering& ordering, wire::Decoder& decoder) {
    const auto* command = commands::find_neutral(ordering.wanted.command.value);
    if (!command) return bad_member("/command", "is not a command's name");
    const std::string params = ordering.wanted.params ? ordering.wanted.params->json : "{}";
    const auto written = command->written->make();
    if (auto violation = decoder.decode(params, *command->written, written.get(),
                                        {wire::Strictness::strict}, nullptr)) {
        violation->path = "/params" + violation->path;
        return bad_body(*violation);
    }
    const void* options = static_cast<const std::byte*>(written.get()) + command->options_offset;
    CommandCreate& create = ordering.order.command;
    create.command.value = command->words.name;
    wire::encode(create.parameters.json, *command->parameters, written.get());
    create.options = *static_cast<const CommandOptions*>(options);
    ordering.shown_params =
        commands::parameters_without_secrets(decoder, create.command.value, params)
            .value_or(params);
    return std::nullopt;
}

Conditions conditions_of(const BatchFilter& filter) {
    Conditions where;
    const auto add = [&](std::string_view column, const auto& text) {
        if (text) where.add(std::string{column} + " = ?", {text->value});
    };
    add("p.vendor", filter.vendor);
    add("p.model", filter.model);
    add("p.firmware_version", filter.firmware_version);
    add("l.id", filter.location_id);
    if (filter.ocpp_version)
        where.add("s.ocpp_version = ?", {std::string{filter.ocpp_version->name()}});
    if (filter.connectivity)
        where.add(
            filter.connectivity->is("online") ? "s.connection is not null" : "s.connection is null",
            {});
    return where;
}

std::vector<BatchItem> select_by_filter(store::Sql& sql, const BatchFilter& filter) {
    Conditions where = conditions_of(filter);
    const std::string limit = where.bind(static_cast<std::int64_t>(limits::batch_stations + 1));
    const std::string text =
        "select p.station_no, p.id from charge_points p "
        "left join station_state s on s.station_no = p.station_no "
        "left join locations l on l.location_no = p.location_no "
        "where p.tenant_no = 1 and p.archived_at is null" +
        where.text() + " order by p.id_key limit " + limit;
    std::vector<BatchItem> items;
    for (const store::Row& row : sql.query(text, where.values())) {
        BatchItem& item = items.emplace_back();
        item.station_no = store::as_int(row[0]);
        item.station_id = store::as_text(row[1]);
    }
    return items;
}

std::vector<BatchItem> select_by_id(store::Sql& sql, const BatchSelect& select) {
    std::vector<std::string> keys;
    std::vector<BatchItem> items;
    for (const auto& id : *select.station_ids) {
        items.emplace_back().station_id = id.value;
        keys.push_back(fold(id.value).value_or(id.value));
    }
    std::map<std::string, std::int64_t> known;
    const std::string text =
        "select id_key, station_no from charge_points where archived_at is null and " +
        store::any_of(sql.dialect(), "id_key", "$1");
    for (const store::Row& row : sql.query(text, {keys}))
        known[store::as_text(row[0])] = store::as_int(row[1]);
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto found = known.find(keys[i]);
        if (found != known.end()) {
            items[i].station_no = found->second;
            continue;
        }
        items[i].state = "refused";
        items[i].code = "not_found";
        items[i].detail = "there is no station of this id";
    }
    return items;
}

// A station knows its transactions by ids of its own; of the others none is meant.
std::optional<Problem> resolve_transaction(Ordering& ordering, store::Sql& sql) {
    std::string& parameters = ordering.order.command.parameters.json;
    const auto place = our_id_in(parameters);
    if (!place) return std::nullopt;
    const std::string id = parameters.substr(place->first, place->second);
    const auto known = find_transaction(sql, id);
    if (!known) return not_found("transaction", id);
    parameters = with_station_id(parameters, *place, known->ocpp_id);
    for (BatchItem& item : ordering.order.items) {
        if (item.state != "waiting" || fold(item.station_id).value_or("") == known->id_key)
            continue;
        item.state = "refused";
        item.code = "not_found";
        item.detail = "the transaction is another station's";
    }
    return std::nullopt;
}

std::optional<Problem> select_stations(Ordering& ordering, store::Sql& sql) {
    const BatchSelect& select = ordering.wanted.select;
    if (select.station_ids.has_value() == select.filter.has_value())
        return bad_member("/select", "names either station_ids or a filter");
    ordering.order.items =
        select.filter ? select_by_filter(sql, *select.filter) : select_by_id(sql, select);
    if (ordering.order.items.size() <= limits::batch_stations)
        return resolve_transaction(ordering, sql);
    return Problem{.code = "payload_too_large",
                   .detail = "A batch may have " + std::to_string(limits::batch_stations) +
                             " stations; narrow the filter."};
}

BatchShown shown_dry_run(const Ordering& ordering) {
    BatchShown shown{.command = ordering.order.command.command.value};
    shown.state = "dry_run";
    shown.params.emplace().json = ordering.shown_params;
    shown.concurrency = ordering.order.concurrency;
    shown.rate = ordering.order.rate;
    shown.progress.total = static_cast<std::int64_t>(ordering.order.items.size());
    auto& ids = shown.station_ids.emplace().items;
    for (const BatchItem& item : ordering.order.items) {
        ids.push_back(item.station_id);
        shown.progress.refused += item.state == "refused";
    }
    return shown;
}

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
            progress.open += count;
        else if (state != "answered")
            progress.failed += count;
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

// Whether there is anything to be written: not where the same request has made a batch before.
bool is_first(const Exchange& exchange, store::Sql& sql, Ordering& ordering) {
    const auto made = made_before(exchange, sql);
    if (!made) ordering.problem = made.error();
    if (made && *made) ordering.made_before = parse_batch_id(**made);
    return !ordering.problem && !ordering.made_before;
}

void write_once(const Exchange& exchange, store::Sql& sql, Ordering& ordering,
                const std::string& selection, const std::string& owner) {
    if (!is_first(exchange, sql, ordering)) return;
    store::Unit unit;
    remember_made(exchange, unit, 202, std::string{id_prefix} + ordering.order.id.text());
    try {
        write_batch(sql, unit, ordering.order, ordering.shown_params, selection, owner,
                    exchange.received_at);
    } catch (const Fault& fault) {
        // Another api was faster with the same key.
        const bool is_taken = fault.kind() == Fault::Kind::bad_data;
        if (!is_taken || is_first(exchange, sql, ordering)) throw;
    }
}

net::Response started_answer(const Exchange& exchange, store::Sql& sql, const Ulid& id,
                             bool is_replayed) {
    const auto batch = find_batch(sql, id, exchange.received_at);
    if (!batch) return problem_answer(exchange, not_found("batch", id.text()));
    net::Response response = json_answer(202, wire::encode(*batch));
    response.headers.push_back({"Location", "/api/v1/command-batches/" + *batch->id});
    mark_replayed(response, is_replayed);
    return response;
}

void start(const SharedExchange& exchange, Service& service,
           const std::shared_ptr<Ordering>& ordering, const std::string& selection) {
    BatchRunner& runner = service.batches();
    // The row is there before the first command goes. The runner's copy starts with the answer.
    service.write_then(
        exchange,
        [exchange, ordering, selection, owner = runner.owner()](ReadSources& sources) {
            write_once(*exchange, sources.sql, *ordering, selection, owner);
        },
        [exchange, &service, &runner, ordering] {
            if (ordering->problem) return refuse(exchange, service, *ordering->problem);
            const bool is_replayed = ordering->made_before.has_value();
            const Ulid id = ordering->made_before.value_or(ordering->order.id);
            if (!is_replayed) runner.start(std::move(ordering->order));
            service.read(exchange, [id, is_replayed](const Exchange& asked, ReadSources& sources) {
                return started_answer(asked, sources.sql, id, is_replayed);
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
        [ordering](const Exchange&, ReadSources& sources) {
            ordering->problem = select_stations(*ordering, sources.sql);
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

net::Response list_batch_items(const Exchange& exchange, ReadSources& sources) {
    const auto id = parse_batch_id(exchange.path_value(0));
    if (!id || !find_batch(sources.sql, *id, exchange.received_at))
        return problem_answer(exchange, not_found("batch", exchange.path_value(0)));
    const auto page = read_page(exchange, "batch_items", 1);
    if (!page) return problem_answer(exchange, page.error());
    const std::int64_t after = page->after ? parse_int(page->after->at(0)).value_or(-1) : -1;
    auto rows = sources.sql.query(
        "select i.item, i.station_id, i.state, i.command_id, c.state, c.result, i.code, i.detail, "
        "i.at from command_batch_items i left join commands c on c.id = i.command_id "
        "where i.batch_id = $1 and i.item > $2 order by i.item limit $3",
        {store::Bytes{id->bytes()}, after, static_cast<std::int64_t>(page->limit + 1)});
    ListAnswer list;
    const bool more = rows.size() > page->limit;
    if (more) rows.resize(page->limit);
    for (const store::Row& row : rows) {
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
        list.items.push_back(wire::encode(item));
        if (more) list.next_cursor = make_cursor("batch_items", {std::to_string(item.item)});
    }
    return list_answer(exchange, list);
}

// Whichever api runs it sees the row with its next turn.
void cancel_batch(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        const auto id = parse_batch_id(asked.path_value(0));
        const auto batch = id ? find_batch(sources.sql, *id, asked.received_at) : std::nullopt;
        if (!batch) return problem_answer(asked, not_found("batch", asked.path_value(0)));
        if (!batch->state.is("running") && !batch->state.is("cancelling"))
            return problem_answer(
                asked,
                {.code = "batch_not_running",
                 .detail = "The batch has ended: " + std::string{batch->state.name()} + "."});
        sources.sql.query(
            "update command_batches set state = 'cancelling' where id = $1 and state = 'running'",
            {store::Bytes{id->bytes()}});
        return json_answer(202, wire::encode(*find_batch(sources.sql, *id, asked.received_at)));
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
