#include "api/rest/station_filter.hpp"

#include "base/text.hpp"

namespace ohm::api::rest {
namespace {

// As many are named one by one: above that, others find them.
constexpr std::int64_t named_at_most = 10'000;

// Nothing where there are more.
std::optional<std::vector<std::int64_t>> find_few(store::Sql& sql, std::string_view select,
                                                  std::vector<store::Value> values) {
    values.emplace_back(named_at_most + 1);
    const std::string limit = " limit $" + std::to_string(values.size());
    std::vector<std::int64_t> numbers;
    for (const store::Row& row : sql.query(std::string{select} + limit, values))
        numbers.push_back(store::as_int(row[0]));
    if (numbers.size() > static_cast<std::size_t>(named_at_most)) return std::nullopt;
    return numbers;
}

void add_named(store::Sql& sql, std::vector<std::int64_t>&& numbers, Conditions& where) {
    where.add(store::any_of(sql.dialect(), "p.station_no", "?"), {std::move(numbers)});
}

// Whether a page of silent ones fills among the first stations already.
bool are_dense(store::Sql& sql, std::int64_t before) {
    constexpr std::int64_t looked_at = 2'000, largest_page = 500;
    const auto rows = sql.query(
        "select count(*) from (select coalesce(s.last_seen_at, 0) as at from charge_points p left "
        "join station_state s on s.station_no = p.station_no where p.archived_at is null order by "
        "p.id_key limit $2) first where at < $1",
        {before, looked_at});
    return store::as_int(rows.at(0).at(0)) > largest_page;
}

// One that was never heard of is silent since it was added. No index has what changes with each
// message. A plan that looks at each station in the order of the list reads all of them where those
// that fit come last; one that finds the silent ones first is dear where most are.
void add_silent(store::Sql& sql, std::int64_t minutes_silent, Utc now, Conditions& where) {
    const std::int64_t before = micros(now) - Micros{minutes{minutes_silent}}.count();
    where.add("p.created_at < ?", {before});
    auto few = find_few(
        sql, "select station_no from station_state where coalesce(last_seen_at, 0) < $1", {before});
    if (few) return add_named(sql, std::move(*few), where);
    if (are_dense(sql, before)) return where.add("coalesce(s.last_seen_at, 0) < ?", {before});
    where.add(
        "(p.station_no in (select station_no from station_state where coalesce(last_seen_at, 0) < "
        "?)) is true",
        {before});
}

void add_session(store::Sql& sql, bool has_one, Conditions& where) {
    constexpr std::string_view running = "select distinct station_no from open_transactions";
    if (!has_one)
        return where.add(
            "not exists (select 1 from open_transactions r where r.station_no = p.station_no)", {});
    if (auto few = find_few(sql, running, {})) return add_named(sql, std::move(*few), where);
    where.add("(p.station_no in (" + std::string{running} + ")) is true", {});
}

void add_exact(const StationFilter& filter, Conditions& where) {
    const auto add = [&](std::string_view condition, const std::optional<std::string>& value) {
        if (value) where.add(condition, {*value});
    };
    add("l.id = ?", filter.location_id);
    add("s.ocpp_version = ?", filter.ocpp_version);
    add("p.vendor = ?", filter.vendor);
    add("p.model = ?", filter.model);
    add("p.firmware_version = ?", filter.firmware_version);
    add("s.worker = ? and s.connection is not null", filter.worker);
    if (filter.security_profile) where.add("p.security_profile = ?", {*filter.security_profile});
}

}  // namespace

void add_filter(store::Sql& sql, const StationFilter& filter, Utc now, Conditions& where) {
    if (!filter.statuses.empty())
        where.add(store::any_of(sql.dialect(), "(" + std::string{shown_status_sql} + ")", "?"),
                  {filter.statuses});
    if (filter.is_online)
        where.add(*filter.is_online ? "s.connection is not null" : "s.connection is null", {});
    add_exact(filter, where);
    // As it is indexed (store/schema_search.hpp).
    if (filter.q)
        where.add(
            "lower(p.id_key || ' ' || coalesce(p.name, '') || ' ' || coalesce(p.vendor, '') || ' ' "
            "|| coalesce(p.model, '') || ' ' || coalesce(p.serial_number, '')) like ? escape '!'",
            {like_pattern(fold(*filter.q).value_or(""))});
    if (filter.silent_min) add_silent(sql, *filter.silent_min, now, where);
    if (filter.has_active_session) add_session(sql, *filter.has_active_session, where);
}

}  // namespace ohm::api::rest
