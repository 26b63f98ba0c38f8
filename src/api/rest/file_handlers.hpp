// The handlers of file_routes.cpp. Read ones run on a reader's thread, the others on the HTTP loop.
#pragma once

#include "api/rest/route.hpp"

namespace ohm::api::rest {

// ---- file_door.cpp: stations, by a token in the path ----
void fetch_file(const SharedExchange& exchange, Service& service);
void take_file(const SharedExchange& exchange, Service& service);

// ---- firmware_images.cpp ----
void upload_image(const SharedExchange& exchange, Service& service);
net::Response list_images(const Exchange& exchange, ReadSources& sources);
net::Response show_image(const Exchange& exchange, ReadSources& sources);
void send_image(const SharedExchange& exchange, Service& service);
void delete_image(const SharedExchange& exchange, Service& service);

// ---- station_files.cpp: what was ordered of a station, and what came of it ----
net::Response list_firmware(const Exchange& exchange, ReadSources& sources);
net::Response list_logs(const Exchange& exchange, ReadSources& sources);
net::Response show_log(const Exchange& exchange, ReadSources& sources);
void send_log(const SharedExchange& exchange, Service& service);
void delete_log(const SharedExchange& exchange, Service& service);

// ---- commands.cpp ----
void request_log(const SharedExchange& exchange, Service& service);

}  // namespace ohm::api::rest
