#include "store/ownership.hpp"

#include "base/limits.hpp"

namespace ohm::store {
namespace {

const Write add_partition{"bus_partition", Mode::insert_if_absent, 1, {{"id", Kind::integer}}, 0};
const Write add_setting{
    "settings", Mode::insert_if_absent, 1, {{"key", Kind::text}, {"value", Kind::text}}, 0};

std::vector<Ownership> owned_of(const std::vector<Row>& rows) {
    std::vector<Ownership> owned;
    for (const Row& row : rows) {
        owned.push_back({{static_cast<std::uint32_t>(as_int(row.at(0)))}, as_int(row.at(1))});
    }
    return owned;
}

}  // namespace

void prepare_partitions(Sql& sql, std::uint32_t partition_count) {
    ENSURE(partition_count > 0 && partition_count <= limits::partitions_max);
    Unit setting;
    setting.add(add_setting, {std::string{"partition_count"}, std::to_string(partition_count)});
    sql.commit(setting, {});
    const auto rows = sql.query("select value from settings where key = 'partition_count'");
    const std::string stored = as_text(rows.at(0).at(0));
    if (stored != std::to_string(partition_count)) {
        throw Fault{Fault::Kind::fatal, "The database was made with " + stored +
                                            " partitions and this process is set to " +
                                            std::to_string(partition_count) + ": set it to " +
                                            stored + "."};
    }
    Unit partitions;
    for (std::int64_t id = 0; id < partition_count; ++id) partitions.add(add_partition, {id});
    sql.commit(partitions, {});
}

void beat_member(Sql& sql, std::string_view me, milliseconds lease) {
    sql.query(
        "insert into bus_member (id, seen_at) values ($1, now()) "
        "on conflict (id) do update set seen_at = now()",
        {std::string{me}});
    // Those that ended without a word. Nobody counts them any more, so this may come late.
    sql.query("delete from bus_member where seen_at < now() - 10 * $1 * interval '1 millisecond'",
              {std::int64_t{lease.count()}});
}

void leave_members(Sql& sql, std::string_view me) {
    sql.query("delete from bus_member where id = $1", {std::string{me}});
}

std::int64_t count_members(Sql& sql, milliseconds lease) {
    const auto rows = sql.query(
        "select count(*) from bus_member where seen_at > now() - $1 * interval '1 millisecond'",
        {std::int64_t{lease.count()}});
    return as_int(rows.at(0).at(0));
}

std::vector<Ownership> renew(Sql& sql, std::string_view me, milliseconds lease) {
    return owned_of(sql.query(
        "with mine as materialized (select id from bus_partition where owner = $1 order by id "
        "for no key update), "
        "renewed as (update bus_partition b "
        "set lease_until = now() + $2 * interval '1 millisecond' "
        "from mine where b.id = mine.id and b.owner = $1 returning b.id, b.epoch) "
        "select id, epoch from renewed order by id",
        {std::string{me}, std::int64_t{lease.count()}}));
}

// `skip locked` keeps two claimants apart; the materialized part runs once, so the limit holds. The
// lock of `no key update` conflicts with the fence's `share`: a partition in whose name a batch is
// open is not claimed in this beat but in one after that batch has ended.
std::vector<Ownership> claim(Sql& sql, std::string_view me, std::int64_t most, milliseconds lease) {
    if (most <= 0) return {};
    return owned_of(sql.query(
        "with free as materialized (select id from bus_partition where lease_until < now() "
        "order by random() limit $2 for no key update skip locked), "
        "claimed as (update bus_partition b set epoch = b.epoch + 1, owner = $1, "
        "lease_until = now() + $3 * interval '1 millisecond' "
        "from free where b.id = free.id and b.lease_until < now() returning b.id, b.epoch) "
        "select id, epoch from claimed order by id",
        {std::string{me}, most, std::int64_t{lease.count()}}));
}

bool release(Sql& sql, std::string_view me, const Ownership& owned) {
    const auto rows = sql.query(
        "update bus_partition set owner = null, lease_until = '-infinity' "
        "where id = $1 and owner = $2 and epoch = $3 returning id",
        {std::int64_t{owned.partition.value}, std::string{me}, owned.epoch});
    return !rows.empty();
}

Fence fence_of(const std::vector<Ownership>& owned) {
    Fence fence;
    for (const Ownership& one : owned) {
        fence.partitions.push_back(one.partition.value);
        fence.epochs.push_back(one.epoch);
    }
    return fence;
}

}  // namespace ohm::store
