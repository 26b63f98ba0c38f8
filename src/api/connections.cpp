#include "api/connections.hpp"

#include <algorithm>

#include "api/certificates/connections.hpp"
#include "api/commands/commands.hpp"
#include "api/compatibility.hpp"
#include "api/drain.hpp"
#include "api/events/types.hpp"
#include "api/facts/quirks.hpp"
#include "api/tables.hpp"
#include "base/log.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

namespace ohm::api {
namespace {

constexpr std::size_t verified_passwords_kept = 100'000;
constexpr std::uint16_t close_replaced = 1001;

struct Verdict {
    int status = 0;  // 0: let in
    std::string_view cause, detail;
};

// A slow hash is computed once for each password that was right; what was right is remembered as a
// keyed digest.
bool verify_password(ShardState& shard, const Station& station, const std::string& password) {
    if (!station.password_hash.view().starts_with("$"))
        return secret::verify_station(station.password_hash, password);
    const std::string digest = secret::digest(station.password_hash.text() + '\n' + password);
    const auto known = shard.verified_passwords.find(station.no.value);
    if (known != shard.verified_passwords.end() && known->second == digest) return true;
    if (!secret::verify_station(station.password_hash, password)) return false;
    if (shard.verified_passwords.size() >= verified_passwords_kept)
        shard.verified_passwords.clear();
    shard.verified_passwords[station.no.value] = digest;
    return true;
}

// One that was sent to the station, which has perhaps taken it.
bool is_next_password(const Station& station, const std::string& password) {
    return !station.next_password_hash.empty() &&
           secret::verify_station(station.next_password_hash, password);
}

Verdict judge_certificate(const ShardState& shard, const Station& station,
                          const bus::ConnectBody& body) {
    if (body.certificate_common_name.empty())
        return {403, "client_certificate_required",
                "this station's security profile asks for a client certificate"};
    switch (client_certificate_of(shard, station, body)) {
        case ClientCertificate::its_own: return {};
        case ClientCertificate::revoked:
            return {403, "revoked_certificate", "the client certificate was revoked"};
        case ClientCertificate::of_another_operator:
            return {403, "wrong_organization",
                    "the client certificate names another organization than OHM_CPO_NAME"};
        case ClientCertificate::of_another: break;
    }
    return {403, "wrong_certificate", "the client certificate names another station"};
}

// OCPP security profiles (1.6 security whitepaper §A00, 2.0.1 Part 2 A00). 0 is ours: existence
// alone.
Verdict authenticate(ShardState& shard, const Station& station, std::int64_t profile,
                     const bus::ConnectBody& body) {
    if (profile == 0) return {};
    if (profile >= 2 && !body.tls)
        return {403, "tls_required", "this station's security profile asks for wss://"};
    if (profile == 3) return judge_certificate(shard, station, body);
    if (!body.has_credentials)
        return {401, "missing_credentials", "this station has to send a password (HTTP Basic)"};
    if (body.user_name.empty())
        return {401, "wrong_user_name", "the Authorization header is no HTTP Basic with a user"};
    if (fold(body.user_name) != station.key)
        return {401, "wrong_user_name", "the user name is not the identity in the URL"};
    if (station.password_hash.empty())
        return {401, "no_password_set", "no password is set for this station"};
    if (verify_password(shard, station, body.password)) return {};
    if (is_next_password(station, body.password)) return {};
    return {401, "wrong_password", "the password is wrong"};
}

struct Authenticated {
    Verdict verdict;
    bool by_next_profile = false;  // a higher one that the station has accepted (A05)
};

Authenticated authenticate_at_best(ShardState& shard, const Station& station,
                                   const bus::ConnectBody& body) {
    const std::int64_t next = station.next_security_profile;
    if (next > station.security_profile) {
        const Verdict verdict = authenticate(shard, station, next, body);
        if (verdict.status == 0) return {verdict, true};
        // What came with a certificate was meant for the new profile: its fault is worth telling.
        const bool is_meant = !body.certificate_common_name.empty() && !body.has_credentials;
        if (is_meant) return {verdict};
    }
    return {authenticate(shard, station, station.security_profile, body)};
}

// The first of the station's offers that we speak; the station's order counts.
ocpp::Version choose_version(const bus::ConnectBody& body) {
    for (const std::string& offered : body.subprotocols.items)
        if (const auto version = ocpp::version_of_subprotocol(offered);
            version != ocpp::Version::none)
            return version;
    return ocpp::Version::none;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) (out += out.empty() ? "" : ", ") += text;
    return out;
}

void record_attempt(Work& work, const Station* station, const bus::ConnectBody& body,
                    const Verdict& verdict) {
    constexpr std::size_t kept = 300;
    ++work.shard.figures.connects_by_result[std::string{verdict.cause}];
    const std::string worker = work.item.sender ? work.item.sender->name : "";
    work.batch.unit.add(
        tables::connection_attempt,
        {tables::bytes(work.shard.ids.next()),
         station ? store::Value{station->no.value} : store::Null{}, to_storable(body.id, kept),
         to_storable(work.envelope.station, kept), work.now_us(), std::string{verdict.cause},
         std::int64_t{verdict.status}, to_storable(body.address, kept), std::int64_t{body.tls},
         to_storable(joined(body.subprotocols.items), kept), to_storable(body.user_name, kept),
         to_storable(body.user_agent, kept), worker, std::string{verdict.detail}});
}

void refuse(Work& work, const Station* station, const bus::ConnectBody& body, Verdict verdict) {
    ++work.shard.figures.refused;
    if (station || !body.has_more) record_attempt(work, station, body, verdict);
    log::debug(
        "station_refused",
        {{"station", work.envelope.station}, {"cause", verdict.cause}, {"address", body.address}});
    bus::RefuseBody answer;
    answer.status = static_cast<std::uint64_t>(verdict.status);
    answer.cause = verdict.cause;
    answer.detail = verdict.detail;
    bus::Envelope envelope = bus::make_envelope("refuse", work.envelope.station, answer);
    envelope.connection = work.envelope.connection;
    work.reply_to_sender(std::move(envelope));
}

// `body` may ask for an earlier segment of the path: what an operator looks for is the last one.
void refuse_unknown(Work& work, bus::ConnectBody body) {
    if (!body.last_segment.empty()) body.id = body.last_segment;
    if (!work.shard.options.hide_unknown_stations)
        return refuse(work, nullptr, body,
                      {404, "unknown_station", "no station of this identity is registered"});
    // The same answer after the same work as for a wrong password, so that identities cannot be
    // guessed.
    static const std::string nobody = secret::hash_generated(secret::generate_station_password());
    (void)secret::verify_station(nobody, body.password);
    refuse(work, nullptr, body, {401, "unknown_station", "the password is wrong"});
}

// An earlier segment of the path (quirk A6) names leniently; what asks for it never went past an
// authentication, which comes now.
bool may_be_meant(const ShardState& shard, const Station& station, const bus::ConnectBody& body) {
    return body.last_segment.empty() || !station.strict.value_or(shard.options.strict);
}

// What the operator should know of a station that was let in all the same (A1, A2, A5, A6).
void note_odd_offers(Work& work, Station& station, const bus::ConnectBody& body) {
    const auto& offers = body.subprotocols.items;
    if (offers.empty()) note_quirk(work, station, "", "no_subprotocol", "");
    const bool is_respelled =
        !station.subprotocol.empty() &&
        std::find(offers.begin(), offers.end(), station.subprotocol) == offers.end();
    if (is_respelled) note_quirk(work, station, "", "subprotocol_respelled", "");
    if (!body.last_segment.empty()) note_quirk(work, station, "", "identity_in_path", "");
    if (body.id != station.id) note_quirk(work, station, "", "identity_respelled", "");
}

void refuse_subprotocol(Work& work, const Station& station, const bus::ConnectBody& body) {
    ++work.shard.figures.refused;
    const std::string_view reason =
        body.subprotocols.items.empty()
            ? "no subprotocol offered; ocpp1.6 and ocpp2.0.1 are spoken here"
            : "none of the offered subprotocols is ocpp1.6 or ocpp2.0.1";
    record_attempt(work, &station, body, {101, "no_common_subprotocol", reason});
    bus::AcceptBody answer;
    answer.refusal = reason;
    bus::Envelope envelope = bus::make_envelope("accept", work.envelope.station, answer);
    envelope.connection = work.envelope.connection;
    work.reply_to_sender(std::move(envelope));
}

// An older attempt of the same worker loop that arrives late or again: connection numbers carry a
// growing generation.
bool is_older(const Station& station, const Holder& holder) {
    if (!station.online() || station.holder.worker != holder.worker ||
        station.holder.incarnation != holder.incarnation)
        return false;
    if ((station.holder.connection & 0xFF) != (holder.connection & 0xFF)) return false;
    const auto difference =
        static_cast<std::uint32_t>((holder.connection >> 32) - (station.holder.connection >> 32));
    return difference > 0x8000'0000;
}

Holder holder_of(const Work& work) {
    return {work.item.sender ? work.item.sender->name : "",
            work.item.sender ? work.item.sender->incarnation : Ulid{}, work.envelope.connection};
}

void install(Work& work, Station& station, const bus::ConnectBody& body, ocpp::Version version) {
    if (station.online()) {
        kick(work, station, "replaced", close_replaced, "a newer connection of this station");
        fail_commands(work.shard, work.batch, station, "disconnected");
    }
    station.holder = holder_of(work);
    ++station.epoch;
    station.version = version;
    station.address = to_storable(body.address, 100);
    station.tls = body.tls;
    station.profile_in_use =
        station.security_profile == 1 && body.tls ? std::int8_t{2} : station.security_profile;
    station.subprotocol = choose_version(body) == ocpp::Version::none
                              ? std::string_view{}
                              : std::string_view{ocpp::subprotocol(version)};
    station.news.connected = true;
    station.connected_at = station.last_seen_at = work.now_us();
    station.disconnected_at = 0;
    station.disconnect_reason.clear();
    station.clear_override();
    station.state_changed = true;
    work.batch.touch(station);
    ++work.shard.figures.connects_by_result["accepted"];
}

void accept(Work& work, const Station& station) {
    bus::AcceptBody answer = news_for_worker(work.shard, station, station.booted());
    answer.ping_interval_s = static_cast<std::uint64_t>(
        station.ping_interval_s < 0 ? work.shard.options.ping_interval.count()
                                    : station.ping_interval_s);
    bus::Envelope envelope = bus::make_envelope("accept", station.key, answer);
    envelope.connection = station.holder.connection;
    envelope.epoch = station.epoch;
    envelope.ocpp_version = static_cast<std::uint64_t>(station.version);
    work.reply_to_sender(std::move(envelope));
}

}  // namespace

