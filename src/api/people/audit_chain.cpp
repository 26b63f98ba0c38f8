#include "api/people/audit_chain.hpp"

#include <algorithm>
#include <set>

#include "api/people/tables.hpp"
#include "base/limits_people.hpp"
#include "base/secret.hpp"

namespace ohm::api::people {
namespace {

using store::as_bytes;
using store::as_int;
using store::as_text;
using store::Bytes;
using store::Value;

// A transaction whose outcome was unknown may have stored them. Rows that are handed over together
// were made together: between the ids of the first and the last there are few others.
std::set<std::string> stored_ids(store::Sql& sql, std::span<const AuditRow> rows) {
    if (rows.empty()) return {};
    const auto [first, last] = std::minmax_element(
        rows.begin(), rows.end(), [](const AuditRow& a, const AuditRow& b) { return a.id < b.id; });
    std::set<std::string> stored;
    for (const store::Row& row : sql.query("select id from audit where id between $1 and $2",
                                           {Bytes{first->id.bytes()}, Bytes{last->id.bytes()}}))
        stored.insert(as_bytes(row[0]));
    return stored;
}

void add_row(store::Unit& unit, const AuditRow& row, AuditHead& head) {
    const std::string before = std::move(head.digest);
    head.digest = digest_of(row, ++head.number, before);
    unit.add(tables::audit_row,
             {std::int64_t{1}, head.number, Bytes{row.id.bytes()}, row.at, row.who, row.address,
              row.method, row.route, row.operation, row.path, row.target, row.request_id,
              row.status, row.code, row.summary, Bytes{before}, Bytes{head.digest}});
}

void append_field(std::string& out, std::string_view text) {
    (out += std::to_string(text.size())) += ':';
    out += text;
}

}  // namespace

const std::string_view audit_columns =
    "number, id, at, who, address, method, route, operation, path, target, request_id, status, "
    "code, summary, digest_before, digest";

StoredAuditRow stored_audit_row(const store::Row& row) {
    StoredAuditRow out;
    out.number = as_int(row[0]);
    out.id = Ulid::from_bytes(as_bytes(row[1])).value_or(Ulid{});
    out.at = as_int(row[2]);
    std::string* const texts[] = {&out.who,       &out.address, &out.method, &out.route,
                                  &out.operation, &out.path,    &out.target, &out.request_id};
    for (std::size_t i = 0; i < std::size(texts); ++i) *texts[i] = as_text(row[3 + i]);
    out.status = as_int(row[11]);
    out.code = as_text(row[12]);
    out.summary = as_text(row[13]);
    out.digest_before = as_bytes(row[14]);
    out.digest = as_bytes(row[15]);
    return out;
}

// Lengths stand before texts: no two rows spell the same bytes.
std::string digest_of(const AuditRow& row, std::int64_t number, std::string_view digest_before) {
    std::string bytes;
    append_field(bytes, digest_before);
    for (const std::int64_t value : {number, row.at, row.status})
        append_field(bytes, std::to_string(value));
    append_field(bytes, row.id.bytes());
    for (const std::string* text :
         {&row.who, &row.address, &row.method, &row.route, &row.operation, &row.path, &row.target,
          &row.request_id, &row.code, &row.summary})
        append_field(bytes, *text);
    return secret::digest(bytes);
}

AuditHead read_audit_head(store::Sql& sql) {
    const auto rows = sql.query(
        "select number, digest from audit where tenant_no = 1 order by number desc limit 1");
    if (rows.empty()) return {};
    return {as_int(rows[0][0]), as_bytes(rows[0][1])};
}

// Whoever was faster has taken the number.
void append_audit(store::Sql& sql, store::Unit& unit, const AuditRow& row, AuditHead head) {
    store::Unit whole = unit;
    if (stored_ids(sql, {&row, 1}).empty()) add_row(whole, row, head);
    if (!whole.empty()) sql.commit(whole, {});
    unit.clear();
}

// The key of the table is the number: of two processes that go on from the same end, one has its
// unit refused, and goes on from the other's.
void append_audit(store::Sql& sql, store::Unit& unit, std::span<const AuditRow> rows,
                  int attempts) {
    for (int attempt = 1;; ++attempt) {
        const AuditHead begin = read_audit_head(sql);
        const auto stored = stored_ids(sql, rows);
        AuditHead head = begin;
        store::Unit whole = unit;
        for (const AuditRow& row : rows)
            if (!stored.contains(row.id.bytes())) add_row(whole, row, head);
        if (whole.empty()) return;
        try {
            sql.commit(whole, {});
            return unit.clear();
        } catch (const Fault& fault) {
            const bool may_be_ours = fault.kind() == Fault::Kind::bad_data && attempt < attempts;
            if (!may_be_ours || read_audit_head(sql) == begin) throw;
        }
    }
}

AuditCheck check_audit(store::Sql& sql, std::int64_t from, std::int64_t most) {
    constexpr std::int64_t page = 1'000;
    AuditCheck check;
    while (!check.is_end && most > 0 && !check.broken_at) {
        const std::int64_t wanted = std::min(page, most);
        const auto rows = sql.query("select " + std::string{audit_columns} +
                                        " from audit where tenant_no = 1 and number >= $1 order by "
                                        "number limit $2",
                                    {check.last == 0 ? from : check.last + 1, wanted});
        check.is_end = static_cast<std::int64_t>(rows.size()) < wanted;
        most -= wanted;
        for (const store::Row& values : rows) {
            const StoredAuditRow row = stored_audit_row(values);
            const bool follows = check.last == 0 ||
                                 (row.number == check.last + 1 && row.digest_before == check.head);
            if (check.first == 0) check.first = row.number;
            check.last = row.number;
            if (!follows || row.digest != digest_of(row, row.number, row.digest_before)) {
                check.broken_at = row.number;
                break;
            }
            check.head = row.digest;
        }
    }
    return check;
}

void write_key_uses(store::Sql& sql, const std::map<std::string, std::int64_t>& uses) {
    store::Unit unit;
    for (const auto& [id, at] : uses) unit.add(tables::api_key_used, {Bytes{id}, at});
    sql.commit(unit, {});
}

void sweep_people(store::Sql& sql, Utc now, std::int64_t audit_days) {
    for (const char* table : {"sign_ins", "key_sign_ins", "sign_in_links"})
        sql.query("delete from " + std::string{table} + " where expires_at < $1", {micros(now)});
    if (audit_days <= 0) return;
    const std::int64_t before = micros(now - minutes{audit_days * 24 * 60});
    // By number, as what goes is the beginning of the chain, whatever clocks said; the newest row
    // stays, for the next one to go on from.
    const auto last = sql.query(
        "select max(number) from (select number, at from audit where tenant_no = 1 order by number "
        "limit $1) oldest where at < $2",
        {static_cast<std::int64_t>(limits::audit_sweep_rows), before});
    if (store::is_null(last.at(0)[0])) return;
    sql.query(
        "delete from audit where tenant_no = 1 and number <= $1 and number < (select max(number) "
        "from audit where tenant_no = 1)",
        {as_int(last[0][0])});
}

}  // namespace ohm::api::people
