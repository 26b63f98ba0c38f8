#include "api/files/orders.hpp"

#include <algorithm>

#include "api/commands/file_parameters.hpp"
#include "api/files/tables.hpp"
#include "api/files/urls.hpp"
#include "api/tables.hpp"
#include "base/limits_files.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "net/firmware_signature.hpp"

namespace ohm::api::files {

// Not in an unnamed namespace: clang wants linkage of whatever FIELDS describes.
struct ImageOnly {
    Optional<Text<>> image;
    FIELDS(image)
};
struct RequestIdOnly {
    Optional<wire::Integer> requestId;
    FIELDS(requestId)
};

namespace {

using commands::FirmwareParameters;
using commands::LogParameters;
using commands::PublishParameters;
using commands::UnpublishParameters;
using tables::text_or_null;

constexpr wire::Rules lenient{wire::Strictness::lenient, true};

tl::unexpected<OperationRefused> refusal(std::string code, std::string detail,
                                         std::string pointer) {
    return tl::unexpected{OperationRefused{std::move(code), std::move(detail), std::move(pointer)}};
}

tl::expected<std::string, OperationRefused> mint(const ShardState& shard, std::string pointer) {
    const FileOptions& options = shard.options.files;
    if (options.url.empty())
        return refusal("files_url_unknown",
                       "no URL can be made that stations reach this server by: set OHM_FILES_URL, "
                       "or name a location",
                       std::move(pointer));
    return options.new_token ? options.new_token() : new_token();
}

tl::expected<const FirmwareImage*, OperationRefused> find_image(const ShardState& shard,
                                                                const std::string& name) {
    const auto id = image_id_of(name);
    const auto found = id ? shard.images.find(*id) : shard.images.end();
    if (found == shard.images.end())
        return refusal("not_found", "there is no firmware image " + to_storable(name, 60),
                       "/image");
    return &found->second;
}

std::string name_of_file(const FirmwareImage& image) {
    return safe_name(image.file_name, "firmware.bin");
}

std::string firmware_of(const ShardState& shard, const Station& station) {
    const auto found = shard.firmware_versions.find(station.no.value);
    return found == shard.firmware_versions.end() ? "" : found->second;
}

template <class Parameters>
OrderOrRefusal complete_image(ShardState& shard, Parameters& wanted, std::string type) {
    NewOrder order{.direction = "download", .type = std::move(type), .image = {}};
    if (!wanted.image) return std::optional<NewOrder>{};
    const auto image = find_image(shard, wanted.image->value);
    if (!image) return tl::unexpected{image.error()};
    order.image = (*image)->id;
    order.version = (*image)->version;
    if (wanted.location) return order;
    const auto token = mint(shard, "/image");
    if (!token) return tl::unexpected{token.error()};
    order.token = *token;
    wanted.location = {{download_url(shard.options.files.url, order.token, name_of_file(**image))}};
    return order;
}

// A00.FR.707, 16-SEC-033: what is sent with a signature is checked before, as far as it is here. A
// certificate may have ended since its image came.
std::optional<OperationRefused> refused_signature(const FirmwareParameters& wanted,
                                                  const FirmwareImage* image, Utc now) {
    if (!wanted.signature || !wanted.signing_certificate) return std::nullopt;
    const std::string &pem = wanted.signing_certificate->value,
                      &signature = wanted.signature->value;
    const auto sha256 = image ? from_hex(image->sha256) : std::nullopt;
    const auto verdict = sha256 ? net::verify_firmware(pem, signature, *sha256, now)
                                : net::check_signer(pem, signature, now);
    if (verdict == net::FirmwareVerdict::good) return std::nullopt;
    const bool is_signature = verdict == net::FirmwareVerdict::bad_signature_text ||
                              verdict == net::FirmwareVerdict::does_not_match;
    return OperationRefused{"firmware_invalid", std::string{net::words_of(verdict)},
                            is_signature ? "/signature" : "/signing_certificate"};
}

OrderOrRefusal complete_update(ShardState& shard, Utc now, const Station& station,
                               FirmwareParameters& wanted) {
    auto order = complete_image(shard, wanted, "firmware");
    if (!order) return order;
    if (!*order) {
        if (auto refused = refused_signature(wanted, nullptr, now))
            return tl::unexpected{std::move(*refused)};
        return order;
    }
    const FirmwareImage& image = shard.images.at(*(*order)->image);
    if (!wanted.signature && !wanted.signing_certificate && !image.signature.empty()) {
        wanted.signature = {{image.signature}};
        wanted.signing_certificate = {{image.signing_certificate}};
    }
    const bool goes_unsigned =
        wanted.plain.value_or(false) && station.version != ocpp::Version::v201;
    if (!goes_unsigned)
        if (auto refused = refused_signature(wanted, &image, now))
            return tl::unexpected{std::move(*refused)};
    (*order)->version_before = firmware_of(shard, station);
    if (wanted.retrieve_at && wanted.retrieve_at->known)
        (*order)->from_at = micros(wanted.retrieve_at->at);
    return order;
}

OrderOrRefusal complete_publish(ShardState& shard, PublishParameters& wanted) {
    auto order = complete_image(shard, wanted, "publish");
    if (!order || !*order) return order;
    if (!wanted.checksum) wanted.checksum = {{shard.images.at(*(*order)->image).md5}};
    return order;
}

OrderOrRefusal complete_unpublish(ShardState& shard, UnpublishParameters& wanted) {
    if (!wanted.image || wanted.checksum) return std::optional<NewOrder>{};
    const auto image = find_image(shard, wanted.image->value);
    if (!image) return tl::unexpected{image.error()};
    wanted.checksum = {{(*image)->md5}};
    return std::optional<NewOrder>{};
}

OrderOrRefusal complete_log(ShardState& shard, LogParameters& wanted) {
    NewOrder order{.direction = "upload", .type = std::string{wanted.type.name()}, .image = {}};
    if (wanted.location) return order;
    const auto token = mint(shard, "/location");
    if (!token) return tl::unexpected{token.error()};
    order.token = *token;
    wanted.location = {{upload_url(shard.options.files.url, order.token)}};
    return order;
}

// Parameters that cannot be read are left as they are: preparing says what is wrong with them.
template <class Parameters, class Function>
OrderOrRefusal rewritten(ShardState& shard, CommandCreate& wanted, Function&& function) {
    Parameters parameters;
    if (shard.decoder.decode(wanted.parameters.json.empty() ? "{}" : wanted.parameters.json,
                             parameters))
        return std::optional<NewOrder>{};
    auto order = function(parameters);
    if (order) wanted.parameters.json = wire::encode(parameters);
    return order;
}

store::Value request_id_of(ShardState& shard, const Command& command) {
    RequestIdOnly request;
    if (shard.decoder.decode(command.request, request, lenient) || !request.requestId)
        return store::Null{};
    return request.requestId->value;
}

bool orders_a_file(std::string_view command) {
    return command == "update-firmware" || command == "publish-firmware" || command == "get-log";
}

}  // namespace

std::optional<Ulid> image_id_of(std::string_view text) {
    if (!text.starts_with(image_prefix)) return std::nullopt;
    return Ulid::from_text(text.substr(image_prefix.size()));
}

std::optional<Ulid> image_named(wire::Decoder& decoder, const CommandCreate& wanted) {
    const std::string& command = wanted.command.value;
    const bool may = command == "update-firmware" || command == "publish-firmware" ||
                     command == "unpublish-firmware";
    ImageOnly only;
    if (!may || decoder.decode(wanted.parameters.json, only, lenient) || !only.image)
        return std::nullopt;
    return image_id_of(only.image->value);
}

void load_images(store::Sql& sql, ShardState& shard, const std::set<Ulid>& images,
                 const std::vector<std::string>& station_keys) {
    shard.images.clear();
    shard.firmware_versions.clear();
    if (images.empty()) return;
    for (const Ulid& id : images)
        for (const store::Row& row : sql.query(
                 "select i.version, i.file_name, i.signing_certificate, i.signature, f.md5, "
                 "f.sha256 from "
                 "firmware_images i join files f on f.id = i.id where i.id = $1 and f.state = "
                 "'stored'",
                 {store::Bytes{id.bytes()}}))
            shard.images[id] = {id,
                                store::as_text(row[0]),
                                store::as_text(row[1]),
                                store::as_text(row[2]),
                                store::as_text(row[3]),
                                store::as_text(row[4]),
                                store::as_text(row[5])};
    const std::string text =
        "select station_no, firmware_version from charge_points where archived_at is null and " +
        store::any_of(sql.dialect(), "id_key", "$1");
    for (const store::Row& row : sql.query(text, {station_keys}))
        shard.firmware_versions[store::as_int(row[0])] = store::as_text(row[1]);
}

OrderOrRefusal complete(ShardState& shard, Utc now, const Station& station, CommandCreate& wanted) {
    const std::string& command = wanted.command.value;
    if (command == "update-firmware")
        return rewritten<FirmwareParameters>(
            shard, wanted, [&](auto& p) { return complete_update(shard, now, station, p); });
    if (command == "publish-firmware")
        return rewritten<PublishParameters>(shard, wanted,
                                            [&](auto& p) { return complete_publish(shard, p); });
    if (command == "unpublish-firmware")
        return rewritten<UnpublishParameters>(
            shard, wanted, [&](auto& p) { return complete_unpublish(shard, p); });
    if (command == "get-log")
        return rewritten<LogParameters>(shard, wanted,
                                        [&](auto& p) { return complete_log(shard, p); });
    return std::optional<NewOrder>{};
}

void place(ShardState& shard, Batch& batch, const Station& station, Command& command,
           const NewOrder& order) {
    const bool uploads = order.direction == "upload";
    const bool is_ours = !order.token.empty();
    const bool installs = order.type == "firmware" && order.version != order.version_before;
    if (installs) command.firmware_version = order.version;
    command.awaits_file = uploads && is_ours;
    const seconds validity = command.effect_timeout_s > 0 ? seconds{command.effect_timeout_s}
                             : uploads                    ? limits::upload_validity
                                                          : limits::download_validity;
    const std::int64_t from = std::max({micros(batch.now), command.expires_at, order.from_at});
    batch.unit.add(
        tables::file_order,
        {tables::bytes(command.id), station.no.value, order.direction, order.type,
         is_ours ? store::Value{store::Bytes{secret::digest(order.token)}} : store::Null{},
         order.image ? tables::bytes(*order.image) : store::Value{store::Null{}},
         request_id_of(shard, command), std::string{"ordered"}, text_or_null(order.version),
         text_or_null(order.version_before), command.created_at, from + Micros{validity}.count()});
}

void note_prepared(ShardState& shard, Batch& batch, const Command& command) {
    if (!orders_a_file(command.command)) return;
    batch.unit.add(tables::file_order_request,
                   {tables::bytes(command.id), request_id_of(shard, command)});
}

void restore(store::Sql& sql, const std::map<Ulid, Command*>& commands) {
    for (const auto& [id, command] : commands) {
        if (!orders_a_file(command->command)) continue;
        const auto rows = sql.query(
            "select o.version, o.version_before, o.direction, o.type, o.state, case when "
            "o.token_digest is null then 0 else 1 end, (select count(*) from station_progress p "
            "where p.station_no = o.station_no and p.request_id = coalesce(o.request_id, -1) and "
            "p.at >= o.created_at and p.status in ('Uploaded', 'Installed')) from file_orders o "
            "where o.command_id = $1",
            {store::Bytes{id.bytes()}});
        if (rows.empty()) continue;
        const store::Row& row = rows[0];
        const std::string version = store::as_text(row[0]);
        if (store::as_text(row[3]) == "firmware" && version != store::as_text(row[1]))
            command->firmware_version = version;
        command->awaits_file = store::as_text(row[2]) == "upload" && store::as_int(row[5]) != 0;
        command->file_came = store::as_text(row[4]) == "received";
        command->said_done = store::as_int(row[6]) != 0;
    }
}

}  // namespace ohm::api::files
