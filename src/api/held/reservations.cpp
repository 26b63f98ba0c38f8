#include "api/held/reservations.hpp"

#include <algorithm>

#include "api/held/bounds.hpp"
#include "api/held/tables.hpp"
#include "base/limits_held.hpp"
#include "base/text.hpp"
#include "ocpp/errors.hpp"
#include "ocpp/v16/reservation.hpp"
#include "ocpp/v201/reservation.hpp"

namespace ohm::api {

// Not in an unnamed namespace: clang wants linkage of whatever FIELDS describes.
struct OrderedToken {
    struct Token {
        std::string uid;
        FIELDS(uid)
    };
    Optional<Token> token;
    FIELDS(token)
};

namespace {

using domain::Reservation;
using State = domain::ReservationState;

constexpr std::string_view secret_type = "KeyCode";

// ---- what a CALL says ----

std::optional<Reservation> read_v16(wire::Decoder& decoder, std::string_view request) {
    ocpp::v16::ReserveNow::Request asked;
    if (decoder.decode(request, asked, {wire::Strictness::lenient})) return std::nullopt;
    Reservation out;
    out.number = asked.reservationId.value;
    out.evse = asked.connectorId.value;
    out.token = asked.idTag.value;
    if (asked.parentIdTag) out.group = asked.parentIdTag->value;
    out.expires_at = micros(asked.expiryDate.at);
    return out;
}

std::optional<Reservation> read_v201(wire::Decoder& decoder, std::string_view request) {
    ocpp::v201::ReserveNow::Request asked;
    if (decoder.decode(request, asked, {wire::Strictness::lenient, true})) return std::nullopt;
    Reservation out;
    out.number = asked.id.value;
    if (asked.evseId) out.evse = asked.evseId->value;
    if (asked.connectorType) out.connector_type = asked.connectorType->name();
    out.token_type = asked.idToken.type.name();
    if (out.token_type != secret_type) out.token = asked.idToken.idToken.value;
    if (asked.groupIdToken) out.group = asked.groupIdToken->idToken.value;
    out.expires_at = micros(asked.expiryDateTime.at);
    return out;
}

std::optional<Reservation> read_order(wire::Decoder& decoder, ocpp::Version version,
                                      std::string_view request) {
    auto out =
        version == ocpp::Version::v201 ? read_v201(decoder, request) : read_v16(decoder, request);
    if (!out) return out;
    for (std::string* text : {&out->token, &out->group})
        *text = to_storable(*text, limits::station_key_bytes);
    return out;
}

// ---- records ----

// Writes it, and lets go of one that has ended.
void write(ShardState& shard, Batch& batch, Station& station, const ReservationRecord& record) {
    batch.touch(station);
    batch.unit.add(tables::reservation,
                   tables::reservation_row(station, record, micros(batch.now)));
    if (domain::is_open(record.facts.state)) {
        shard.held.reserving_stations.insert(station.key);
        return;
    }
    batch.unit.add(tables::remove_reservation_claim,
                   {domain::token_key(record.facts.token), tables::bytes(record.id)});
}

void claim(Batch& batch, const Station& station, const ReservationRecord& record) {
    const std::string key = domain::token_key(record.facts.token);
    if (key.empty()) return;
    batch.unit.add(tables::reservation_claim,
                   {key, tables::bytes(record.id), station.no.value, micros(batch.now)});
}

void forget_ended(ShardState& shard, Station& station) {
    if (!station.held) return;
    auto& all = station.held->reservations;
    std::erase_if(all, [](const auto& one) { return !domain::is_open(one.facts.state); });
    if (all.empty()) shard.held.reserving_stations.erase(station.key);
}

void end_and_write(ShardState& shard, Batch& batch, Station& station, ReservationRecord& record,
                   State state, std::string_view reason) {
    domain::end(record.facts, state, reason, micros(batch.now));
    write(shard, batch, station, record);
}

template <class Fits>
ReservationRecord* find(Station& station, const Fits& fits) {
    if (!station.held) return nullptr;
    auto& all = station.held->reservations;
    const auto found = std::find_if(all.begin(), all.end(), fits);
    return found == all.end() ? nullptr : &*found;
}

ReservationRecord* find_number(Station& station, std::int64_t number) {
    const auto is_it = [&](const auto& one) { return one.facts.number == number; };
    // The one that the station holds before one that it was only asked for.
    ReservationRecord* held = find(
        station, [&](const auto& one) { return is_it(one) && one.facts.state != State::ordered; });
    return held ? held : find(station, is_it);
}

ReservationRecord* find_order(Station& station, const Command& command) {
    return find(station, [&](const auto& one) { return one.command == command.id; });
}

std::vector<domain::EvseFact> evses_of(const Station& station) {
    std::map<std::int64_t, bool> available;
    for (const ConnectorState& connector : station.connectors) {
        if (connector.evse <= 0) continue;
        const bool is_free = connector.status == "Available";
        const auto [known, is_new] = available.try_emplace(connector.evse, is_free);
        if (!is_new) known->second = known->second && is_free;
    }
    std::vector<domain::EvseFact> facts;
    for (const auto& [evse, is_available] : available) facts.push_back({evse, is_available});
    return facts;
}

// Those of its number that it takes the place of (1.6 §5.13, 2.0.1 H01).
void replace_others(Work& work, Station& station, const Ulid& by, std::int64_t number) {
    for (ReservationRecord& other : station.held->reservations) {
        const bool is_replaced = other.id != by && other.facts.number == number &&
                                 other.facts.state != State::ordered &&
                                 domain::is_open(other.facts.state);
        if (!is_replaced) continue;
        other.replaced_by = by;
        end_and_write(work.shard, work.batch, station, other, State::replaced, "same_number");
    }
}

Ulid wanted_id(Work& work, const CommandCreate& wanted) {
    const auto given = wanted.reservation_id ? Ulid::from_text(wanted.reservation_id->value)
                                             : std::optional<Ulid>{};
    return given ? *given : work.shard.ids.next();
}

void use(Handler& handler, ReservationRecord& record, const TransactionRecord& by,
         std::string_view reason) {
    record.transaction = by.id;
    domain::end(record.facts, State::used, reason, handler.received_at());
    write(handler.work.shard, handler.work.batch, handler.station, record);
}

// A transaction that names no reservation, of a token that had one here.
ReservationRecord* find_meant(Station& station, const TransactionRecord& record) {
    const domain::Transaction& facts = record.facts;
    if (facts.reservation_id || facts.token.empty() || !record.is_active()) return nullptr;
    return find(station, [&](const ReservationRecord& one) {
        const bool is_there = one.facts.evse == 0 || one.facts.evse == facts.evse;
        // Only of what was kept the station's clock decides: it may be wrong.
        const bool is_kept = facts.offline && facts.started_at.value_or(0) < one.created_at;
        const bool began_later = record.received_at >= one.created_at && !is_kept;
        // Where one EVSE is reserved the station lets in nobody but the group.
        const std::string group = one.facts.evse > 0 ? facts.group : "";
        return one.facts.state == State::accepted && is_there && began_later &&
               domain::is_meant(one.facts, facts.token, group);
    });
}

}  // namespace

// ---- loading ----

void load_reservations(store::Sql& sql, ShardState& shard,
                       const std::map<std::int64_t, Station*>& stations) {
    std::vector<std::int64_t> numbers;
    for (const auto& [number, station] : stations) numbers.push_back(number);
    const std::string text = "select " + std::string{tables::reservation_columns} +
                             " from reservations where is_open = 1 and " +
                             store::any_of(sql.dialect(), "station_no", "$1") + " order by id";
    for (const store::Row& row : sql.query(text, {numbers})) {
        Station& station = *stations.at(store::as_int(row[0]));
        held_of(station).reservations.push_back(tables::read_reservation(row));
        shard.held.reserving_stations.insert(station.key);
    }
}

void load_reservation_needs(store::Sql& sql, ShardState& shard, const Needs& needs) {
    if (!needs.reservations.empty()) {
        std::vector<std::int64_t> stations, numbers;
        for (const Needs::ByNumber& asked : needs.reservations) {
            stations.push_back(asked.station_no);
            numbers.push_back(asked.number);
        }
        const store::KeyedRead read = store::read_by_keys(
            sql.dialect(), {std::move(stations), std::move(numbers)}, tables::reservation_columns,
            "reservations",
            "station_no = u.c1 and number = u.c2 and is_open = 0 order by created_at, id");
        for (const store::Row& row : sql.query(read.text, read.values)) {
            ReservationRecord record = tables::read_reservation(row);
            shard.held.past_reservations[{store::as_int(row[0]), record.facts.number}] = record;
        }
    }
    if (needs.reserved_tokens.empty()) return;
    // A claim whose reservation never came to be, or has ended, is void.
    const std::string text =
        "select c.token_key, c.reservation_id, c.station_no from reservation_claims c where " +
        store::any_of(sql.dialect(), "c.token_key", "$1") +
        " and exists (select 1 from reservations r where r.id = c.reservation_id and r.is_open = "
        "1)";
    for (const store::Row& row : sql.query(text, {needs.reserved_tokens}))
        shard.held.claims[store::as_text(row[0])] = {
            Ulid::from_bytes(store::as_bytes(row[1])).value_or(Ulid{}), store::as_int(row[2])};
}

std::string token_of_order(wire::Decoder& decoder, const CommandCreate& wanted) {
    OrderedToken ordered;
    if (wanted.command.value != "reserve-now" ||
        decoder.decode(wanted.parameters.json, ordered, {wire::Strictness::lenient}) ||
        !ordered.token)
        return {};
    return domain::token_key(ordered.token->uid);
}

// ---- commands ----

std::optional<OperationRefused> refused_reservation(Work& work, const Station& station,
                                                    const CommandCreate& wanted,
                                                    std::string_view request) {
    const ocpp::Version version =
        station.version == ocpp::Version::none ? station.default_version : station.version;
    const auto order = read_order(work.shard.decoder, version, request);
    if (!order) return std::nullopt;
    const BoundsRead& bounds = work.shard.held.bounds[station.no.value];
    if (order->evse == 0 && reserves_any_evse(bounds, version) == false)
        return OperationRefused{"station_limit", "the station reserves single EVSEs only",
                                "/evse_id"};
    std::vector<const Reservation*> open;
    if (station.held)
        for (const ReservationRecord& one : station.held->reservations) open.push_back(&one.facts);
    if (open.size() >= limits::reservations_per_station)
        return OperationRefused{"reservation_conflict", "the station has too many reservations",
                                ""};
    if (const auto found = domain::conflict(*order, open, evses_of(station), work.now_us())) {
        const bool is_past = found->member == "expires_at";
        return OperationRefused{is_past ? "validation_failed" : "reservation_conflict",
                                found->detail, "/" + std::string{found->member}};
    }
    const auto claim = work.shard.held.claims.find(domain::token_key(order->token));
    if (claim == work.shard.held.claims.end()) return std::nullopt;
    const bool is_own =
        wanted.reservation_id && claim->second.reservation.text() == wanted.reservation_id->value;
    const bool is_replaced = std::any_of(open.begin(), open.end(), [&](const Reservation* one) {
        return one->number == order->number && domain::is_meant(*one, order->token, "");
    });
    if (is_own || is_replaced) return std::nullopt;
    return OperationRefused{"reservation_conflict", "the token has a reservation already",
                            "/token"};
}

void reservation_ordered(Work& work, Station& station, const CommandCreate& wanted,
                         const Command& command) {
    auto order = read_order(work.shard.decoder, command.version, command.request);
    if (!order) return;
    StationHeld& held = held_of(station);
    if (held.reservations.size() >= limits::reservations_per_station) return;
    ReservationRecord& record = held.reservations.emplace_back();
    record.id = wanted_id(work, wanted);
    record.facts = std::move(*order);
    record.version = ocpp::short_name(command.version);
    record.command = command.id;
    record.requested_by = command.requested_by;
    record.created_at = work.now_us();
    write(work.shard, work.batch, station, record);
    claim(work.batch, station, record);
}

void reservation_answered(Work& work, Station& station, const Command& command) {
    ReservationRecord* record = find_order(station, command);
    if (!record) return;
    // A command that waited may have been written anew for another version, with another number.
    if (const auto sent = read_order(work.shard.decoder, command.version, command.request)) {
        record->facts.number = sent->number;
        record->version = ocpp::short_name(command.version);
    }
    if (record->facts.state != State::ordered) return;
    domain::take_answer(record->facts, command.status, work.now_us());
    if (command.status == "Accepted")
        replace_others(work, station, record->id, record->facts.number);
    write(work.shard, work.batch, station, *record);
    if (domain::is_open(record->facts.state)) claim(work.batch, station, *record);
    forget_ended(work.shard, station);
}

void cancellation_answered(Work& work, Station& station, const Command& command) {
    ocpp::v16::CancelReservation::Request asked;  // the same in both versions
    if (work.shard.decoder.decode(command.request, asked, {wire::Strictness::lenient})) return;
    ReservationRecord* record = find_number(station, asked.reservationId);
    if (!record || record->facts.state == State::ordered) return;
    const bool accepted = command.status == "Accepted";
    if (!accepted && command.status != "Rejected") return;
    // Rejected: the station has none of this number.
    end_and_write(work.shard, work.batch, station, *record,
                  accepted ? State::cancelled : State::removed,
                  accepted ? "operator" : "unknown_to_station");
    forget_ended(work.shard, station);
}

void reservation_unanswered(ShardState& shard, Batch& batch, Station& station,
                            const Command& command) {
    ReservationRecord* record = find_order(station, command);
    if (!record || record->facts.state != State::ordered) return;
    const bool refused = command.failed_reason == "call_error";
    if (refused) record->facts.status = command.error_code;
    std::string_view reason =
        refused ? std::string_view{command.error_code} : std::string_view{command.failed_reason};
    if (reason.empty()) reason = name_of(command.state);
    const bool may_have_arrived = command.handed_over && !refused;
    if (may_have_arrived) {
        record->facts.state = State::unknown;
        record->facts.reason = reason;
        return write(shard, batch, station, *record);
    }
    end_and_write(shard, batch, station, *record, refused ? State::refused : State::failed, reason);
    forget_ended(shard, station);
}

// ---- what the station says ----

void use_reservation(Handler& handler, const TransactionRecord& record,
                     const domain::TransactionEvent& event) {
    Station& station = handler.station;
    if (!event.reservation_id) {
        if (ReservationRecord* meant = find_meant(station, record))
            use(handler, *meant, record, "not_named");
        return forget_ended(handler.work.shard, station);
    }
    ReservationRecord* found = find_number(station, *event.reservation_id);
    auto& past = handler.work.shard.held.past_reservations;
    const auto ended = past.find({station.no.value, *event.reservation_id});
    if (!found && ended != past.end() && domain::may_be_used(ended->second.facts.state))
        found = &ended->second;
    if (!found) return;
    const bool meant = domain::is_meant(found->facts, record.facts.token, record.facts.group);
    use(handler, *found, record, meant || record.facts.token.empty() ? "" : "other_token");
    forget_ended(handler.work.shard, station);
}

void take_reservation_update(Handler& handler, std::int64_t number, std::string_view update) {
    ReservationRecord* record = find_number(handler.station, number);
    if (!record) return;
    domain::take_update(record->facts, update, handler.received_at());
    write(handler.work.shard, handler.work.batch, handler.station, *record);
    forget_ended(handler.work.shard, handler.station);
}

void take_status_of_reserved(Handler& handler, std::int64_t evse, std::string_view status) {
    if (status != "Faulted" && status != "Unavailable") return;
    ReservationRecord* record = find(handler.station, [&](const ReservationRecord& one) {
        return one.facts.evse == evse && one.facts.state == State::accepted;
    });
    if (!record) return;
    end_and_write(handler.work.shard, handler.work.batch, handler.station, *record, State::removed,
                  status);
    forget_ended(handler.work.shard, handler.station);
}

// ---- the clock, and operators ----

void expire_reservations(ShardState& shard, Batch& batch) {
    const std::vector<std::string> keys{shard.held.reserving_stations.begin(),
                                        shard.held.reserving_stations.end()};
    for (const std::string& key : keys) {
        Station* station = shard.find(key);
        if (!station || !station->held) {
            shard.held.reserving_stations.erase(key);
            continue;
        }
        for (ReservationRecord& record : station->held->reservations)
            if (domain::is_overdue(record.facts, micros(batch.now)))
                end_and_write(shard, batch, *station, record, State::expired, "time");
        forget_ended(shard, *station);
    }
}

void end_reservations(ShardState& shard, Batch& batch, Station& station, std::string_view reason) {
    if (!station.held) return;
    for (ReservationRecord& record : station.held->reservations)
        end_and_write(shard, batch, station, record, State::cancelled, reason);
    forget_ended(shard, station);
}

void end_reservation(Work& work, const bus::OperatorBody& asked, Station& station) {
    ReservationEnd wanted;
    if (const auto violation = work.shard.decoder.decode(asked.parameters, wanted))
        return work.refuse(400, "validation_failed", ocpp::describe(*violation), violation->path);
    ReservationRecord* record = find(station, [&](const ReservationRecord& one) {
        return one.id.text() == wanted.reservation_id.value;
    });
    if (!record) return work.refuse(409, "reservation_ended", "the reservation has ended already");
    end_and_write(work.shard, work.batch, station, *record, State::cancelled, "ended_here");
    forget_ended(work.shard, station);
    work.answer(200,
                wire::encode(StationWritten{.station_no = station.no.value, .id = station.id}));
}

}  // namespace ohm::api
