// The handlers that the table of routes names, by resource. Direct and Act ones run on the HTTP
// loop, Read ones on a reader's thread.
#pragma once

#include "api/rest/route.hpp"
#include "api/rest/station_rows.hpp"

namespace ohm::api::rest {

// ---- stations.cpp ----
net::Response list_stations(const Exchange& exchange, ReadSources& sources);
net::Response show_station(const Exchange& exchange, ReadSources& sources);
void create_station(const SharedExchange& exchange, Service& service);
void put_station(const SharedExchange& exchange, Service& service);
void patch_station(const SharedExchange& exchange, Service& service);
void delete_station(const SharedExchange& exchange, Service& service);

// ---- station_parts.cpp ----
net::Response show_status(const Exchange& exchange, ReadSources& sources);
net::Response show_connection(const Exchange& exchange, ReadSources& sources);
void end_connection(const SharedExchange& exchange, Service& service);
net::Response show_credentials(const Exchange& exchange, ReadSources& sources);
void write_credentials(const SharedExchange& exchange, Service& service);
void rotate_credentials(const SharedExchange& exchange, Service& service);
net::Response show_log_level(const Exchange& exchange, ReadSources& sources);
void write_log_level(const SharedExchange& exchange, Service& service);

// ---- messages.cpp ----
net::Response list_messages(const Exchange& exchange, ReadSources& sources);
net::Response list_all_messages(const Exchange& exchange, ReadSources& sources);

// ---- commands.cpp ----
void send_neutral(const SharedExchange& exchange, Service& service);
void stop_transaction(const SharedExchange& exchange, Service& service);
void send_action(const SharedExchange& exchange, Service& service);
void send_other_action(const SharedExchange& exchange, Service& service);
void cancel_command(const SharedExchange& exchange, Service& service);
void send_call(const SharedExchange& exchange, Service& service);
net::Response list_station_commands(const Exchange& exchange, ReadSources& sources);
net::Response list_commands(const Exchange& exchange, ReadSources& sources);
net::Response show_command(const Exchange& exchange, ReadSources& sources);

// ---- batches.cpp ----
void create_batch(const SharedExchange& exchange, Service& service);
net::Response list_batches(const Exchange& exchange, ReadSources& sources);
net::Response show_batch(const Exchange& exchange, ReadSources& sources);
net::Response list_batch_items(const Exchange& exchange, ReadSources& sources);
void cancel_batch(const SharedExchange& exchange, Service& service);
void retry_batch(const SharedExchange& exchange, Service& service);

// ---- connection_attempts.cpp, workers.cpp ----
net::Response list_connection_attempts(const Exchange& exchange, ReadSources& sources);
net::Response list_workers(const Exchange& exchange, ReadSources& sources);
net::Response show_worker(const Exchange& exchange, ReadSources& sources);
void drain(const SharedExchange& exchange, Service& service);

// ---- import.cpp ----
void import_stations(const SharedExchange& exchange, Service& service);

// ---- ocpp.cpp ----
net::Response list_actions(const Exchange& exchange, Service& service);
net::Response show_request_schema(const Exchange& exchange, Service& service);
net::Response show_response_schema(const Exchange& exchange, Service& service);

// ---- system.cpp ----
net::Response show_version(const Exchange& exchange, Service& service);
net::Response show_capabilities(const Exchange& exchange, Service& service);
net::Response list_settings(const Exchange& exchange, Service& service);
net::Response show_me(const Exchange& exchange, Service& service);
net::Response show_alive(const Exchange& exchange, Service& service);
net::Response show_ready(const Exchange& exchange, Service& service);
net::Response show_started(const Exchange& exchange, Service& service);
net::Response show_metrics(const Exchange& exchange, Service& service);

// ---- docs.cpp ----
net::Response show_root(const Exchange& exchange, Service& service);
net::Response show_docs(const Exchange& exchange, Service& service);
net::Response show_docs_start(const Exchange& exchange, Service& service);
net::Response show_docs_file(const Exchange& exchange, Service& service);
net::Response show_error_page(const Exchange& exchange, Service& service);
net::Response show_openapi(const Exchange& exchange, Service& service);

// ---- console.cpp ----
net::Response show_console(const Exchange& exchange, Service& service);

// ---- shared by several of them ----

// 200 with the station and its ETag.
net::Response station_answer(int status, const StationRead& station, const std::string& password);
// A write to the station in the path, with its precondition; answers what is wrong with the
// request.
void write_station(const SharedExchange& exchange, Service& service, std::string_view operation,
                   std::string parameters, std::function<void(OperationAnswer&&)> then);
// The station in the path, or the problem.
Wanted<StationRead> station_in_path(const Exchange& exchange, store::Sql& sql);
// Names a list of a declaration's members, all where `fields` is absent.
Wanted<std::vector<std::string>> read_fields(const Exchange& exchange, const wire::Type& type);
std::string encode_fields(const wire::Type& type, const void* value,
                          const std::vector<std::string>& names);
void mark_replayed(net::Response& response, bool replayed);

}  // namespace ohm::api::rest
