#include "api/rest/batch_runner.hpp"

#include <algorithm>

#include "api/commands/secrets.hpp"
#include "api/tables.hpp"
#include "base/id_time.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

using store::Kind;
using store::Mode;

constexpr milliseconds turn_interval{100};
constexpr seconds flush_interval{1};
constexpr seconds look_interval{5};
constexpr seconds taken_over_after{15};  // of silence; the rows are written each second
constexpr seconds command_wait{60};      // longer than any call time-out but a station's own

const store::Write batch_row{"command_batches",
                             Mode::insert_if_absent,
                             1,
                             {{"id", Kind::bytes},
                              {"command", Kind::text},
                              {"params", Kind::text},
                              {"selection", Kind::text},
                              {"concurrency", Kind::integer},
                              {"rate", Kind::integer},
                              {"abort_on_failure_pct", Kind::integer},
                              {"state", Kind::text},
                              {"total", Kind::integer},
                              {"seen_at", Kind::integer},
                              {"requested_by", Kind::text},
                              {"created_at", Kind::integer},
                              {"ordered", Kind::text},
                              {"owner", Kind::text},
                              {"only_stations", Kind::text},
                              {"retry_of", Kind::bytes}},
                             0};
const store::Write item_row{"command_batch_items",
                            Mode::upsert,
                            2,
                            {{"batch_id", Kind::bytes},
                             {"item", Kind::integer},
                             {"station_no", Kind::integer},
                             {"station_id", Kind::text},
                             {"state", Kind::text},
                             {"command_id", Kind::bytes},
                             {"code", Kind::text},
                             {"detail", Kind::text},
                             {"at", Kind::integer}},
                            1};

using tables::int_or_null;
using tables::text_or_null;

void add_item(store::Unit& unit, const Ulid& batch, std::size_t index, const BatchItem& item) {
    unit.add(item_row, {tables::bytes(batch), static_cast<std::int64_t>(index),
                        int_or_null(item.station_no), item.station_id, item.state,
                        item.command_id.empty() ? store::Value{store::Null{}}
                                                : store::Value{store::Bytes{item.command_id}},
                        text_or_null(item.code), text_or_null(item.detail), int_or_null(item.at)});
}

// What the database knows and the runner has to.
struct Seen {
    std::string state, owner;
    std::int64_t failures = 0;
};

constexpr std::string_view count_failures =
    "select count(*) from commands where batch_id = $1 and (state in ('failed', 'expired', "
    "'cancelled') or (result is not null and result not in ('accepted', 'scheduled', 'partial')))";

}  // namespace

void write_batch(store::Sql& sql, const BatchOrder& order, const std::string& shown_params,
                 const std::string& selection, const std::string& owner, Utc now) {
    store::Unit unit;
    const std::string ordered = wire::encode(order.command);
    // Without its secret it cannot be gone on with: nobody is asked to.
    const bool hides = commands::may_hold_secret(ordered);
    unit.add(batch_row,
             {tables::bytes(order.id), order.command.command.value, text_or_null(shown_params),
              text_or_null(selection), order.concurrency, order.rate,
              int_or_null(order.abort_on_failure_pct), std::string{"running"},
              static_cast<std::int64_t>(order.items.size()), micros(now),
              text_or_null(order.requested_by), micros(now),
              hides ? store::Value{store::Null{}} : store::Value{ordered}, owner,
              text_or_null(order.only_idle ? "idle" : ""), tables::bytes_or_null(order.retry_of)});
    for (std::size_t i = 0; i < order.items.size(); ++i)
        add_item(unit, order.id, i, order.items[i]);
    sql.commit(unit, {});
}

Ulid command_of_item(const Ulid& batch, std::size_t item) {
    const std::string name = batch.text() + "/" + std::to_string(item);
    constexpr std::uint64_t random_of_high = 0xffff;  // behind 48 bits of time
    return {(batch.high & ~random_of_high) | (fnv1a("h" + name) & random_of_high), fnv1a(name)};
}

struct BatchRunner::Running {
    BatchOrder order;
    std::size_t next = 0, open = 0, refused = 0;
    double tokens = 1;
    std::int64_t failures = 0;  // of commands that were ordered, as last read
    Mono flushed{};
    bool flushing = false, ended = false;
    std::string end_state, end_reason;

    bool all_ordered() const { return next == order.items.size(); }
    bool fails_too_often() const {
        const auto done = static_cast<std::int64_t>(next - open);
        const std::int64_t bad = failures + static_cast<std::int64_t>(refused);
        constexpr std::int64_t enough = 5;  // one of one is no pattern
        return order.abort_on_failure_pct > 0 && done >= enough &&
               bad * 100 > done * order.abort_on_failure_pct;
    }
};

BatchRunner::BatchRunner(const Parts& parts) : parts_{parts}, owner_{parts.ids.next().text()} {
    schedule_look();
}
BatchRunner::~BatchRunner() {
    if (timer_ != 0) parts_.loop.cancel(timer_);
    if (look_timer_ != 0) parts_.loop.cancel(look_timer_);
}

bool BatchRunner::is_full() const { return running_.size() >= limits::batches_at_once; }

