#include "api/commands/neutral.hpp"
#include "api/commands/parts.hpp"
#include "api/files/urls.hpp"
#include "api/rest/file_handlers.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/newest.hpp"
#include "api/rest/our_transactions.hpp"
#include "api/rest/send.hpp"
#include "api/rest/service.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "ocpp/action.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view id_prefix = "cmd_", batch_prefix = "bat_";

constexpr std::string_view select_commands = R"(
select c.id, c.station_no, p.id, c.command, c.parameters, c.ocpp_version, c.action, c.message_id,
       c.request, c.response, c.error_code, c.error_description, c.error_details, c.late_response,
       c.state, c.result, c.failed_reason, c.effect_state, c.effect_expects, c.effect_until_at,
       c.requested_by, c.created_at, c.sent_at, c.answered_at, c.deadline_at, c.status,
       c.effect_at, c.expires_at, c.batch_id, c.parts, c.not_before_at, c.when_idle
  from commands c
  left join charge_points p on p.station_no = c.station_no
 where c.tenant_no = 1)";

struct CommandRead {
    std::int64_t station_no = 0;
    Ulid id;
    CommandShown shown;
    bool is_final() const { return !shown.state.is("queued") && !shown.state.is("sent"); }
};

// ---- from rows to what is shown ----

// Who may see commands may not therefore send files in a station's name.
Nullable<Any> json_without_tokens(const store::Value& value) {
    if (store::is_null(value)) return {};
    return json_or_null(files::without_tokens(store::as_text(value)));
}

OcppShown ocpp_of(const store::Row& row) {
    OcppShown ocpp{.version = text_or_null(row[5]),
                   .action = text_or_null(row[6]),
                   .message_id = text_or_null(row[7])};
    ocpp.request = json_without_tokens(row[8]);
    ocpp.response = json_or_null(row[9]);
    ocpp.late_response = json_or_null(row[13]);
    if (store::as_text(row[10]).empty()) return ocpp;
    CallErrorShown error{.code = store::as_text(row[10]), .description = store::as_text(row[11])};
    error.details = json_or_null(row[12]);
    ocpp.error = {std::move(error)};
    return ocpp;
}

Nullable<std::int64_t> ms_between(const Nullable<Instant>& from, const Nullable<Instant>& to) {
    if (!from || !to) return {};
    return {(micros(to->at) - micros(from->at)) / 1000};
}

TimingShown timing_of(const CommandShown& shown) {
    const Nullable<Instant> created{shown.created_at};
    const Nullable<Instant>& left = shown.sent_at ? shown.sent_at : shown.answered_at;
    return {.queued_ms = ms_between(created, left),
            .sent_ms = ms_between(created, shown.sent_at),
            .rtt_ms = ms_between(shown.sent_at, shown.answered_at)};
}

Nullable<PartsShown> parts_of(const store::Value& value) {
    const auto stored = commands::read_parts(store::as_text(value));
    if (!stored) return {};
    PartsShown shown{.items = stored->items, .done = stored->done, .calls = stored->calls};
    for (const commands::Unanswered& one : stored->unanswered)
        shown.unanswered.items.push_back({one.first, one.count, one.reason});
    return {std::move(shown)};
}

void set_state(CommandShown& shown, std::string_view state) {
    if (state == "sent") shown.state = "sent";
    if (state == "answered") shown.state = "answered";
    if (state == "failed") shown.state = "failed";
    if (state == "cancelled") shown.state = "cancelled";
    if (state == "expired") shown.state = "expired";
}

bool names_idle(std::string_view parameters) {
    return parameters.find("\"on_idle\"") != std::string_view::npos ||
           parameters.find("\"OnIdle\"") != std::string_view::npos;
}