bus::AcceptBody news_for_worker(const ShardState& shard, const Station& station,
                                bool boot_accepted) {
    bus::AcceptBody news;
    news.subprotocol = station.subprotocol.text();
    news.boot_accepted = boot_accepted;
    news.strict = station.strict.value_or(shard.options.strict);
    news.milliseconds = compatibility_of(station).wants_milliseconds();
    return news;
}

void noticed(Work& work) {
    const auto body = bus::body_of<bus::NoticedBody>(work.envelope);
    Station* station = work.shard.find(work.envelope.station);
    if (body && station && station->epoch == work.envelope.epoch)
        note_quirk(work, *station, "", to_storable(body->quirk, 40), "");
}

void connect(Work& work) {
    const auto body = bus::body_of<bus::ConnectBody>(work.envelope);
    if (!body) return;
    ++work.shard.figures.connects;
    const Holder holder = holder_of(work);
    const auto worker = work.shard.workers.find(holder.worker);
    if (worker != work.shard.workers.end() && worker->second.incarnation > holder.incarnation)
        return;  // an earlier start of that worker: the socket is gone, and nobody will say so
    Station* station = work.shard.find(work.envelope.station);
    if (!station || !may_be_meant(work.shard, *station, *body)) return refuse_unknown(work, *body);
    if (station->online() && station->holder == holder)
        return accept(work, *station);  // the same message again
    if (is_older(*station, holder))
        return refuse(work, station, *body,
                      {503, "replaced", "a newer connection of this station is open"});
    const auto [verdict, by_next_profile] = authenticate_at_best(work.shard, *station, *body);
    if (verdict.status != 0) return refuse(work, station, *body, verdict);
    ocpp::Version version = choose_version(*body);
    if (version == ocpp::Version::none) version = station->default_version;
    if (version == ocpp::Version::none) return refuse_subprotocol(work, *station, *body);
    // Its first connection by that profile is the last that could be made by the lower one.
    if (by_next_profile) raise_security_profile(work, *station);
    const bool in_use = (station->security_profile == 1 || station->security_profile == 2) &&
                        is_next_password(*station, body->password);
    if (in_use) take_next_password(work, *station);
    install(work, *station, *body, version);
    note_client_certificate(work, *station, *body);
    if (!station->strict.value_or(work.shard.options.strict))
        note_odd_offers(work, *station, *body);
    accept(work, *station);
    commands_after_connect(work, *station);
}

