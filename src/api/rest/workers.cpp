#include "api/drain.hpp"
#include "api/rest/handlers.hpp"
#include "api/rest/service.hpp"
#include "base/text.hpp"
#include "wire/codec.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view select_workers =
    "select w.worker, w.seen_at, w.started_at, w.draining, w.connections, w.version, "
    "w.certificate, w.certificate_expires_at "
    "from bus_worker w where 1 = 1";

WorkerShown worker_of(const store::Row& row) {
    WorkerShown shown{.id = store::as_text(row[0])};
    shown.seen_at = time_or_null(row[1]);
    shown.started_at = time_or_null(row[2]);
    shown.draining = store::as_int(row[3]) != 0;
    shown.connections = store::as_int(row[4]);
    shown.version = text_or_null(row[5]);
    shown.certificate = text_or_null(row[6]);
    shown.certificate_expires_at = time_or_null(row[7]);
    constexpr std::int64_t day_us = 86'400'000'000;
    const std::int64_t seen_at = store::as_int(row[1]), expires_at = store::as_int(row[7]);
    if (expires_at != 0) shown.certificate_days_left = {(expires_at - seen_at) / day_us};
    return shown;
}

}  // namespace

net::Response list_workers(const Exchange& exchange, ReadSources& sources) {
    const auto page = read_page(exchange, "workers", 1);
    if (!page) return problem_answer(exchange, page.error());
    ListAnswer list;
    if (page->total)
        list.total =
            store::as_int(sources.sql.query("select count(*) from bus_worker").at(0).at(0));
    Conditions where;
    if (page->after) where.add("w.worker > ?", {page->after->at(0)});
    const std::string limit = where.bind(static_cast<std::int64_t>(page->limit + 1));
    auto rows = sources.sql.query(
        std::string{select_workers} + where.text() + " order by w.worker limit " + limit,
        where.values());
    if (rows.size() > page->limit) {
        rows.resize(page->limit);
        list.next_cursor = make_cursor("workers", {store::as_text(rows.back()[0])});
    }
    for (const store::Row& row : rows) list.items.push_back(wire::encode(worker_of(row)));
    return list_answer(exchange, list);
}

net::Response show_worker(const Exchange& exchange, ReadSources& sources) {
    const std::string& id = exchange.path_value(0);
    const auto rows = sources.sql.query(std::string{select_workers} + " and w.worker = $1", {id});
    if (rows.empty()) return problem_answer(exchange, not_found("worker", id));
    return json_answer(200, wire::encode(worker_of(rows.front())));
}

void drain(const SharedExchange& exchange, Service& service) {
    const auto wanted = read_body<WorkerDrain>(*exchange, service.decoder());
    if (!wanted) return service.answer(exchange, problem_answer(*exchange, wanted.error()));
    const DrainOrder order{{exchange->path_value(0)}, wanted->force.value_or(false)};
    service.operate(
        exchange,
        service.operation(*exchange, operation::drain_worker, std::string{workers_key},
                          wire::encode(order)),
        [exchange, &service](OperationAnswer&&) {
            service.read(exchange, [](const Exchange& asked, ReadSources& sources) {
                net::Response response = show_worker(asked, sources);
                if (response.status != 200) return response;
                response.status = 202;
                response.headers.push_back(
                    {"Location", "/api/v1/workers/" + percent_encode(asked.path_value(0))});
                response.headers.push_back({"Retry-After", "2"});
                return response;
            });
        });
}

}  // namespace ohm::api::rest
