// Migration 25: an index for the text by which people search stations. For migrations.cpp alone.
#pragma once

#include <string_view>

namespace ohm::store::schema {

// The same text as in the search of rest/stations.cpp. pg_trgm comes with PostgreSQL; where an
// operator's role may not add it, a search reads all stations.
inline constexpr std::string_view search_postgres = R"sql(
do $$
begin
    create extension if not exists pg_trgm;
    create index charge_points_search on charge_points using gin ((lower(id_key || ' ' ||
        coalesce(name, '') || ' ' || coalesce(vendor, '') || ' ' || coalesce(model, '') || ' ' ||
        coalesce(serial_number, ''))) gin_trgm_ops);
exception when insufficient_privilege or undefined_file or undefined_object then
    raise notice 'without pg_trgm a search of stations reads all of them';
end
$$;
)sql";

}  // namespace ohm::store::schema