void kick(Work& work, const Station& station, std::string_view cause, std::uint16_t code,
          std::string_view reason) {
    bus::KickBody body;
    body.cause = cause;
    body.code = code;
    body.reason = reason;
    body.partition = station.partition.value;
    body.partition_epoch = work.shard.partitions[station.partition].epoch;
    bus::Envelope envelope = bus::make_envelope("kick", station.key, body);
    envelope.connection = station.holder.connection;
    envelope.epoch = station.epoch;
    work.send(station.holder, std::move(envelope));
}

void go_offline(ShardState& shard, Batch& batch, Station& station, std::string_view reason,
                std::int64_t at_us) {
    if (!station.online()) return;
    ++shard.figures.closed;
    station.holder.incarnation = {};
    station.holder.connection = 0;  // whose it was is still worth knowing
    station.news.disconnected = true;
    station.disconnected_at = at_us;
    station.disconnect_reason = to_storable(reason, 100);
    station.state_changed = true;
    batch.touch(station);
    fail_commands(shard, batch, station, "disconnected");
}

void closed(Work& work) {
    const auto body = bus::body_of<bus::ClosedBody>(work.envelope);
    Station* station = work.shard.find(work.envelope.station);
    if (!body || !station || station->holder != holder_of(work))
        return;  // compare and clear: a late one changes nothing
    go_offline(work.shard, work.batch, *station, body->cause, work.envelope.received_at);
    station->last_seen_at = std::max(station->last_seen_at, work.envelope.received_at);
}

