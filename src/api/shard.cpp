#include "api/shard.hpp"

#include <algorithm>

#include "api/alerts/writer.hpp"
#include "api/certificates/load.hpp"
#include "api/charging/close.hpp"
#include "api/charging/load.hpp"
#include "api/commands/commands.hpp"
#include "api/commands/known.hpp"
#include "api/commands/secrets.hpp"
#include "api/connections.hpp"
#include "api/dispatch.hpp"
#include "api/drain.hpp"
#include "api/events/collect.hpp"
#include "api/facts/quirks.hpp"
#include "api/facts/reports.hpp"
#include "api/held/held.hpp"
#include "api/loader.hpp"
#include "api/operations.hpp"
#include "api/outside/certificates.hpp"
#include "api/station_operations.hpp"
#include "api/tables.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace {

constexpr milliseconds retry_min{20}, retry_max{1'000};
constexpr std::size_t error_text_max = 500;

// Quarantine is read by people: passwords of stations and operators do not go there.
std::string frame_without_secrets(const bus::Envelope& envelope) {
    std::string out;
    if (envelope.kind.is("connect")) {
        auto body = bus::body_of<bus::ConnectBody>(envelope).value_or(bus::ConnectBody{});
        body.password.clear();
        wire::pack(out, body);
        return out;
    }
    if (!envelope.kind.is("operator")) return envelope.frame;
    auto body = bus::body_of<bus::OperatorBody>(envelope).value_or(bus::OperatorBody{});
    if (body.operation != operation::send_command || commands::may_hold_secret(body.parameters))
        body.parameters.clear();
    wire::pack(out, body);
    return out;
}

}  // namespace

Shard::Shard(const ApiOptions& options, const Clock& clock, Random& random, store::Sql& sql,
             Links links)
    : options_{options},
      clock_{clock},
      ids_{clock, random},
      sql_{sql},
      links_{std::move(links)},
      state_{.options = options, .ids = ids_} {}
Shard::~Shard() = default;

// ---- ownership ----

void Shard::take_over(Partition partition, std::uint64_t epoch) {
    const auto held = state_.partitions.find(partition);
    if (held != state_.partitions.end()) {
        if (held->second.epoch == epoch) return;
        give_up(partition);  // what is in memory is of the earlier epoch
    }
    load_partition(sql_, state_, partition, clock_.mono());
    const std::int64_t next_event = events::next_number(sql_, partition);
    state_.partitions[partition] = {
        .epoch = epoch, .prompt_since = clock_.mono(), .next_event = next_event};
    log::info("partition_taken", {{"partition", partition.value}, {"epoch", epoch}});
    links_.bus.attach(partition);
}

void Shard::give_up(Partition partition) {
    if (state_.partitions.erase(partition) == 0) return;
    links_.bus.detach(partition);
    // A batch that waits for its commit goes back to the inbox: only what is still owned is handled
    // again.
    if (pending_) {
        forget(*pending_);
        return_items(*pending_);
        pending_.reset();
    }
    drop_deliveries(partition);  // operators of this process stay, and are refused
    state_.parking.forget(partition);
    for (auto it = state_.stations.begin(); it != state_.stations.end();) {
        if ((*it)->partition != partition) {
            ++it;
            continue;
        }
        state_.busy_stations.erase((*it)->key);
        it = state_.stations.erase(it);
    }
    log::info("partition_given_up", {{"partition", partition.value}});
}

void Shard::on_attached(Partition partition, std::uint64_t attachment) {
    const auto held = state_.partitions.find(partition);
    if (held == state_.partitions.end()) return;
    held->second.attached = true;
    held->second.attachment = attachment;
    held->second.prompt_since = clock_.mono();
}

void Shard::on_detached(Partition partition) {
    const auto held = state_.partitions.find(partition);
    if (held == state_.partitions.end()) return;
    held->second.attached = false;
    drop_deliveries(partition);
}

// Not acknowledged: they come again, to the partition's owner.
void Shard::drop_deliveries(Partition partition) {
    std::erase_if(inbox_, [&](const Item& item) {
        return item.partition == partition && item.sender != nullptr;
    });
    quarantine_reason_.clear();  // the one message that it was for may be gone from the front
}

