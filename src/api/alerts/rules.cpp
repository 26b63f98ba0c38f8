#include "api/alerts/rules.hpp"

#include "wire/codec.hpp"

namespace ohm::api::alerts {
namespace {

using store::as_int;
using store::as_text;

constexpr std::string_view select_rules =
    "select r.id, r.kind, r.name, r.parameters, r.severity, r.station_key, r.location_id, "
    "r.vendor, r.enabled, r.version, r.created_at, r.updated_at from alert_rules r";

Rule rule_of(wire::Decoder& decoder, const store::Row& row) {
    Rule rule;
    rule.id = as_text(row[0]);
    rule.kind_name = as_text(row[1]);
    rule.kind = find_kind(rule.kind_name);
    rule.name = as_text(row[2]);
    (void)decoder.decode(as_text(row[3]), rule.parameters, {wire::Strictness::lenient});
    rule.severity = as_text(row[4]);
    if (rule.severity.empty() && rule.kind) rule.severity = rule.kind->severity;
    rule.station_key = as_text(row[5]);
    rule.location_id = as_text(row[6]);
    rule.vendor = as_text(row[7]);
    rule.enabled = as_int(row[8]) != 0;
    rule.version = as_int(row[9]);
    rule.created_at = as_int(row[10]);
    rule.updated_at = as_int(row[11]);
    return rule;
}

}  // namespace

std::vector<Rule> read_rules(store::Sql& sql) {
    wire::Decoder decoder;
    std::vector<Rule> rules;
    for (const store::Row& row : sql.query(std::string{select_rules} + " order by r.id"))
        rules.push_back(rule_of(decoder, row));
    return rules;
}

std::optional<Rule> read_rule(store::Sql& sql, const std::string& id) {
    wire::Decoder decoder;
    const auto rows = sql.query(std::string{select_rules} + " where r.id = $1", {id});
    if (rows.empty()) return std::nullopt;
    return rule_of(decoder, rows.front());
}

}  // namespace ohm::api::alerts
