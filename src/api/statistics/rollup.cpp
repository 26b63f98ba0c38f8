#include "api/statistics/rollup.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "api/events/outbox.hpp"
#include "api/events/types.hpp"
#include "api/statistics/connectors.hpp"
#include "api/statistics/sessions.hpp"
#include "api/statistics/tables.hpp"
#include "base/id_time.hpp"
#include "base/limits_statistics.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace ohm::api::statistics {
namespace {

using store::as_bytes;
using store::as_int;
using store::Value;

// How far a partition is counted.
struct Place {
    std::int64_t next_n = 1, since_at = 0, counted_until_at = 0;
    std::string before_id, after_id;  // transactions of before: between these; "": done
    bool is_new = true;
    friend bool operator==(const Place&, const Place&) = default;
};

Place read_place(store::Sql& sql, std::int64_t partition_no) {
    Place place;
    for (const store::Row& row :
         sql.query("select next_n, since_at, counted_until_at, before_id, after_id from "
                   "statistics_positions where partition_no = $1",
                   {partition_no}))
        place = {as_int(row[0]),   as_int(row[1]),   as_int(row[2]),
                 as_bytes(row[3]), as_bytes(row[4]), false};
    return place;
}

Value bytes_or_null(const std::string& bytes) {
    return bytes.empty() ? Value{store::Null{}} : Value{store::Bytes{bytes}};
}

// One step: what it reads, and what becomes of it.
class Step {
public:
    // What the next step goes on with.
    struct Memory {
        Zones& zones;
        Power& power;
        std::int64_t& power_minute;
    };
    Step(store::Sql& sql, const Memory& memory, wire::Decoder& decoder, const Counted& what,
         const Seeding& seeding, Utc now)
        : sql_{sql},
          decoder_{decoder},
          what_{what},
          partition_no_{what.partition.value},
          now_us_{micros(now)},
          memory_{memory},
          stations_{sql, memory.zones},
          delta_{partition_no_},
          connectors_{sql, stations_, delta_, partition_no_},
          sessions_{sql, stations_, delta_, partition_no_},
          seeding_{seeding} {}
    Left run(bool is_unsure);
    bool has_given_up() const { return has_given_up_; }
    const Seeding& seeding() const { return seeding_; }

private:
    bool commit(bool is_unsure);
    Left seed(bool is_unsure);
    void begin_at_oldest();
    void count_gap_again();
    bool read_events();
    void add_place(std::int64_t counted_until_at);
    void load_stations();
    void count_events();
    void count(const events::Event& event, const StationKnown& station);
    void count_minute(std::int64_t at, bool is_begun);
    void count_transaction(const events::Event& event, const StationKnown& station);
    void want_command(const events::Event& event);
    void count_commands();
    bool count_past();
    void note_power();

    template <class T>
    T told(const events::Event& event) {
        T out;
        (void)decoder_.decode(event.data, out, {wire::Strictness::lenient});
        return out;
    }

