// The writes of certificates. Static data.
#pragma once

#include "store/sql.hpp"

namespace ohm::api::tables {

extern const store::Write new_certificate_request, certificate_request_state;
extern const store::Write issued_certificate, issued_certificate_answer, issued_certificate_use,
    issued_certificate_end;
extern const store::Write client_certificate;
extern const store::Write installed_certificate, remove_installed_certificate, installed_list;
extern const store::Write certificate_name;

}  // namespace ohm::api::tables
