// Contract certificates of vehicles (2.0.1 C07): a chain that a station could not check is checked
// against the roots that operators trust. Whether one was revoked is not asked here. Called by
// handlers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/dispatch.hpp"

namespace ohm::api {

void need_contract_roots(Needs& needs);

struct ContractVerdict {
    std::string_view certificate;  // certificateStatus
    std::string_view token;        // what it makes of the token's status; "": nothing
};
// Nothing where no root is trusted: then nobody vouches for anything.
std::optional<ContractVerdict> check_contract(const Handler& handler, std::string_view chain);

}  // namespace ohm::api