void BatchRunner::start(BatchOrder&& order) {
    const auto batch = std::make_shared<Running>();
    batch->order = std::move(order);
    batch->flushed = parts_.clock.mono();
    running_[batch->order.id] = batch;
    log::info("batch_started",
              {{"batch", batch->order.id.text()}, {"stations", batch->order.items.size()}});
    submit_some(batch);
    schedule();
}

void BatchRunner::schedule() {
    if (timer_ != 0 || running_.empty()) return;
    timer_ = parts_.loop.after(turn_interval, [this] {
        timer_ = 0;
        turn();
        schedule();
    });
}

void BatchRunner::turn() {
    const std::map<Ulid, Shared> now_running = running_;
    for (const auto& [id, batch] : now_running) {
        const double turns_a_second = 1000.0 / static_cast<double>(turn_interval.count());
        const auto rate = static_cast<double>(batch->order.rate);
        batch->tokens = std::min(rate, batch->tokens + rate / turns_a_second);
        if (!batch->ended && batch->fails_too_often())
            end(batch, "aborted", "too many commands failed");
        submit_some(batch);
        const bool done = batch->all_ordered() && batch->open == 0;
        if (!batch->ended && done) end(batch, "finished", "");
        const bool due = parts_.clock.mono() - batch->flushed >= flush_interval;
        if (!batch->flushing && (due || batch->ended)) flush(batch);
    }
}

void BatchRunner::end(const Shared& batch, std::string_view state, std::string_view reason) {
    batch->ended = true;
    batch->end_state = state;
    batch->end_reason = reason;
    for (; !batch->all_ordered(); ++batch->next) {
        BatchItem& item = batch->order.items[batch->next];
        item.state = "cancelled";
        item.changed = true;
    }
}

void BatchRunner::submit_some(const Shared& batch) {
    while (!batch->ended && !batch->all_ordered() && batch->tokens >= 1 &&
           batch->open < static_cast<std::size_t>(batch->order.concurrency)) {
        batch->tokens -= 1;
        submit(batch, batch->next++);
    }
}

