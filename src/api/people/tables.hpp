// The writes of operators, their keys and the record of what they do, declared.
#pragma once

#include "store/sql.hpp"

namespace ohm::api::tables {

extern const store::Write new_operator, operator_change, operator_password, operator_signed_in;
extern const store::Write new_sign_in, remove_sign_in;
extern const store::Write new_key_sign_in, remove_key_sign_in;
extern const store::Write new_sign_in_link, remove_sign_in_link;
extern const store::Write new_api_key, api_key_revoked, api_key_used, api_key_networks;
extern const store::Write new_role, role_change, role_gone;
extern const store::Write audit_row;

}  // namespace ohm::api::tables