// ---- workers ----

namespace {

void clear_stations_of(ShardState& shard, Batch& batch, std::string_view reason,
                       const auto& is_gone) {
    std::vector<Station*> gone;
    for (const auto& station : shard.stations)
        if (station->online() && is_gone(*station)) gone.push_back(station.get());
    std::sort(gone.begin(), gone.end(),
              [](const Station* a, const Station* b) { return a->no < b->no; });
    for (Station* station : gone) go_offline(shard, batch, *station, reason, micros(batch.now));
}

bool was_cleared_wrongly(const Station& station) {
    return !station.online() && station.disconnect_reason == "worker_lost";
}

void bring_back(Work& work, Station& station, const Holder& holder) {
    station.holder = holder;
    station.news.connected = true;
    station.disconnected_at = 0;
    station.disconnect_reason.clear();
    station.state_changed = true;
    work.batch.touch(station);
}

// A worker that lost the broker for a while says whom it still holds: what was cleared wrongly
// comes back, what it no longer owns is sent away.
void restore(Work& work, const bus::Held& held, const Holder& holder) {
    Station* station = work.shard.find(held.station);
    const bool same_epoch = station && station->epoch == held.epoch;
    if (same_epoch && station->online() && station->holder == holder) return;
    if (same_epoch && was_cleared_wrongly(*station)) return bring_back(work, *station, holder);
    bus::KickBody body{"replaced", close_replaced, work.item.partition.value,
                       work.shard.partitions[work.item.partition].epoch,
                       "this connection is no longer the station's"};
    bus::Envelope envelope = bus::make_envelope("kick", held.station, body);
    envelope.connection = held.connection;
    work.reply_to_sender(std::move(envelope));
}

// Every shard hears every worker; the owner of one key tells of them, so that it is told once.
void tell_of_worker(ShardState& shard, Batch& batch, std::string_view type, const std::string& name,
                    std::int64_t connections) {
    const Partition partition = partition_of(workers_key, shard.options.partition_count);
    if (!shard.partitions.contains(partition)) return;
    batch.events.push_back(events::make_event(partition, type, name, micros(batch.now),
                                              wire::encode(events::WorkerTold{name, connections})));
}

// Asked before it is learnt. Who starts announces himself first; who was only slow beats again.
bool joins(const Work& work) {
    const auto known = work.shard.workers.find(work.item.sender->name);
    if (known == work.shard.workers.end()) return true;
    const Ulid& incarnation = work.item.sender->incarnation;
    return incarnation > known->second.incarnation ||
           (incarnation == known->second.incarnation && known->second.dead);
}

// A higher bus connection of a known incarnation, or a new incarnation: from now on the worker is
// reached there.
KnownWorker& learn_worker(Work& work) {
    const Sender& sender = *work.item.sender;
    KnownWorker& worker = work.shard.workers[sender.name];
    const bool newer = sender.incarnation > worker.incarnation ||
                       (sender.incarnation == worker.incarnation && sender.n > worker.n);
    if (newer) {
        work.batch.workers_before.try_emplace(sender.name, worker);
        if (sender.incarnation != worker.incarnation) {
            worker.connections_by_loop.clear();
            worker.held_so_far.clear();
            const Partition partition = work.item.partition;
            clear_stations_of(
                work.shard, work.batch, "worker_restarted", [&](const Station& station) {
                    return station.partition == partition && station.holder.worker == sender.name &&
                           station.holder.incarnation < sender.incarnation;
                });
        }
        worker.incarnation = sender.incarnation;
        worker.n = sender.n;
        worker.queue = sender.reply_queue;
    }
    if (worker.incarnation == sender.incarnation) {
        worker.last_beat = work.batch.mono;
        worker.dead = false;
    }
    return worker;
}

void write_worker(Work& work, const KnownWorker& worker, const bus::WorkerUpBody& body) {
    work.batch.unit.add(
        tables::worker_up,
        {work.item.sender->name, tables::bytes(worker.incarnation),
         static_cast<std::int64_t>(worker.n), worker.queue, work.now_us(), body.started_at,
         std::int64_t{0}, static_cast<std::int64_t>(body.held.items.size()), body.version});
}

}  // namespace

