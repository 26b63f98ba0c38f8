// The writes of the api, declared: which table, which columns, what a repeated row means. Every row
// is absolute and every insert tolerates its repetition, so a transaction whose outcome is unknown
// can simply be sent again.
#pragma once

#include <string_view>

#include "api/station.hpp"
#include "store/sql.hpp"
#include "wire/codec.hpp"

namespace ohm::api::tables {

extern const store::Write new_station, station_config, station_boot, archive_station;
extern const store::Write new_state, state, last_seen;
extern const store::Write new_evse, connector;
extern const store::Write boot;
extern const store::Write command, command_effect, late_answer;
extern const store::Write station_credentials;
extern const store::Write connection_attempt;
extern const store::Write worker_up, worker_seen;
extern const store::Write idempotency_key;
extern const store::Write quarantine;

using Row = std::vector<store::Value>;

store::Value text_or_null(std::string_view text);
store::Value int_or_null(std::int64_t value, std::int64_t null_value = 0);
store::Value int_or_null(const std::optional<std::int64_t>& value);
store::Value bytes(const Ulid& id);
store::Value bytes_or_null(const std::optional<Ulid>& id);

Row state_row(const Station& station);
Row connector_row(const Station& station, const ConnectorState& connector);
// Without the secrets that a command may hold.
Row command_row(wire::Decoder& decoder, const Station& station, const Command& command);

}  // namespace ohm::api::tables