CommandRead command_of(const store::Row& row) {
    CommandRead read{.station_no = store::as_int(row[1]),
                     .id = Ulid::from_bytes(store::as_bytes(row[0])).value_or(Ulid{})};
    CommandShown& shown = read.shown;
    shown.id = std::string{id_prefix} + read.id.text();
    shown.station_id = store::as_text(row[2]);
    shown.command = store::as_text(row[3]);
    shown.parameters = json_without_tokens(row[4]);
    shown.ocpp = ocpp_of(row);
    set_state(shown, store::as_text(row[14]));
    shown.result = text_or_null(row[15]);
    shown.failed_reason = text_or_null(row[16]);
    if (shown.failed_reason) shown.failed = {FailedShown{*shown.failed_reason}};
    shown.effect = {.state = text_or_null(row[17]).value_or("none"),
                    .expects = text_or_null(row[18]),
                    .until = time_or_null(row[19])};
    shown.requested_by = text_or_null(row[20]);
    shown.created_at = time_of(row[21]);
    shown.sent_at = time_or_null(row[22]);
    shown.answered_at = time_or_null(row[23]);
    shown.deadline_at = time_or_null(row[24]);
    shown.status = text_or_null(row[25]);
    shown.effect.at = time_or_null(row[26]);
    shown.expires_at = time_or_null(row[27]);
    if (const auto batch = Ulid::from_bytes(store::as_bytes(row[28])))
        shown.batch_id = std::string{batch_prefix} + batch->text();
    shown.parts = parts_of(row[29]);
    shown.not_before_at = time_or_null(row[30]);
    const std::string parameters = store::as_text(row[4]);
    // What a batch means for idle stations only waits as well, and is no other command for that.
    shown.emulated = store::as_int(row[31]) != 0 && names_idle(parameters);
    shown.timing = timing_of(shown);
    return read;
}

// Who asks for a reset wants to see that the station is shown Unavailable from its permission on.
void add_station(store::Sql& sql, CommandRead& command) {
    const bool resets = command.shown.command == "reset" || command.shown.ocpp.action == "Reset";
    if (!resets) return;
    if (auto station = find_station(sql, command.station_no))
        command.shown.station = std::move(station->shown);
}

std::optional<CommandRead> find_command(store::Sql& sql, const Ulid& id) {
    const auto rows =
        sql.query(std::string{select_commands} + " and c.id = $1", {store::Bytes{id.bytes()}});
    if (rows.empty()) return std::nullopt;
    CommandRead command = command_of(rows.front());
    add_station(sql, command);
    return command;
}

std::optional<Ulid> parse_command_id(std::string_view text) { return parse_id(id_prefix, text); }

// ---- lists ----

Wanted<Conditions> read_filter(const Exchange& exchange, store::Dialect dialect) {
    Conditions where;
    if (const auto state = exchange.asked("state"))
        where.add(store::any_of(dialect, "c.state", "?"), {comma_list(*state)});
    if (const auto effect = exchange.asked("effect"))
        where.add(store::any_of(dialect, "c.effect_state", "?"), {comma_list(*effect)});
    if (const auto result = exchange.asked("result"))
        where.add(store::any_of(dialect, "c.result", "?"), {comma_list(*result)});
    if (const auto command = exchange.asked("command"))
        where.add("c.command = ?", {std::string{*command}});
    add_station(exchange, where);
    if (auto problem = add_times(exchange, where, "c.created_at"))
        return refused(std::move(*problem));
    return where;
}

net::Response newest_commands(const Exchange& exchange, store::Sql& sql, Conditions&& where) {
    return newest_first(
        exchange, sql,
        {.name = "commands",
         .select = select_commands,
         .count = "select count(*) from commands c left join charge_points p on p.station_no = "
                  "c.station_no where c.tenant_no = 1",
         .id = "c.id",
         .shown = [](const store::Row& row) { return wire::encode(command_of(row).shown); }},
        std::move(where));
}

// ---- writes ----

struct Waiting {
    Micros wait;          // for the command's end
    std::string applied;  // for Preference-Applied, "" where nothing was preferred
};
Waiting waiting_for(const Exchange& exchange, const Settings& settings) {
    const Preference preference = read_preference(exchange.request);
    if (preference.wait)
        return {*preference.wait, "wait=" + std::to_string(preference.wait->count())};
    if (preference.respond_async) return {Micros{0}, "respond-async"};
    return {settings.command_wait, ""};
}

