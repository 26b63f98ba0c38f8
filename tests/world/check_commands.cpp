#include "check_commands.hpp"

namespace ohm::world {

void CheckCommands::station_got(const std::string& station, const std::string& message_id) {
    if (++received_[message_id] > 1)
        findings_.add(station + " received command " + message_id + " again");
}

void CheckCommands::at_rest(store::Sql& truth) {
    const auto rows =
        truth.query("select message_id, state, failed_reason, command from commands order by id");
    for (const store::Row& row : rows) {
        const std::string id = store::as_text(row[0]), state = store::as_text(row[1]),
                          reason = store::as_text(row[2]);
        ++ends_[reason.empty() ? state : reason];
        const auto found = received_.find(id);
        const bool received = found != received_.end();
        if (state != "answered" && state != "failed")
            findings_.add("command " + id + " is not final: " + state);
        if (received && reason == "offline")
            findings_.add("command " + id + " was received, yet its row says offline");
        if (!received && (state == "answered" || reason == "call_error"))
            findings_.add("command " + id + " was answered, yet nobody received it");
    }
}

}  // namespace ohm::world