// ---- in ----

void Shard::enqueue(bus::Delivery&& delivery) {
    const auto held = state_.partitions.find(delivery.partition);
    if (held == state_.partitions.end() || held->second.attachment != delivery.attachment)
        return;  // comes again, to its owner
    // Shared: a delivery's items may end in different batches.
    const auto sender = std::make_shared<const Sender>(
        Sender{delivery.batch.sender, Ulid::from_bytes(delivery.batch.incarnation).value_or(Ulid{}),
               delivery.batch.n, delivery.batch.reply_queue});
    auto& envelopes = delivery.batch.envelopes.items;
    for (std::size_t i = 0; i < envelopes.size(); ++i)
        inbox_.push_back({delivery.partition, delivery.attachment, delivery.tag,
                          i + 1 == envelopes.size(), sender, std::move(envelopes[i])});
    if (envelopes.empty())
        links_.bus.acknowledge(delivery.partition, delivery.attachment, delivery.tag);
}

void Shard::enqueue(bus::Envelope&& operator_envelope) {
    const Partition partition = partition_of(operator_envelope.station, options_.partition_count);
    inbox_.push_back({partition, 0, 0, false, nullptr, std::move(operator_envelope)});
}

std::unique_ptr<Batch> Shard::gather() {
    auto batch = std::make_unique<Batch>();
    batch->now = clock_.utc();
    batch->mono = clock_.mono();
    const std::size_t most = careful_left_ > 0 ? careful_size_ : limits::batch_messages;
    const std::size_t count = std::min(most, inbox_.size());
    batch->items.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        batch->items.push_back(std::move(inbox_.front()));
        inbox_.pop_front();
    }
    return batch;
}

// Everything that the handlers of this batch will look at: one statement a table, not one a
// message.
void Shard::prefetch(Batch& batch) {
    std::vector<std::string> keys = forgotten_;
    OperationNeeds needs;
    for (const Item& item : batch.items) {
        if (!state_.partitions.contains(item.partition)) continue;
        if (!item.envelope.kind.is("operator")) {
            if (!item.envelope.station.empty()) keys.push_back(item.envelope.station);
            if (item.envelope.kind.is("worker_up"))
                if (const auto body = bus::body_of<bus::WorkerUpBody>(item.envelope))
                    for (const bus::Held& held : body->held.items) keys.push_back(held.station);
            continue;
        }
        const auto asked = bus::body_of<bus::OperatorBody>(item.envelope);
        if (!asked) continue;
        add_needs(state_.decoder, *asked, needs);
        const auto id = Ulid::from_bytes(asked->operation_id);
        if (item.sender && id) needs.repeated_commands.push_back(*id);
    }
    keys.insert(keys.end(), needs.station_keys.begin(), needs.station_keys.end());
    load_stations(sql_, state_, keys);
    forgotten_.clear();
    load_operation_needs(sql_, state_, needs);
    if (!state_.busy_stations.empty()) load_ocpp_numbers(sql_, state_, limits::ocpp_numbers_ready);
    Needs charging;
    for (const std::string& key : needs.idle_keys)
        if (Station* station = state_.find(key)) add_open_transactions(*station, charging);
    for (Item& item : batch.items) {
        if (!state_.partitions.contains(item.partition)) continue;
        if (item.envelope.kind.is("call")) add_call_needs(state_, item, charging);
        if (item.envelope.kind.is("operator")) add_close_needs(state_, item.envelope, charging);
        add_certificate_needs(state_.decoder, item.envelope, charging.certificates);
        add_held_needs(state_, item, charging);
        if (item.envelope.kind.is("operator"))
            commands::add_token_needs(state_.decoder, item.envelope, charging);
    }
    if (charging.asks_outside) outside::refresh_hooks(sql_, state_.hooks, batch.mono, batch.now);
    load_charging_needs(sql_, state_, charging);
    outside::load_certificates(sql_, state_, charging.responder_keys, batch.now);
    load_certificate_needs(sql_, state_, charging.certificates, batch.now);
    load_held_needs(sql_, state_, charging);
    alerts_ = alerts::load(sql_, state_.decoder, batch);
}

