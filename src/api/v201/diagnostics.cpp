#include "ocpp/v201/diagnostics.hpp"

#include <algorithm>

#include "api/boot.hpp"
#include "api/facts/events.hpp"
#include "api/facts/reports.hpp"
#include "api/facts/states.hpp"
#include "api/facts/tables.hpp"
#include "api/facts/variables.hpp"
#include "api/v201/blocks.hpp"
#include "base/text.hpp"

namespace ohm::api::v201 {
namespace {

using namespace ohm::ocpp::v201;

constexpr std::size_t customer_text_bytes = 10'000;  // of one part

std::string shown_name(const domain::VariableName& name) {
    const auto with_instance = [](const std::string& text, const std::string& instance) {
        return instance.empty() ? text : text + "[" + instance + "]";
    };
    return with_instance(name.component, name.component_instance) + "/" +
           with_instance(name.variable, name.instance);
}

struct Diagnostics : Handler {
    LogStatusNotification::Response on(const LogStatusNotification::Request& request) {
        note_progress(*this, {.kind = "log",
                              .request_id = number_of(request.requestId),
                              .status = request.status.name(),
                              .payload = wire::encode(request)});
        return {};
    }

    NotifyMonitoringReport::Response on(const NotifyMonitoringReport::Request& request) {
        if (request.monitor)
            for (const auto& data : *request.monitor)
                for (const auto& one : data.variableMonitoring)
                    note_monitor(work.batch, station, received_at(),
                                 {.id = one.id.value,
                                  .name = name_of(data.component, data.variable),
                                  .type = std::string{one.type.name()},
                                  .value = wire::encode(one.value),
                                  .severity = one.severity.value,
                                  .in_transaction = one.transaction});
        note_part(*this, {.kind = "monitors",
                          .request_id = request.requestId.value,
                          .seq = request.seqNo.value,
                          .more_follow = request.tbc.value_or(false),
                          .generated_at = at(request.generatedAt)});
        return {};
    }

    static void needs(const NotifyEvent::Request& request, const Station& station, Needs& needs) {
        const auto& events = request.eventData.items;
        if (std::any_of(events.begin(), events.end(), says_availability))
            needs.open_transactions.push_back(station.no.value);
    }

    NotifyEvent::Response on(const NotifyEvent::Request& request) {
        std::int64_t index = 0;
        for (const NotifyEvent::EventData& event : request.eventData) take_event(event, index++);
        for (const NotifyEvent::EventData& event : request.eventData) take_evse(event);
        if (request.eventData.items.empty())  // none of it could be read
            note_event(*this,
                       {.kind = "event", .name = "unknown", .payload = std::string{payload()}});
        // Most events are one message, and nothing to follow.
        const bool more_follow = request.tbc.value_or(false);
        if (more_follow || request.seqNo.value > 0)
            note_part(*this, {.kind = "events",
                              .seq = request.seqNo.value,
                              .more_follow = more_follow,
                              .generated_at = at(request.generatedAt)});
        return {};
    }

    NotifyCustomerInformation::Response on(const NotifyCustomerInformation::Request& request) {
        work.batch.unit.add(tables::customer_part,
                            {station.no.value, request.requestId.value, request.seqNo.value,
                             to_storable(request.data.value, customer_text_bytes), received_at()});
        note_part(*this, {.kind = "customer_information",
                          .request_id = request.requestId.value,
                          .seq = request.seqNo.value,
                          .more_follow = request.tbc.value_or(false),
                          .generated_at = at(request.generatedAt)});
        return {};
    }

private:
    using Status = OneOf<"Available", "Occupied", "Reserved", "Unavailable", "Faulted">;

    static bool says_availability(const NotifyEvent::EventData& event) {
        return equals_ignoring_case(event.variable.name.value, "AvailabilityState");
    }
    static std::optional<std::string> status_in(const NotifyEvent::EventData& event) {
        const std::string_view value = trim(event.actualValue.value);
        for (const std::string_view status : Status::names)
            if (equals_ignoring_case(status, value)) return std::string{status};
        return std::nullopt;
    }

    void take_event(const NotifyEvent::EventData& event, std::int64_t index) {
        const domain::VariableName name = name_of(event.component, event.variable);
        NotifyEvent::EventData kept = event;
        kept.actualValue = {shown_value(name, event.actualValue.value)};
        EventFact fact{.kind = "event",
                       .name = shown_name(name),
                       .monitor_id = number_of(event.variableMonitoringId),
                       .said_at = said_at(event.timestamp),
                       .index = index,
                       .payload = wire::encode(kept)};
        if (name.evse >= 0) fact.evse = name.evse;
        if (name.connector >= 0) fact.connector = name.connector;
        note_event(*this, std::move(fact));
        if (says_availability(event)) take_availability(name, event);
    }

    // G01: a station may report its connectors by events instead of StatusNotification.
    void take_availability(const domain::VariableName& name, const NotifyEvent::EventData& event) {
        const auto status = status_in(event);
        if (!status) return;
        const StatusFacts facts{.status = *status, .at = at(event.timestamp)};
        if (name.evse < 0 && equals_ignoring_case(name.component, "ChargingStation"))
            take_station_status(*this, facts);
        if (name.evse > 0 && equals_ignoring_case(name.component, "Connector"))
            take_connector_status(*this, name.evse, std::max<std::int64_t>(1, name.connector),
                                  facts);
    }

    // Behind what its connectors say themselves: an EVSE of one connector is what that one is.
    void take_evse(const NotifyEvent::EventData& event) {
        const domain::VariableName name = name_of(event.component, event.variable);
        const auto status = status_in(event);
        const bool is_evse = name.evse > 0 && equals_ignoring_case(name.component, "EVSE");
        if (!is_evse || !status || !says_availability(event)) return;
        std::int64_t number = 1, known = 0;
        for (const ConnectorState& connector : station.connectors)
            if (connector.evse == name.evse) number = connector.connector, ++known;
        if (known > 1) return;
        take_connector_status(*this, name.evse, number,
                              {.status = *status, .at = at(event.timestamp)});
    }
};

}  // namespace

const Routes& diagnostics_routes() {
    static const Routes table = routes<Diagnostics>(DiagnosticsActions{});
    return table;
}

}  // namespace ohm::api::v201
