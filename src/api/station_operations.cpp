#include "api/station_operations.hpp"

#include "api/certificates/requests.hpp"
#include "api/charging/close.hpp"
#include "api/commands/commands.hpp"
#include "api/commands/effects.hpp"
#include "api/commands/known.hpp"
#include "api/commands/prepare.hpp"
#include "api/commands/queue.hpp"
#include "api/compatibility.hpp"
#include "api/connections.hpp"
#include "api/facts/desired.hpp"
#include "api/files/orders.hpp"
#include "api/held/local_lists.hpp"
#include "api/held/reservations.hpp"
#include "api/labels.hpp"
#include "api/tables.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"
#include "ocpp/errors.hpp"
#include "ocpp/identity.hpp"

namespace ohm::api {
namespace {

using store::Null;
using tables::int_or_null;
using tables::text_or_null;
using Written = tl::expected<StationWritten, OperationRefused>;

tl::unexpected<OperationRefused> refusal(std::string code, std::string detail,
                                         std::string pointer = {}) {
    return tl::unexpected{OperationRefused{std::move(code), std::move(detail), std::move(pointer)}};
}

int status_of(std::string_view code) {
    if (code == "not_found") return 404;
    if (code == "already_exists" || code == "station_offline") return 409;
    if (code == "version_conflict") return 412;
    return 400;
}

std::string key_of(std::string_view id) { return fold(id).value_or(std::string{id}); }

template <class T>
bool decode_parameters(Work& work, const bus::OperatorBody& asked, T& out) {
    const auto violation =
        work.shard.decoder.decode(asked.parameters.empty() ? "{}" : asked.parameters, out);
    if (violation)
        work.refuse(400, "validation_failed", ocpp::describe(*violation), violation->path);
    return !violation;
}

// ---- create ----

StationConfig config_of(const ShardState& shard, const StationCreate& wanted) {
    StationConfig config;
    config.version = 1;
    if (wanted.name) config.name = wanted.name->value;
    if (wanted.note) config.note = wanted.note->value;
    if (wanted.labels) config.labels = wanted.labels->json;
    if (wanted.location_id) config.location_no = shard.locations.at(wanted.location_id->value);
    return config;
}

// Their bounds fit (operations.hpp).
std::int8_t profile_of(const SecurityProfile& wanted) {
    return static_cast<std::int8_t>(wanted.value);
}
std::int32_t seconds_of(const auto& wanted, std::int32_t otherwise = 0) {
    return wanted ? static_cast<std::int32_t>(wanted->value) : otherwise;
}

std::unique_ptr<Station> station_of(ShardState& shard, const StationCreate& wanted,
                                    const std::string& key) {
    auto station = std::make_unique<Station>();
    station->no = {shard.fresh_station_numbers.back()};
    shard.fresh_station_numbers.pop_back();
    station->id = wanted.id.value;
    station->key = key;
    station->partition = partition_of(key, shard.options.partition_count);
    if (wanted.security_profile) station->security_profile = profile_of(*wanted.security_profile);
    if (wanted.default_ocpp_version)
        station->default_version = ocpp::version_of_short_name(wanted.default_ocpp_version->name());
    if (wanted.strictness) station->strict = wanted.strictness->is("strict");
    if (wanted.message_log_level)
        station->log_level = LogLevel{std::uint8_t{*wanted.message_log_level}};
    station->call_timeout_s = seconds_of(wanted.call_timeout_s);
    station->ping_interval_s = seconds_of(wanted.ping_interval_s, -1);
    if (wanted.boot_decision)
        station->boot_decision = BootDecision{std::uint8_t{*wanted.boot_decision}};
    station->boot_retry_interval_s = seconds_of(wanted.boot_retry_interval_s);
    if (wanted.compatibility)
        station->compatibility = read_compatibility(json_of(&*wanted.compatibility));
    return station;
}

std::string_view name_of_level(const std::optional<LogLevel>& level) {
    return level ? LogLevelName::names[static_cast<std::size_t>(*level)] : std::string_view{};
}
std::string_view name_of_strictness(const std::optional<bool>& strict) {
    return !strict ? "" : *strict ? "strict" : "lenient";
}

// Null: accepted, as it is for most.
std::string_view name_of_decision(BootDecision decision) {
    if (decision == BootDecision::accepted) return {};
    return BootDecisionName::names[static_cast<std::size_t>(decision)];
}

void add_new_station(Work& work, const Station& s, const StationConfig& config) {
    work.batch.unit.add(tables::new_station, {s.no.value,
                                              s.id,
                                              s.key,
                                              std::int64_t{s.partition.value},
                                              text_or_null(config.name),
                                              int_or_null(config.location_no),
                                              s.security_profile,
                                              text_or_null(secret::unpacked(s.password_hash)),
                                              text_or_null(ocpp::short_name(s.default_version)),
                                              text_or_null(name_of_strictness(s.strict)),
                                              text_or_null(name_of_level(s.log_level)),
                                              int_or_null(s.call_timeout_s),
                                              int_or_null(s.ping_interval_s, -1),
                                              text_or_null(config.labels),
                                              text_or_null(config.note),
                                              text_or_null(name_of_decision(s.boot_decision)),
                                              int_or_null(s.boot_retry_interval_s),
                                              text_or_null(json_of(s.compatibility.get())),
                                              config.version,
                                              work.now_us(),
                                              work.now_us()});
    work.batch.unit.add(tables::new_state, {s.no.value, std::int64_t{0}, std::int64_t{0}});
}

// As the asking api made it, or made here.
std::string packed_hash_of(const std::string& password, std::string_view made) {
    return secret::packed(made.empty() ? secret::hash_password(password) : std::string{made});
}

std::string_view first_hash(const bus::OperatorBody& asked) {
    const auto& hashes = asked.password_hashes.items;
    return hashes.empty() ? std::string_view{} : std::string_view{hashes.front()};
}

Written create(Work& work, const StationCreate& wanted, std::string_view made_hash) {
    ShardState& shard = work.shard;
    const auto identity = ocpp::check_identity(wanted.id.value, false);
    if (!identity) return refusal("validation_failed", identity.error().detail, "/id");
    if (shard.stations.contains(identity->key))
        return refusal("already_exists", "a station of this identity exists", "/id");
    if (wanted.location_id && !shard.locations.contains(wanted.location_id->value))
        return refusal("validation_failed", "there is no location of this id", "/location_id");
    if (wanted.password && wanted.password->value.empty())
        return refusal("validation_failed", "password must not be empty", "/password");
    if (const auto wrong = wanted.labels ? wrong_with_labels(wanted.labels->json) : std::nullopt)
        return refusal("validation_failed", "labels " + *wrong, "/labels");
    auto station = station_of(shard, wanted, identity->key);
    StationWritten written{.station_no = station->no.value, .id = station->id};
    const bool needs_password = station->security_profile == 1 || station->security_profile == 2;
    if (wanted.password) {
        station->password_hash = packed_hash_of(wanted.password->value, made_hash);
    } else if (needs_password) {
        written.password = secret::generate_station_password();
        station->password_hash = secret::packed(secret::hash_generated(written.password));
    }
    StationConfig& config = shard.configs[station->no.value] = config_of(shard, wanted);
    add_new_station(work, *station, config);
    work.batch.touch(*station);
    shard.stations.insert(std::move(station));
    return written;
}

// ---- change ----

void write_config(Work& work, const Station& s, StationConfig& config) {
    ++config.version;
    work.batch.unit.add(
        tables::station_config,
        {s.no.value, text_or_null(config.name), int_or_null(config.location_no), s.security_profile,
         text_or_null(secret::unpacked(s.password_hash)),
         text_or_null(ocpp::short_name(s.default_version)),
         text_or_null(name_of_strictness(s.strict)), text_or_null(name_of_level(s.log_level)),
         int_or_null(s.call_timeout_s), int_or_null(s.ping_interval_s, -1),
         text_or_null(config.labels), text_or_null(config.note),
         text_or_null(name_of_decision(s.boot_decision)), int_or_null(s.boot_retry_interval_s),
         text_or_null(json_of(s.compatibility.get())), text_or_null(s.next_password_hash),
         int_or_null(s.next_security_profile), config.version, work.now_us()});
}

template <class T>
void merge_text(const Patch<T>& patch, std::string& into) {
    if (patch.present) into = patch.value ? patch.value->value : std::string{};
}

Written patch(Work& work, Station& station, StationConfig& config, const StationPatch& wanted) {
    const bool no_profile = wanted.security_profile.present && !wanted.security_profile.value;
    if (no_profile)
        return refusal("validation_failed", "security_profile cannot be removed",
                       "/security_profile");
    const auto& labels = wanted.labels.value;
    if (const auto wrong = labels ? wrong_with_labels(labels->json) : std::nullopt)
        return refusal("validation_failed", "labels " + *wrong, "/labels");
    if (wanted.location_id.value && !work.shard.locations.contains(wanted.location_id.value->value))
        return refusal("validation_failed", "there is no location of this id", "/location_id");
    merge_text(wanted.name, config.name);
    merge_text(wanted.note, config.note);
    if (wanted.labels.present) config.labels = wanted.labels.value ? wanted.labels.value->json : "";
    if (wanted.location_id.present)
        config.location_no =
            wanted.location_id.value ? work.shard.locations.at(wanted.location_id.value->value) : 0;
    if (wanted.security_profile.value) {
        station.security_profile = profile_of(*wanted.security_profile.value);
        station.next_security_profile = 0;
    }
    if (wanted.default_ocpp_version.present)
        station.default_version =
            wanted.default_ocpp_version.value
                ? ocpp::version_of_short_name(wanted.default_ocpp_version.value->name())
                : ocpp::Version::none;
    if (wanted.strictness.present)
        station.strict = wanted.strictness.value
                             ? std::optional{wanted.strictness.value->is("strict")}
                             : std::nullopt;
    if (wanted.message_log_level.present)
        station.log_level =
            wanted.message_log_level.value
                ? std::optional{LogLevel{std::uint8_t{*wanted.message_log_level.value}}}
                : std::nullopt;
    if (wanted.call_timeout_s.present)
        station.call_timeout_s = seconds_of(wanted.call_timeout_s.value);
    if (wanted.ping_interval_s.present)
        station.ping_interval_s = seconds_of(wanted.ping_interval_s.value, -1);
    if (wanted.boot_decision.present)
        station.boot_decision = wanted.boot_decision.value
                                    ? BootDecision{std::uint8_t{*wanted.boot_decision.value}}
                                    : BootDecision::accepted;
    if (wanted.boot_retry_interval_s.present)
        station.boot_retry_interval_s = seconds_of(wanted.boot_retry_interval_s.value);
    if (wanted.compatibility.present) {
        const Compatibility* set =
            wanted.compatibility.value ? &*wanted.compatibility.value : nullptr;
        station.compatibility = read_compatibility(json_of(set));
    }
    // What its worker has to know of it counts at once.
    if (wanted.compatibility.present || wanted.strictness.present)
        commands::tell_worker(work.shard, work.batch, station, station.booted());
    write_config(work, station, config);
    work.batch.touch(station);
    return StationWritten{.station_no = station.no.value, .id = station.id};
}

Written set_credentials(Work& work, Station& station, StationConfig& config,
                        const CredentialsWrite& wanted, std::string_view made_hash) {
    if (wanted.password && wanted.password->value.empty())
        return refusal("validation_failed", "password must not be empty", "/password");
    StationWritten written{.station_no = station.no.value, .id = station.id};
    if (wanted.security_profile) {
        station.security_profile = profile_of(*wanted.security_profile);
        station.next_security_profile = 0;
    } else if (station.security_profile == 0)
        station.security_profile = 1;
    if (wanted.password) {
        station.password_hash = packed_hash_of(wanted.password->value, made_hash);
    } else if (station.security_profile == 1 || station.security_profile == 2) {
        written.password = secret::generate_station_password();
        station.password_hash = secret::packed(secret::hash_generated(written.password));
    }
    station.next_password_hash.clear();
    work.shard.verified_passwords.erase(station.no.value);
    write_config(work, station, config);
    work.batch.touch(station);
    return written;
}

Written archive(Work& work, Station& station, StationConfig& config) {
    if (station.online()) kick(work, station, "deleted", 1001, "this station was removed");
    go_offline(work.shard, work.batch, station, "deleted", work.now_us());
    end_commands(work.shard, work.batch, station);
    end_held(work.shard, work.batch, station);
    station.archived = true;
    work.batch.touch(station);
    work.batch.unit.add(tables::archive_station,
                        {station.no.value, work.now_us(), work.now_us(), config.version + 1});
    return StationWritten{.station_no = station.no.value, .id = station.id};
}

// ---- import ----

StationPatch patch_of(const StationCreate& row) {
    StationPatch patch;
    const auto take = [](const auto& from, auto& to) {
        if (from) to.value = *from, to.present = true;
    };
    take(row.name, patch.name);
    take(row.location_id, patch.location_id);
    take(row.default_ocpp_version, patch.default_ocpp_version);
    take(row.strictness, patch.strictness);
    take(row.message_log_level, patch.message_log_level);
    take(row.call_timeout_s, patch.call_timeout_s);
    take(row.ping_interval_s, patch.ping_interval_s);
    take(row.boot_decision, patch.boot_decision);
    take(row.boot_retry_interval_s, patch.boot_retry_interval_s);
    take(row.compatibility, patch.compatibility);
    take(row.security_profile, patch.security_profile);
    take(row.labels, patch.labels);
    take(row.note, patch.note);
    return patch;
}

ImportAnswer::Item import_row(Work& work, const StationCreate& row, bool update,
                              std::string_view made_hash) {
    ImportAnswer::Item item;
    item.id = row.id.value;
    item.result = "created";
    Station* station = work.shard.find(key_of(row.id.value));
    if (station && !update) {
        item.result = "exists";
        return item;
    }
    Written written;
    if (!station) {
        written = create(work, row, made_hash);
    } else {
        item.result = "updated";
        StationConfig& config = work.shard.configs[station->no.value];
        if (row.password) {
            station->password_hash = packed_hash_of(row.password->value, made_hash);
            station->next_password_hash.clear();
            work.shard.verified_passwords.erase(station->no.value);
        }
        written = patch(work, *station, config, patch_of(row));
    }
    if (written) {
        item.password = written->password;
        return item;
    }
    item.result = "refused";
    item.code = written.error().code;
    item.detail = written.error().detail;
    return item;
}

void import(Work& work, const bus::OperatorBody& asked) {
    StationImport wanted;
    if (!decode_parameters(work, asked, wanted)) return;
    ImportAnswer answer;
    const auto& hashes = asked.password_hashes.items;
    std::size_t next_hash = 0;
    for (const StationCreate& row : wanted.rows) {
        const bool has_one = row.password && !row.password->value.empty();
        const std::string_view hash = has_one && next_hash < hashes.size()
                                          ? std::string_view{hashes[next_hash++]}
                                          : std::string_view{};
        answer.items.items.push_back(import_row(work, row, wanted.update, hash));
    }
    work.answer(200, wire::encode(answer));
}

// ---- one station ----

void answer_written(Work& work, int status, const Written& written) {
    if (written) return work.answer(status, wire::encode(*written));
    work.refuse(status_of(written.error().code), written.error().code, written.error().detail,
                written.error().pointer);
}

// `"<config>.<state>"` or `*`: only what operators write is compared.
bool matches(std::string_view if_match, const StationConfig& config) {
    if (if_match.empty() || if_match == "*") return true;
    if (if_match.starts_with("W/")) if_match.remove_prefix(2);
    if (if_match.starts_with('"')) if_match.remove_prefix(1);
    return if_match.substr(0, if_match.find_first_of(".\"")) == std::to_string(config.version);
}

void disconnect(Work& work, const Station& station) {
    if (!station.online())
        return work.refuse(409, "station_offline", "the station is not connected");
    kick(work, station, "kicked", 1000, "closed by an operator");
    work.answer(202,
                wire::encode(StationWritten{.station_no = station.no.value, .id = station.id}));
}

void change(Work& work, const bus::OperatorBody& asked, Station& station) {
    StationConfig& config = work.shard.configs[station.no.value];
    if (!matches(asked.if_match, config))
        return work.refuse(412, "version_conflict",
                           "the station was changed meanwhile; read it again");
    if (asked.operation == operation::delete_station)
        return answer_written(work, 200, archive(work, station, config));
    if (asked.operation == operation::write_variables)
        return write_desired_variables(work, asked, station);
    if (asked.operation == operation::set_credentials) {
        CredentialsWrite wanted;
        if (decode_parameters(work, asked, wanted))
            answer_written(work, 200,
                           set_credentials(work, station, config, wanted, first_hash(asked)));
        return;
    }
    StationPatch wanted;
    if (decode_parameters(work, asked, wanted))
        answer_written(work, 200, patch(work, station, config, wanted));
}

void cancel(Work& work, const bus::OperatorBody& asked, Station& station) {
    CommandCancel wanted;
    if (decode_parameters(work, asked, wanted)) cancel_command(work, station, wanted);
}

void command(Work& work, const bus::OperatorBody& asked, Station& station) {
    CommandCreate wanted;
    if (decode_parameters(work, asked, wanted)) create_command(work, station, asked, wanted);
}

template <class T>
void about_certificates(Work& work, const bus::OperatorBody& asked, Station& station,
                        void (*run)(Work&, Station&, const bus::OperatorBody&, const T&)) {
    T wanted;
    if (decode_parameters(work, asked, wanted)) run(work, station, asked, wanted);
}

// The same key again: the same answer, without a generated password, which was shown once.
bool replay(Work& work, const bus::OperatorBody& asked) {
    if (asked.idempotency_key.empty()) return false;
    const auto known = work.shard.idempotent.find(asked.idempotency_key);
    if (known == work.shard.idempotent.end()) return false;
    if (known->second.fingerprint != asked.fingerprint) {
        work.refuse(422, "idempotency_mismatch",
                    "this Idempotency-Key was used for another request");
        return true;
    }
    work.answer(static_cast<int>(known->second.status), known->second.body);
    return true;
}

// A generated password is shown once, and nowhere stored.
std::string without_passwords(wire::Decoder& decoder, std::string_view name, std::string body) {
    constexpr wire::Rules lenient{wire::Strictness::lenient};
    if (name == operation::import_stations) {
        ImportAnswer answer;
        if (decoder.decode(body, answer, lenient)) return "{}";
        for (ImportAnswer::Item& item : answer.items.items) item.password.clear();
        return wire::encode(answer);
    }
    StationWritten written;
    if (decoder.decode(body, written, lenient) || written.password.empty()) return body;
    written.password.clear();
    return wire::encode(written);
}

// Kept in the transaction that carries the effect: after a crash both are there or neither.
void remember(Work& work, const bus::OperatorBody& asked, std::size_t answers_before) {
    if (asked.idempotency_key.empty()) return;
    int status = 202;
    std::string body;
    if (work.batch.answers.size() > answers_before) {
        status = static_cast<int>(work.batch.answers.back().body.status);
        body = work.batch.answers.back().body.body;
    }
    if (status >= 400) return;  // nothing was done: the same key may try again
    if (asked.operation == operation::send_command) {
        Station* station = work.shard.find(key_of(asked.id));
        if (body.empty() && station)
            for (const auto& command : station->commands)
                if (command->idempotency_key == asked.idempotency_key)
                    body = wire::encode(CommandWritten{command->id.text(), true});
    }
    body = without_passwords(work.shard.decoder, asked.operation, std::move(body));
    if (const auto at = body.find(R"("replayed":false)"); at != std::string::npos)
        body.replace(at, 16, R"("replayed":true)");
    work.shard.idempotent[asked.idempotency_key] = {asked.fingerprint, status, body};
    work.batch.unit.add(tables::idempotency_key,
                        {asked.idempotency_key, store::Bytes{asked.fingerprint},
                         std::int64_t{status}, body, Null{}, work.now_us()});
}

void take_file(Work& work, const bus::OperatorBody& asked, Station& station) {
    CommandWritten arrived;
    if (!decode_parameters(work, asked, arrived)) return;
    if (const auto id = Ulid::from_text(arrived.command_id))
        commands::note_file(work, station, *id);
    work.answer(200, "{}");
}

void add_image_need(wire::Decoder& decoder, const bus::OperatorBody& asked, OperationNeeds& needs) {
    CommandCreate wanted;
    const bool may = asked.parameters.find("\"image\"") != std::string::npos;
    if (!may || decoder.decode(asked.parameters, wanted)) return;
    if (const auto image = files::image_named(decoder, wanted)) needs.images.insert(*image);
}

void run(Work& work, const bus::OperatorBody& asked) {
    if (asked.operation == operation::import_stations) return import(work, asked);
    if (asked.operation == operation::create_station) {
        StationCreate wanted;
        if (decode_parameters(work, asked, wanted))
            answer_written(work, 201, create(work, wanted, first_hash(asked)));
        return;
    }
    Station* station = work.shard.find(key_of(asked.id));
    if (!station) return work.refuse(404, "not_found", "there is no station of this id");
    if (asked.operation == operation::send_command) return command(work, asked, *station);
    if (asked.operation == operation::cancel_command) return cancel(work, asked, *station);
    if (asked.operation == operation::disconnect_station) return disconnect(work, *station);
    if (asked.operation == operation::file_arrived) return take_file(work, asked, *station);
    if (asked.operation == operation::close_transaction)
        return close_transaction(work, asked, *station);
    if (asked.operation == operation::decide_certificate_request)
        return about_certificates(work, asked, *station, decide_certificate_request);
    if (asked.operation == operation::revoke_certificate)
        return about_certificates(work, asked, *station, revoke_certificate);
    if (asked.operation == operation::end_reservation)
        return end_reservation(work, asked, *station);
    if (asked.operation == operation::write_local_list)
        return write_local_list(work, asked, *station);
    if (asked.operation == operation::sync_local_list)
        return sync_local_list(work, asked, *station);
    change(work, asked, *station);
}

}  // namespace

void handle_operation(Work& work) {
    const auto asked = bus::body_of<bus::OperatorBody>(work.envelope);
    if (!asked) return;
    if (asked->deadline_at > 0 && asked->deadline_at < work.now_us())
        return;  // nobody waits any more: nothing is done
    if (replay(work, *asked)) return;
    const std::size_t answers_before = work.batch.answers.size();
    run(work, *asked);
    remember(work, *asked, answers_before);
}

namespace {

// By the text alone: what is read in vain costs little.
void add_command_needs(const bus::OperatorBody& asked, OperationNeeds& needs) {
    const auto names = [&](std::string_view text) {
        return asked.parameters.find(text) != std::string::npos;
    };
    needs.ocpp_numbers += commands::numbers_per_command;
    if (names(R"("command":"reset")") || names(R"("command":"unlock-connector")") ||
        names(R"("only_idle":true)"))
        needs.idle_keys.push_back(key_of(asked.id));
    if (names("-variables\"") || names("-monitoring\""))
        needs.limit_keys.push_back(key_of(asked.id));
    const auto id = Ulid::from_bytes(asked.operation_id);
    if (id && names(R"("batch_id":)")) needs.repeated_commands.push_back(*id);
}

}  // namespace

void add_needs(wire::Decoder& decoder, const bus::OperatorBody& asked, OperationNeeds& needs) {
    if (!asked.idempotency_key.empty()) needs.idempotency_keys.push_back(asked.idempotency_key);
    const auto add_row = [&](const StationCreate& row) {
        needs.station_keys.push_back(key_of(row.id.value));
        if (row.location_id) needs.location_ids.push_back(row.location_id->value);
        ++needs.new_stations;
    };
    if (asked.operation == operation::create_station) {
        StationCreate row;
        if (!decoder.decode(asked.parameters, row)) add_row(row);
        return;
    }
    if (asked.operation == operation::import_stations) {
        StationImport rows;
        if (decoder.decode(asked.parameters, rows)) return;
        for (const StationCreate& row : rows.rows) {
            add_row(row);
            if (rows.update) needs.config_keys.push_back(key_of(row.id.value));
        }
        return;
    }
    needs.station_keys.push_back(key_of(asked.id));
    if (asked.operation == operation::sync_local_list ||
        asked.operation == operation::end_reservation)
        return;
    if (asked.operation == operation::send_command) {
        add_command_needs(asked, needs);
        commands::add_model_needs(decoder, asked, needs);
        add_image_need(decoder, asked, needs);
    }
    if (asked.operation == operation::send_command ||
        asked.operation == operation::cancel_command ||
        asked.operation == operation::disconnect_station ||
        asked.operation == operation::close_transaction ||
        asked.operation == operation::file_arrived ||
        asked.operation == operation::decide_certificate_request ||
        asked.operation == operation::revoke_certificate)
        return;
    needs.config_keys.push_back(key_of(asked.id));
    if (asked.operation == operation::write_variables)
        needs.desired_keys.push_back(key_of(asked.id));
    StationPatch patch;
    if (asked.operation == operation::patch_station && !decoder.decode(asked.parameters, patch) &&
        patch.location_id.value)
        needs.location_ids.push_back(patch.location_id.value->value);
}

}  // namespace ohm::api