void Shard::handle(Batch& batch) {
    for (const Item& item : batch.items) {
        Work work{state_, batch, item, item.envelope};
        if (!state_.partitions.contains(item.partition)) {
            if (item.envelope.kind.is("operator"))
                work.refuse(503, "queue_unavailable",
                            "the station's partition is moving; try again");
            continue;
        }
        if (!quarantine_reason_.empty())
            put_into_quarantine(work, quarantine_reason_);
        else
            handle(work);
        if (item.ends_delivery) batch.acknowledged[item.partition] = {item.attachment, item.tag};
    }
}

void Shard::handle(Work& work) {
    const bus::Kind kind = work.envelope.kind;
    ++state_.figures.messages;
    if (kind.is("call")) return handle_call(work);
    if (kind.is("connect")) return connect(work);
    if (kind.is("closed")) return closed(work);
    if (kind.is("answer")) return command_answered(work);
    if (kind.is("sent")) return command_sent(work);
    if (kind.is("undelivered")) return command_undelivered(work);
    if (kind.is("unreadable")) return handle_unreadable(work);
    if (kind.is("seen")) return seen(work);
    if (kind.is("worker_beat")) return worker_beat(work);
    if (kind.is("worker_up")) return worker_up(work);
    if (kind.is("operator") && work.envelope.station == workers_key) return drain_worker(work);
    if (kind.is("operator"))
        return alerts_ && alerts::is_for_writer(work.envelope) ? alerts::handle(work, *alerts_)
                                                               : handle_operation(work);
    if (kind.is("refused")) return refused_by_worker(work);
    if (kind.is("noticed")) return noticed(work);
    if (kind.is("self_beat")) return hear_self(work);
}

// ---- one batch ----

bool Shard::step() {
    if (pending_) return commit_pending();
    if (inbox_.empty()) return true;
    auto batch = gather();
    const Mono started = clock_.mono();
    try {
        prefetch_unless_hopeless(*batch);
        handle(*batch);
        events::collect(state_, *batch);
        write_touched(*batch);
        write_events(*batch);
    } catch (const Fault& fault) {
        if (fault.kind() == Fault::Kind::away) {
            forget(*batch);
            return_items(*batch);
            note_away(fault.what());
            return false;
        }
        put_back(std::move(batch), fault.what());
        return true;
    } catch (const std::exception& error) {  // a bug in a handler: it costs that one message
        put_back(std::move(batch), error.what());
        return true;
    }
    state_.figures.handle_us += static_cast<std::uint64_t>((clock_.mono() - started).count());
    pending_ = std::move(batch);
    return commit_pending();
}

// A message whose needs cannot even be asked for is on its way to quarantine, which needs nothing.
void Shard::prefetch_unless_hopeless(Batch& batch) {
    try {
        prefetch(batch);
    } catch (const Fault& fault) {
        if (fault.kind() == Fault::Kind::away || quarantine_reason_.empty()) throw;
    } catch (const std::exception&) {
        if (quarantine_reason_.empty()) throw;
    }
}

// The owner's own beat through its uplink queue: only while that is prompt can a worker's silence
// mean its death.
void Shard::beat_self(Batch& batch) {
    for (auto& [partition, held] : state_.partitions) {
        if (!held.attached || batch.mono - held.self_beat_sent < limits::worker_beat_interval)
            continue;
        held.self_beat_sent = batch.mono;
        bus::Envelope envelope = bus::make_envelope(
            "self_beat", "",
            bus::SelfBeatBody{partition.value, batch.mono.time_since_epoch().count()});
        links_.bus.post(partition, std::move(envelope));
    }
}

void Shard::hear_self(Work& work) {
    const auto body = bus::body_of<bus::SelfBeatBody>(work.envelope);
    if (!body || !work.item.sender || work.item.sender->name != options_.api) return;
    const auto held = state_.partitions.find(work.item.partition);
    if (held == state_.partitions.end()) return;
    held->second.self_beat_heard = work.batch.mono;
    held->second.self_beat_delay =
        Micros{work.batch.mono.time_since_epoch().count() - body->sent_at};
    if (held->second.self_beat_delay >= limits::queue_prompt)
        held->second.prompt_since = work.batch.mono;
}

