#include "api/people/tables.hpp"

namespace ohm::api::tables {
namespace {

using store::Kind;
using store::Mode;
constexpr Kind integer = Kind::integer, text = Kind::text, blob = Kind::bytes;

constexpr int who = 0, what = 1;

}  // namespace

const store::Write new_operator{"operators",
                                Mode::insert,
                                1,
                                {{"id", blob},
                                 {"name", text},
                                 {"name_key", text},
                                 {"full_name", text},
                                 {"role", text},
                                 {"password_hash", text},
                                 {"password_at", integer},
                                 {"created_at", integer},
                                 {"created_by", text},
                                 {"updated_at", integer}},
                                who};
const store::Write operator_change{"operators",
                                   Mode::update,
                                   1,
                                   {{"id", blob},
                                    {"full_name", text},
                                    {"role", text},
                                    {"disabled_at", integer},
                                    {"version", integer},
                                    {"updated_at", integer}},
                                   who};
const store::Write operator_password{
    "operators",
    Mode::update,
    1,
    {{"id", blob}, {"password_hash", text}, {"password_at", integer}, {"updated_at", integer}},
    who};
const store::Write operator_signed_in{
    "operators", Mode::update, 1, {{"id", blob}, {"last_sign_in_at", integer}}, who};
const store::Write new_sign_in{"sign_ins",
                               Mode::insert,
                               1,
                               {{"digest", blob},
                                {"operator_id", blob},
                                {"address", text},
                                {"created_at", integer},
                                {"expires_at", integer}},
                               what};
const store::Write remove_sign_in{"sign_ins", Mode::remove, 1, {{"digest", blob}}, what};
const store::Write new_key_sign_in{"key_sign_ins",
                                   Mode::insert,
                                   1,
                                   {{"digest", blob},
                                    {"key_digest", blob},
                                    {"address", text},
                                    {"created_at", integer},
                                    {"expires_at", integer}},
                                   what};
const store::Write remove_key_sign_in{"key_sign_ins", Mode::remove, 1, {{"digest", blob}}, what};
const store::Write new_sign_in_link{"sign_in_links",
                                    Mode::insert,
                                    1,
                                    {{"digest", blob},
                                     {"operator_id", blob},
                                     {"key_digest", blob},
                                     {"who", text},
                                     {"created_at", integer},
                                     {"expires_at", integer},
                                     {"signed_in_until", integer}},
                                    what};
const store::Write remove_sign_in_link{"sign_in_links", Mode::remove, 1, {{"digest", blob}}, what};
const store::Write new_api_key{"api_keys",
                               Mode::insert,
                               1,
                               {{"id", blob},
                                {"name", text},
                                {"digest", blob},
                                {"scopes", text},
                                {"role", text},
                                {"created_at", integer},
                                {"created_by", text},
                                {"expires_at", integer},
                                {"networks", text}},
                               who};
const store::Write api_key_networks{
    "api_keys", Mode::update, 1, {{"id", blob}, {"networks", text}}, who};
const store::Write new_role{"roles",
                            Mode::insert,
                            1,
                            {{"name", text},
                             {"meaning", text},
                             {"scopes", text},
                             {"version", integer},
                             {"created_at", integer},
                             {"created_by", text},
                             {"updated_at", integer}},
                            who};
const store::Write role_change{"roles",
                               Mode::update,
                               1,
                               {{"name", text},
                                {"meaning", text},
                                {"scopes", text},
                                {"version", integer},
                                {"updated_at", integer}},
                               who};
const store::Write role_gone{"roles", Mode::remove, 1, {{"name", text}}, who};
const store::Write api_key_revoked{"api_keys",
                                   Mode::update,
                                   1,
                                   {{"id", blob}, {"revoked_at", integer}, {"revoked_by", text}},
                                   who};
const store::Write api_key_used{
    "api_keys", Mode::update, 1, {{"id", blob}, {"last_used_at", integer}}, who};
const store::Write audit_row{"audit",
                             Mode::insert,
                             2,
                             {{"tenant_no", integer},
                              {"number", integer},
                              {"id", blob},
                              {"at", integer},
                              {"who", text},
                              {"address", text},
                              {"method", text},
                              {"route", text},
                              {"operation", text},
                              {"path", text},
                              {"target", text},
                              {"request_id", text},
                              {"status", integer},
                              {"code", text},
                              {"summary", text},
                              {"digest_before", blob},
                              {"digest", blob}},
                             what};

}  // namespace ohm::api::tables
