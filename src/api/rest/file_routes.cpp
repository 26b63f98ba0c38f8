// The rows of REST's table that are about files: firmware images, updates, logs, and the URLs that
// stations fetch and send by.
#include "api/commands/file_parameters.hpp"
#include "api/rest/file_handlers.hpp"
#include "api/rest/file_resources.hpp"
#include "api/rest/route_words.hpp"

namespace ohm::api::rest {

// A file's bytes, in OpenAPI.
struct FileShown {
    FIELDS()
};

namespace {

constexpr std::string_view binary = "application/octet-stream";

constexpr std::string_view image_example =
    R"({"id":"fw_01KDZC3E000000000000000000","vendor":"acme","model":"m1","version":"2.1.0",)"
    R"("file_name":"fw-2.1.0.bin","note":null,"bytes":1048576,)"
    R"("sha256":"30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58",)"
    R"("md5":"b6d81b360a5672d80c27430f39153e2c","is_signed":false,"signing_certificate":null,)"
    R"("signature":null,"created_by":"key:ops","created_at":"2026-01-01T00:00:00.000Z"})";
constexpr std::string_view update_example =
    R"({"data":[{"kind":"firmware","command_id":"cmd_01KDZC3E000000000000000000",)"
    R"("image_id":"fw_01KDZC3E000000000000000000","version":"2.1.0","state":"installed",)"
    R"("reason":null,"request_id":7,"status":"Installed","at":"2026-01-01T00:10:00.000Z",)"
    R"("started_at":"2026-01-01T00:00:00.000Z","details":{"status":"Installed","requestId":7},)"
    R"("version_before":"2.0.0","version_now":"2.1.0","bytes":1048576,"bytes_sent":1048576,)"
    R"("downloads":1,"first_download_at":"2026-01-01T00:00:01.000Z",)"
    R"("last_download_at":"2026-01-01T00:00:02.000Z","expires_at":"2026-01-01T04:00:00.000Z"}],)"
    R"("next_cursor":null})";
constexpr std::string_view log_example =
    R"({"id":"log_01KDZC3E000000000000000000","command_id":"cmd_01KDZC3E000000000000000000",)"
    R"("kind":"log","type":"diagnostics","state":"received","request_id":7,"status":"Uploaded",)"
    R"("at":"2026-01-01T00:10:00.000Z","started_at":"2026-01-01T00:00:00.000Z",)"
    R"("details":{"status":"Uploaded","requestId":7},"file_name":"diag.zip",)"
    R"("content_type":"application/zip","bytes":1048576,)"
    R"("sha256":"30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58",)"
    R"("received_at":"2026-01-01T00:10:00.000Z","expires_at":"2026-01-01T01:00:00.000Z"})";

std::string list_of_one(std::string_view item) {
    return R"({"data":[)" + std::string{item} + R"(],"next_cursor":null})";
}
const std::string images_example = list_of_one(image_example);
const std::string logs_example = list_of_one(log_example);

const Parameters image_parameters = [] {
    Parameters all{{"vendor", text_schema, "Exactly this vendor."},
                   {"model", text_schema, "Exactly this model."},
                   {"version", text_schema, "Exactly this version."}};
    all.insert(all.end(), page_parameters.begin(), page_parameters.end());
    return all;
}();

const Outcome gone{204, "It is no longer there."};
const Outcome whole{200, "The file.", Shape::text, binary};
const Outcome part{206, "The part that was asked for.", Shape::text, binary};
const Outcome no_part{416, "The file has no such part."};

const std::vector<Route> image_routes = {
    {"POST",
     "/api/v1/firmware-images",
     "firmware:write",
     "uploadFirmwareImage",
     "files",
     "Upload a firmware image; checksums, signature and certificate are checked",
     upload_image,
     {},
     {.media = Media::stream, .component = "FirmwareImageForm"},
     {{201, "It can be offered to stations.", Shape::object, "FirmwareImage", image_example}},
     {"firmware_invalid", "already_exists", "payload_too_large", "quota_exceeded",
      "unsupported_media_type", "overloaded"}},
    {"GET",
     "/api/v1/firmware-images",
     "firmware:read",
     "listFirmwareImages",
     "files",
     "List firmware images, newest first",
     list_images,
     image_parameters,
     no_body,
     {{200, "A page.", Shape::list, "FirmwareImage", images_example}}},
    {"GET",
     "/api/v1/firmware-images/{id}",
     "firmware:read",
     "getFirmwareImage",
     "files",
     "Show a firmware image",
     show_image,
     {},
     no_body,
     {{200, "Done.", Shape::object, "FirmwareImage", image_example}},
     {"not_found"}},
    {"GET",
     "/api/v1/firmware-images/{id}/content",
     "firmware:read",
     "downloadFirmwareImage",
     "files",
     "Download a firmware image, whole or in part",
     Transmit{send_image},
     {},
     no_body,
     {whole, part, no_part},
     {"not_found", "overloaded"}},
    {"DELETE",
     "/api/v1/firmware-images/{id}",
     "firmware:write",
     "deleteFirmwareImage",
     "files",
     "Delete a firmware image; stations that were to fetch it cannot any more",
     delete_image,
     {},
     no_body,
     {gone},
     {"not_found"}},
};

const std::vector<Route> station_file_routes = {
    {"GET",
     "/api/v1/stations/{id}/firmware",
     "stations:read",
     "listFirmwareUpdates",
     "files",
     "List firmware updates and how far they are, newest first",
     list_firmware,
     page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "FirmwareUpdate", update_example}},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/logs",
     "stations:read",
     "listLogs",
     "files",
     "List logs that were ordered or sent and how far they are, newest first",
     list_logs,
     page_parameters,
     no_body,
     {{200, "A page.", Shape::list, "Log", logs_example}},
     {"not_found"}},
    {"POST",
     "/api/v1/stations/{id}/logs",
     "commands:configure",
     "requestLog",
     "files",
     "Have the station send its log here: the command get-log",
     request_log,
     {},
     {.media = Media::json, .component = "GetLogCommand", .example = R"({"type":"diagnostics"})"},
     {{200, "The station has answered, or the command has failed.", Shape::object, "Command"},
      {202, "Not yet answered; Location shows it.", Shape::object, "Command"}},
     {"not_found", "station_offline", "files_url_unknown", "rate_limited", "queue_unavailable"}},
    {"GET",
     "/api/v1/stations/{id}/logs/{log}",
     "stations:read",
     "showLog",
     "files",
     "Show a log",
     show_log,
     {},
     no_body,
     {{200, "Done.", Shape::object, "Log", log_example}},
     {"not_found"}},
    {"GET",
     "/api/v1/stations/{id}/logs/{log}/content",
     "stations:read",
     "downloadLog",
     "files",
     "Download a log that the station has sent, whole or in part",
     Transmit{send_log},
     {},
     no_body,
     {whole, part, no_part},
     {"not_found", "overloaded"}},
    {"DELETE",
     "/api/v1/stations/{id}/logs/{log}",
     "stations:write",
     "deleteLog",
     "files",
     "Delete the file of a log",
     delete_log,
     {},
     no_body,
     {gone},
     {"not_found"}},
};

