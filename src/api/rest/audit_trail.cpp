#include "api/rest/audit_trail.hpp"

#include <algorithm>

#include "api/people/summary.hpp"
#include "api/rest/auth.hpp"
#include "api/rest/route.hpp"
#include "base/limits_people.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

constexpr std::string_view api_path = "/api/v1/";

std::string storable(std::string_view text) { return to_storable(text, limits::audit_text_bytes); }

void log_lost(const people::AuditRow& row) {
    log::error("audit_not_stored", {{"who", row.who},
                                    {"operation", row.operation},
                                    {"target", row.target},
                                    {"status", row.status},
                                    {"request_id", row.request_id}});
}

}  // namespace

bool is_recorded(const Exchange& exchange) {
    return exchange.route != nullptr && is_unsafe(exchange.request.method) &&
           !exchange.caller.name.empty();
}

std::string target_of(const Exchange& exchange, std::string_view location) {
    if (location.starts_with(api_path)) {
        const std::string_view made = location.substr(api_path.size());
        return storable(percent_decode(made).value_or(std::string{made}));
    }
    std::string_view path = exchange.route->path;
    if (path.starts_with(api_path)) path.remove_prefix(api_path.size());
    const auto parameter = path.find('{');
    if (parameter == std::string_view::npos || exchange.path_values.empty()) return storable(path);
    return storable(std::string{path.substr(0, parameter)} + exchange.path_values.front());
}

std::string_view problem_code_in(std::string_view body) {
    constexpr std::string_view start = R"({"type":"/docs/errors/)";
    if (!body.starts_with(start)) return "";
    body.remove_prefix(start.size());
    return body.substr(0, body.find('"'));
}

people::AuditRow audit_row_of(const Exchange& exchange, const Ulid& id, int status,
                              std::string_view location) {
    people::AuditRow row;
    row.id = id;
    row.at = micros(exchange.received_at);
    row.who = storable(exchange.caller.name);
    row.address = storable(exchange.address);
    row.method = exchange.request.method;
    row.route = exchange.route->path;
    row.operation = exchange.route->operation_id;
    row.path = storable(exchange.request.target);
    row.target = target_of(exchange, location);
    row.request_id = storable(exchange.request_id);
    row.status = status;
    row.summary = people::summary_of(media_type(exchange.request), exchange.request.body);
    return row;
}

AuditTrail::AuditTrail(net::Loop& loop, Readers& writers, IdSource& ids)
    : loop_{loop}, writers_{writers}, ids_{ids} {}

AuditTrail::~AuditTrail() { loop_.cancel(retry_); }

void AuditTrail::note(const Exchange& exchange, const net::Response& response) {
    if (exchange.route->audits_itself && response.status < 300) return;
    std::string_view location;
    for (const net::Header& header : response.headers)
        if (header.name == "Location" && response.status == 201) location = header.value;
    people::AuditRow row = audit_row_of(exchange, ids_.next(), response.status, location);
    if (response.status < 400) return note(std::move(row));
    row.code = problem_code_in(response.body);
    note_refusal(std::move(row));
}

// A caller that asks in vain as fast as it can would fill the table.
void AuditTrail::note_refusal(people::AuditRow&& row) {
    Refusals& refusals = refusals_[row.who];
    if (refusals.count == 0)
        loop_.after(seconds{1}, [this, alive = std::weak_ptr{lives_}, who = row.who] {
            if (alive.expired()) return;
            if (auto more = end_refusals(who)) note(std::move(*more));
        });
    if (++refusals.count <= limits::audit_refusals) return note(std::move(row));
    refusals.last = std::move(row);
}

std::optional<people::AuditRow> AuditTrail::end_refusals(const std::string& who) {
    const auto found = refusals_.find(who);
    if (found == refusals_.end()) return std::nullopt;
    Refusals refusals = std::move(found->second);
    refusals_.erase(found);
    if (refusals.count <= limits::audit_refusals) return std::nullopt;
    refusals.last.summary =
        "{\"refused_requests\":" + std::to_string(refusals.count - limits::audit_refusals) + "}";
    return std::move(refusals.last);
}

void AuditTrail::note(people::AuditRow&& row) {
    waiting_.push_back(std::move(row));
    if (waiting_.size() > limits::audit_waiting) {
        log_lost(waiting_.front());
        waiting_.pop_front();
        ++lost_;
    }
    if (!on_the_way_ && retry_ == 0) store_next();
}

// One transaction at a time, with all that came meanwhile.
void AuditTrail::store_next() {
    if (waiting_.empty()) return;
    const std::size_t count = std::min(waiting_.size(), limits::audit_rows_at_once);
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
    const auto rows = std::make_shared<const Rows>(std::make_move_iterator(waiting_.begin()),
                                                   std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    on_the_way_ = rows;
    writers_.read(
        [rows](ReadSources& sources) {
            store::Unit unit;
            people::append_audit(sources.sql, unit, *rows);
            return net::Response{};
        },
        [this, alive = std::weak_ptr{lives_}, rows](net::Response&& response) {
            if (alive.expired()) return;
            on_the_way_.reset();
            if (response.status == 200) {
                stored_ += rows->size();
                return store_next();
            }
            waiting_.insert(waiting_.begin(), rows->begin(), rows->end());
            retry_ = loop_.after(limits::audit_retry, [this] {
                retry_ = 0;
                store_next();
            });
        });
}

void AuditTrail::finish(const std::function<std::unique_ptr<store::Sql>()>& open) {
    while (!refusals_.empty()) {
        const std::string who = refusals_.begin()->first;
        if (auto more = end_refusals(who)) waiting_.push_back(std::move(*more));
    }
    Rows rows;
    if (on_the_way_) rows = *on_the_way_;
    rows.insert(rows.end(), waiting_.begin(), waiting_.end());
    on_the_way_.reset();
    waiting_.clear();
    if (rows.empty()) return;
    try {
        store::Unit unit;
        people::append_audit(*open(), unit, rows);
    } catch (const Fault& fault) {
        log::error("audit_not_stored", {{"why", fault.what()}});
        for (const people::AuditRow& row : rows) log_lost(row);
    }
}

void AuditTrail::append_to(std::string& metrics) const {
    metrics +=
        "# HELP ohm_audit_rows_total Unsafe requests whose record was stored, or lost to it.\n"
        "# TYPE ohm_audit_rows_total counter\n"
        "ohm_audit_rows_total{outcome=\"stored\"} " +
        std::to_string(stored_) + "\nohm_audit_rows_total{outcome=\"lost\"} " +
        std::to_string(lost_) + "\n";
}

}  // namespace ohm::api::rest
