// Transactions that operators name by our ids (tx_…), while stations know them by ids of their own.
// On a reader's thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "store/sql.hpp"

namespace ohm::api::rest {

struct KnownTransaction {
    std::string station_id, id_key, ocpp_id;
};
std::optional<KnownTransaction> find_transaction(store::Sql& sql, std::string_view id);

// Where encoded parameters name a transaction by our id: that id's place in the text.
std::optional<std::pair<std::size_t, std::size_t>> our_id_in(std::string_view parameters);
// The parameters with the station's id in that place.
std::string with_station_id(const std::string& parameters,
                            std::pair<std::size_t, std::size_t> place, const std::string& ocpp_id);

}  // namespace ohm::api::rest