// For stations: the token is all that they show. Whatever stands behind it in the path is a name
// of the station's.
const std::vector<Route> door_routes = {
    {"GET",
     "/f/{token}",
     "",
     "fetchFile",
     "files",
     "For stations: fetch what a command of ours names",
     Transmit{fetch_file},
     {},
     no_body,
     {whole, part, no_part},
     {"not_found", "url_expired", "overloaded"}},
    {"PUT",
     "/f/{token}",
     "",
     "putFile",
     "files",
     "For stations: send the file that a command of ours asks for",
     take_file,
     {},
     {.media = Media::stream, .component = "File"},
     {{200, "It is stored.", Shape::text, "text/plain"}},
     {"not_found", "url_expired", "url_used", "payload_too_large", "quota_exceeded", "overloaded"}},
    {"POST",
     "/f/{token}",
     "",
     "postFile",
     "files",
     "For stations: send the file that a command of ours asks for, as it is or as a form",
     take_file,
     {},
     {.media = Media::stream, .component = "File"},
     {{200, "It is stored.", Shape::text, "text/plain"}},
     {"not_found", "url_expired", "url_used", "payload_too_large", "quota_exceeded", "overloaded"}},
};

constexpr Component component_table[] = {
    {"FirmwareImage", &wire::type_of<FirmwareImageShown>},
    {"FirmwareImageForm", &wire::type_of<FirmwareImageForm>},
    {"FirmwareUpdate", &wire::type_of<FirmwareUpdateShown>},
    {"Log", &wire::type_of<LogShown>},
    {"File", &wire::type_of<FileShown>},
};

}  // namespace

const std::vector<Route>& file_routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all = image_routes;
        for (const auto* more : {&station_file_routes, &door_routes})
            all.insert(all.end(), more->begin(), more->end());
        return all;
    }();
    return table;
}

std::span<const Component> file_components() { return component_table; }

}  // namespace ohm::api::rest
