#include "api/charging/progress.hpp"

#include <functional>

#include "api/charging/tables.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "store/row.hpp"
#include "wire/binary.hpp"

namespace ohm::api::tables {
namespace {

using store::Bytes;
using store::Kind;
using store::Mode;
using store::Null;
using store::Value;
constexpr Kind integer = Kind::integer, text = Kind::text, blob = Kind::bytes;
constexpr int behind_records = 4;

// Never reorder: rows hold it.
struct Progress {
    std::int64_t end_at = 0, end_rank = 0;
    std::int64_t meter_to_at = 0;
    std::string decided_by, intervals;
    FIELDS(end_at, end_rank, meter_to_at, decided_by, intervals)
};

class Digest {
public:
    void add(std::uint64_t number) {
        constexpr std::uint64_t odd = 0x9E37'79B9'7F4A'7C15;
        state_ = (state_ ^ number) * odd;
        state_ ^= state_ >> 29;
    }
    void add(std::int64_t number) { add(static_cast<std::uint64_t>(number)); }
    void add(bool flag) { add(std::uint64_t{flag}); }
    void add(std::string_view word) { add(std::uint64_t{std::hash<std::string_view>{}(word)}); }
    void add(const std::optional<std::int64_t>& number) {
        add(number.has_value());
        add(number.value_or(0));
    }
    std::uint64_t value() const { return state_; }

private:
    std::uint64_t state_ = 1;
};

void add_facts(Digest& digest, const domain::Transaction& t) {
    for (const std::string* word :
         {&t.token, &t.token_type, &t.group, &t.stop_token, &t.stop_reason, &t.last_token})
        digest.add(std::string_view{*word});
    for (const auto* number :
         {&t.started_at, &t.ended_at, &t.evse, &t.connector, &t.remote_start_id, &t.reservation_id,
          &t.phases_used, &t.cable_max_a, &t.last_evse})
        digest.add(*number);
    for (const bool flag : {t.has_start, t.has_end, t.offline, domain::is_incomplete(t)})
        digest.add(flag);
    digest.add(t.end_seq);
    digest.add(t.begin.has_value());
    if (t.begin) {
        digest.add(t.begin->mwh);
        digest.add(t.begin->at);
        digest.add(t.begin->rank);
    }
}

std::string packed_progress(const TransactionRecord& record) {
    const domain::Transaction& t = record.facts;
    return wire::packed(Progress{.end_at = t.end ? t.end->at : 0,
                                 .end_rank = t.end ? t.end->rank : 0,
                                 .meter_to_at = record.meter_to_at,
                                 .decided_by = joined_decisions(t),
                                 .intervals = joined_intervals(t)});
}

std::optional<std::int64_t> number_or_none(const Value& value) {
    if (store::is_null(value)) return std::nullopt;
    return store::as_int(value);
}

}  // namespace

const store::Write open_transaction_progress{"open_transactions",
                                             Mode::update,
                                             1,
                                             {{"id", blob},
                                              {"version", integer},
                                              {"updated_at", integer},
                                              {"energy_mwh", integer},
                                              {"energy_rule", text},
                                              {"charging_state", text},
                                              {"trigger_reason", text},
                                              {"time_charging_s", integer},
                                              {"event_count", integer},
                                              {"seq_min", integer},
                                              {"seq_max", integer},
                                              {"end_mwh", integer},
                                              {"lowest_mwh", integer},
                                              {"highest_mwh", integer},
                                              {"progress", blob},
                                              {"power_mw", integer},
                                              {"power_at", integer}},
                                             behind_records};

const std::string_view progress_columns =
    "o.id, o.version, o.charging_state, o.trigger_reason, o.time_charging_s, o.event_count, "
    "o.seq_min, o.seq_max, o.end_mwh, o.lowest_mwh, o.highest_mwh, o.progress, o.power_mw, "
    "o.power_at";

std::uint64_t digest_of_settled(const TransactionRecord& record) {
    Digest digest;
    add_facts(digest, record.facts);
    for (const std::string* word :
         {&record.start_key, &record.authorization, &record.closed_by, &record.closed_reason,
          &record.public_key, &record.total_cost, &record.said_id})
        digest.add(std::string_view{*word});
    for (const std::int64_t number :
         {record.received_at, record.ended_received_at, record.superseded_at, record.conflicts,
          record.repairs, record.available_at, record.overdue_at, record.closed_at,
          record.meter_from_at})
        digest.add(number);
    digest.add(record.slot);
    if (record.superseded_by) {
        digest.add(record.superseded_by->high);
        digest.add(record.superseded_by->low);
    }
    digest.add(std::string_view{evidence_json(record)});
    return digest.value();
}

store::Row progress_row(const TransactionRecord& record, std::int64_t now_us) {
    const domain::Transaction& t = record.facts;
    return store::row_of(bytes(record.id), record.row_version, now_us,
                         int_or_null(domain::energy_mwh(t)), text_or_null(domain::energy_rule(t)),
                         text_or_null(t.charging_state), text_or_null(t.trigger),
                         int_or_null(t.time_charging_s), t.event_count, t.seq_min, t.seq_max,
                         t.end ? Value{t.end->mwh} : Value{Null{}}, int_or_null(t.lowest_mwh),
                         int_or_null(t.highest_mwh), Bytes{packed_progress(record)},
                         record.power ? Value{record.power->mw} : Value{Null{}},
                         record.power ? Value{record.power->heard_at} : Value{Null{}});
}

void read_progress(const store::Row& row, TransactionRecord& record) {
    std::string_view packed;
    const auto* stored = std::get_if<Bytes>(&row.at(11));
    if (!stored || store::as_int(row.at(1)) <= record.row_version) return;
    packed = stored->data;
    Progress progress;
    ENSURE(wire::unpack(packed, progress));
    domain::Transaction& t = record.facts;
    record.row_version = store::as_int(row.at(1));
    t.charging_state = store::as_text(row.at(2));
    t.trigger = store::as_text(row.at(3));
    t.time_charging_s = number_or_none(row.at(4));
    t.event_count = store::as_int(row.at(5));
    t.seq_min = store::as_int(row.at(6));
    t.seq_max = store::as_int(row.at(7));
    t.end.reset();
    if (const auto end_mwh = number_or_none(row.at(8)))
        t.end = domain::Register{*end_mwh, progress.end_at, progress.end_rank};
    t.lowest_mwh = number_or_none(row.at(9));
    t.highest_mwh = number_or_none(row.at(10));
    record.meter_to_at = progress.meter_to_at;
    if (const auto power_mw = number_or_none(row.at(12)))
        record.power = {*power_mw, 0, store::as_int(row.at(13))};
    take_decisions(progress.decided_by, t);
    take_intervals(progress.intervals, t);
}

std::string joined_decisions(const domain::Transaction& facts) {
    std::string out;
    for (std::size_t i = 0; i < facts.decided_by.size(); ++i) {
        if (i > 0) out += ',';
        if (facts.decided_by[i] != INT64_MAX) out += std::to_string(facts.decided_by[i]);
    }
    return out;
}

void take_decisions(std::string_view joined, domain::Transaction& facts) {
    const auto pieces = split(joined, ',');
    for (std::size_t i = 0; i < facts.decided_by.size() && i < pieces.size(); ++i)
        facts.decided_by[i] = parse_int(pieces[i]).value_or(INT64_MAX);
}

// Each instant and what was counted until then, since the one before.
std::string joined_intervals(const domain::Transaction& facts) {
    std::string out;
    for (const auto& [at, mwh] : facts.intervals)
        (((out += out.empty() ? "" : ",") += std::to_string(at)) += ' ') += std::to_string(mwh);
    return out;
}

void take_intervals(std::string_view joined, domain::Transaction& facts) {
    for (const std::string_view pair : split(joined, ',')) {
        const auto blank = pair.find(' ');
        if (blank == std::string_view::npos) continue;
        const auto at = parse_int(pair.substr(0, blank)), mwh = parse_int(pair.substr(blank + 1));
        if (at && mwh) facts.intervals[*at] = *mwh;
    }
}

}  // namespace ohm::api::tables
