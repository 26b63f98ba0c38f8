// The record of unsafe requests on its way to the table. What is guaranteed: a request that writes
// operators or API keys is recorded in the same transaction as its write. Any other one is recorded
// when its answer goes out, without the answer waiting: a process that is killed may lose the
// record of its last moments, one that is stopped loses none. While the database is away the record
// waits here, and what is too much for that is only in the log. On the HTTP loop.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/people/audit_chain.hpp"
#include "api/readers.hpp"
#include "api/rest/exchange.hpp"

namespace ohm::api::rest {

// Unsafe, and asked by somebody who is known.
bool is_recorded(const Exchange& exchange);
// `location`: of what was made, from the answer's header, or "".
people::AuditRow audit_row_of(const Exchange& exchange, const Ulid& id, int status,
                              std::string_view location);
// "stations/CP1": the resource that the path names first.
std::string target_of(const Exchange& exchange, std::string_view location);
// The code in a problem's body; "" where it is none.
std::string_view problem_code_in(std::string_view body);

class AuditTrail {
public:
    AuditTrail(net::Loop& loop, Readers& writers, IdSource& ids);
    ~AuditTrail();

    // For requests that is_recorded() names, as they are answered.
    void note(const Exchange& exchange, const net::Response& response);
    void note(people::AuditRow&& row);
    // What still waits, after the loop has ended.
    void finish(const std::function<std::unique_ptr<store::Sql>()>& open);
    void append_to(std::string& metrics) const;

private:
    using Rows = std::vector<people::AuditRow>;
    // What a caller was refused within a second; the last one beyond the bound stands for all.
    struct Refusals {
        std::size_t count = 0;
        people::AuditRow last;
    };
    void note_refusal(people::AuditRow&& row);
    std::optional<people::AuditRow> end_refusals(const std::string& who);
    void store_next();

    net::Loop& loop_;
    Readers& writers_;
    IdSource& ids_;
    std::deque<people::AuditRow> waiting_;
    std::shared_ptr<const Rows> on_the_way_;    // null: nothing is
    std::map<std::string, Refusals> refusals_;  // by caller
    net::TimerId retry_ = 0;
    std::uint64_t stored_ = 0, lost_ = 0;
    std::shared_ptr<bool> lives_ = std::make_shared<bool>(true);
};

}  // namespace ohm::api::rest
