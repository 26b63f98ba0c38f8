// The messages of a transaction, of both versions, as a station writes them. For src/sim alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ocpp/v16/core.hpp"
#include "ocpp/v201/transactions.hpp"
#include "ocpp/version.hpp"
#include "sim/messages.hpp"

namespace ohm::sim {

ocpp::v201::IdToken id_token(std::string_view token);
std::string authorize_payload(ocpp::Version version, std::string_view token);
ocpp::v16::StartTransaction::Request start_16(int connector, std::string_view token,
                                              std::int64_t meter_wh, Utc at);
ocpp::v16::StopTransaction::Request stop_16(std::int64_t transaction_id, std::string_view token,
                                            std::int64_t meter_wh, Utc at);
ocpp::v16::MeterValues::Request sample_16(int connector, std::int64_t transaction_id,
                                          std::int64_t meter_wh, const CarState* car, Utc at);
// As commands name it.
std::string transaction_name(ocpp::Version version, std::int64_t id, std::uint64_t name);
// Without its kind and reason.
ocpp::v201::TransactionEvent::Request bare_event_201(std::uint64_t name, std::int32_t seq_no,
                                                     std::int64_t meter_wh, const CarState* car,
                                                     Utc at);

}  // namespace ohm::sim
