#include "api/api.hpp"

#include "api/metrics.hpp"
#include "api/outside/asker.hpp"
#include "base/log.hpp"
#include "base/process_metrics.hpp"
#include "base/text.hpp"
#include "base/thread.hpp"

namespace ohm::api {
namespace {

OperationAnswer unavailable(std::string_view detail) {
    return {503, wire::encode(OperationRefused{"queue_unavailable", std::string{detail}, ""})};
}

}  // namespace

Api::Api(ApiProcessOptions options, const Clock& clock)
    : options_{std::move(options)},
      clock_{clock},
      loop_{clock},
      ids_{clock, random_},
      egress_{options_.egress, clock},
      log_writer_{options_.message_log, clock, options_.open_log},
      attached_(options_.api.partition_count),
      figures_(options_.shards),
      store_away_(options_.shards) {}

Api::~Api() { stop(); }

void Api::start(bus::ApiBus& bus) {
    bus_ = &bus;
    started_at_ = clock_.mono();
    readers_ = std::make_unique<Readers>(
        loop_, options_.readers,
        Readers::Open{options_.open_reading_sql, options_.open_reading_log});
    writers_ = std::make_unique<Readers>(loop_, 1, Readers::Open{options_.open_sql, {}});
    rest_ = std::make_unique<rest::Rest>(
        rest::Parts{loop_, *this, *readers_, *writers_, clock_, ids_, *this,
                    [this] { return metrics(); }, [this](bool on) { tailer_->watch(on); },
                    [this](bool on) { frames_are_watched_ = on; },
                    [this](Partition partition) { return bool{attached_[partition.value]}; }},
        options_.rest);
    tailer_ = std::make_unique<events::Tailer>(
        loop_, clock_, options_.api.partition_count, options_.open_reading_sql,
        [this](events::Followed&& followed) { rest_->take(std::move(followed)); });
    tailer_->start();
    http_port_ = rest_->listen(options_.http).port();
    if (!options_.tls.certificate_file.empty()) rest_->listen(options_.https).use_tls(options_.tls);
    log_writer_.start();
    egress_.start();
    deliverer_ = std::make_unique<events::Deliverer>(
        events::Deliverer::Options{options_.api.api, options_.api.partition_count, {}}, clock_,
        egress_, options_.open_sql);
    deliverer_->start();
    counting_ = std::make_unique<statistics::Counting>(
        statistics::Counting::Options{options_.api.api, options_.api.partition_count,
                                      options_.statistics_days},
        clock_, options_.open_counting_sql);
    counting_->start();
    make_shards(bus);
    for (const auto& shard : shards_) shard->start();
    start_keeper(bus);
    start_signer();
    start_judge();
    started_ = running_ = true;
    http_thread_ = std::thread{[this] {
        name_thread("http");
        try {
            loop_.run();
        } catch (const std::exception& error) {
            log::error("http_loop_died", {{"detail", error.what()}});
            options_.on_fatal(error.what());
        }
    }};
}

void Api::start_keeper(bus::ApiBus& bus) {
    Keeper::Links links{bus,
                        [this](Partition p, std::uint64_t epoch) {
                            counting_->take_over(p, static_cast<std::int64_t>(epoch));
                            shard_of(p).push(ShardThread::TakeOver{p, epoch});
                        },
                        [this](Partition p, std::function<void()> done) {
                            counting_->give_up(p);
                            shard_of(p).push(ShardThread::GiveUp{p, std::move(done)});
                        },
                        [this](bool well) { loop_.post([this, well] { database_well_ = well; }); }};
    keeper_ = std::make_unique<Keeper>(
        Keeper::Options{options_.api.api, options_.leases, options_.api.partition_count,
                        options_.api.heartbeat_interval, options_.api.meter_days,
                        options_.log_files_age, options_.events_max, options_.audit_days},
        clock_, options_.open_sql, std::move(links));
    keeper_->start();
}

void Api::make_shards(bus::ApiBus& bus) {
    for (std::size_t i = 0; i < options_.shards; ++i) {
        Shard::Links links{
            bus,
            [this](bus::OperatorAnswerBody&& answer) {
                loop_.post([this, moved = std::make_shared<bus::OperatorAnswerBody>(
                                      std::move(answer))] { complete(std::move(*moved)); });
            },
            [this](std::vector<store::LoggedFrame>&& frames) {
                counting_->note_answered(frames);
                if (frames_are_watched_)
                    loop_.post([this, copy = std::make_shared<std::vector<store::LoggedFrame>>(
                                          frames)] { rest_->take(*copy); });
                log_writer_.write(std::move(frames));
            },
            [this](Partition partition) {
                counting_->give_up(partition);  // first: the keeper may take it over again
                keeper_->on_lost(partition);
            },
            [this, i](const Ulid& call, outside::Question&& question) {
                outside::ask(egress_, clock_.utc(), call, std::move(question),
                             [shard = shards_[i].get(), call](outside::Answer&& answer) {
                                 shard->push(outside::Answered{call, std::move(answer)});
                             });
            },
            [this] { tailer_->wake(); }};
        ShardThread::News news{
            [this, i](bool away) {
                keeper_->on_store(i, away);
                loop_.post([this, i, away] { store_away_[i] = away; });
            },
            [this, i](ShardFigures&& figures) {
                loop_.post([this, i, moved = std::make_shared<ShardFigures>(std::move(figures))] {
                    figures_[i] = std::move(*moved);
                });
            },
            [this](const std::string& why) { options_.on_fatal(why); }};
        shards_.push_back(std::make_unique<ShardThread>(
            options_.api, clock_, options_.open_shard_sql, std::move(links), std::move(news)));
    }
}

void Api::start_signer() {
    signer_ = std::make_unique<Signer>(
        options_.signer, clock_, options_.open_sql, [this](bus::OperatorBody&& body) {
            loop_.post([this, moved = std::make_shared<bus::OperatorBody>(std::move(body))] {
                submit(std::move(*moved), [](OperationAnswer&& answer) {
                    if (answer.status >= 400)
                        log::debug("certificate_not_delivered", {{"answer", answer.body}});
                });
            });
        });
    signer_->start();
}

// Before the bus can attach anything: start() is called before it is up.
void Api::start_judge() {
    judge_ = std::make_unique<alerts::Judge>(
        clock_, options_.open_judging_sql,
        [this](bus::OperatorBody&& body, alerts::Judge::Done done) {
            loop_.post([this, moved = std::make_shared<bus::OperatorBody>(std::move(body)),
                        done = std::move(done)] {
                submit(std::move(*moved),
                       [done](OperationAnswer&& answer) { done(answer.status < 400); });
            });
        });
    judge_->start();
}

bool Api::writes_alerts(Partition partition) const {
    return partition == partition_of(alerts::owner_key, options_.api.partition_count);
}

void Api::stop() {
    if (!std::exchange(running_, false)) return;
    for (const auto& shard : shards_) shard->stop();
    deliverer_->stop();
    egress_.stop();
    signer_->stop();
    judge_->stop();
    keeper_->stop();
    counting_->stop();
    tailer_->stop();
    log_writer_.stop();
    loop_.stop();
    if (http_thread_.joinable()) http_thread_.join();
    rest_->finish(options_.open_sql);
}

// ---- from the bus ----

void Api::on_up(const std::string& own_queue) {
    keeper_->on_bus(true);
    loop_.post([this, own_queue] { own_queue_ = own_queue, bus_up_ = true; });
}

void Api::on_down(const std::string&) {
    keeper_->on_bus(false);
    loop_.post([this] { bus_up_ = false; });
}

void Api::on_attached(Partition partition, std::uint64_t attachment) {
    shard_of(partition).push(ShardThread::Attached{partition, attachment});
    if (writes_alerts(partition)) judge_->own(true);
    loop_.post([this, partition] { attached_[partition.value] = has_attached_ = true; });
}

void Api::on_detached(Partition partition) {
    shard_of(partition).push(ShardThread::Detached{partition});
    if (writes_alerts(partition)) judge_->own(false);
    loop_.post([this, partition] { attached_[partition.value] = false; });
}

void Api::on_delivery(bus::Delivery&& delivery) {
    const Partition partition = delivery.partition;
    shard_of(partition).push(std::move(delivery));
}

void Api::on_envelopes(std::vector<bus::Envelope>&& envelopes) {
    for (const bus::Envelope& envelope : envelopes) {
        if (!envelope.kind.is("operator_answer")) continue;
        auto answer = bus::body_of<bus::OperatorAnswerBody>(envelope);
        if (!answer) continue;
        loop_.post([this, moved = std::make_shared<bus::OperatorAnswerBody>(std::move(*answer))] {
            complete(std::move(*moved));
        });
    }
}

void Api::on_unreachable(const std::string& queue) {
    log::debug("queue_unreachable", {{"queue", queue}});
}

// ---- from REST ----

void Api::submit(bus::OperatorBody&& body, std::function<void(OperationAnswer&&)> done) {
    const std::string key = fold(body.id).value_or(body.id);
    const Partition partition = partition_of(key, options_.api.partition_count);
    const bool here = attached_[partition.value];
    body.request = next_request_++;
    body.reply_queue = here ? "" : own_queue_;
    body.operation_id = ids_.next().bytes();
    const auto wait =
        std::max<Micros>(Micros{body.deadline_at - micros(clock_.utc())}, milliseconds{1});
    const std::uint64_t request = body.request;
    Asked& asked = asked_[request];
    asked.done = std::move(done);
    asked.timer = loop_.after(wait, [this, request] {
        bus::OperatorAnswerBody late;
        late.request = request;
        const OperationAnswer answer =
            unavailable("the owner of the station's partition did not answer in time");
        late.status = static_cast<std::uint64_t>(answer.status);
        late.body = answer.body;
        complete(std::move(late));
    });
    bus::Envelope envelope = bus::make_envelope("operator", key, body);
    envelope.received_at = micros(clock_.utc());
    if (here) return shard_of(partition).push(std::move(envelope));
    if (bus_up_ && !own_queue_.empty() && bus_->post(partition, std::move(envelope))) return;
    loop_.post([this, request] {
        bus::OperatorAnswerBody none;
        none.request = request;
        const OperationAnswer answer = unavailable(
            "the message broker cannot be reached, or no api owns the station's partition yet");
        none.status = static_cast<std::uint64_t>(answer.status);
        none.body = answer.body;
        complete(std::move(none));
    });
}

void Api::complete(bus::OperatorAnswerBody&& answer) {
    const auto found = asked_.find(answer.request);
    if (found == asked_.end()) return;
    Asked asked = std::move(found->second);
    asked_.erase(found);
    loop_.cancel(asked.timer);
    asked.done({static_cast<int>(answer.status), std::move(answer.body)});
}

std::vector<rest::Health::Check> Api::checks() {
    bool store_well = database_well_;
    for (const bool away : store_away_) store_well = store_well && !away;
    // An api that finds every partition owned by others stands by, and is ready for REST all the
    // same.
    const bool settled = has_attached_ || clock_.mono() - started_at_ > 4 * limits::lease;
    return {{"database", store_well, store_well ? "" : "rows cannot be committed"},
            {"queue", bus_up_, bus_up_ ? "" : "the message broker cannot be reached"},
            {"partitions", settled, settled ? "" : "no partition has been taken over yet"},
            {"migrations", true, ""}};
}

std::string Api::metrics() const {
    ShardFigures sum;
    for (const ShardFigures& figures : figures_) add(sum, figures);
    const bool is_all = static_cast<bool>(options_.other_metrics);
    return metrics_text(sum, bus_up_) + (is_all ? options_.other_metrics() : std::string{}) +
           process_metrics_text(options_.rest.version, is_all ? "all" : "api");
}

}  // namespace ohm::api
