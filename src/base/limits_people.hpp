// The bounds of operators, their sign-ins, API keys and the record of what they do, as limits.hpp
// has those of everything else.
#pragma once

#include "base/limits.hpp"

namespace ohm::limits {

constexpr std::size_t operators = 1'000;  // more: 409
constexpr std::size_t api_keys = 1'000;   // in force; more: 409
constexpr std::int64_t own_roles = 100;   // that admins define; more: 409
constexpr std::size_t role_name_characters = 32;
constexpr std::size_t role_meaning_characters = 200;
constexpr std::size_t api_key_networks = 32;  // from where one key may be used; more: 400
constexpr std::size_t operator_name_characters = 64;
constexpr std::size_t password_characters_min = 10;  // of an operator's; fewer: 400
constexpr std::size_t password_characters = 200;
constexpr std::size_t sign_ins_per_operator = 20;    // browsers; the oldest is signed out
constexpr seconds sign_in_age{12 * 3600};            // then the password is asked for again
constexpr std::size_t sign_ins_per_key = 20;         // browsers; the oldest is signed out
constexpr std::size_t sign_in_links_per_caller = 5;  // not followed yet; the oldest is void
constexpr seconds sign_in_link_age{600};             // from where it is shown to a browser
constexpr seconds key_use_written{60};               // how old `last_used_at` may be

// Attempts to sign in: a few at once, then one in a while. For one name from one address, for one
// address, and for all: each costs a slow hash.
constexpr std::size_t sign_in_attempts = 5;
constexpr seconds sign_in_attempt_every{20};
constexpr std::size_t sign_in_attempts_of_address = 30;
constexpr seconds sign_in_attempt_of_address_every{4};
constexpr std::size_t sign_ins_at_once = 4;      // more: 429
constexpr std::size_t sign_in_sources = 10'000;  // remembered; more: 429 for new ones

constexpr std::size_t audit_summary_bytes = 2'048;   // of what a request said; more: cut
constexpr std::size_t audit_body_bytes = 64 * 1024;  // of a body; more: only type and size
constexpr std::size_t audit_refusals = 10;           // of a caller, a second; more: one row
constexpr std::size_t audit_text_bytes = 400;        // of a path; more: cut
constexpr std::size_t audit_waiting = 10'000;        // rows not yet stored; more: only in the log
constexpr std::size_t audit_rows_at_once = 500;      // of one transaction
constexpr std::size_t audit_export_rows = 10'000;    // of one answer; then a link to the next
constexpr std::int64_t audit_rows_checked = 50'000;  // of one answer
constexpr seconds audit_retry{2};                    // after the database was away
constexpr std::size_t audit_sweep_rows = 10'000;     // removed at once

}  // namespace ohm::limits
