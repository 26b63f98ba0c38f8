#include "api/rest/batch_order.hpp"

#include <map>
#include <set>

#include "api/commands/neutral.hpp"
#include "api/commands/secrets.hpp"
#include "api/rest/our_transactions.hpp"
#include "base/text.hpp"
#include "ocpp/action.hpp"

namespace ohm::api::rest {
namespace {

// The parameters of one command, with its options beside them.
std::optional<Problem> read_neutral(Ordering& ordering, wire::Decoder& decoder,
                                    const std::string& params) {
    const auto* command = commands::find_neutral(ordering.wanted.command.value);
    if (!command) return bad_member("/command", "is not a command's name");
    const auto written = command->written->make();
    if (auto violation = decoder.decode(params, *command->written, written.get(),
                                        {wire::Strictness::strict}, nullptr)) {
        violation->path = "/params" + violation->path;
        return bad_body(*violation);
    }
    const void* options = static_cast<const std::byte*>(written.get()) + command->options_offset;
    CommandCreate& create = ordering.order.command;
    create.command.value = command->words.name;
    wire::encode(create.parameters.json, *command->parameters, written.get());
    create.options = *static_cast<const CommandOptions*>(options);
    ordering.shown_params =
        commands::parameters_without_secrets(decoder, create.command.value, params)
            .value_or(params);
    return std::nullopt;
}

// What every station of that version would refuse is said at once.
std::optional<Problem> check_call(const CallWrite& call, const std::string& payload,
                                  wire::Decoder& decoder) {
    const auto version = ocpp::version_of_short_name(call.ocpp_version->name());
    const ocpp::ActionInfo* info = ocpp::find_action(version, call.action.value);
    if (info && !ocpp::csms_sends(info->from))
        return bad_member("/params/action", "is sent by stations only");
    if (!call.validate.value_or(true)) return std::nullopt;
    if (!info) return bad_member("/params/action", "is no action of this version");
    auto violation =
        ocpp::check_payload(decoder, payload, *info->request,
                            {wire::Strictness::strict, version == ocpp::Version::v201});
    if (!violation) return std::nullopt;
    violation->path = "/params/payload" + violation->path;
    return bad_body(*violation);
}

// A CALL as it is written, for stations of one version.
std::optional<Problem> read_call(Ordering& ordering, wire::Decoder& decoder,
                                 const std::string& params) {
    CallWrite call;
    if (auto violation = decoder.decode(params, call, {wire::Strictness::strict})) {
        violation->path = "/params" + violation->path;
        return bad_body(*violation);
    }
    if (!call.ocpp_version)
        return bad_member("/params/ocpp_version", "is missing: a batch speaks one version");
    const std::string payload = call.payload ? call.payload->json : "{}";
    if (!payload.starts_with('{')) return bad_member("/params/payload", "must be an object");
    if (auto problem = check_call(call, payload, decoder)) return problem;
    CommandCreate& create = ordering.order.command;
    create.command.value = "call";
    create.action.value = call.action.value;
    create.parameters = {payload};
    create.validate = call.validate.value_or(true);
    create.ocpp_version = call.ocpp_version;
    create.options = {call.queue, call.expires_in, call.effect_timeout_s, call.verify};
    if (const auto hidden = commands::without_secrets(decoder, call.action.value, payload))
        call.payload = Any{*hidden};
    ordering.shown_params = wire::encode(call);
    return std::nullopt;
}

StationFilter filter_of(const BatchFilter& wanted) {
    StationFilter filter;
    const auto take = [](auto& to, const auto& from) {
        if (from) to = from->value;
    };
    take(filter.vendor, wanted.vendor);
    take(filter.model, wanted.model);
    take(filter.firmware_version, wanted.firmware_version);
    take(filter.location_id, wanted.location_id);
    take(filter.q, wanted.q);
    take(filter.worker, wanted.worker);
    take(filter.security_profile, wanted.security_profile);
    take(filter.silent_min, wanted.silent_min);
    if (wanted.ocpp_version) filter.ocpp_version = std::string{wanted.ocpp_version->name()};
    if (wanted.connectivity) filter.is_online = wanted.connectivity->is("online");
    if (wanted.has_active_session) filter.has_active_session = *wanted.has_active_session;
    if (wanted.status)
        for (const auto& status : *wanted.status) filter.statuses.push_back(status.value);
    return filter;
}

constexpr std::string_view state_columns =
    "case when s.connection is null then 0 else 1 end, case when exists (select 1 from "
    "open_transactions r where r.station_no = p.station_no) then 1 else 0 end";

void note_state(BatchStations& now, const store::Value& is_online, const store::Value& charges) {
    ++(store::as_int(is_online) != 0 ? now.online : now.offline);
    now.charging += store::as_int(charges);
}

void select_by_filter(Ordering& ordering, store::Sql& sql, Utc now) {
    Conditions where;
    add_filter(sql, filter_of(*ordering.wanted.select.filter), now, where);
    const std::string limit = where.bind(static_cast<std::int64_t>(limits::batch_stations + 1));
    const std::string text =
        "select p.station_no, p.id, " + std::string{state_columns} +
        " from charge_points p left join station_state s on s.station_no = p.station_no "
        "left join locations l on l.location_no = p.location_no "
        "where p.tenant_no = 1 and p.archived_at is null" +
        where.text() + " order by p.id_key limit " + limit;
    for (const store::Row& row : sql.query(text, where.values())) {
        BatchItem& item = ordering.order.items.emplace_back();
        item.station_no = store::as_int(row[0]);
        item.station_id = store::as_text(row[1]);
        note_state(ordering.now, row[2], row[3]);
    }
}

// A station that is named twice is meant once.
void select_by_id(Ordering& ordering, store::Sql& sql) {
    std::vector<std::string> keys;
    std::vector<BatchItem>& items = ordering.order.items;
    std::set<std::string> named;
    for (const auto& id : *ordering.wanted.select.station_ids) {
        std::string key = fold(id.value).value_or(id.value);
        if (!named.insert(key).second) continue;
        items.emplace_back().station_id = id.value;
        keys.push_back(std::move(key));
    }
    std::map<std::string, std::int64_t> known;
    const std::string text =
        "select p.id_key, p.station_no, " + std::string{state_columns} +
        " from charge_points p left join station_state s on s.station_no = p.station_no "
        "where p.archived_at is null and " +
        store::any_of(sql.dialect(), "p.id_key", "$1");
    for (const store::Row& row : sql.query(text, {keys})) {
        known[store::as_text(row[0])] = store::as_int(row[1]);
        note_state(ordering.now, row[2], row[3]);
    }
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto found = known.find(keys[i]);
        if (found != known.end()) {
            items[i].station_no = found->second;
            continue;
        }
        items[i].state = "refused";
        items[i].code = "not_found";
        items[i].detail = "there is no station of this id";
    }
}

// A station knows its transactions by ids of its own; of the others none is meant.
std::optional<Problem> resolve_transaction(Ordering& ordering, store::Sql& sql) {
    std::string& parameters = ordering.order.command.parameters.json;
    const auto place = our_id_in(parameters);
    if (!place) return std::nullopt;
    const std::string id = parameters.substr(place->first, place->second);
    const auto known = find_transaction(sql, id);
    if (!known) return not_found("transaction", id);
    parameters = with_station_id(parameters, *place, known->ocpp_id);
    for (BatchItem& item : ordering.order.items) {
        if (item.state != "waiting" || fold(item.station_id).value_or("") == known->id_key)
            continue;
        item.state = "refused";
        item.code = "not_found";
        item.detail = "the transaction is another station's";
    }
    return std::nullopt;
}

}  // namespace

