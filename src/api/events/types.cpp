#include "api/events/types.hpp"

#include <algorithm>

namespace ohm::api::events {
namespace {

constexpr std::string_view transaction_example =
    R"({"transaction_id":"tx_01KDVNM5G00000000000000000","ocpp_transaction_id":"17",)"
    R"("state":"active","evse_id":1,"connector_id":1,"token":"DEADBEEF","charging_state":null,)"
    R"("stop_reason":null,"started_at":"2026-01-01T00:00:00.000Z","ended_at":null,)"
    R"("energy_wh":1250,"power_w":7360,"closed_by":null,"closed_reason":null,"evidence":null})";
constexpr std::string_view command_example =
    R"({"command_id":"cmd_01KDVNM5G00000000000000000","command":"reset","action":"Reset",)"
    R"("state":"answered","result":"accepted","status":"Accepted","failed_reason":null,)"
    R"("requested_by":"key:ops","batch_id":null})";
constexpr std::string_view effect_example =
    R"({"command_id":"cmd_01KDVNM5G00000000000000000","effect":"confirmed"})";
constexpr std::string_view reservation_example =
    R"({"reservation_id":"rsv_01KDVNM5G00000000000000000","state":"accepted","evse_id":1,)"
    R"("token":"DEADBEEF","status":"Accepted","reason":null,"transaction_id":null,)"
    R"("expires_at":"2026-01-01T01:00:00.000Z"})";
constexpr std::string_view reported_example =
    R"({"name":"Installed","request_id":7,"evse_id":null,"connector_id":null,"severity":null,)"
    R"("at":"2026-01-01T00:00:00.000Z","details":{"status":"Installed","requestId":7}})";
constexpr std::string_view certificate_example =
    R"({"certificate_type":"ChargingStationCertificate","common_name":"CP0001",)"
    R"("fingerprint":null,"serial_number":null,"state":"waiting","reason":null,"not_after":null})";
constexpr std::string_view alert_example =
    R"({"alert_id":"alr_01KDVNM5G00000000000000000","rule_id":"rul_00000000000000000000000001",)"
    R"("kind":"station_offline","severity":"warning","state":"open","title":"CP0001 is offline",)"
    R"("advice":"Look whether others at its location are offline as well.",)"
    R"("station_id":"CP0001","evse_id":null,"connector_id":null,"what":"closed","worker":"w1",)"
    R"("members":null,"occurrences":1,"since":"2026-01-01T00:00:00.000Z","acknowledged_by":null,)"
    R"("note":null,"snoozed_until":null,"closed_by":null,"closed_reason":null})";
constexpr std::string_view station_example = R"({"version":2})";

template <class T>
constexpr const wire::Type* data = &wire::type_of<T>;

constexpr EventType table[] = {
    {"station.created", "An operator created the station.", data<StationChanged>, station_example},
    {"station.updated", "An operator changed the station's settings.", data<StationChanged>,
     station_example},
    {"station.deleted", "An operator removed the station.", data<StationChanged>, station_example},
    {"station.connected", "The station has a new connection.", data<Connected>,
     R"({"epoch":3,"ocpp_version":"2.0.1","address":"192.0.2.7","worker":"w1","tls":true})"},
    {"station.disconnected", "The station's connection has ended.", data<Disconnected>,
     R"({"epoch":3,"reason":"closed","connected_at":"2026-01-01T00:00:00.000Z"})"},
    {"station.refused", "A connection of a known station was refused.", data<Refused>,
     R"({"http_status":401,"cause":"wrong_password","detail":null,"address":"192.0.2.7"})"},
    {"station.booted", "The station has sent a BootNotification.", data<Booted>,
     R"({"status":"Accepted","vendor":"Acme","model":"X1","serial_number":"1",)"
     R"("firmware_version":"1.2","reason":"PowerUp"})"},
    {"station.status_changed", "The status of the station as a whole is another one.",
     data<StatusChanged>,
     R"({"status":"Available","error_code":"NoError","info":null,"vendor_id":null,)"
     R"("vendor_error_code":null,"at":"2026-01-01T00:00:00.000Z"})"},
    {"connector.status_changed", "The reported status or error of a connector is another one.",
     data<ConnectorChanged>,
     R"({"evse_id":1,"connector_id":1,"status":"Occupied","error_code":null,"info":null,)"
     R"("vendor_id":null,"vendor_error_code":null,"at":"2026-01-01T00:00:00.000Z"})"},
    {"transaction.started", "A transaction is heard of for the first time.", data<TransactionTold>,
     transaction_example},
    {"transaction.updated", "A running transaction has news; at most once a minute for each.",
     data<TransactionTold>, transaction_example},
    {"transaction.ended", "The station has said how the transaction ended.", data<TransactionTold>,
     transaction_example},
    {"transaction.suspect", "Something about the transaction does not fit; `evidence` says what.",
     data<TransactionTold>, transaction_example},
    {"transaction.closed", "The transaction was closed here, without the station's word.",
     data<TransactionTold>, transaction_example},
    {"authorization.decided", "It was decided whether a token may charge.", data<AuthorizationTold>,
     R"({"action":"Authorize","token":"DEADBEEF","token_type":"ISO14443","status":"Accepted",)"
     R"("reason":null,"decided_by":"list","transaction_id":null,"evse_id":1})"},
    {"command.answered", "The station has answered a command; `result` says how.",
     data<CommandTold>, command_example},
    {"command.failed", "A command ended without an answer: failed, cancelled or expired.",
     data<CommandTold>, command_example},
    {"command.confirmed", "What a command was to bring about has happened.", data<EffectTold>,
     effect_example},
    {"command.contradicted", "The station did otherwise than it had answered.", data<EffectTold>,
     effect_example},
    {"command.missed", "What a command was to bring about has not happened in time.",
     data<EffectTold>, effect_example},
    {"reservation.ordered", "A reservation is on its way to the station.", data<ReservationTold>,
     reservation_example},
    {"reservation.accepted", "The station holds the reservation.", data<ReservationTold>,
     reservation_example},
    {"reservation.unknown", "No answer came; the station may hold the reservation.",
     data<ReservationTold>, reservation_example},
    {"reservation.refused", "The station refused the reservation.", data<ReservationTold>,
     reservation_example},
    {"reservation.failed", "The reservation was surely not sent.", data<ReservationTold>,
     reservation_example},
    {"reservation.used", "A transaction has used the reservation.", data<ReservationTold>,
     reservation_example},
    {"reservation.expired", "The reservation's time is over.", data<ReservationTold>,
     reservation_example},
    {"reservation.cancelled", "An operator cancelled the reservation.", data<ReservationTold>,
     reservation_example},
    {"reservation.removed", "The station removed the reservation.", data<ReservationTold>,
     reservation_example},
    {"reservation.replaced", "Another reservation took this one's number.", data<ReservationTold>,
     reservation_example},
    {"firmware.progressed", "The station reports on a firmware update.", data<Reported>,
     reported_example},
    {"log.progressed", "The station reports on the upload of a log.", data<Reported>,
     reported_example},
    {"log.uploaded", "The station has uploaded a log.", data<Reported>, reported_example},
    {"security.event", "The station reports a security event.", data<Reported>, reported_example},
    {"monitoring.event", "The station reports an event of its device model (NotifyEvent).",
     data<Reported>, reported_example},
    {"charging_limit.changed", "The station reports an outside limit, or that it is gone.",
     data<Reported>, reported_example},
    {"data_transfer.received", "The station has sent a vendor's message.", data<Reported>,
     reported_example},
    {"configuration.reported", "Values of the station's variables became known.",
     data<ConfigurationTold>, R"({"variables":12,"reboot_required":false})"},
    {"certificate.requested", "The station asks for a certificate to be signed.",
     data<CertificateTold>, certificate_example},
    {"certificate.issued", "A certificate was made for the station.", data<CertificateTold>,
     certificate_example},
    {"certificate.answered", "The station took or refused a certificate made for it.",
     data<CertificateTold>, certificate_example},
    {"alert.opened", "A rule has found something, or found it again; `title` says what.",
     data<AlertTold>, alert_example},
    {"alert.acknowledged", "Somebody looks after the alert.", data<AlertTold>, alert_example},
    {"alert.snoozed", "The alert is put off until `snoozed_until`.", data<AlertTold>,
     alert_example},
    {"alert.closed", "What the alert was about is over, or somebody closed it.", data<AlertTold>,
     alert_example},
    {"worker.joined", "A worker was started, or is heard again.", data<WorkerTold>,
     R"({"worker":"w1","connections":0})"},
    {"worker.left", "Nothing is heard of a worker any more: it has ended, or cannot be reached.",
     data<WorkerTold>, R"({"worker":"w1","connections":120})"},
    {"alert.tested", "An operator tests a rule; there is no such alert.", data<AlertTold>,
     alert_example},
};

}  // namespace

std::span<const EventType> event_types() { return table; }

std::string_view name_now(std::string_view name) {
    if (name == "station.status.changed") return "station.status_changed";
    if (name == "connector.status.changed") return "connector.status_changed";
    return name;
}

const EventType* find_type(std::string_view name) {
    const auto* const found = std::find_if(std::begin(table), std::end(table),
                                           [&](const EventType& one) { return one.name == name; });
    return found == std::end(table) ? nullptr : found;
}

std::string events_document() {
    std::string out =
        "# Events\n\n"
        "What happens is told as [CloudEvents 1.0](https://cloudevents.io), in the same commit "
        "that "
        "stores it. `id` is\n`<partition>-<number>`, unique, and without gaps in a partition; "
        "`subject` is the station; `sequence` is the place\nbehind the event, an opaque text. "
        "Events of one station come in order; those of one message or moment come by kind.\n"
        "A fact that a station says again may be told again. Alerts of no single station have "
        "their "
        "own id as `subject`.\n\n"
        "- **WebSocket** `/api/v1/events/ws?after=&types=&station=`: send "
        "`{\"authorization\":\"Bearer …\"}` as the first frame (or the\n  header), "
        "`{\"session\":true}` from a signed in browser; "
        "`{\"type\":\"ready\",\"sequence\":\"…\"}` comes back, then events. Refusals are a\n  "
        "problem "
        "in JSON and a close code of 4000 and the HTTP status.\n"
        "- **SSE** `/api/v1/events/stream`: the same by `text/event-stream`; `Last-Event-ID` or "
        "`after` says where to go on. A browser\n  allows six connections to an origin over "
        "HTTP/1.1, and sends no header: `POST /api/v1/events/tickets` makes a ticket for "
        "`?ticket=`, here and for WebSockets,\n  which stands for its caller for 30 s, and once.\n"
        "- **Pages** `/api/v1/events?after=`: what is kept, for 72 hours and at most "
        "`OHM_EVENTS_MAX_ROWS`. An older place is answered with\n  410 `events_expired`, on a "
        "stream "
        "with `stream.expired` and the newest `sequence`: read the state anew, then follow.\n"
        "- **Webhooks**: docs/WEBHOOKS.md.\n\n"
        "Who does not read 4 MiB gets `stream.overflow` and is closed; go on with `after` and the "
        "last "
        "`sequence`. A key that is taken\nback ends its streams within 15 s. `/asyncapi.json` and "
        "`/api/v1/event-types` have the schemas.\n\n"
        "This page is made from `src/api/events/types.cpp`; run `OHM_WRITE_DOCS=1 api_test` to "
        "make "
        "it anew.\n\n"
        "| type | meaning | members of `data` |\n| --- | --- | --- |\n";
    for (const EventType& type : event_types()) {
        std::string members;
        for (std::size_t i = 0; i < type.data->field_count; ++i)
            members += (i > 0 ? ", " : "") + std::string{type.data->fields[i].name};
        out += "| `" + std::string{type.name} + "` | " + std::string{type.meaning} + " | " +
               members + " |\n";
    }
    return out;
}

}  // namespace ohm::api::events
