#include "api/facts/quirks.hpp"

#include <algorithm>

#include "api/facts/tables.hpp"
#include "api/tables.hpp"
#include "base/text.hpp"
#include "ocpp/frame.hpp"

namespace ohm::api {
namespace {

constexpr std::size_t path_bytes_max = 300, action_bytes_max = 60;

QuirkCount* find_or_add(StationFacts& facts, std::string_view quirk) {
    const auto found = std::find_if(facts.quirks.begin(), facts.quirks.end(),
                                    [quirk](const QuirkCount& one) { return one.quirk == quirk; });
    if (found != facts.quirks.end()) return &*found;
    if (facts.quirks.size() >= limits::quirks_per_station) return nullptr;
    QuirkCount& added = facts.quirks.emplace_back();
    added.quirk = quirk;
    return &added;
}

bool is_due(const StationFacts& facts, std::int64_t now_us) {
    return now_us - facts.quirks_written_at >= Micros{limits::quirk_write_interval}.count();
}

}  // namespace

void note_quirk(Work& work, Station& station, std::string_view action, std::string_view quirk,
                std::string_view path) {
    note_quirk(work.batch, station, action, quirk, path, work.envelope.received_at);
}

void note_quirk(Batch& batch, Station& station, std::string_view action, std::string_view quirk,
                std::string_view path, std::int64_t at) {
    if (!station.facts) station.facts = std::make_unique<StationFacts>();
    QuirkCount* count = find_or_add(*station.facts, quirk);
    if (!count) return;
    const bool is_new = count->count == 0;
    if (is_new) count->first_at = at;
    ++count->count;
    count->last_at = at;
    count->action = to_storable(action, action_bytes_max);
    count->path = to_storable(path, path_bytes_max);
    count->changed = true;
    // A first one is worth a row at once; the rest waits for its time.
    if (is_new) station.facts->quirks_written_at = 0;
    if (is_due(*station.facts, micros(batch.now))) batch.touch(station);
}

void note_quirk(Handler& handler, std::string_view quirk, std::string_view path) {
    const ocpp::Head head = ocpp::read_head(handler.work.envelope.frame);
    note_quirk(handler.work, handler.station, head.action, quirk, path);
}

void note_repairs(Work& work, Station& station, std::string_view action,
                  const wire::Repairs& repairs) {
    for (const wire::Repair& repair : repairs)
        note_quirk(work, station, action, repair.what, repair.path);
}

void write_quirks(Batch& batch, Station& station, bool all) {
    if (!station.facts) return;
    const std::int64_t now = micros(batch.now);
    if (!all && !is_due(*station.facts, now)) return;
    for (QuirkCount& count : station.facts->quirks) {
        if (!count.changed) continue;
        count.changed = false;
        station.facts->quirks_written_at = now;
        batch.unit.add(tables::quirk,
                       {station.no.value, count.quirk, count.count, count.first_at, count.last_at,
                        tables::text_or_null(count.action), tables::text_or_null(count.path)});
    }
}

}  // namespace ohm::api
