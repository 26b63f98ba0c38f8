// Firmware images: what operators upload with what is known of it, checked before it is offered.
#include "api/files/orders.hpp"
#include "api/files/store.hpp"
#include "api/files/tables.hpp"
#include "api/files/urls.hpp"
#include "api/rest/file_handlers.hpp"
#include "api/rest/file_receiver.hpp"
#include "api/rest/file_resources.hpp"
#include "api/rest/file_sender.hpp"
#include "api/rest/newest.hpp"
#include "api/tables.hpp"
#include "base/limits.hpp"
#include "base/limits_files.hpp"
#include "base/text.hpp"
#include "net/firmware_signature.hpp"

namespace ohm::api::rest {
namespace {

using Fields = std::map<std::string, std::string>;

constexpr std::string_view select_images = R"(
select i.id, i.vendor, i.model, i.version, i.file_name, i.note, f.bytes, f.sha256, f.md5,
       i.signing_certificate, i.signature, i.created_by, i.created_at
  from firmware_images i
  join files f on f.id = i.id
 where f.state = 'stored')";
constexpr std::string_view count_images =
    "select count(*) from firmware_images i join files f on f.id = i.id where f.state = 'stored'";

FirmwareImageShown image_of(const store::Row& row) {
    return {.id = shown_id(files::image_prefix, row[0]),
            .vendor = store::as_text(row[1]),
            .model = text_or_null(row[2]),
            .version = store::as_text(row[3]),
            .file_name = text_or_null(row[4]),
            .note = text_or_null(row[5]),
            .bytes = store::as_int(row[6]),
            .sha256 = store::as_text(row[7]),
            .md5 = store::as_text(row[8]),
            .is_signed = !store::as_text(row[10]).empty(),
            .signing_certificate = text_or_null(row[9]),
            .signature = text_or_null(row[10]),
            .created_by = text_or_null(row[11]),
            .created_at = time_of(row[12])};
}

std::optional<FirmwareImageShown> find_image(store::Sql& sql, std::string_view name) {
    const auto id = files::image_id_of(name);
    if (!id) return std::nullopt;
    const auto rows =
        sql.query(std::string{select_images} + " and i.id = $1", {store::Bytes{id->bytes()}});
    if (rows.empty()) return std::nullopt;
    return image_of(rows[0]);
}

Problem no_image(const Exchange& exchange) {
    return not_found("firmware image", exchange.path_value(0));
}

// ---- what is wrong with an upload ----

struct FieldRule {
    std::string_view name;
    std::size_t least, most;
};
constexpr FieldRule field_rules[] = {{"vendor", 1, limits::firmware_text_bytes},
                                     {"model", 0, limits::firmware_text_bytes},
                                     {"version", 1, limits::firmware_text_bytes},
                                     {"sha256", 0, 64},
                                     {"md5", 0, 32},
                                     {"signing_certificate", 0, limits::signing_certificate_bytes},
                                     {"signature", 0, limits::signature_characters},
                                     {"note", 0, 2'000}};

// Browsers send ends of lines as CR LF.
std::string field(const Fields& fields, std::string_view name) {
    const auto found = fields.find(std::string{name});
    if (found == fields.end()) return "";
    std::string value{trim(found->second)};
    std::erase(value, '\r');
    return value;
}

Problem bad_field(std::string_view name, std::string_view what) {
    return bad_member("/" + std::string{name}, what);
}

std::optional<Problem> check_fields(const Fields& fields) {
    for (const auto& [name, value] : fields) {
        const bool known =
            std::any_of(std::begin(field_rules), std::end(field_rules),
                        [&, &n = name](const FieldRule& rule) { return rule.name == n; });
        if (!known) return bad_field(to_storable(name, 60), "is not known");
        if (value.find('\0') != std::string::npos || !is_utf8(value))
            return bad_field(name, "is not UTF-8 without U+0000");
    }
    for (const FieldRule& rule : field_rules) {
        const std::string value = field(fields, rule.name);
        if (value.size() < rule.least) return bad_field(rule.name, "is required");
        if (value.size() > rule.most)
            return bad_field(rule.name, "is longer than " + std::to_string(rule.most) + " bytes");
    }
    return std::nullopt;
}

Problem invalid(std::string_view what) {
    return {.code = "firmware_invalid", .detail = "The " + std::string{what} + "."};
}

// A00.FR.707: before it is offered to any station.
std::optional<Problem> check_file(const ReceivedFile& got, Utc now) {
    if (got.bytes == 0) return invalid("file is empty");
    const std::string sha256 = field(got.fields, "sha256"), md5 = field(got.fields, "md5");
    if (!sha256.empty() && to_lower(sha256) != to_hex(got.sha256))
        return invalid("file has another SHA-256: " + to_hex(got.sha256));
    if (!md5.empty() && to_lower(md5) != to_hex(got.md5))
        return invalid("file has another MD5: " + to_hex(got.md5));
    const std::string certificate = field(got.fields, "signing_certificate");
    const std::string signature = field(got.fields, "signature");
    if (certificate.empty() != signature.empty())
        return invalid("signature and the signing_certificate belong together");
    if (signature.empty()) return std::nullopt;
    const auto verdict = net::verify_firmware(certificate, signature, got.sha256, now);
    if (verdict == net::FirmwareVerdict::good) return std::nullopt;
    return invalid(net::words_of(verdict));
}

std::optional<Problem> check_is_new(store::Sql& sql, const ReceivedFile& got) {
    const auto same = sql.query(
        "select id from firmware_images where vendor = $1 and coalesce(model, '') = $2 and version "
        "= $3 and id <> $4",
        {field(got.fields, "vendor"), field(got.fields, "model"), field(got.fields, "version"),
         store::Bytes{got.file.id.bytes()}});
    if (same.empty()) return std::nullopt;
    return Problem{.code = "already_exists",
                   .detail = "An image of this vendor, model and version is there already: " +
                             shown_id(files::image_prefix, same[0][0]) + "."};
}

std::optional<Problem> finish_image(store::Sql& sql, const ReceivedFile& got, Utc now,
                                    const std::string& caller, store::Unit& unit) {
    for (auto problem : {check_fields(got.fields), check_file(got, now)})
        if (problem) return problem;
    if (auto problem = check_is_new(sql, got)) return problem;
    using tables::text_or_null;
    const auto value = [&](std::string_view name) { return text_or_null(field(got.fields, name)); };
    unit.add(tables::firmware_image,
             {tables::bytes(got.file.id), value("vendor"), value("model"), value("version"),
              files::safe_name(got.file_name, "firmware.bin"), value("note"),
              value("signing_certificate"), value("signature"), text_or_null(caller), micros(now)});
    return std::nullopt;
}

void receive_image(const SharedExchange& exchange, Service& service, const files::NewFile& file,
                   const files::Quota& quota) {
    Receiving receiving{.file = file, .quota = quota};
    receiving.reserved = first_reservation(exchange->request);
    receiving.needs_form = true;
    receiving.finish = [now = service.parts().clock.utc(), caller = exchange->caller.name](
                           store::Sql& sql, const ReceivedFile& got, store::Unit& unit) {
        return finish_image(sql, got, now, caller, unit);
    };
    receiving.done = [exchange, &service](const ReceivedFile& got) {
        const std::string id = std::string{files::image_prefix} + got.file.id.text();
        service.read(exchange, [id](const Exchange& asked, ReadSources& sources) {
            const auto image = find_image(sources.sql, id);
            if (!image) return problem_answer(asked, not_found("firmware image", id));
            net::Response response = json_answer(201, wire::encode(*image));
            response.headers.push_back({"Location", "/api/v1/firmware-images/" + id});
            return response;
        });
    };
    receive_file(exchange, service, std::move(receiving));
}

}  // namespace

void upload_image(const SharedExchange& exchange, Service& service) {
    const FileLimits& limits = service.settings().files;
    const files::Quota quota{limits.file_bytes, limits.station_bytes, limits.total_bytes};
    const files::NewFile file{.id = service.new_id(), .kind = "firmware"};
    const auto problem = std::make_shared<std::optional<Problem>>();
    service.write_then(
        exchange,
        [exchange, file, quota, problem, now = service.parts().clock.utc()](ReadSources& sources) {
            const std::int64_t bytes = first_reservation(exchange->request);
            *problem = problem_of(files::room_for(sources.sql, file, bytes, quota));
            if (!*problem) files::open_file(sources.sql, file, bytes, now);
        },
        [exchange, &service, file, quota, problem] {
            if (*problem) return service.answer(exchange, problem_answer(*exchange, **problem));
            receive_image(exchange, service, file, quota);
        });
}

net::Response list_images(const Exchange& exchange, ReadSources& sources) {
    Conditions where;
    for (const std::string_view name : {"vendor", "model", "version"})
        if (const auto value = exchange.asked(name))
            where.add("i." + std::string{name} + " = ?", {std::string{*value}});
    return newest_first(
        exchange, sources.sql,
        {.name = "firmware_images",
         .select = select_images,
         .count = count_images,
         .id = "i.id",
         .shown = [](const store::Row& row) { return wire::encode(image_of(row)); }},
        std::move(where));
}

net::Response show_image(const Exchange& exchange, ReadSources& sources) {
    const auto image = find_image(sources.sql, exchange.path_value(0));
    if (!image) return problem_answer(exchange, no_image(exchange));
    return json_answer(200, wire::encode(*image));
}

void send_image(const SharedExchange& exchange, Service& service) {
    struct Found {
        std::optional<FirmwareImageShown> image;
        std::optional<files::StoredFile> file;
        Ulid id;
    };
    const auto found = std::make_shared<Found>();
    service.prepare(
        exchange,
        [found](const Exchange& asked, ReadSources& sources) {
            found->image = find_image(sources.sql, asked.path_value(0));
            found->id = files::image_id_of(asked.path_value(0)).value_or(Ulid{});
            found->file = files::find_stored(sources.sql, found->id);
        },
        [exchange, &service, found] {
            if (!found->image || !found->file)
                return service.answer(exchange, problem_answer(*exchange, no_image(*exchange)));
            send_file(exchange, service,
                      {.id = found->id,
                       .file = *found->file,
                       .name = files::safe_name(
                           found->image->file_name ? *found->image->file_name : "", "firmware.bin"),
                       .note = {}});
        });
}

void delete_image(const SharedExchange& exchange, Service& service) {
    service.write(exchange, [](const Exchange& asked, ReadSources& sources) {
        const auto image = find_image(sources.sql, asked.path_value(0));
        if (!image) return problem_answer(asked, no_image(asked));
        const Ulid id = files::image_id_of(image->id).value_or(Ulid{});
        sources.sql.query("delete from firmware_images where id = $1", {store::Bytes{id.bytes()}});
        files::drop_file(sources.sql, id);
        return net::Response{.status = 204};
    });
}

}  // namespace ohm::api::rest