// ---- out ----

store::Fence Shard::fence() const {
    store::Fence fence;
    for (const auto& [partition, held] : state_.partitions) {
        fence.partitions.push_back(partition.value);
        fence.epochs.push_back(static_cast<std::int64_t>(held.epoch));
    }
    return fence;
}

bool Shard::commit_pending() {
    const Mono started = clock_.mono();
    try {
        if (connection_is_suspect_) sql_.reconnect();
        connection_is_suspect_ = false;
        // Answers without rows are fenced as well: a stale owner must not speak for a station.
        const bool speaks = !pending_->by_queue.empty() || !pending_->answers.empty();
        if (speaks || !pending_->unit.empty()) sql_.commit(pending_->unit, fence());
    } catch (const store::Taken& taken) {
        decide_again(taken.what());
        return true;
    } catch (const Fault& fault) {
        ++state_.figures.commits_failed;
        event_numbers_are_known_ = false;
        if (fault.kind() == Fault::Kind::bad_data) {
            put_back(std::move(pending_), fault.what());
            return true;
        }
        if (fault.kind() == Fault::Kind::fenced) {
            ++state_.figures.fenced;
            log::warn("fenced", {{"detail", fault.what()}});
            drop_all();
            return true;
        }
        note_away(fault.what());
        return false;
    }
    if (!pending_->unit.empty() || !pending_->items.empty()) ++state_.figures.batches;
    state_.figures.commit_us += static_cast<std::uint64_t>((clock_.mono() - started).count());
    if (away_since_)
        log::info("store_back", {{"away_ms", (clock_.mono() - *away_since_).count() / 1000}});
    away_since_.reset();
    taken_in_a_row_ = 0;
    retry_after_ = Micros{0};
    careful_left_ -= std::min(careful_left_, pending_->items.size());
    if (!pending_->items.empty()) quarantine_reason_.clear();
    const auto batch = std::move(pending_);
    release_events(*batch);
    release(*batch);
    return true;
}

void Shard::release(Batch& batch) {
    for (auto& [queue, envelopes] : batch.by_queue) links_.bus.send(queue, std::move(envelopes));
    for (OperatorAnswer& answer : batch.answers) {
        if (answer.reply_queue.empty()) {
            links_.answer_here(std::move(answer.body));
            continue;
        }
        std::vector<bus::Envelope> envelopes;
        envelopes.push_back(bus::make_envelope("operator_answer", "", answer.body));
        links_.bus.send(answer.reply_queue, std::move(envelopes));
    }
    for (const auto& [partition, tag] : batch.acknowledged)
        links_.bus.acknowledge(partition, tag.first, tag.second);
    if (!batch.frames.empty()) links_.log_frames(std::move(batch.frames));
    ask_outside(batch);
    for (const Ulid& command : batch.answered_waiters) state_.waiters.erase(command);
    for (const auto& [worker, partition, loop] : batch.finished_lists)
        state_.workers[worker].held_so_far.erase({partition, loop});
    for (Station* station : batch.touched) {
        station->touched = false;
        if (station->transactions) station->transactions->forget_ended();
        if (!station->archived) continue;
        state_.drop(std::string{station->key});
    }
}

// ---- when it fails ----

void Shard::note_away(std::string_view why) {
    connection_is_suspect_ = true;
    if (!away_since_) {
        away_since_ = clock_.mono();
        log::warn("store_away", {{"detail", why}});
    }
    retry_after_ = std::clamp<Micros>(retry_after_ * 2, retry_min, retry_max);
}

void Shard::forget(Batch& batch) {
    for (Station* station : batch.touched) {
        const std::string key = station->key;
        state_.drop(key);
        forgotten_.push_back(key);
    }
    batch.touched.clear();
    state_.charging.unknown.clear();  // what it wrote of cards is not written after all
    for (auto& [name, before] : batch.workers_before) state_.workers[name] = std::move(before);
    for (auto& [name, worker] : state_.workers) worker.dead = false;  // is found out again
}

