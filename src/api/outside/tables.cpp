#include "api/outside/tables.hpp"

#include "base/limits.hpp"

namespace ohm::api::tables {
namespace {

using store::Kind;
using store::Mode;
constexpr Kind integer = Kind::integer, text = Kind::text, blob = Kind::bytes;
constexpr int last = 5;

}  // namespace

const store::Write remembered_decision{"remembered_decisions",
                                       Mode::upsert,
                                       3,
                                       {{"tenant_no", integer},
                                        {"token_key", text},
                                        {"token_type", text},
                                        {"status", text},
                                        {"expires_at", integer},
                                        {"group_id", text},
                                        {"decided_at", integer}},
                                       last};
const store::Write ocsp_answer{"ocsp_answers",
                               Mode::upsert,
                               1,
                               {{"key", text}, {"answer", blob}, {"fresh_until", integer}},
                               last};

}  // namespace ohm::api::tables

namespace ohm::api::outside {

void sweep_outside(store::Sql& sql, Utc now) {
    sql.query("delete from ocsp_answers where fresh_until <= $1", {micros(now)});
    sql.query(
        "delete from ocsp_answers where key in (select key from ocsp_answers order by fresh_until "
        "desc limit 10000 offset $1)",
        {static_cast<std::int64_t>(limits::ocsp_answers_kept)});
    sql.query("delete from remembered_decisions where decided_at < $1",
              {micros(now) - Micros{limits::decision_remembered}.count()});
    sql.query(
        "delete from remembered_decisions where (tenant_no, token_key, token_type) in (select "
        "tenant_no, token_key, token_type from remembered_decisions order by decided_at desc limit "
        "10000 offset $1)",
        {static_cast<std::int64_t>(limits::decisions_remembered)});
}

}  // namespace ohm::api::outside