void worker_up(Work& work) {
    const auto body = bus::body_of<bus::WorkerUpBody>(work.envelope);
    if (!body || !work.item.sender) return;
    const Sender& sender = *work.item.sender;
    if (joins(work)) tell_of_worker(work.shard, work.batch, "worker.joined", sender.name, 0);
    KnownWorker& worker = learn_worker(work);
    if (worker.incarnation != sender.incarnation) return;  // an older start of it
    // Restarted while its old connections were still believed: a partition that is loaded later
    // sees them here.
    clear_stations_of(work.shard, work.batch, "worker_restarted", [&](const Station& station) {
        return station.partition == work.item.partition && station.holder.worker == sender.name &&
               station.holder.incarnation < sender.incarnation;
    });
    const HeldList list{sender.name, work.item.partition, body->loop};
    auto& held = worker.held_so_far[{work.item.partition, body->loop}];
    if (work.batch.finished_lists.erase(list) > 0) held.clear();  // another one in the same batch
    for (const bus::Held& one : body->held.items) {
        held.insert(one.connection);
        restore(work, one, {sender.name, sender.incarnation, one.connection});
    }
    if (body->more) return;
    clear_stations_of(work.shard, work.batch, "worker_lost_it", [&](const Station& station) {
        return station.partition == work.item.partition && station.holder.worker == sender.name &&
               station.holder.incarnation == sender.incarnation &&
               (station.holder.connection & 0xFF) == body->loop &&
               !held.contains(station.holder.connection);
    });
    work.batch.finished_lists.insert(list);  // forgotten with the commit, not before it
    write_worker(work, worker, *body);
    log::info(
        "worker_up",
        {{"worker", sender.name}, {"partition", work.item.partition.value}, {"loop", body->loop}});
}

