#include "api/charging/cost.hpp"

#include "api/charging/times.hpp"
#include "api/commands/questions.hpp"
#include "domain/tariff.hpp"
#include "ocpp/v201/tariff_and_cost.hpp"

namespace ohm::api {
namespace {

constexpr double hundredths = 100;

std::int64_t cost_until(const domain::Tariff& tariff, const TransactionRecord& record,
                        std::int64_t now) {
    return domain::cost_of(tariff, domain::energy_mwh(record.facts).value_or(0),
                           seconds_of(record, now));
}

}  // namespace

std::optional<wire::Number> final_cost(Handler& handler, TransactionRecord& record) {
    const auto& tariff = handler.options().tariff;
    if (!tariff) return std::nullopt;
    const std::int64_t cost = cost_until(*tariff, record, handler.received_at());
    const std::string told = domain::text_of_cost(cost);
    record.changed = record.changed || told != record.total_cost;
    record.total_cost = told;
    return wire::Number{static_cast<double>(cost) / hundredths};
}

void tell_cost(Handler& handler, TransactionRecord& record) {
    const auto& options = handler.options();
    const bool may = options.tariff && options.cost_updates.count() > 0 && record.is_active() &&
                     record.facts.started_at && handler.station.online();
    if (!may) return;
    const std::int64_t now = handler.received_at();
    if (record.cost_told_at != 0 &&
        now < record.cost_told_at + Micros{options.cost_updates}.count())
        return;
    const bool is_news = record.cost_told_at != 0;
    record.cost_told_at = now;
    if (!is_news) return;  // it has just begun
    const std::int64_t cost = cost_until(*options.tariff, record, now);
    const ocpp::v201::CostUpdated::Request request{{static_cast<double>(cost) / hundredths},
                                                   {record.station_id()}};
    commands::Question question{.command = "call",
                                .parameters = wire::encode(request),
                                .call = commands::call_of<ocpp::v201::CostUpdated>(request),
                                .priority = commands::Priority::bulk};
    commands::ask(handler.work.shard, handler.work.batch, handler.station, std::move(question));
}

}  // namespace ohm::api
