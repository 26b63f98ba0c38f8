// What our declarations say, for schemas.mjs, which knows what the official schemas say.
//
//   schema_oracle describe           every message: version, action, direction, JSON Schema
//   schema_oracle sample SEED COUNT  random valid messages: version, action, direction, payload
//   schema_oracle judge              reads such messages; one verdict a line: "ok", or code and
//   path
//
// One message a line, its parts apart by tabs, so that a payload stays the text that it was.
#include <array>
#include <cstdio>
#include <iostream>
#include <string>

#include "base/random.hpp"
#include "base/text.hpp"
#include "ocpp/action.hpp"
#include "ocpp/errors.hpp"
#include "wire/sample.hpp"

namespace ohm {
namespace {

using ocpp::ActionInfo;
using ocpp::Version;

struct Message {
    Version version;
    const ActionInfo* action;
    bool is_request;

    const wire::Type& type() const { return is_request ? *action->request : *action->response; }
    wire::Rules rules() const { return {wire::Strictness::strict, version == Version::v201}; }
    std::string head() const {
        return std::string{ocpp::short_name(version)} + '\t' + std::string{action->name} + '\t' +
               (is_request ? "request" : "response") + '\t';
    }
};

std::vector<Message> all_messages() {
    std::vector<Message> messages;
    for (const Version version : {Version::v16, Version::v201})
        for (const ActionInfo& info : ocpp::declared_actions(version))
            for (const bool is_request : {true, false})
                messages.push_back({version, &info, is_request});
    return messages;
}

void describe() {
    for (const Message& message : all_messages()) {
        std::string line = message.head();
        wire::describe(line, message.type(), message.rules());
        std::puts(line.c_str());
    }
}

void sample(std::uint64_t seed, std::int64_t count) {
    SeededRandom random{seed};
    const auto messages = all_messages();
    for (std::int64_t i = 0; i < count; ++i) {
        const Message& message = messages[random.below(messages.size())];
        std::puts(
            (message.head() + wire::random_json(message.type(), random, message.rules())).c_str());
    }
}

std::string verdict(wire::Decoder& decoder, const std::string& line) {
    std::array<std::string_view, 3> head;
    std::string_view rest = line;
    for (auto& part : head) {
        part = rest.substr(0, rest.find('\t'));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    }
    const Version version = head[0] == "1.6" ? Version::v16 : Version::v201;
    const ActionInfo* action = ocpp::find_action(version, head[1]);
    if (!action || ocpp::short_name(version) != head[0]) return "no such message";
    const Message message{version, action, head[2] == "request"};
    const auto violation = ocpp::check_payload(decoder, rest, message.type(), message.rules());
    if (!violation) return "ok";
    return std::string{ocpp::code(ocpp::error_of(violation->rule), version)} + '\t' +
           violation->path;
}

void judge() {
    wire::Decoder decoder;
    for (std::string line; std::getline(std::cin, line);) std::puts(verdict(decoder, line).c_str());
}

}  // namespace
}  // namespace ohm

int main(int count, char** words) {
    const std::string_view command = count > 1 ? words[1] : "";
    if (command == "describe")
        ohm::describe();
    else if (command == "judge")
        ohm::judge();
    else if (command == "sample" && count == 4)
        ohm::sample(static_cast<std::uint64_t>(ohm::parse_int(words[2]).value_or(1)),
                    ohm::parse_int(words[3]).value_or(0));
    else
        return std::fputs("schema_oracle describe | sample SEED COUNT | judge\n", stderr), 2;
    return 0;
}
