#include "api/alerts/told.hpp"

#include "api/alerts/kinds.hpp"
#include "api/events/types.hpp"
#include "wire/codec.hpp"

namespace ohm::api::alerts {
namespace {

events::NullableText text_or_null(const std::string& text) {
    if (text.empty()) return {};
    return {text};
}
events::NullableInt number_or_null(std::int64_t number) {
    if (number == 0) return {};
    return {number};
}
wire::Nullable<wire::Instant> time_or_null(std::int64_t at) {
    if (at == 0) return {};
    return {wire::Instant{{utc_from_micros(at)}}};
}

}  // namespace

events::Made event_of(Partition partition, std::string_view type, const Alert& alert,
                      std::int64_t at_us) {
    const std::string id = "alr_" + alert.id.text();
    events::AlertTold told;
    told.alert_id = id;
    told.rule_id = "rul_" + alert.rule_id;
    told.kind = alert.kind;
    told.severity = alert.severity;
    told.state = alert.state;
    if (const Kind* kind = find_kind(alert.kind)) {
        told.title =
            title_of(*kind, {alert.station_id, alert.what, alert.worker, alert.evse,
                             alert.connector, alert.occurrences, alert.members, alert.is_group});
        told.advice = kind->advice;
    }
    told.station_id = text_or_null(alert.station_id);
    told.evse_id = number_or_null(alert.evse);
    told.connector_id = number_or_null(alert.connector);
    told.what = text_or_null(alert.what);
    told.worker = text_or_null(alert.worker);
    if (alert.is_group) told.members = {alert.members};
    told.occurrences = alert.occurrences;
    told.since = time_or_null(alert.since_at);
    told.acknowledged_by = text_or_null(alert.acknowledged_by);
    told.note = text_or_null(alert.note);
    told.snoozed_until = time_or_null(alert.snoozed_until_at);
    told.closed_by = text_or_null(alert.closed_by);
    told.closed_reason = text_or_null(alert.closed_reason);
    const std::string& subject = alert.station_id.empty() ? id : alert.station_id;
    return events::make_event(partition, type, subject, at_us, wire::encode(told));
}

}  // namespace ohm::api::alerts
