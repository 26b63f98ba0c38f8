#include "api/alerts/told.hpp"

#include "api/alerts/kinds.hpp"
#include "api/events/types.hpp"
#include "api/unless_empty.hpp"
#include "wire/codec.hpp"

namespace ohm::api::alerts {
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
    told.station_id = text_unless_empty(alert.station_id);
    told.evse_id = int_unless_zero(alert.evse);
    told.connector_id = int_unless_zero(alert.connector);
    told.what = text_unless_empty(alert.what);
    told.worker = text_unless_empty(alert.worker);
    if (alert.is_group) told.members = {alert.members};
    told.occurrences = alert.occurrences;
    told.since = time_unless_zero(alert.since_at);
    told.acknowledged_by = text_unless_empty(alert.acknowledged_by);
    told.note = text_unless_empty(alert.note);
    told.snoozed_until = time_unless_zero(alert.snoozed_until_at);
    told.closed_by = text_unless_empty(alert.closed_by);
    told.closed_reason = text_unless_empty(alert.closed_reason);
    const std::string& subject = alert.station_id.empty() ? id : alert.station_id;
    return events::make_event(partition, type, subject, at_us, wire::encode(told));
}

}  // namespace ohm::api::alerts