net::Response command_answer(const Exchange& exchange, store::Sql& sql,
                             const CommandWritten& written, const std::string& applied) {
    const auto id = Ulid::from_text(written.command_id);
    const auto command = id ? find_command(sql, *id) : std::nullopt;
    if (!command) return problem_answer(exchange, not_found("command", written.command_id));
    const int status = command->is_final() ? 200 : 202;
    net::Response response = json_answer(status, wire::encode(command->shown));
    response.headers.push_back({"Location", "/api/v1/commands/" + command->shown.id});
    if (status == 202) response.headers.push_back({"Retry-After", "2"});
    if (!applied.empty()) response.headers.push_back({"Preference-Applied", applied});
    mark_replayed(response, written.replayed);
    return response;
}

void send_command(const SharedExchange& exchange, Service& service, const std::string& station,
                  const CommandCreate& wanted) {
    const Waiting waiting = waiting_for(*exchange, service.settings());
    bus::OperatorBody body =
        service.operation(*exchange, operation::send_command, station, wire::encode(wanted));
    body.wait_us = waiting.wait.count();
    body.deadline_at += body.wait_us;
    service.operate(exchange, std::move(body), [exchange, &service, waiting](OperationAnswer&& a) {
        CommandWritten written;
        if (service.decoder().decode(a.body, written, {wire::Strictness::lenient}))
            return service.answer(
                exchange, problem_answer(*exchange, problem_of({500, ""}, service.decoder())));
        service.read(exchange, [written, applied = waiting.applied](const Exchange& asked,
                                                                    ReadSources& sources) {
            return command_answer(asked, sources.sql, written, applied);
        });
    });
}

// The last segment of the route's path: the command's or the action's name.
std::string_view name_in_path(const Exchange& exchange) {
    const std::string_view path = exchange.route->path;
    return path.substr(path.rfind('/') + 1);
}

// Nothing where none was asked for.
std::optional<CommandOptions> if_any(const CommandOptions& options) {
    const bool any =
        options.queue || options.expires_in || options.effect_timeout_s || options.verify;
    return any ? std::optional{options} : std::nullopt;
}

Wanted<CommandOptions> options_in_query(const Exchange& exchange) {
    constexpr std::int64_t week_s = 604'800;
    CommandOptions options;
    for (const auto& [name, member] :
         {std::pair{"queue", &options.queue}, std::pair{"verify", &options.verify}}) {
        const auto flag = flag_parameter(exchange, name);
        if (!flag) return refused(Problem{flag.error()});
        if (*flag) *member = true;
    }
    for (const auto& [name, member] : {std::pair{"expires_in", &options.expires_in},
                                       std::pair{"effect_timeout_s", &options.effect_timeout_s}}) {
        const auto number = integer_parameter(exchange, name, 1, week_s);
        if (!number) return refused(Problem{number.error()});
        if (*number) member->emplace().value = **number;
    }
    return options;
}

std::string_view body_or_empty(const Exchange& exchange) {
    return exchange.request.body.empty() ? std::string_view{"{}"}
                                         : std::string_view{exchange.request.body};
}

void send_command(const SharedExchange& exchange, Service& service, const CommandCreate& wanted) {
    send_command(exchange, service, exchange->path_value(0), wanted);
}

void refuse(const SharedExchange& exchange, Service& service, const Problem& problem) {
    service.answer(exchange, problem_answer(*exchange, problem));
}

}  // namespace

