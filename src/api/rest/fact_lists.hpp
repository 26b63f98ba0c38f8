// Lists of one station's rows, newest or first key first: the one way in which every table of
// reported facts is read. On a reader's thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/rest/handlers.hpp"

namespace ohm::api::rest {

struct FactList {
    std::string_view name;     // in cursors
    std::string_view columns;  // the key first, in the order of `key`
    std::string_view from;     // "reports t"; t.station_no must be there
    std::vector<std::string_view> key;
    store::Kind kinds[2];  // of the key's columns
    bool newest_first = true;
};

struct FactRows {
    std::vector<store::Row> rows;
    ListAnswer list;  // without items
    StationRead station;
};
// A page of the station in the path; `where` is added to by station and cursor.
Wanted<FactRows> read_facts(const Exchange& exchange, store::Sql& sql, const FactList& list,
                            Conditions where);

template <class Shown>
net::Response list_facts(const Exchange& exchange, ReadSources& sources, const FactList& list,
                         const Wanted<Conditions>& where, Shown (*shown_of)(const store::Row&)) {
    if (!where) return problem_answer(exchange, where.error());
    auto read = read_facts(exchange, sources.sql, list, *where);
    if (!read) return problem_answer(exchange, read.error());
    for (const store::Row& row : read->rows)
        read->list.items.push_back(wire::encode(shown_of(row)));
    return list_answer(exchange, read->list);
}

// ---- the handlers of fact_routes.cpp ----

net::Response list_events(const Exchange& exchange, ReadSources& sources);
net::Response list_security_events(const Exchange& exchange, ReadSources& sources);
net::Response list_reports(const Exchange& exchange, ReadSources& sources);
net::Response list_customer_information(const Exchange& exchange, ReadSources& sources);
struct CertificateRequestShown;
CertificateRequestShown certificate_request_of(const store::Row& row);  // columns of list_csrs
net::Response list_csrs(const Exchange& exchange, ReadSources& sources);
net::Response list_quirks(const Exchange& exchange, ReadSources& sources);
net::Response list_monitors(const Exchange& exchange, ReadSources& sources);
net::Response list_display_messages(const Exchange& exchange, ReadSources& sources);
net::Response list_variables(const Exchange& exchange, ReadSources& sources);
net::Response show_desired_variables(const Exchange& exchange, ReadSources& sources);
net::Response show_variable_drift(const Exchange& exchange, ReadSources& sources);
void put_variables(const SharedExchange& exchange, Service& service);
void patch_variables(const SharedExchange& exchange, Service& service);

}  // namespace ohm::api::rest
