#include "api/rest/handlers.hpp"
#include "api/rest/service.hpp"

namespace ohm::api::rest {

// ---- status ----

net::Response show_status(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    const StationShown& shown = station->shown;
    const StationStatusShown status{.id = shown.id,
                                    .connectivity = shown.connectivity,
                                    .status = shown.status,
                                    .reported_status = shown.reported_status,
                                    .error_code = shown.error_code,
                                    .info = shown.info,
                                    .vendor_id = shown.vendor_id,
                                    .vendor_error_code = shown.vendor_error_code,
                                    .status_at = shown.status_at,
                                    .override = shown.override,
                                    .boot_status = shown.boot_status,
                                    .evses = *shown.evses};
    return json_answer(200, wire::encode(status));
}

// ---- connection ----

net::Response show_connection(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    const StationShown& shown = station->shown;
    const StationConnectionShown connection{
        .station_id = shown.id,
        .connectivity = shown.connectivity,
        .connection = shown.connection,
        .ocpp_version = shown.ocpp_version,
        .security_profile_in_use = station->security_profile_in_use,
        .disconnected_at = shown.disconnected_at,
        .disconnect_reason = shown.disconnect_reason,
        .last_seen_at = shown.last_seen_at};
    return json_answer(200, wire::encode(connection));
}

void end_connection(const SharedExchange& exchange, Service& service) {
    bus::OperatorBody body =
        service.operation(*exchange, operation::disconnect_station, exchange->path_value(0), "{}");
    service.operate(exchange, std::move(body), [exchange, &service](OperationAnswer&&) {
        net::Response response = json_answer(202, R"({"state":"closing"})");
        response.headers.push_back({"Location", std::string{exchange->request.path()}});
        response.headers.push_back({"Retry-After", "1"});
        service.answer(exchange, std::move(response));
    });
}

// ---- credentials ----

namespace {
net::Response credentials_answer(const StationRead& station, const std::string& password) {
    CredentialsShown credentials{.station_id = station.shown.id,
                                 .security_profile = station.shown.security_profile,
                                 .security_profile_note = station.shown.security_profile_note,
                                 .has_password = station.shown.has_password};
    if (!password.empty()) credentials.password = password;
    return json_answer(200, wire::encode(credentials), etag_of(station));
}

void set_credentials(const SharedExchange& exchange, Service& service, std::string parameters) {
    write_station(
        exchange, service, operation::set_credentials, std::move(parameters),
        [exchange, &service](OperationAnswer&& answer) {
            StationWritten written;
            if (service.decoder().decode(answer.body, written, {wire::Strictness::lenient}))
                return service.answer(
                    exchange, problem_answer(*exchange, problem_of({500, ""}, service.decoder())));
            service.read(exchange, [written](const Exchange& asked, ReadSources& sources) {
                const auto station = find_station(sources.sql, written.station_no);
                if (!station) return problem_answer(asked, not_found("station", written.id));
                net::Response response = credentials_answer(*station, written.password);
                mark_replayed(response, written.replayed);
                return response;
            });
        });
}
}  // namespace

net::Response show_credentials(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    return credentials_answer(*station, "");
}

void write_credentials(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<CredentialsWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    set_credentials(exchange, service, wire::encode(*wanted));
}

void rotate_credentials(const SharedExchange& exchange, Service& service) {
    set_credentials(exchange, service, "{}");  // without a password one is generated
}

// ---- what is logged ----

namespace {
net::Response log_level_answer(const Exchange& exchange, const StationRead& station) {
    const NullableText& level = station.shown.message_log_level;
    const LogLevelShown shown{
        .level = level, .effective = level.value_or(exchange.settings->default_message_log_level)};
    return json_answer(200, wire::encode(shown));
}
}  // namespace

net::Response show_log_level(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    return log_level_answer(exchange, *station);
}

void write_log_level(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<LogLevelWrite>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    const std::string level =
        wanted->level ? "\"" + std::string{wanted->level->name()} + "\"" : "null";
    write_station(exchange, service, operation::patch_station,
                  R"({"message_log_level":)" + level + "}",
                  [exchange, &service](OperationAnswer&&) {
                      service.read(exchange, [](const Exchange& asked, ReadSources& sources) {
                          const auto station = station_in_path(asked, sources.sql);
                          if (!station) return problem_answer(asked, station.error());
                          return log_level_answer(asked, *station);
                      });
                  });
}

}  // namespace ohm::api::rest