    store::Sql& sql_;
    wire::Decoder& decoder_;
    const Counted& what_;
    const std::int64_t partition_no_, now_us_;
    const Memory memory_;
    StationsKnown stations_;
    Delta delta_;
    Connectors connectors_;
    Sessions sessions_;
    Seeding seeding_;
    Place place_, place_before_;
    bool has_given_up_ = false;
    std::vector<events::Event> events_;
    std::map<Ulid, std::int64_t> commands_;  // answered at
    store::Unit unit_;
};

// What is there already is where time begins to be counted; transactions of before follow. The
// place comes with the last portion: whoever dies before that begins anew.
Left Step::seed(bool is_unsure) {
    const auto last =
        connectors_.seed(seeding_.behind_no, limits::statistics_stations_a_step, now_us_);
    connectors_.write(unit_);
    if (last) {
        seeding_.behind_no = *last;
    } else {
        begin_at_oldest();
        seeding_ = {};
        add_place(now_us_);
    }
    (void)commit(is_unsure);
    return Left::news;
}

void Step::begin_at_oldest() {
    const events::Position oldest = events::oldest(sql_, what_.partition_count);
    place_.next_n = std::max(place_.next_n, oldest.next.at(what_.partition.value));
    if (place_.is_new) place_.since_at = now_us_;
    if (seeding_.is_of_gap) count_gap_again();
    const auto newest = sql_.query("select id from transactions order by id desc limit 1");
    if (!newest.empty()) place_.before_id = as_bytes(newest[0][0]);
    place_.is_new = false;
}

// Transactions that may have run or begun in the gap. Those whose counts may have been removed are
// not counted twice: they stay as they are.
void Step::count_gap_again() {
    const std::int64_t gap_at = place_.counted_until_at;
    std::int64_t from = gap_at - Micros{limits::statistics_gap}.count();
    const std::int64_t kept = now_us_ - Micros{limits::statistics_counted_age}.count() +
                              Micros{limits::statistics_gap}.count();
    if (from < kept) from = gap_at;
    const std::string after_id = first_id_at(from).bytes();
    const bool was_done = place_.before_id.empty();
    place_.after_id = was_done ? after_id : std::min(place_.after_id, after_id);
}

bool Step::read_events() {
    events::Position from = events::beginning(what_.partition_count);
    for (std::int64_t& next : from.next) next = std::numeric_limits<std::int64_t>::max();
    from.next.at(what_.partition.value) = place_.next_n;
    const std::size_t most = sql_.dialect() == store::Dialect::sqlite
                                 ? limits::statistics_events_sqlite
                                 : limits::statistics_events_a_step;
    bool has_more = true;
    while (has_more && events_.size() < most) {
        events::Page page = events::read_page(sql_, decoder_, from, most);
        if (page.expired) {
            seeding_ = {true, 0};
            events_.clear();
            log::warn("statistics_missed_events",
                      {{"partition", partition_no_}, {"first", place_.next_n}});
            return true;
        }
        for (events::Event& event : page.events) events_.push_back(std::move(event));
        from = page.after;
        has_more = page.more;
    }
    place_.next_n = from.next.at(what_.partition.value);
    return has_more;
}

void Step::load_stations() {
    std::set<std::string> keys;
    for (const events::Event& event : events_)
        keys.insert(fold(event.subject).value_or(event.subject));
    stations_.load_keys({keys.begin(), keys.end()});
    connectors_.load(stations_.numbers());
}

void Step::count_transaction(const events::Event& event, const StationKnown& station) {
    const auto what = told<events::TransactionTold>(event);
    std::string_view id = what.transaction_id;
    id.remove_prefix(std::min(std::string_view{"tx_"}.size(), id.size()));
    sessions_.want(station.no, what.ocpp_transaction_id, id, event.at);
    const bool is_charging =
        what.state == "active" && what.charging_state.value_or("") == "Charging";
    memory_.power.told(station.no, what, event.at);
    if (what.evse_id) connectors_.charging(station, *what.evse_id, is_charging, event.at);
}

void Step::want_command(const events::Event& event) {
    constexpr std::string_view prefix = "cmd_";
    const auto what = told<events::CommandTold>(event);
    if (!std::string_view{what.command_id}.starts_with(prefix)) return;
    if (const auto id = Ulid::from_text(what.command_id.substr(prefix.size())))
        commands_[*id] = event.at;
}

// From their leaving to their answers. The list is filled up with the last id to a power of two:
// few different statements, whatever their number is.
void Step::count_commands() {
    if (commands_.empty()) return;
    std::vector<Value> ids;
    for (const auto& [id, at] : commands_) ids.emplace_back(store::Bytes{id.bytes()});
    ids.resize(std::bit_ceil(ids.size()), ids.back());
    std::string list;
    for (std::size_t i = 1; i <= ids.size(); ++i)
        (list += i == 1 ? "$" : ", $") += std::to_string(i);
    for (const store::Row& row : sql_.query(
             "select id, sent_at, answered_at from commands where id in (" + list + ")", ids)) {
        if (store::is_null(row[1]) || store::is_null(row[2])) continue;
        LatencyClasses classes{};
        count_latency(classes, as_int(row[2]) - as_int(row[1]));
        const auto id = Ulid::from_bytes(as_bytes(row[0]));
        delta_.add_latency("partition " + std::to_string(partition_no_), "out",
                           commands_.at(id.value_or(Ulid{})), classes);
    }
}

void Step::count_minute(std::int64_t at, bool is_begun) {
    if (at >= now_us_ - Micros{limits::statistics_minutes_age}.count())
        delta_.add_connection(at, is_begun);
}

void Step::count(const events::Event& event, const StationKnown& station) {
    const auto add = [&](Figure figure) {
        Buckets one;
        one.count(*station.zone, event.at, figure);
        delta_.add(station.spot(), one);
    };
    if (event.type == "station.connected") {
        add(Figure::connects);
        count_minute(event.at, true);
        connectors_.connection(station, true, event.at);
    } else if (event.type == "station.disconnected") {
        add(Figure::disconnects);
        count_minute(event.at, false);
        connectors_.connection(station, false, event.at);
    } else if (event.type == "station.status_changed") {
        const auto what = told<events::StatusChanged>(event);
        connectors_.status(station, 0, 0, what.status.value_or(""), what.error_code.value_or(""),
                           event.at);
    } else if (event.type == "connector.status_changed") {
        const auto what = told<events::ConnectorChanged>(event);
        connectors_.status(station, what.evse_id, what.connector_id, what.status.value_or(""),
                           what.error_code.value_or(""), event.at);
        memory_.power.note_status(station.no, what.evse_id, what.status.value_or(""));
    } else if (event.type == "authorization.decided") {
        const auto what = told<events::AuthorizationTold>(event);
        add(what.status.value_or("") == "Accepted" ? Figure::accepted : Figure::refused);
    } else if (event.type.starts_with("transaction.")) {
        count_transaction(event, station);
    } else if (event.type == "command.answered") {
        want_command(event);
    }
}

void Step::count_events() {
    for (const events::Event& event : events_)
        if (const auto* station = stations_.find(fold(event.subject).value_or(event.subject)))
            count(event, *station);
    count_commands();
}

// Once a minute, where everything is counted that was told by now.
void Step::note_power() {
    const std::int64_t minute = minute_of(now_us_);
    if (memory_.power_minute == minute) return;
    memory_.power_minute = minute;
    const Power::Sum sum = memory_.power.sum(now_us_);
    delta_.set_power(now_us_, sum.mw, sum.sessions);
}

// Those of before, in the order of their ids. A partition may have few among very many: how far one
// step looks is bounded as well.
bool Step::count_past() {
    if (place_.before_id.empty()) return false;
    const store::Bytes after{place_.after_id}, before{place_.before_id};
    const std::int64_t looked_at =
        limits::statistics_past_a_step * static_cast<std::int64_t>(what_.partition_count);
    const auto end = sql_.query(
        "select id from transactions where id > $1 and id <= $2 order by id limit 1 offset $3",
        {after, before, looked_at});
    const store::Bytes until{end.empty() ? place_.before_id : as_bytes(end[0][0])};
    const auto rows = sql_.query(
        "select t.id, t.station_no, t.ocpp_id from transactions t join charge_points p on "
        "p.station_no = t.station_no where t.id > $1 and t.id <= $2 and p.partition_no = $3 order "
        "by t.id limit $4",
        {after, until, partition_no_, limits::statistics_past_a_step});
    for (const store::Row& row : rows) sessions_.want(as_int(row[1]), store::as_text(row[2]), 0);
    const bool is_full = static_cast<std::int64_t>(rows.size()) == limits::statistics_past_a_step;
    const bool has_more = is_full || !end.empty();
    place_.after_id = is_full ? as_bytes(rows.back()[0]) : end.empty() ? "" : until.data;
    if (!has_more) place_.before_id.clear();
    return has_more;
}

// What was read may be older than a commit whose answer was lost and which came to its end
// meanwhile: then the place has moved with it, and nothing of this step may be added to rows read
// behind it. One that ends later than this look is overwritten: rows are written whole.
bool Step::commit(bool is_unsure) {
    has_given_up_ = is_unsure && read_place(sql_, partition_no_) != place_before_;
    if (!has_given_up_) sql_.commit(unit_, {{partition_no_}, {what_.epoch}});
    return !has_given_up_;
}

void Step::add_place(std::int64_t counted_until_at) {
    unit_.add(tables::statistics_position,
              {partition_no_, place_.next_n, place_.since_at, counted_until_at,
               bytes_or_null(place_.before_id), bytes_or_null(place_.after_id)});
}

Left Step::run(bool is_unsure) {
    place_ = place_before_ = read_place(sql_, partition_no_);
    if (place_.is_new || seeding_.is_of_gap) return seed(is_unsure);
    const bool is_behind = read_events();
    if (seeding_.is_of_gap) return seed(is_unsure);
    load_stations();
    count_events();
    const bool has_past = count_past();
    bool has_more = is_behind;
    if (!is_behind) has_more = memory_.power.load_more(sql_, partition_no_, now_us_);
    if (!has_more) note_power();
    if (!is_behind && !has_past) {
        const std::int64_t open_since = now_us_ - Micros{limits::statistics_open}.count();
        has_more =
            connectors_.load_open(open_since, limits::statistics_connectors_a_step) || has_more;
        connectors_.bring_up_to(now_us_, open_since);
    }
    sessions_.count(now_us_, unit_);
    connectors_.write(unit_);
    delta_.write(sql_, unit_);
    const Left left = has_more ? Left::news : has_past ? Left::past : Left::nothing;
    const bool has_news = !unit_.empty() || !events_.empty() || left != Left::nothing;
    const std::int64_t told_every = Micros{minutes{1}}.count();
    if (!has_news && now_us_ - place_.counted_until_at < told_every) return left;
    add_place(is_behind && !events_.empty() ? events_.back().at : now_us_);
    return commit(is_unsure) ? left : Left::news;
}

struct Kept {
    std::string_view table, key, column;
};

}  // namespace

