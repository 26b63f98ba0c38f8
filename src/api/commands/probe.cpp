#include "api/commands/probe.hpp"

#include "api/commands/effects.hpp"
#include "api/commands/queue.hpp"
#include "api/facts/quirks.hpp"
#include "base/text.hpp"
#include "ocpp/v16/core.hpp"
#include "ocpp/v201/provisioning.hpp"

namespace ohm::api::commands {

// What was found so far, and at last. Not in an unnamed namespace: clang wants linkage of whatever
// FIELDS describes.
namespace partly {

using Phase = OneOf<"reading", "list", "each", "accepted_list", "one", "restoring", "done">;

struct Found {
    Phase phase;
    wire::Nullable<std::string> original;  // to roll back to; null: the station did not tell
    std::string value;                     // what was written last
    List<std::string> accepted, refused;
    FIELDS(phase, original, value, accepted, refused)
};

}  // namespace partly

namespace {

using ocpp::Version;
using partly::Found;
constexpr wire::Rules lenient{wire::Strictness::lenient, true};
constexpr std::string_view command_name = "probe-measurands";
constexpr seconds between_calls{1};  // each is written to flash

std::string key_v16(const ProbeParameters& wanted) {
    return wanted.variable ? wanted.variable->value : "MeterValuesSampledData";
}

void address_v201(const ProbeParameters& wanted, auto& item) {
    item.component.name = {wanted.component ? wanted.component->value : "SampledDataCtrlr"};
    item.variable.name = {wanted.variable ? wanted.variable->value : "TxUpdatedMeasurands"};
}

Prepared writing(Version version, const ProbeParameters& wanted, const std::string& value) {
    if (version == Version::v16)
        return call_of<ocpp::v16::ChangeConfiguration>({{key_v16(wanted)}, {value}});
    ocpp::v201::SetVariables::Request request;
    auto& item = request.setVariableData.items.emplace_back();
    address_v201(wanted, item);
    item.attributeValue = {value};
    return call_of<ocpp::v201::SetVariables>(request);
}

std::string joined(const auto& measurands) {
    std::string out;
    for (const auto& one : measurands) {
        const std::string& text = one;
        (out += out.empty() ? "" : ",") += text;
    }
    return out;
}

void take_original(wire::Decoder& decoder, const Command& command, Found& found) {
    ocpp::v16::GetConfiguration::Response keys;
    ocpp::v201::GetVariables::Response variables;
    if (command.version == Version::v16) {
        if (decoder.decode(command.response, keys, lenient) || !keys.configurationKey) return;
        for (const auto& key : *keys.configurationKey)
            if (key.value) found.original = {key.value->value};
        return;
    }
    if (decoder.decode(command.response, variables, lenient)) return;
    for (const auto& one : variables.getVariableResult)
        if (one.attributeValue) found.original = {one.attributeValue->value};
}

// What to write next; nothing where all is known. `taken`: the station took what was written last.
std::optional<std::string> next_value(const ProbeParameters& wanted, bool taken, Found& found) {
    const auto& all = wanted.measurands.items;
    const auto tried = [&] { return found.accepted.items.size() + found.refused.items.size(); };
    if (found.phase.is("list") && taken) {
        for (const auto& one : all) found.accepted.items.push_back(one.value);
        return std::nullopt;
    }
    if (found.phase.is("each"))
        (taken ? found.accepted : found.refused).items.push_back(all[tried()].value);
    if (found.phase.is("accepted_list") && !taken) {  // one at a time, and no more
        auto& accepted = found.accepted.items;
        found.refused.items.insert(found.refused.items.end(), accepted.begin() + 1, accepted.end());
        accepted.resize(1);
        found.phase = "one";
        return accepted.front();
    }
    if (found.phase.is("list")) found.phase = "each";
    if (found.phase.is("each") && all.size() > 1 && tried() < all.size()) return all[tried()].value;
    if (found.phase.is("each") && all.size() == 1) found.refused.items.push_back(all[0].value);
    if (!found.phase.is("each")) return std::nullopt;
    if (found.accepted.items.empty()) {
        found.phase = "restoring";
        return found.original;
    }
    found.phase = "accepted_list";
    return joined(found.accepted);
}

void end_probe(ShardState& shard, Batch& batch, Station& station, Command& command, Found& found) {
    found.phase = "done";
    if (found.accepted.items.empty())
        command.result = "rejected";
    else
        command.result = found.refused.items.empty() ? "accepted" : "partial";
    if (!found.refused.items.empty())
        note_quirk(batch, station, command.action, "measurands_refused", "", micros(batch.now));
    command.status.clear();
    command.request.clear();  // the last of several: the log has them all
    command.response = wire::encode(found);
    conclude(shard, batch, station, command);
}

void send(ShardState& shard, Batch& batch, Station& station, Command& command,
          const Prepared& call) {
    command.action = call.action;
    command.request = call.payload;
    command.part = shard.ids.next();
    command.message_id = command.part.text();
    command.handed_over = false;
    command.epoch = 0;
    command.status.clear();
    command.result.clear();
    command.error_code.clear();
    command.error_description.clear();
    command.error_details.clear();
    command.changed = true;
    command.deadline_at = deadline_of_new(shard, station, micros(batch.now));
    command.not_before_at = micros(batch.now) + Micros{between_calls}.count();
    batch.touch(station);
    send_next(shard, batch, station);
}

}  // namespace

PreparedOrRefusal probe_v16(Preparing&, const ProbeParameters& wanted) {
    if (wanted.component) return not_in_protocol("OCPP 1.6 has keys alone", "/component");
    ocpp::v16::GetConfiguration::Request request;
    request.key.emplace().items.push_back({key_v16(wanted)});
    return call_of<ocpp::v16::GetConfiguration>(request);
}

PreparedOrRefusal probe_v201(Preparing&, const ProbeParameters& wanted) {
    ocpp::v201::GetVariables::Request request;
    address_v201(wanted, request.getVariableData.items.emplace_back());
    return call_of<ocpp::v201::GetVariables>(request);
}

bool is_probe(const Command& command) { return command.command == command_name; }

void take_probe(ShardState& shard, Batch& batch, Station& station, Command& command,
                const std::string& so_far) {
    Found found;
    ProbeParameters wanted;
    if (!so_far.empty() && shard.decoder.decode(so_far, found, lenient)) found = {};
    if (shard.decoder.decode(command.parameters, wanted, lenient))
        return fail(shard, batch, station, command, "invalid_response");
    const bool taken = command.error_code.empty() && command.result == "accepted";
    std::optional<std::string> next;
    if (found.phase.is("reading")) {
        take_original(shard.decoder, command, found);
        found.phase = "list";
        next = joined(wanted.measurands);
    } else {
        next = next_value(wanted, taken, found);
    }
    if (!next) return end_probe(shard, batch, station, command, found);
    found.value = *next;
    command.response = wire::encode(found);
    send(shard, batch, station, command, writing(command.version, wanted, *next));
}

}  // namespace ohm::api::commands