namespace {

// A station knows its transactions by ids of its own.
void send_with_station_id(const SharedExchange& exchange, Service& service,
                          const CommandCreate& wanted, std::pair<std::size_t, std::size_t> place) {
    const auto found = std::make_shared<std::optional<KnownTransaction>>();
    const std::string id = wanted.parameters.json.substr(place.first, place.second);
    service.prepare(
        exchange,
        [found, id](const Exchange& asked, ReadSources& sources) {
            *found = find_transaction(sources.sql, id);
            const bool of_station =
                *found && fold(asked.path_value(0)).value_or("") == (*found)->id_key;
            if (!of_station) found->reset();
        },
        [exchange, &service, found, wanted, place, id] {
            if (!*found)
                return refuse(exchange, service, not_found("transaction of this station", id));
            CommandCreate resolved = wanted;
            resolved.parameters.json =
                with_station_id(wanted.parameters.json, place, (*found)->ocpp_id);
            send_command(exchange, service, resolved);
        });
}

}  // namespace

// Stops a transaction wherever it runs; the body holds a command's options.
void stop_transaction(const SharedExchange& exchange, Service& service) {
    const auto options = read_body<CommandOptions>(*exchange, service.decoder());
    if (!options) return refuse(exchange, service, options.error());
    const auto found = std::make_shared<std::optional<KnownTransaction>>();
    service.prepare(
        exchange,
        [found](const Exchange& asked, ReadSources& sources) {
            *found = find_transaction(sources.sql, asked.path_value(0));
        },
        [exchange, &service, found, options = *options] {
            if (!*found)
                return refuse(exchange, service, not_found("transaction", exchange->path_value(0)));
            CommandCreate wanted;
            wanted.command.value = "stop-transaction";
            wanted.parameters.json = R"({"transaction_id":)";
            append_json_string(wanted.parameters.json, (*found)->ocpp_id);
            wanted.parameters.json += '}';
            wanted.options = if_any(options);
            send_command(exchange, service, (*found)->station_id, wanted);
        });
}

// Parameters and options stand side by side in the body.
void send_neutral_as(const SharedExchange& exchange, Service& service, std::string_view name,
                     std::string_view body) {
    const commands::NeutralCommand* command = commands::find_neutral(name);
    ENSURE(command != nullptr);
    const auto written = command->written->make();
    if (const auto violation = service.decoder().decode(body, *command->written, written.get(),
                                                        {wire::Strictness::strict}, nullptr))
        return refuse(exchange, service, bad_body(*violation));
    const void* options = static_cast<const std::byte*>(written.get()) + command->options_offset;
    std::string parameters;
    wire::encode(parameters, *command->parameters, written.get());
    CommandCreate wanted;
    wanted.command.value = command->words.name;
    wanted.parameters = {parameters};
    wanted.options = if_any(*static_cast<const CommandOptions*>(options));
    if (const auto place = our_id_in(wanted.parameters.json))
        return send_with_station_id(exchange, service, wanted, *place);
    send_command(exchange, service, wanted);
}

// Any command of the neutral table.
void send_neutral(const SharedExchange& exchange, Service& service) {
    send_neutral_as(exchange, service, name_in_path(*exchange), body_or_empty(*exchange));
}

void request_log(const SharedExchange& exchange, Service& service) {
    send_neutral_as(exchange, service, "get-log", body_or_empty(*exchange));
}

// One action of one version: the body is the payload.
void send_action(const SharedExchange& exchange, Service& service) {
    const std::string_view action = name_in_path(*exchange);
    const bool is_v16 = exchange->route->path.find("/ocpp/1.6/") != std::string_view::npos;
    const auto version = is_v16 ? ocpp::Version::v16 : ocpp::Version::v201;
    const ocpp::ActionInfo* info = ocpp::find_action(version, action);
    ENSURE(info != nullptr);
    const auto violation = ocpp::check_payload(service.decoder(), body_or_empty(*exchange),
                                               *info->request, {wire::Strictness::strict, !is_v16});
    if (violation) return refuse(exchange, service, bad_body(*violation));
    const auto options = options_in_query(*exchange);
    if (!options) return refuse(exchange, service, options.error());
    CommandCreate wanted;
    wanted.command.value = "call";
    wanted.action.value = action;
    wanted.parameters.json = body_or_empty(*exchange);
    wanted.options = if_any(*options);
    wanted.ocpp_version = OcppVersionName::of(ocpp::short_name(version));
    send_command(exchange, service, wanted);
}

