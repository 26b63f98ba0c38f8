// Certificate signing requests (PKCS #10) as stations send them. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ohm::net {

struct CertificateRequest {
    std::string common_name, organization;  // UTF-8; "" where the subject has none
};

// Nothing where the text is no PEM request, or not signed by the key in it.
std::optional<CertificateRequest> read_certificate_request(std::string_view pem);

}  // namespace ohm::net
