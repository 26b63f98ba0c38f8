// What certificates' responders say (M06, C07): asked through the guard where a station names the
// address, kept until their next update. Called by handlers of 2.0.1 and by a shard.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "api/dispatch.hpp"
#include "egress/ocsp.hpp"
#include "ocpp/v201/common.hpp"

namespace ohm::api::outside {

using Certificates = std::span<const ocpp::v201::OcspRequestData>;

void need_certificates(Certificates certificates, Needs& needs);
void load_certificates(store::Sql& sql, ShardState& shard, const std::vector<std::string>& keys,
                       Utc now);
// Nothing where all is known, or nobody can be asked.
std::optional<Question> certificates_question(const Handler& handler, Certificates certificates);

struct CertificateWord {
    std::optional<egress::OcspAnswer> answer;
    std::string der;      // of the answer
    std::string failure;  // why there is none
};
// In the order of the certificates; what was heard just now is kept.
std::vector<CertificateWord> certificate_words(Handler& handler, Certificates certificates);

}  // namespace ohm::api::outside