void Shard::return_items(Batch& batch) {
    for (auto item = batch.items.rbegin(); item != batch.items.rend(); ++item)
        inbox_.push_front(std::move(*item));
}

// Another shard has a row that this batch claims: its reads are old. Handled again, it sees that.
void Shard::decide_again(std::string_view why) {
    ++state_.figures.commits_failed;
    constexpr int tries = 20;
    if (++taken_in_a_row_ > tries) return put_back(std::move(pending_), why);
    const auto batch = std::move(pending_);
    forget(*batch);
    return_items(*batch);
}

// The data is bad: what the batch changed in memory is forgotten (it is read again), and its
// messages are handled in halves, down to the one that cannot be stored; that one goes to
// quarantine, and everything else goes on.
void Shard::put_back(std::unique_ptr<Batch> batch, std::string_view why) {
    std::vector<std::string> touched;
    for (const Station* station : batch->touched) touched.push_back(station->key);
    forget(*batch);
    const std::size_t count = batch->items.size();
    if (count == 0) return doubt_tick(touched, why);
    log::warn("batch_failed", {{"messages", count}, {"detail", to_storable(why, error_text_max)}});
    return_items(*batch);
    careful_left_ = std::max(careful_left_, count);
    careful_size_ = std::max<std::size_t>(1, count / 2);
    if (count > 1 || may_be_used_elsewhere(inbox_.front())) return;
    if (quarantine_reason_.empty()) {
        quarantine_reason_ = to_storable(why, error_text_max);
        return;
    }
    // Not even its record can be stored: it is given up, loudly, and not answered.
    log::error("message_lost", {{"station", inbox_.front().envelope.station}, {"detail", why}});
    if (inbox_.front().ends_delivery)
        links_.bus.acknowledge(inbox_.front().partition, inbox_.front().attachment,
                               inbox_.front().tag);
    inbox_.pop_front();
    quarantine_reason_.clear();
}

// Another partition's owner may have committed the same Idempotency-Key meanwhile: handled once
// more, the operation finds it.
bool Shard::may_be_used_elsewhere(const Item& item) {
    if (!item.envelope.kind.is("operator")) return false;
    const auto asked = bus::body_of<bus::OperatorBody>(item.envelope);
    if (!asked || asked->idempotency_key.empty()) return false;
    return std::exchange(retried_key_, asked->idempotency_key) != asked->idempotency_key;
}

void Shard::put_into_quarantine(Work& work, std::string_view why) {
    ++state_.figures.quarantined;
    const bus::Envelope& envelope = work.envelope;
    log::error("message_quarantined",
               {{"station", envelope.station}, {"kind", envelope.kind.name()}, {"detail", why}});
    const Station* station = state_.find(envelope.station);
    work.batch.unit.add(
        tables::quarantine,
        {tables::bytes(ids_.next()), station ? store::Value{station->no.value} : store::Null{},
         to_storable(envelope.station, error_text_max), work.now_us(),
         std::string{envelope.kind.name()}, store::Bytes{frame_without_secrets(envelope)},
         to_storable(why, error_text_max)});
    answer_internal_error(work, "the message could not be handled; it is kept for the operator");
    if (envelope.kind.is("operator"))
        work.refuse(500, "internal_error",
                    "the request could not be handled; it is kept in quarantine");
}

void Shard::drop_all() {
    std::vector<Partition> held;
    for (const auto& [partition, state] : state_.partitions) held.push_back(partition);
    for (const Partition partition : held) {
        give_up(partition);
        links_.lost(partition);
    }
    pending_.reset();
}

const ShardFigures& Shard::figures() {
    state_.figures.stations_loaded = state_.stations.size();
    state_.figures.parked = state_.parking.size();
    census_.go_on(state_.stations);
    state_.figures.stations_online = census_.stations_online();
    state_.figures.transactions_open = census_.transactions_open();
    return state_.figures;
}

}  // namespace ohm::api
