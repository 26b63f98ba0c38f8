// What was ordered of a station's firmware and logs, what it has said of that, and the logs that
// came. A station may also update or upload without an order of ours: that is listed as well.
#include "api/files/store.hpp"
#include "api/files/urls.hpp"
#include "api/rest/fact_lists.hpp"
#include "api/rest/file_handlers.hpp"
#include "api/rest/file_resources.hpp"
#include "api/rest/file_sender.hpp"
#include "api/rest/newest.hpp"
#include "domain/firmware.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view log_prefix = "log_", command_prefix = "cmd_", image_prefix = "fw_";
constexpr store::Kind integer = store::Kind::integer;

// Without a requestId (1.6) the row is of all orders, and began with the first of them.
#define OHM_STARTED_AT \
    "case when p.started_at < o.created_at then p.at else p.started_at end as started_at"
// Without a requestId (1.6) what the station says is of the newest order before it.
#define OHM_IS_OF_ORDER                                                                            \
    "p.request_id = coalesce(o.request_id, -1) and p.at >= o.created_at and (o.request_id is not " \
    "null or not exists (select 1 from file_orders n where n.station_no = o.station_no and "       \
    "n.direction = o.direction and n.request_id is null and n.created_at > o.created_at and "      \
    "n.created_at <= p.at)) "

const FactList log_list{
    .name = "logs",
    .columns =
        "t.at, t.request_id, t.id, t.kind, t.type, t.state, t.status, t.started_at, t.details, "
        "t.file_name, t.content_type, t.bytes, t.sha256, t.last_at, t.expires_at, t.said_at, "
        "t.ours, t.file_state",
    .from =
        "(select o.station_no, o.created_at as at, coalesce(o.request_id, -1) as request_id, "
        "o.command_id as id, case when o.request_id is null then 'diagnostics' else 'log' end as "
        "kind, o.type, o.state, p.status, " OHM_STARTED_AT
        ", p.details, o.file_name, o.content_type, "
        "o.bytes_sent as bytes, f.sha256, o.last_at, o.expires_at, p.at as said_at, case when "
        "o.token_digest is null then 0 else 1 end as ours, f.state as file_state "
        "from file_orders o left join files f on f.id = o.file_id left join station_progress p on "
        "p.station_no = o.station_no and p.kind = case when o.request_id is null then "
        "'diagnostics' else 'log' end and " OHM_IS_OF_ORDER
        "where o.direction = 'upload' "
        "union all select p.station_no, p.at, p.request_id, null, p.kind, null, null, p.status, "
        "p.started_at, p.details, null, null, null, null, null, null, p.at, 0, null "
        "from station_progress p where p.kind in ('log', 'diagnostics') and not exists (select 1 "
        "from file_orders o where o.station_no = p.station_no and o.direction = 'upload' and "
        "coalesce(o.request_id, -1) = p.request_id and o.created_at <= p.at)) t",
    .key = {"t.at", "t.request_id"},
    .kinds = {integer, integer}};
const FactList update_list{
    .name = "firmware",
    .columns =
        "t.at, t.request_id, t.id, t.kind, t.image_id, t.version, t.version_before, t.status, "
        "t.started_at, t.details, t.bytes, t.bytes_sent, t.downloads, t.first_at, t.last_at, "
        "t.expires_at, t.said_at, t.command_state, t.result, t.failed_reason, t.effect_state, "
        "s.firmware_version",
    .from =
        "(select o.station_no, o.created_at as at, coalesce(o.request_id, -1) as request_id, "
        "o.command_id as id, case o.type when 'publish' then 'publish_firmware' else 'firmware' "
        "end as kind, o.image_id, o.version, o.version_before, p.status, " OHM_STARTED_AT
        ", p.details, f.bytes, o.bytes_sent, o.downloads, o.first_at, o.last_at, o.expires_at, "
        "p.at as said_at, "
        "c.state as command_state, c.result, c.failed_reason, c.effect_state "
        "from file_orders o left join commands c on c.id = o.command_id left join files f on f.id "
        "= o.image_id left join station_progress p on p.station_no = o.station_no and p.kind = "
        "case o.type when 'publish' then 'publish_firmware' else 'firmware' end "
        "and " OHM_IS_OF_ORDER
        "where o.direction = 'download' "
        "union all select p.station_no, p.at, p.request_id, null, p.kind, null, null, null, "
        "p.status, p.started_at, p.details, null, null, null, null, null, null, p.at, null, null, "
        "null, null from station_progress p where p.kind in ('firmware', 'publish_firmware') and "
        "not exists (select 1 from file_orders o where o.station_no = p.station_no and o.direction "
        "= 'download' and coalesce(o.request_id, -1) = p.request_id and o.created_at <= p.at)) t "
        "join charge_points s on s.station_no = t.station_no",
    .key = {"t.at", "t.request_id"},
    .kinds = {integer, integer}};
#undef OHM_IS_OF_ORDER
#undef OHM_STARTED_AT

Nullable<std::int64_t> request_of(const store::Value& value) {
    if (store::as_int(value) < 0) return {};
    return int_or_null(value);
}

// When the newest was said, else when it was ordered.
Instant newest_of(const store::Row& row, const store::Value& said_at) {
    return time_of(store::is_null(said_at) ? row[0] : said_at);
}

void set_state(LogShown& shown, const store::Row& row) {
    const std::string state = store::as_text(row[5]);
    shown.state = "elsewhere";
    if (store::as_int(row[16]) == 0) return;
    if (state == "ordered") shown.state = "ordered";
    if (state == "receiving") shown.state = "receiving";
    if (state != "received") return;
    shown.state = "removed";
    if (store::as_text(row[17]) == "stored") shown.state = "received";
}

