#include "api/commands/passwords.hpp"

#include "api/commands/secrets.hpp"
#include "base/secret.hpp"

namespace ohm::api {
namespace commands {
namespace {

void write(Batch& batch, Station& station) {
    batch.touch(station);
    station.credentials_changed = true;
}

void drop_next(Batch& batch, Station& station) {
    if (station.next_password_hash.empty()) return;
    station.next_password_hash.clear();
    write(batch, station);
}

void promote(ShardState& shard, Batch& batch, Station& station) {
    if (station.next_password_hash.empty()) return;
    station.password_hash = secret::packed(station.next_password_hash);
    station.next_password_hash.clear();
    shard.verified_passwords.erase(station.no.value);
    write(batch, station);
}

}  // namespace

void note_password_sent(ShardState& shard, Batch& batch, Station& station, const Command& command) {
    if (!command.hides) return;
    const auto password = new_password_in(shard.decoder, command.action, command.request);
    if (!password) return;
    station.next_password_hash =
        command.password_hash.empty() ? secret::hash_password(*password) : command.password_hash;
    write(batch, station);
}

void note_password_answered(Work& work, Station& station, const Command& command) {
    if (!command.hides || !new_password_in(work.shard.decoder, command.action, command.request))
        return;
    switch (password_answer(work.shard.decoder, command.action, command.response)) {
        case PasswordAnswer::accepted: return promote(work.shard, work.batch, station);
        case PasswordAnswer::after_reboot: return;  // both let it in until the new one is used
        case PasswordAnswer::refused: return drop_next(work.batch, station);
    }
}

// Surely not taken: the old one alone counts. Perhaps taken: both do.
void note_password_unanswered(ShardState& shard, Batch& batch, Station& station,
                              const Command& command) {
    const bool refused = command.failed_reason == "call_error" ||
                         command.failed_reason == "offline" || !command.handed_over;
    if (!command.hides || !refused ||
        !new_password_in(shard.decoder, command.action, command.request))
        return;
    if (command.handed_over) drop_next(batch, station);
}

}  // namespace commands

void take_next_password(Work& work, Station& station) {
    commands::promote(work.shard, work.batch, station);
}

}  // namespace ohm::api
