// Migration 31: the fence of a batch, partition by partition. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// One look by key for each partition in place of a sorted scan and a join: a batch has one to four.
// A row that an open claim holds is waited for and then looked at again, so that an epoch which
// that claim raised is not found. The caller gives partitions in ascending order, as claims lock.
inline constexpr std::string_view fence_postgres = R"sql(
create or replace function bus_fence(parts int[], epochs bigint[]) returns void
language plpgsql as $$
declare lost int[];
begin
    for i in 1 .. cardinality(parts) loop
        perform 1 from bus_partition where id = parts[i] and epoch = epochs[i] for share;
        if not found then
            lost := lost || parts[i];
        end if;
    end loop;
    if lost is not null then
        raise exception 'partitions no longer held: %', lost using errcode = 'OH001';
    end if;
end $$;
)sql";

}  // namespace ohm::store::schema