LogShown log_of(const store::Row& row) {
    LogShown shown{.id = shown_id_or_null(log_prefix, row[2]),
                   .command_id = shown_id_or_null(command_prefix, row[2]),
                   .kind = store::as_text(row[3]),
                   .type = text_or_null(row[4]),
                   .request_id = request_of(row[1]),
                   .status = text_or_null(row[6]),
                   .at = newest_of(row, row[15]),
                   .started_at = time_or_null(row[7]),
                   .details = json_or_null(row[8]),
                   .file_name = text_or_null(row[9]),
                   .content_type = text_or_null(row[10]),
                   .bytes = int_or_null(row[11]),
                   .sha256 = text_or_null(row[12]),
                   .received_at = time_or_null(row[13]),
                   .expires_at = time_or_null(row[14])};
    set_state(shown, row);
    return shown;
}

FirmwareUpdateShown update_of(const store::Row& row) {
    FirmwareUpdateShown shown{.kind = store::as_text(row[3]),
                              .command_id = shown_id_or_null(command_prefix, row[2]),
                              .image_id = shown_id_or_null(image_prefix, row[4]),
                              .version = text_or_null(row[5]),
                              .request_id = request_of(row[1]),
                              .status = text_or_null(row[7]),
                              .at = newest_of(row, row[16]),
                              .started_at = time_or_null(row[8]),
                              .details = json_or_null(row[9]),
                              .version_before = text_or_null(row[6]),
                              .version_now = text_or_null(row[21]),
                              .bytes = int_or_null(row[10]),
                              .bytes_sent = int_or_null(row[11]),
                              .downloads = int_or_null(row[12]),
                              .first_download_at = time_or_null(row[13]),
                              .last_download_at = time_or_null(row[14]),
                              .expires_at = time_or_null(row[15])};
    const std::string status = store::as_text(row[7]), state = store::as_text(row[17]),
                      result = store::as_text(row[18]), reason = store::as_text(row[19]),
                      effect = store::as_text(row[20]);
    const auto progress = domain::firmware_progress({.status = status,
                                                     .command_state = state,
                                                     .command_result = result,
                                                     .failed_reason = reason,
                                                     .effect_state = effect,
                                                     .downloads = store::as_int(row[12])});
    shown.state = {std::string{progress.state}};
    if (!progress.reason.empty()) shown.reason = {progress.reason};
    return shown;
}

struct FoundLog {
    std::optional<Problem> problem;
    LogShown shown;
    StationRead station;
    std::optional<Ulid> file_id;
    std::optional<files::StoredFile> file;
};

FoundLog find_log(const Exchange& exchange, store::Sql& sql) {
    FoundLog found;
    auto station = station_in_path(exchange, sql);
    if (!station) {
        found.problem = station.error();
        return found;
    }
    found.station = std::move(*station);
    const auto id = parse_id(log_prefix, exchange.path_value(1));
    std::vector<store::Row> rows;
    if (id)
        rows = sql.query("select " + std::string{log_list.columns} + " from " +
                             std::string{log_list.from} + " where t.station_no = $1 and t.id = $2",
                         {found.station.station_no, store::Bytes{id->bytes()}});
    if (rows.empty()) {
        found.problem = not_found("log of this station", exchange.path_value(1));
        return found;
    }
    found.shown = log_of(rows[0]);
    const auto file = sql.query("select file_id from file_orders where command_id = $1",
                                {store::Bytes{id->bytes()}});
    found.file_id = Ulid::from_bytes(store::as_bytes(file.at(0).at(0)));
    if (found.file_id) found.file = files::find_stored(sql, *found.file_id);
    return found;
}

// Ours: what the station calls its file may be anything.
std::string name_of(const FoundLog& found) {
    const std::string said = found.shown.file_name ? *found.shown.file_name : "";
    return files::safe_name(found.station.shown.id, "station") + "-" + *found.shown.id +
           std::string{files::known_ending(said)};
}

}  // namespace

net::Response list_firmware(const Exchange& exchange, ReadSources& sources) {
    return list_facts(exchange, sources, update_list, Conditions{}, update_of);
}

net::Response list_logs(const Exchange& exchange, ReadSources& sources) {
    return list_facts(exchange, sources, log_list, Conditions{}, log_of);
}

net::Response show_log(const Exchange& exchange, ReadSources& sources) {
    const FoundLog found = find_log(exchange, sources.sql);
    if (found.problem) return problem_answer(exchange, *found.problem);
    return json_answer(200, wire::encode(found.shown));
}

void send_log(const SharedExchange& exchange, Service& service) {
    const auto found = std::make_shared<FoundLog>();
    service.prepare(
        exchange,
        [found](const Exchange& asked, ReadSources& sources) {
            *found = find_log(asked, sources.sql);
        },
        [exchange, &service, found] {
            if (!found->problem && !found->file)
                found->problem = not_found("file of this log", exchange->path_value(1));
            if (found->problem)
                return service.answer(exchange, problem_answer(*exchange, *found->problem));
            send_file(
                exchange, service,
                {.id = *found->file_id, .file = *found->file, .name = name_of(*found), .note = {}});
        });
}

void delete_log(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        const FoundLog found = find_log(asked, sources.sql);
        if (found.problem) return problem_answer(asked, *found.problem);
        if (found.file_id && found.file) files::drop_file(sources.sql, *found.file_id);
        return net::Response{.status = 204};
    });
}

}  // namespace ohm::api::rest