// An action without an operation of its own: one that the version does not have is sent only where
// nobody wants it checked.
void send_other_action(const SharedExchange& exchange, Service& service) {
    const auto version = OcppVersionName::of(exchange->path_value(1));
    const std::string& action = exchange->path_value(2);
    if (!version)
        return refuse(exchange, service, not_found("OCPP version", exchange->path_value(1)));
    if (ocpp::is_standard_action(ocpp::version_of_short_name(version->name()), action))
        return refuse(
            exchange, service,
            {.code = "not_supported_by_protocol", .detail = action + " is sent by stations only."});
    const auto unchecked = flag_parameter(*exchange, "unchecked");
    if (!unchecked) return refuse(exchange, service, unchecked.error());
    if (!*unchecked) return refuse(exchange, service, not_found("action", action));
    if (action.size() > limits::action_characters)
        return refuse(exchange, service, not_found("action", action));
    CommandCreate wanted;
    wanted.command.value = "call";
    wanted.action.value = action;
    wanted.parameters.json = body_or_empty(*exchange);
    wanted.validate = false;
    wanted.ocpp_version = *version;
    send_command(exchange, service, wanted);
}

void send_call(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<CallWrite>(*exchange, service.decoder());
    if (!wanted) return refuse(exchange, service, wanted.error());
    const std::string payload = wanted->payload ? wanted->payload->json : "{}";
    if (!payload.starts_with('{'))
        return refuse(exchange, service,
                      bad_body({wire::Rule::type, "/payload", "must be an object"}));
    CommandCreate create;
    create.command.value = "call";
    create.action.value = wanted->action.value;
    create.parameters = {payload};
    create.validate = wanted->validate.value_or(true);
    create.ocpp_version = wanted->ocpp_version;
    create.options =
        if_any({wanted->queue, wanted->expires_in, wanted->effect_timeout_s, wanted->verify});
    send_command(exchange, service, create);
}

void cancel_command(const SharedExchange& exchange, Service& service) {
    const auto found = std::make_shared<std::optional<CommandRead>>();
    service.prepare(
        exchange,
        [found](const Exchange& asked, ReadSources& sources) {
            const auto id = parse_command_id(asked.path_value(0));
            *found = id ? find_command(sources.sql, *id) : std::nullopt;
        },
        [exchange, &service, found] {
            if (!*found)
                return refuse(exchange, service, not_found("command", exchange->path_value(0)));
            const CommandRead& command = **found;
            bus::OperatorBody body =
                service.operation(*exchange, operation::cancel_command, command.shown.station_id,
                                  wire::encode(CommandCancel{{command.id.text()}}));
            service.operate(exchange, std::move(body), [exchange, &service](OperationAnswer&&) {
                service.read(exchange, [](const Exchange& asked, ReadSources& sources) {
                    return show_command(asked, sources);
                });
            });
        });
}

// ---- reads ----

net::Response list_station_commands(const Exchange& exchange, ReadSources& sources) {
    const auto station = station_in_path(exchange, sources.sql);
    if (!station) return problem_answer(exchange, station.error());
    auto where = read_filter(exchange, sources.sql.dialect());
    if (!where) return problem_answer(exchange, where.error());
    where->add("c.station_no = ?", {station->station_no});
    return newest_commands(exchange, sources.sql, std::move(*where));
}

net::Response list_commands(const Exchange& exchange, ReadSources& sources) {
    auto where = read_filter(exchange, sources.sql.dialect());
    if (!where) return problem_answer(exchange, where.error());
    return newest_commands(exchange, sources.sql, std::move(*where));
}

net::Response show_command(const Exchange& exchange, ReadSources& sources) {
    const auto id = parse_command_id(exchange.path_value(0));
    const auto command = id ? find_command(sources.sql, *id) : std::nullopt;
    if (!command) return problem_answer(exchange, not_found("command", exchange.path_value(0)));
    return json_answer(200, wire::encode(command->shown));
}

}  // namespace ohm::api::rest
