// The record of what callers did, as a chain: each row's digest covers the row and the digest of
// the row before it, so that a row that was changed, taken out or put in between shows. Whoever may
// write the whole table can make the chain anew: note its head elsewhere. Any thread, with a
// connection of its own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "store/sql.hpp"

namespace ohm::api::people {

struct AuditRow {
    Ulid id;  // a row that is handed over twice is stored once
    std::int64_t at = 0;
    std::string who, address, method, route, operation, path, target, request_id;
    std::int64_t status = 0;
    std::string code;     // of the problem; "": it was done
    std::string summary;  // what the request said, JSON or the beginning of it
};
struct StoredAuditRow : AuditRow {
    std::int64_t number = 0;
    std::string digest_before, digest;
};

// Stores the rows at the chain's end in one transaction with `unit`; several processes may do it at
// once. What is already stored is left out. Throws Fault, and then nothing is stored.
void append_audit(store::Sql& sql, store::Unit& unit, std::span<const AuditRow> rows,
                  int attempts = 50);

// The chain's end. A unit that is made from what is read after it, and stored behind it, counts on
// nothing that another such unit has changed meanwhile: then it is refused with Fault::bad_data.
struct AuditHead {
    std::int64_t number = 0;
    std::string digest;
    friend bool operator==(const AuditHead&, const AuditHead&) = default;
};
AuditHead read_audit_head(store::Sql& sql);
void append_audit(store::Sql& sql, store::Unit& unit, const AuditRow& row, AuditHead head);

std::string digest_of(const AuditRow& row, std::int64_t number, std::string_view digest_before);

extern const std::string_view audit_columns;  // as stored_audit_row() reads them
StoredAuditRow stored_audit_row(const store::Row& row);

struct AuditCheck {
    std::int64_t first = 0, last = 0;       // numbers that were looked at; 0: none
    std::optional<std::int64_t> broken_at;  // the first that does not fit
    std::string head;                       // digest of `last`
    bool is_end = false;                    // there is none behind `last`
};
// Walks at most `most` rows from `from` on. The first row is taken as it is: older ones may be
// gone.
AuditCheck check_audit(store::Sql& sql, std::int64_t from, std::int64_t most);

// When API keys were last used, by their ids.
void write_key_uses(store::Sql& sql, const std::map<std::string, std::int64_t>& uses);

// Removes what is older, at most limits::audit_sweep_rows; 0 days: nothing.
void sweep_people(store::Sql& sql, Utc now, std::int64_t audit_days);

}  // namespace ohm::api::people