void worker_beat(Work& work) {
    constexpr Micros written_every = seconds{5}, written_draining_every = seconds{1};
    const auto body = bus::body_of<bus::WorkerBeatBody>(work.envelope);
    if (!body || !work.item.sender) return;
    const std::string& name = work.item.sender->name;
    const bool is_known = work.shard.workers.contains(name);
    if (is_known && joins(work)) tell_of_worker(work.shard, work.batch, "worker.joined", name, 0);
    KnownWorker& worker = learn_worker(work);
    if (worker.incarnation != work.item.sender->incarnation) return;
    worker.connections_by_loop[body->loop] = body->connections;
    const bool turns = worker.draining != body->draining;
    worker.draining = body->draining;
    if (work.item.partition.value != work.shard.partitions.begin()->first.value)
        return;  // one partition writes it
    const Micros every = worker.draining ? written_draining_every : written_every;
    if (!turns && work.now_us() - worker.written_at < every.count()) return;
    worker.written_at = work.now_us();
    std::uint64_t connections = 0;
    for (const auto& [loop, count] : worker.connections_by_loop) connections += count;
    work.batch.unit.add(tables::worker_seen,
                        {work.item.sender->name, work.now_us(), std::int64_t{worker.draining},
                         static_cast<std::int64_t>(connections),
                         tables::text_or_null(to_storable(body->certificate, 300)),
                         tables::int_or_null(body->certificate_expires_at)});
}

void seen(Work& work) {
    const auto body = bus::body_of<bus::SeenBody>(work.envelope);
    if (!body) return;
    work.shard.figures.heartbeats += body->heartbeats;
    constexpr Micros written_every = limits::last_seen_write_interval;
    for (const bus::Seen& one : body->stations.items) {
        Station* station = work.shard.find(one.station);
        if (!station || station->epoch != one.epoch) continue;
        // A worker that was only slow is heard again without a new bus connection.
        if (was_cleared_wrongly(*station) && work.item.sender)
            bring_back(work, *station,
                       {work.item.sender->name, work.item.sender->incarnation, one.connection});
        station->last_seen_at = std::max(station->last_seen_at, one.at);
        if (station->last_seen_at - station->last_seen_written_at < written_every.count()) continue;
        work.batch.touch(*station);
    }
}

void refused_by_worker(Work& work) {
    const auto body = bus::body_of<bus::RefusedBody>(work.envelope);
    if (!body) return;
    bus::ConnectBody attempt;
    attempt.id = body->id;
    attempt.address = body->address;
    attempt.user_agent = body->user_agent;
    attempt.tls = body->tls;
    attempt.target = body->target;
    record_attempt(work, nullptr, attempt,
                   {static_cast<int>(body->status), body->cause, body->detail});
}

void bury_dead_workers(ShardState& shard, Batch& batch) {
    const bool prompt =
        std::all_of(shard.partitions.begin(), shard.partitions.end(), [&](const auto& entry) {
            const HeldPartition& held = entry.second;
            return held.attached && held.self_beat_delay < limits::queue_prompt &&
                   batch.mono - held.self_beat_heard < 2 * limits::worker_beat_interval &&
                   batch.mono - held.prompt_since > limits::worker_dead_after;
        });
    const bool hears_nobody = shard.partitions.empty();
    if (hears_nobody || !prompt) return;  // the queue is late: nobody is declared dead
    for (auto& [name, worker] : shard.workers) {
        if (worker.dead || batch.mono - worker.last_beat < limits::worker_dead_after) continue;
        const std::string& worker_name = name;
        std::int64_t connections = 0;
        for (const auto& [loop, count] : worker.connections_by_loop)
            connections += static_cast<std::int64_t>(count);
        // Once: of whom nothing was heard since, nothing more is told.
        if (!worker.connections_by_loop.empty()) {
            batch.workers_before.try_emplace(name, worker);
            tell_of_worker(shard, batch, "worker.left", name, connections);
            worker.connections_by_loop.clear();
        }
        worker.dead = true;
        clear_stations_of(shard, batch, "worker_lost", [&](const Station& station) {
            return station.holder.worker == worker_name;
        });
        log::warn("worker_lost", {{"worker", name}});
    }
}

}  // namespace ohm::api