std::optional<Problem> read_command(Ordering& ordering, wire::Decoder& decoder) {
    const std::string params = ordering.wanted.params ? ordering.wanted.params->json : "{}";
    return ordering.wanted.command.value == "call" ? read_call(ordering, decoder, params)
                                                   : read_neutral(ordering, decoder, params);
}

std::optional<Problem> select_stations(Ordering& ordering, store::Sql& sql, Utc now) {
    const BatchSelect& select = ordering.wanted.select;
    if (select.station_ids.has_value() == select.filter.has_value())
        return bad_member("/select", "names either station_ids or a filter");
    ordering.order.items.clear();
    ordering.now = {};
    select.filter ? select_by_filter(ordering, sql, now) : select_by_id(ordering, sql);
    if (ordering.order.items.size() <= limits::batch_stations)
        return resolve_transaction(ordering, sql);
    return Problem{.code = "payload_too_large",
                   .detail = "A batch may have " + std::to_string(limits::batch_stations) +
                             " stations; narrow the filter."};
}

BatchShown shown_dry_run(const Ordering& ordering) {
    BatchShown shown{.command = ordering.order.command.command.value};
    shown.state = "dry_run";
    shown.params.emplace().json = ordering.shown_params;
    shown.concurrency = ordering.order.concurrency;
    shown.rate = ordering.order.rate;
    shown.progress.total = static_cast<std::int64_t>(ordering.order.items.size());
    shown.only = text_unless_empty(ordering.order.only_idle ? "idle" : "");
    shown.stations = ordering.now;
    auto& ids = shown.station_ids.emplace().items;
    for (const BatchItem& item : ordering.order.items) {
        ids.push_back(item.station_id);
        shown.progress.refused += item.state == "refused";
    }
    return shown;
}

}  // namespace ohm::api::rest