Left Rollup::step(store::Sql& sql, Utc now) {
    zones_.trim();
    Step step{sql, {zones_, power_, power_minute_}, decoder_, what_, seeding_, now};
    const bool is_unsure = std::exchange(is_unsure_, true);
    const Left left = step.run(is_unsure);
    is_unsure_ = step.has_given_up();
    if (!is_unsure_) seeding_ = step.seeding();
    return left;
}

bool sweep(store::Sql& sql, Utc now, std::int64_t days_kept) {
    constexpr std::int64_t day_us = 24 * hour_us;
    const std::int64_t first_day = micros(now) / day_us - days_kept;
    const std::int64_t first_hour = micros(now) - Micros{limits::statistics_hours_age}.count();
    const std::int64_t touched = micros(now) - Micros{limits::statistics_counted_age}.count();
    const std::int64_t first_minute = micros(now) - Micros{limits::statistics_minutes_age}.count();
    const std::pair<Kept, std::int64_t> tables[] = {
        {{"statistics_days", "station_no, evse, connector, day", "day"}, first_day},
        {{"statistics_hours", "station_no, hour_at", "hour_at"}, first_hour},
        {{"statistics_place_days", "partition_no, location_no, day", "day"}, first_day},
        {{"statistics_place_hours", "partition_no, location_no, hour_at", "hour_at"}, first_hour},
        {{"statistics_faults", "station_no, day, error_code, model, firmware_version", "day"},
         first_day},
        {{"statistics_latency", "source, direction, hour_at", "hour_at"}, first_hour},
        {{"statistics_minutes", "partition_no, minute_at", "minute_at"}, first_minute},
        {{"statistics_transactions", "transaction_id", "is_final = 1 and touched_at"}, touched}};
    bool has_more = false;
    for (const auto& [kept, before] : tables) {
        const std::string table{kept.table}, key{kept.key};
        const auto gone = sql.query("delete from " + table + " where (" + key + ") in (select " +
                                        key + " from " + table + " where " +
                                        std::string{kept.column} + " < $1 limit $2) returning 1",
                                    {before, limits::statistics_rows_swept});
        if (static_cast<std::int64_t>(gone.size()) == limits::statistics_rows_swept)
            has_more = true;
    }
    return has_more;
}

}  // namespace ohm::api::statistics
