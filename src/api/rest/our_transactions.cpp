#include "api/rest/our_transactions.hpp"

#include "api/rest/newest.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {

std::optional<KnownTransaction> find_transaction(store::Sql& sql, std::string_view id) {
    const auto ulid = parse_id("tx_", id);
    if (!ulid) return std::nullopt;
    const auto rows = sql.query(
        "select p.id, p.id_key, coalesce(t.said_id, t.ocpp_id) from transactions t join "
        "charge_points p on "
        "p.station_no = t.station_no where t.tenant_no = 1 and t.id = $1",
        {store::Bytes{ulid->bytes()}});
    if (rows.empty()) return std::nullopt;
    return KnownTransaction{store::as_text(rows[0][0]), store::as_text(rows[0][1]),
                            store::as_text(rows[0][2])};
}

std::optional<std::pair<std::size_t, std::size_t>> our_id_in(std::string_view parameters) {
    constexpr std::string_view before = R"("transaction_id":")";
    const std::size_t member = parameters.find(std::string{before} + "tx_");
    if (member == std::string_view::npos) return std::nullopt;
    const std::size_t from = member + before.size();
    return std::pair{from, parameters.find('"', from) - from};
}

std::string with_station_id(const std::string& parameters,
                            std::pair<std::size_t, std::size_t> place, const std::string& ocpp_id) {
    std::string quoted, out = parameters;
    append_json_string(quoted, ocpp_id);
    return out.replace(place.first - 1, place.second + 2, quoted);
}

}  // namespace ohm::api::rest
