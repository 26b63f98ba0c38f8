// Certificate requests of stations (1.6 security extension and 2.0.1, A02 and A03): what a station
// asks for is judged at once and waits as a row; an authority, or an operator, decides later, and
// the certificate goes to the station as a command. Called by handlers and operations of a shard.
#pragma once

#include <string>
#include <string_view>

#include "api/dispatch.hpp"
#include "api/operations.hpp"

namespace ohm::api {

struct CertificateRequestTaken {
    bool accepted = false;
    std::string why;  // a sentence, where it was not
};
// The same request again is the same row.
CertificateRequestTaken take_certificate_request(Handler& handler, std::string_view csr,
                                                 std::string_view certificate_type);
void need_certificate_request(std::string_view csr, std::string_view certificate_type,
                              const Station& station, Needs& needs);

// The operation decide_certificate_request.
void decide_certificate_request(Work& work, Station& station, const bus::OperatorBody& asked,
                                const CertificateDecision& wanted);
// The operation revoke_certificate: the station is not let in with it any more.
void revoke_certificate(Work& work, Station& station, const bus::OperatorBody& asked,
                        const CertificateRevoke& wanted);

}  // namespace ohm::api
