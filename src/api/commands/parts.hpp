// A command whose list is longer than the station takes at once goes as several CALLs, one after
// the other, each made of the next items of its parameters. Its answer is theirs joined; a CALL
// that is lost loses no answer of another. Pure; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ocpp/version.hpp"
#include "wire/fields.hpp"

namespace ohm::wire {
class Decoder;
}

namespace ohm::api::commands {

struct Unanswered {
    std::int64_t first = 0, count = 0;  // of the items
    std::string reason;
    FIELDS(first, count, reason)
};
// How far such a command is; kept in its row.
struct Parts {
    std::int64_t items = 0, done = 0, out = 0;  // out: in the CALL on its way
    std::int64_t items_max = 0, bytes_max = 0;  // of one CALL; bytes 0: not known
    std::int64_t read_max = 0;                  // items when they are read back
    std::int64_t calls = 0;
    wire::List<Unanswered> unanswered;
    FIELDS(items, done, out, items_max, bytes_max, read_max, calls, unanswered)
};
std::unique_ptr<Parts> read_parts(const std::string& json);  // null for ""

// What one CALL of an action may hold, as the station's device model says it; 0: it does not say.
struct CallLimits {
    std::int64_t items = 0, bytes = 0;
};

// Whether a command's parameters are a list that may be split.
bool has_items(std::string_view command);
// The CALL that it becomes.
std::string_view action_of_items(std::string_view command, ocpp::Version version);
std::int64_t count_items(wire::Decoder& decoder, std::string_view command,
                         std::string_view parameters);
// Parameters of the same command with some of the items.
std::string some_items(wire::Decoder& decoder, std::string_view command,
                       std::string_view parameters, std::int64_t first, std::int64_t count);
std::int64_t items_of_call(std::string_view action, const CallLimits& said);

// The joined answer with one more.
std::string join_answer(wire::Decoder& decoder, std::string_view action, std::string_view request,
                        const std::string& so_far, std::string_view payload);
// Reading back all that a command of several CALLs has set: parameters of get-variables, and
// whether its joined answer says the same.
std::optional<std::string> reading_parameters(wire::Decoder& decoder, std::string_view parameters);
bool parameters_read_back(wire::Decoder& decoder, std::string_view parameters,
                          std::string_view read_action, std::string_view read);

}  // namespace ohm::api::commands
