#include "api/facts/reports.hpp"

#include <algorithm>

#include "api/facts/tables.hpp"
#include "api/tables.hpp"

namespace ohm::api {
namespace {

using domain::ReportState;
using tables::int_or_null;

tables::Row report_row(const Station& station, const FollowedReport& followed) {
    const domain::Report& report = followed.report;
    return {station.no.value,
            followed.kind,
            followed.request_id,
            std::string{domain::name_of(report.state)},
            int_or_null(followed.generated_at),
            report.parts,
            domain::text_of_seen(report),
            int_or_null(report.last_seq, -1),
            followed.started_at,
            followed.updated_at};
}

void give_up(Batch& batch, Station& station, FollowedReport& followed) {
    followed.report.state = ReportState::incomplete;
    batch.touch(station);
    batch.unit.add(tables::report, report_row(station, followed));
}

// Ended ones are kept while there is room, so that a repeated part is known as one.
FollowedReport& follow(Batch& batch, Station& station, const ReportPart& part) {
    auto& all = station.facts->reports;
    const auto found = std::find_if(all.begin(), all.end(), [&](const FollowedReport& one) {
        return one.kind == part.kind && one.request_id == part.request_id;
    });
    if (found != all.end()) {
        std::rotate(found, found + 1, all.end());
        return all.back();
    }
    if (all.size() >= limits::reports_followed) {
        if (all.front().report.state == ReportState::receiving)
            give_up(batch, station, all.front());
        all.erase(all.begin());
    }
    FollowedReport& added = all.emplace_back();
    added.kind = part.kind;
    added.request_id = part.request_id;
    return added;
}

bool take(domain::Report& report, const ReportPart& part) {
    if (!part.seq) {
        domain::take_unnumbered_part(report, part.more_follow);
        return true;
    }
    return domain::take_part(report, *part.seq, part.more_follow, limits::report_ranges) !=
           domain::PartTaken::repeated;
}

// Whether there is still one to wait for.
bool expire(Batch& batch, Station& station, std::int64_t silent_since) {
    bool goes_on = false;
    for (FollowedReport& followed : station.facts->reports) {
        if (followed.report.state != ReportState::receiving) continue;
        if (followed.updated_at > silent_since)
            goes_on = true;
        else
            give_up(batch, station, followed);
    }
    return goes_on;
}

}  // namespace

void note_part(Handler& handler, const ReportPart& part) {
    Station& station = handler.station;
    if (!station.facts) station.facts = std::make_unique<StationFacts>();
    FollowedReport& followed = follow(handler.work.batch, station, part);
    const bool is_unknown = followed.report.parts == 0;
    if (!take(followed.report, part)) return;
    handler.work.batch.touch(station);
    if (followed.report.parts == 1) followed.started_at = handler.received_at();
    followed.updated_at = handler.received_at();
    followed.generated_at = part.generated_at;
    if (followed.report.state == ReportState::receiving)
        handler.work.shard.reporting_stations.insert(station.key);
    // A later part of a report that this shard has not seen begin may be the repetition of one that
    // has ended: what is stored of that one stays.
    const bool began_elsewhere = is_unknown && part.seq.value_or(0) != 0;
    handler.work.batch.unit.add(began_elsewhere ? tables::report_if_absent : tables::report,
                                report_row(station, followed));
}

void expire_reports(ShardState& shard, Batch& batch) {
    const std::int64_t silent_since = micros(batch.now) - Micros{limits::report_silence}.count();
    for (auto it = shard.reporting_stations.begin(); it != shard.reporting_stations.end();) {
        Station* station = shard.find(*it);
        const bool goes_on = station && station->facts && expire(batch, *station, silent_since);
        it = goes_on ? std::next(it) : shard.reporting_stations.erase(it);
    }
}

}  // namespace ohm::api
