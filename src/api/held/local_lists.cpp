#include "api/held/local_lists.hpp"

#include <algorithm>

#include "api/charging/load.hpp"
#include "api/commands/boot_states.hpp"
#include "api/commands/questions.hpp"
#include "api/held/bounds.hpp"
#include "api/held/tables.hpp"
#include "base/limits_held.hpp"
#include "base/text.hpp"
#include "ocpp/errors.hpp"
#include "ocpp/v16/local_auth_list.hpp"
#include "ocpp/v201/diagnostics.hpp"
#include "ocpp/v201/local_auth_list.hpp"

namespace ohm::api {
namespace {

using domain::ListChange;
using domain::ListEntries;
using domain::ListEntry;
using EntryV16 = ocpp::v16::SendLocalList::AuthorizationData;
using EntryV201 = ocpp::v201::SendLocalList::AuthorizationData;

constexpr std::string_view sync_command = "sync-local-list";
constexpr std::string_view default_type = "ISO14443";
constexpr std::size_t id_tag_characters = 20;         // 1.6
constexpr std::int64_t message_overhead_bytes = 160;  // of a SendLocalList without entries
constexpr wire::Rules lenient{wire::Strictness::lenient, true};

// ---- as the versions spell it ----

EntryV16 entry_v16(const ListEntry& entry, bool is_removed) {
    EntryV16 out;
    out.idTag = {entry.uid};
    if (is_removed) return out;
    auto& info = out.idTagInfo.emplace();
    info.status = ocpp::v16::AuthorizationStatus::of(entry.status).value_or(info.status);
    if (entry.expires_at > 0) info.expiryDate = wire::DateTime{utc_from_micros(entry.expires_at)};
    const bool is_sayable = count_code_points(entry.group) <= id_tag_characters;
    if (!entry.group.empty() && is_sayable) info.parentIdTag = {{entry.group}};
    return out;
}

EntryV201 entry_v201(const ListEntry& entry, bool is_removed) {
    EntryV201 out;
    out.idToken.idToken = {entry.uid};
    out.idToken.type = "ISO14443";
    if (const auto type = decltype(out.idToken.type)::of(entry.type)) out.idToken.type = *type;
    if (is_removed) return out;
    auto& info = out.idTokenInfo.emplace();
    info.status = decltype(info.status)::of(entry.status).value_or(info.status);
    if (entry.expires_at > 0)
        info.cacheExpiryDateTime = wire::DateTime{utc_from_micros(entry.expires_at)};
    if (!entry.group.empty())
        info.groupIdToken = ocpp::v201::IdToken{.idToken = {entry.group}, .type = "Central"};
    return out;
}

domain::EntryBytes bytes_of_entries(ocpp::Version version) {
    return [version](const ListEntry& entry) {
        const std::string text = version == ocpp::Version::v201
                                     ? wire::encode(entry_v201(entry, false))
                                     : wire::encode(entry_v16(entry, false));
        return text.size() + 1;  // and a comma
    };
}

commands::Prepared call_of(const ListChange& change, ocpp::Version version) {
    if (version == ocpp::Version::v201) {
        ocpp::v201::SendLocalList::Request request;
        request.versionNumber = {change.version};
        request.updateType = "Differential";
        if (change.is_full) request.updateType = "Full";
        const bool is_empty = change.put.empty() && change.removed.empty();
        if (!is_empty) request.localAuthorizationList.emplace();
        for (const ListEntry& entry : change.removed)
            request.localAuthorizationList->items.push_back(entry_v201(entry, true));
        for (const ListEntry& entry : change.put)
            request.localAuthorizationList->items.push_back(entry_v201(entry, false));
        return commands::call_of<ocpp::v201::SendLocalList>(request);
    }
    ocpp::v16::SendLocalList::Request request;
    request.listVersion = {change.version};
    request.updateType = "Differential";
    if (change.is_full) request.updateType = "Full";
    auto& list = request.localAuthorizationList.emplace().items;
    for (const ListEntry& entry : change.removed) list.push_back(entry_v16(entry, true));
    for (const ListEntry& entry : change.put) list.push_back(entry_v16(entry, false));
    return commands::call_of<ocpp::v16::SendLocalList>(request);
}

void read_entry(const EntryV16& said, ListChange& change) {
    ListEntry entry;
    entry.uid = said.idTag.value;
    if (!said.idTagInfo) return change.removed.push_back(std::move(entry));
    entry.status = said.idTagInfo->status.name();
    if (said.idTagInfo->parentIdTag) entry.group = said.idTagInfo->parentIdTag->value;
    if (said.idTagInfo->expiryDate) entry.expires_at = micros(said.idTagInfo->expiryDate->at);
    change.put.push_back(std::move(entry));
}

void read_entry(const EntryV201& said, ListChange& change) {
    ListEntry entry;
    entry.uid = said.idToken.idToken.value;
    entry.type = said.idToken.type.name();
    if (!said.idTokenInfo) return change.removed.push_back(std::move(entry));
    const auto& info = *said.idTokenInfo;
    entry.status = info.status.name();
    if (info.groupIdToken) entry.group = info.groupIdToken->idToken.value;
    if (info.cacheExpiryDateTime) entry.expires_at = micros(info.cacheExpiryDateTime->at);
    change.put.push_back(std::move(entry));
}

// What a SendLocalList said, ours or an operator's own. Codes that drivers type are hidden in it.
template <class Action>
std::optional<ListChange> read_change(wire::Decoder& decoder, std::string_view request,
                                      wire::Integer Action::Request::*version) {
    typename Action::Request said;
    if (decoder.decode(request, said, lenient)) return std::nullopt;
    ListChange change;
    change.is_full = said.updateType.is("Full");
    change.version = (said.*version).value;
    if (!said.localAuthorizationList) return change;
    for (const auto& entry : said.localAuthorizationList->items) read_entry(entry, change);
    return change;
}

std::optional<ListChange> change_of(wire::Decoder& decoder, const Command& command) {
    if (command.version == ocpp::Version::v201) {
        using Action = ocpp::v201::SendLocalList;
        return read_change<Action>(decoder, command.request, &Action::Request::versionNumber);
    }
    using Action = ocpp::v16::SendLocalList;
    return read_change<Action>(decoder, command.request, &Action::Request::listVersion);
}

// ---- rows ----

store::Value json_or_null(const ListEntries& entries, const std::string& key) {
    const auto found = entries.find(key);
    if (found == entries.end()) return store::Null{};
    return tables::entry_json(found->second);
}

void write_entry(Batch& batch, const Station& station, const LocalListRecord& list,
                 const std::string& key) {
    batch.unit.add(tables::local_list_entry, {station.no.value, key, json_or_null(list.wanted, key),
                                              json_or_null(list.held.entries, key)});
}

bool is_other(const ListEntries& a, const ListEntries& b, const std::string& key) {
    const auto in_a = a.find(key), in_b = b.find(key);
    if (in_a == a.end() || in_b == b.end()) return (in_a == a.end()) != (in_b == b.end());
    return !(in_a->second == in_b->second);
}

// The entries by which two lists differ.
std::vector<std::string> changed_keys(const ListEntries& before, const ListEntries& after) {
    std::vector<std::string> keys;
    for (const auto& [key, entry] : before)
        if (is_other(before, after, key)) keys.push_back(key);
    for (const auto& [key, entry] : after)
        if (!before.contains(key)) keys.push_back(key);
    return keys;
}

void write_list(Batch& batch, Station& station, const LocalListRecord& list) {
    batch.touch(station);
    batch.unit.add(tables::local_list, tables::local_list_row(station, list));
}

void take_wanted(Batch& batch, const Station& station, LocalListRecord& list, ListEntries wanted) {
    const auto keys = changed_keys(list.wanted, wanted);
    list.wanted = std::move(wanted);
    for (const std::string& key : keys) write_entry(batch, station, list, key);
}

// Whatever `change_held` does to what the station is known to hold.
template <class Change>
void change_held(Batch& batch, const Station& station, LocalListRecord& list,
                 const Change& change) {
    const ListEntries before = list.held.entries;
    change(list.held);
    for (const std::string& key : changed_keys(before, list.held.entries))
        write_entry(batch, station, list, key);
}

// ---- what is wanted ----

// As the station's version can say it: 1.6 knows no types.
ListEntries wanted_of(const LocalListRecord& list, ocpp::Version version) {
    ListEntries wanted = list.wanted;
    for (auto& [key, entry] : wanted) {
        if (version == ocpp::Version::v201 && entry.type.empty()) entry.type = default_type;
        if (version == ocpp::Version::v201) continue;
        entry.type.clear();
        if (count_code_points(entry.group) > id_tag_characters) entry.group.clear();
    }
    return wanted;
}

const ListEntry* too_long_for_v16(const ListEntries& wanted) {
    for (const auto& [key, entry] : wanted)
        if (count_code_points(entry.uid) > id_tag_characters) return &entry;
    return nullptr;
}

ListEntry entry_of(const LocalListEntryWritten& written) {
    ListEntry entry;
    entry.uid = written.uid.value;
    entry.type = written.type ? written.type->name() : default_type;
    if (written.status) entry.status = written.status->name();
    if (written.group_id) entry.group = written.group_id->value;
    if (written.expires_at) entry.expires_at = micros(written.expires_at->at);
    return entry;
}

tl::expected<ListEntries, OperationRefused> read_entries(const LocalListWrite& wanted) {
    ListEntries entries;
    std::size_t index = 0;
    for (const LocalListEntryWritten& written : wanted.entries->items) {
        const std::string pointer = "/entries/" + std::to_string(index++);
        const std::string key = domain::token_key(written.uid.value);
        if (key.empty())
            return tl::unexpected{
                OperationRefused{"validation_failed", "uid is empty", pointer + "/uid"}};
        if (!entries.emplace(key, entry_of(written)).second)
            return tl::unexpected{
                OperationRefused{"validation_failed", "the list has this token twice", pointer}};
    }
    return entries;
}

tl::expected<ListEntries, OperationRefused> entries_of_tokens(const LocalListRecord& list) {
    if (list.tokens.size() > limits::local_list_entries)
        return tl::unexpected{OperationRefused{
            "station_limit",
            "the rule names more than " + std::to_string(limits::local_list_entries) + " tokens",
            ""}};
    ListEntries entries;
    for (const ListEntry& entry : list.tokens) entries[domain::token_key(entry.uid)] = entry;
    return entries;
}

void refuse(Work& work, const OperationRefused& refused) {
    const int status = refused.code == "station_limit" ? 422 : 400;
    work.refuse(status, refused.code, refused.detail, refused.pointer);
}

// ---- bringing it to the station ----

domain::ListBounds bounds_of(const ShardState& shard, const Station& station) {
    static const BoundsRead none;
    const auto read = shard.held.bounds.find(station.no.value);
    domain::ListBounds bounds =
        list_bounds(read == shard.held.bounds.end() ? none : read->second, station.version);
    bounds.bytes_a_message =
        std::max<std::int64_t>(bounds.bytes_a_message - message_overhead_bytes, 1);
    return bounds;
}

void end_sync(Work& work, LocalListRecord& list, std::string_view state, std::string_view reason) {
    list.sync_state = state;
    list.sync_reason = reason;
    list.sync_ended_at = work.now_us();
}

// The next message, or the end.
void send_change(Work& work, Station& station, LocalListRecord& list, bool must_be_full) {
    const auto change = domain::next_change(wanted_of(list, station.version), list.held,
                                            bounds_of(work.shard, station),
                                            bytes_of_entries(station.version), must_be_full);
    if (!change) return end_sync(work, list, "done", "");
    if (!commands::ask_station(work.shard, work.batch, station, call_of(*change, station.version),
                               sync_command))
        return end_sync(work, list, "failed", "queue_full");
    list.held.highest_version = std::max(list.held.highest_version, change->version);
    ++list.messages_sent;
}

void begin_sync(Work& work, Station& station, LocalListRecord& list, bool is_full) {
    list.sync_state = "syncing";
    list.sync_reason.clear();
    list.sync_started_at = work.now_us();
    list.sync_ended_at = list.messages_sent = 0;
    list.full_was_tried = is_full;
    send_change(work, station, list, is_full);
}

void take_step(Work& work, Station& station, LocalListRecord& list, domain::ListStep step,
               const std::string& status) {
    using domain::ListStep;
    switch (step) {
        case ListStep::go_on: return send_change(work, station, list, false);
        case ListStep::full_once:
            list.full_was_tried = true;
            list.held.is_known = false;
            return send_change(work, station, list, true);
        case ListStep::not_supported: return end_sync(work, list, "not_supported", status);
        case ListStep::failed:
            list.held.is_known = false;
            return end_sync(work, list, "failed", status);
    }
}

std::optional<OperationRefused> cannot_sync(Work& work, const Station& station,
                                            const LocalListRecord& list) {
    if (list.source.empty())
        return OperationRefused{"no_local_list", "nobody has said what the list shall be", ""};
    if (!station.online())
        return OperationRefused{"station_offline", "the station is not connected", ""};
    if (const auto refused = commands::refused_by_boot_state(station, "SendLocalList"))
        return refused;
    const bool runs = std::any_of(station.commands.begin(), station.commands.end(),
                                  [](const auto& one) { return one->command == sync_command; });
    if (runs) return OperationRefused{"sync_running", "the list is on its way already", ""};
    const ListEntries wanted = wanted_of(list, station.version);
    const ListEntry* too_long =
        station.version == ocpp::Version::v16 ? too_long_for_v16(wanted) : nullptr;
    if (too_long)
        return OperationRefused{
            "station_limit", "OCPP 1.6 has tokens of 20 characters at most: " + too_long->uid, ""};
    const auto refusal = domain::does_not_fit(wanted, bounds_of(work.shard, station),
                                              bytes_of_entries(station.version));
    if (refusal) return OperationRefused{"station_limit", refusal->detail, ""};
    return std::nullopt;
}

int status_of(std::string_view code) { return code == "station_limit" ? 422 : 409; }

// ---- the tokens of a rule ----

// Text within a column; "" is within none.
std::string escaped_for_like(std::string_view text) {
    if (text.empty()) return {};
    std::string out = "%";
    for (const char c : text) {
        if (c == '%' || c == '_' || c == '!') out += '!';
        out += c;
    }
    return out += '%';
}

// Rows of tokens that may be let in here. The database folds less than we do: what is written as
// the station's identity is found whatever its letters are.
constexpr std::string_view bound_here =
    "((coalesce(stations, '') = '' and coalesce(evses, '') = '' and coalesce(locations, '') = '') "
    "or lower(stations) like $2 escape '!' or stations like $3 escape '!' or lower(evses) like $2 "
    "escape '!' or evses like $3 escape '!' or locations like $4 escape '!')";

// Codes that drivers type, and tokens of the CSMS itself, are in no list (2.0.1 C04, C15).
std::vector<ListEntry> tokens_of_rule(store::Sql& sql, const LocalListRule& rule,
                                      const Station& station, std::string_view location) {
    std::vector<std::string> statuses{"Accepted"}, groups;
    if (rule.statuses) {
        statuses.clear();
        for (const auto& status : *rule.statuses) statuses.emplace_back(status.name());
    }
    std::vector<store::Value> values{statuses, escaped_for_like(station.key),
                                     escaped_for_like(station.id), escaped_for_like(location)};
    std::string text =
        "select " + std::string{token_columns} + " from id_tokens where tenant_no = 1 and " +
        store::any_of(sql.dialect(), "status", "$1") +
        " and (type is null or type not in ('KeyCode', 'Central', 'NoAuthorization')) and " +
        std::string{bound_here};
    if (rule.group_ids) {
        for (const auto& group : *rule.group_ids) groups.push_back(group.value);
        values.emplace_back(groups);
        text += " and " + store::any_of(sql.dialect(), "group_id", "$5");
    }
    text += " order by uid_key limit " + std::to_string(2 * limits::local_list_entries);
    std::vector<ListEntry> tokens;
    for (const store::Row& row : sql.query(text, values)) {
        const domain::Token token = read_token(row);
        if (!domain::is_let_in(token, {station.key, location})) continue;
        tokens.push_back(
            {token.uid, token.type, store::as_text(row[3]), token.group, token.expires_at});
    }
    return tokens;
}

}  // namespace

void load_local_lists(store::Sql& sql, ShardState& shard, const Needs& needs) {
    if (needs.local_lists.empty()) return;
    for (const std::int64_t number : needs.local_lists) shard.held.lists.try_emplace(number);
    const std::string of_these = store::any_of(sql.dialect(), "station_no", "$1");
    for (const store::Row& row : sql.query("select " + std::string{tables::local_list_columns} +
                                               " from local_lists where " + of_these,
                                           {needs.local_lists}))
        shard.held.lists[store::as_int(row[0])] = tables::read_local_list(row);
    for (const store::Row& row : sql.query(
             "select station_no, token_key, wanted, confirmed from local_list_entries where " +
                 of_these,
             {needs.local_lists})) {
        LocalListRecord& list = shard.held.lists[store::as_int(row[0])];
        const std::string key = store::as_text(row[1]);
        if (!store::is_null(row[2]))
            list.wanted[key] = tables::read_entry(shard.decoder, store::as_text(row[2]));
        if (!store::is_null(row[3]))
            list.held.entries[key] = tables::read_entry(shard.decoder, store::as_text(row[3]));
    }
    std::vector<std::int64_t> ruled;
    for (const auto& [number, given] : needs.token_rules) ruled.push_back(number);
    const auto locations = read_locations(sql, ruled);
    for (const auto& [number, given] : needs.token_rules) {
        LocalListRecord& list = shard.held.lists[number];
        const bool from_tokens = !given.empty() || list.source == "tokens";
        LocalListRule rule;
        const std::string& text = given.empty() ? list.rule : given;
        if (!from_tokens || shard.decoder.decode(text.empty() ? "{}" : text, rule, lenient))
            continue;
        const auto location = locations.find(number);
        list.tokens = tokens_of_rule(sql, rule, *needs.stations.at(number),
                                     location == locations.end() ? "" : location->second);
    }
}

// ---- operations ----

void write_local_list(Work& work, const bus::OperatorBody& asked, Station& station) {
    LocalListWrite wanted;
    if (const auto violation = work.shard.decoder.decode(asked.parameters, wanted))
        return work.refuse(400, "validation_failed", ocpp::describe(*violation), violation->path);
    const bool from_tokens = wanted.source.is("tokens");
    if (!from_tokens && !wanted.entries)
        return work.refuse(400, "validation_failed", "entries are required", "/entries");
    LocalListRecord& list = work.shard.held.lists[station.no.value];
    auto entries = from_tokens ? entries_of_tokens(list) : read_entries(wanted);
    if (!entries) return refuse(work, entries.error());
    list.source = wanted.source.name();
    list.rule = from_tokens ? wire::encode(wanted.tokens.value_or(LocalListRule{})) : "";
    list.updated_at = work.now_us();
    list.updated_by = asked.requested_by;
    take_wanted(work.batch, station, list, std::move(*entries));
    write_list(work.batch, station, list);
    work.answer(200,
                wire::encode(StationWritten{.station_no = station.no.value, .id = station.id}));
}

void sync_local_list(Work& work, const bus::OperatorBody& asked, Station& station) {
    LocalListSync wanted;
    if (const auto violation = work.shard.decoder.decode(asked.parameters, wanted))
        return work.refuse(400, "validation_failed", ocpp::describe(*violation), violation->path);
    LocalListRecord& list = work.shard.held.lists[station.no.value];
    if (list.source == "tokens") {
        auto entries = entries_of_tokens(list);
        if (!entries) return refuse(work, entries.error());
        take_wanted(work.batch, station, list, std::move(*entries));
    }
    if (const auto refused = cannot_sync(work, station, list))
        return work.refuse(status_of(refused->code), refused->code, refused->detail,
                           refused->pointer);
    const auto messages = domain::changes_needed(wanted_of(list, station.version), list.held,
                                                 bounds_of(work.shard, station),
                                                 bytes_of_entries(station.version), wanted.full);
    begin_sync(work, station, list, wanted.full);
    write_list(work.batch, station, list);
    work.answer(200, wire::encode(LocalListSynced{static_cast<std::int64_t>(messages)}));
}

// ---- answers ----

void list_answered(Work& work, Station& station, const Command& command) {
    const auto found = work.shard.held.lists.find(station.no.value);
    const auto change = change_of(work.shard.decoder, command);
    if (found == work.shard.held.lists.end() || !change) return;
    LocalListRecord& list = found->second;
    if (command.status == "Accepted") {
        change_held(work.batch, station, list,
                    [&](domain::HeldList& held) { domain::apply(held, *change); });
        list.confirmed_at = work.now_us();
    }
    if (command.command == sync_command && list.sync_state == "syncing")
        take_step(work, station, list,
                  domain::step_after(command.status, change->is_full, list.full_was_tried),
                  command.status);
    write_list(work.batch, station, list);
}

// 2.0.1 N10: what a station forgets of a customer is to leave its list as well.
void customer_answered(Work& work, Station& station, const Command& command) {
    const auto found = work.shard.held.lists.find(station.no.value);
    ocpp::v201::CustomerInformation::Request asked;
    const bool clears = command.status == "Accepted" && found != work.shard.held.lists.end() &&
                        !work.shard.decoder.decode(command.request, asked, lenient) &&
                        asked.clear && asked.idToken;
    if (!clears) return;
    LocalListRecord& list = found->second;
    const std::string key = domain::token_key(asked.idToken->idToken.value);
    if (!list.wanted.contains(key) && !list.held.entries.contains(key)) return;
    ListEntries wanted = list.wanted;
    wanted.erase(key);
    take_wanted(work.batch, station, list, std::move(wanted));
    if (!cannot_sync(work, station, list)) begin_sync(work, station, list, false);
    write_list(work.batch, station, list);
}

void list_version_answered(Work& work, Station& station, const Command& command) {
    const auto found = work.shard.held.lists.find(station.no.value);
    if (found == work.shard.held.lists.end()) return;
    std::int64_t version = 0;
    if (command.version == ocpp::Version::v201) {
        ocpp::v201::GetLocalListVersion::Response said;
        if (work.shard.decoder.decode(command.response, said, lenient)) return;
        version = said.versionNumber.value;
    } else {
        ocpp::v16::GetLocalListVersion::Response said;
        if (work.shard.decoder.decode(command.response, said, lenient)) return;
        version = said.listVersion.value;
    }
    LocalListRecord& list = found->second;
    change_held(work.batch, station, list,
                [&](domain::HeldList& held) { domain::take_version(held, version); });
    list.reported_version = version;
    list.reported_at = work.envelope.received_at;
    write_list(work.batch, station, list);
}

void list_unanswered(Batch& batch, Station& station, const Command& command) {
    const bool refused = command.failed_reason == "call_error";
    // It may have arrived: what the station holds now is not known.
    if (command.handed_over && !refused)
        batch.unit.add(tables::local_list_unknown, {station.no.value, std::int64_t{0}});
    if (command.command != sync_command) return;
    const bool cannot =
        refused && (command.error_code == "NotSupported" || command.error_code == "NotImplemented");
    batch.unit.add(tables::local_list_sync,
                   {station.no.value, std::string{cannot ? "not_supported" : "failed"},
                    refused ? command.error_code : command.failed_reason, micros(batch.now)});
    batch.touch(station);
}

}  // namespace ohm::api