// Who is offline may be waited for until one instant, however late its turn comes.
CommandCreate BatchRunner::command_now(const BatchOrder& order) const {
    CommandCreate command = order.command;
    if (!command.options || !command.options->expires_in) return command;
    const std::int64_t gone_s = (micros(parts_.clock.utc()) / 1'000 - made_ms(order.id)) / 1'000;
    std::int64_t& left = command.options->expires_in->value;
    left = std::max<std::int64_t>(1, left - std::max<std::int64_t>(0, gone_s));
    return command;
}

void BatchRunner::submit(const Shared& batch, std::size_t index) {
    BatchItem& item = batch->order.items[index];
    if (item.state != "waiting") {  // no such station, or ordered by another api
        batch->refused += item.state == "refused";
        return;
    }
    ++batch->open;
    const std::int64_t now = micros(parts_.clock.utc());
    bus::OperatorBody body;
    body.operation = operation::send_command;
    body.id = item.station_id;
    body.parameters = wire::encode(command_now(batch->order));
    body.requested_by = batch->order.requested_by;
    body.operation_id = command_of_item(batch->order.id, index).bytes();
    body.password_hashes.items = batch->order.password_hashes;
    body.wait_us = Micros{command_wait}.count();
    body.deadline_at = now + body.wait_us + Micros{seconds{15}}.count();
    parts_.operations.submit(std::move(body), [this, batch, index](OperationAnswer&& answer) {
        BatchItem& done = batch->order.items[index];
        --batch->open;
        done.changed = true;
        done.at = micros(parts_.clock.utc());
        wire::Decoder decoder;
        CommandWritten written;
        OperationRefused refused;
        constexpr wire::Rules lenient{wire::Strictness::lenient};
        if (answer.status < 400 && !decoder.decode(answer.body, written, lenient)) {
            done.state = "ordered";
            if (const auto id = Ulid::from_text(written.command_id)) done.command_id = id->bytes();
            return;
        }
        ++batch->refused;
        done.state = "refused";
        done.code = "internal_error";
        if (!decoder.decode(answer.body, refused, lenient)) {
            done.code = refused.code;
            done.detail = refused.detail;
        }
    });
}

// Rows of what changed; reads how the commands ended and whether somebody has cancelled the batch.
void BatchRunner::flush(const Shared& batch) {
    batch->flushing = true;
    batch->flushed = parts_.clock.mono();
    const auto unit = std::make_shared<store::Unit>();
    for (std::size_t i = 0; i < batch->order.items.size(); ++i)
        if (std::exchange(batch->order.items[i].changed, false))
            add_item(*unit, batch->order.id, i, batch->order.items[i]);
    const bool last = batch->ended && batch->open == 0;
    const auto seen = std::make_shared<Seen>();
    const store::Value id = tables::bytes(batch->order.id);
    const std::int64_t now = micros(parts_.clock.utc());
    const std::string end_state = batch->end_state, end_reason = batch->end_reason, owner = owner_;
    parts_.writers.read(
        [unit, seen, id, now, last, end_state, end_reason, owner](ReadSources& sources) {
            const auto rows =
                sources.sql.query("select state, owner from command_batches where id = $1", {id});
            seen->state = rows.empty() ? "cancelling" : store::as_text(rows[0][0]);
            seen->owner = rows.empty() ? "" : store::as_text(rows[0][1]);
            if (seen->owner != owner) return net::Response{.status = 200};
            if (!unit->empty()) sources.sql.commit(*unit, {});
            seen->failures = store::as_int(sources.sql.query(count_failures, {id}).at(0).at(0));
            if (last)
                sources.sql.query(
                    "update command_batches set state = $2, reason = $3, "
                    "finished_at = $4, seen_at = $4 where id = $1",
                    {id, end_state, text_or_null(end_reason), now});
            else
                sources.sql.query("update command_batches set seen_at = $2 where id = $1",
                                  {id, now});
            return net::Response{.status = 200};
        },
        [this, batch, seen, last](net::Response&& response) {
            batch->flushing = false;
            if (response.status != 200) return;  // the next one writes what is left
            batch->failures = seen->failures;
            if (last || seen->owner != owner_) {  // another api thought this one gone, and goes on
                running_.erase(batch->order.id);
                return;
            }
            if (!batch->ended && seen->state == "cancelling")
                end(batch, "cancelled", "cancelled by an operator");
        });
}

// ---- batches whose api has ended ----

namespace {

std::optional<BatchOrder> read_order(store::Sql& sql, const store::Row& row) {
    BatchOrder order;
    order.id = Ulid::from_bytes(store::as_bytes(row[0])).value_or(Ulid{});
    wire::Decoder decoder;
    if (decoder.decode(store::as_text(row[1]), order.command, {wire::Strictness::lenient}))
        return std::nullopt;
    order.requested_by = store::as_text(row[2]);
    order.concurrency = store::as_int(row[3]);
    order.rate = store::as_int(row[4]);
    order.abort_on_failure_pct = store::as_int(row[5]);
    for (const store::Row& item :
         sql.query("select item, station_no, station_id, state, command_id, code, detail, at from "
                   "command_batch_items where batch_id = $1 order by item",
                   {row[0]})) {
        BatchItem& added = order.items.emplace_back();
        added.station_no = store::as_int(item[1]);
        added.station_id = store::as_text(item[2]);
        added.state = store::as_text(item[3]);
        added.command_id = store::as_bytes(item[4]);
        added.code = store::as_text(item[5]);
        added.detail = store::as_text(item[6]);
        added.at = store::as_int(item[7]);
    }
    return order;
}

// Only one api gets it: the row is still as it was found.
bool claim(store::Sql& sql, const store::Row& row, const std::string& owner, std::int64_t now) {
    return !sql.query(
                   "update command_batches set owner = $2, seen_at = $3 where id = $1 and "
                   "seen_at = $4 and state in ('running', 'cancelling') returning id",
                   {row[0], owner, now, row[6]})
                .empty();
}

void take_over_silent(store::Sql& sql, const std::string& owner, std::int64_t now,
                      std::int64_t silent_since, std::vector<BatchOrder>& orders) {
    constexpr std::int64_t most = 4;
    const auto rows = sql.query(
        "select id, ordered, requested_by, concurrency, rate, abort_on_failure_pct, seen_at from "
        "command_batches where state in ('running', 'cancelling') and (owner is null or owner <> "
        "$1) and seen_at <= $2 order by id limit $3",
        {owner, silent_since, most});
    for (const store::Row& row : rows) {
        if (!claim(sql, row, owner, now)) continue;
        auto order = store::is_null(row[1]) ? std::nullopt : read_order(sql, row);
        if (order)
            orders.push_back(std::move(*order));
        else
            sql.query(
                "update command_batches set state = 'interrupted', finished_at = $2, reason = "
                "'its api has ended, and its secret was not kept' where id = $1",
                {row[0], now});
    }
}

}  // namespace

void BatchRunner::schedule_look() {
    look_timer_ = parts_.loop.after(has_looked_ ? look_interval : seconds{1}, [this] {
        look_for_silent_ones();
        schedule_look();
    });
}

// SQLite has one process: what is there when it starts has no other owner.
void BatchRunner::look_for_silent_ones() {
    if (is_full()) return;
    const auto found = std::make_shared<std::vector<BatchOrder>>();
    const std::int64_t now = micros(parts_.clock.utc());
    const bool is_first = !std::exchange(has_looked_, true);
    parts_.writers.read(
        [found, now, is_first, owner = owner_](ReadSources& sources) {
            const bool alone = is_first && sources.sql.dialect() == store::Dialect::sqlite;
            const std::int64_t silent_since = alone ? now : now - Micros{taken_over_after}.count();
            take_over_silent(sources.sql, owner, now, silent_since, *found);
            return net::Response{.status = 200};
        },
        [this, found](net::Response&&) {
            for (BatchOrder& order : *found) {
                log::info("batch_taken_over", {{"batch", order.id.text()}});
                start(std::move(order));
            }
        });
}

}  // namespace ohm::api::rest
