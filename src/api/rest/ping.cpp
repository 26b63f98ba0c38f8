// Whether a station answers, and how fast: a question that any station answers, be it by saying
// that it cannot do it. On the HTTP loop.
#include "api/rest/handlers.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/service.hpp"
#include "api/rest/station_check_resources.hpp"
#include "base/ids.hpp"

namespace ohm::api::rest {
namespace {

constexpr seconds ping_wait{10};  // unless the caller prefers another

PingShown ping_of(const store::Row& row) {
    PingShown shown;
    shown.station_id = store::as_text(row[0]);
    shown.command_id = shown_id("cmd_", row[1]);
    const std::string state = store::as_text(row[2]), reason = store::as_text(row[3]);
    shown.answered = state == "answered" || reason == "call_error";
    shown.result = text_or_null(row[4]);
    if (!shown.answered && !reason.empty()) shown.result = reason;
    const std::int64_t sent_at = store::as_int(row[5]), answered_at = store::as_int(row[6]);
    if (shown.answered && sent_at != 0) shown.rtt_ms = {(answered_at - sent_at) / 1'000};
    shown.sent_at = time_or_null(row[5]);
    return shown;
}

net::Response ping_answer(const Exchange& exchange, store::Sql& sql, const std::string& id_text) {
    const auto id = Ulid::from_text(id_text);
    const auto rows = sql.query(
        "select p.id, c.id, c.state, c.failed_reason, c.result, c.sent_at, c.answered_at "
        "from commands c join charge_points p on p.station_no = c.station_no where c.id "
        "= $1",
        {store::Bytes{id.value_or(Ulid{}).bytes()}});
    if (rows.empty()) return problem_answer(exchange, not_found("command", id_text));
    return json_answer(200, wire::encode(ping_of(rows.front())));
}

}  // namespace

void ping_station(const SharedExchange& exchange, Service& service) {
    CommandCreate wanted;
    wanted.command.value = "trigger-message";
    wanted.parameters.json = R"({"message":"Heartbeat"})";
    bus::OperatorBody body = service.operation(*exchange, operation::send_command,
                                               exchange->path_value(0), wire::encode(wanted));
    body.wait_us = Micros{read_preference(exchange->request).wait.value_or(ping_wait)}.count();
    body.deadline_at += body.wait_us;
    service.operate(exchange, std::move(body), [exchange, &service](OperationAnswer&& answer) {
        CommandWritten written;
        (void)service.decoder().decode(answer.body, written, {wire::Strictness::lenient});
        service.read(exchange,
                     [id = written.command_id](const Exchange& asked, ReadSources& sources) {
                         return ping_answer(asked, sources.sql, id);
                     });
    });
}

}  // namespace ohm::api::rest
