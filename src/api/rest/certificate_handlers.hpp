// The handlers of certificate_routes.cpp.
#pragma once

#include <span>
#include <vector>

#include "api/rest/route.hpp"

namespace ohm::api::rest {

const std::vector<Route>& certificate_routes();
std::span<const Component> certificate_components();

// ---- certificates.cpp: of a station ----
net::Response list_installed_certificates(const Exchange& exchange, ReadSources& sources);
net::Response list_issued_certificates(const Exchange& exchange, ReadSources& sources);
void sign_certificate_request(const SharedExchange& exchange, Service& service);
void reject_certificate_request(const SharedExchange& exchange, Service& service);
void revoke_issued_certificate(const SharedExchange& exchange, Service& service);

// ---- trusted_certificates.cpp: of the installation ----
net::Response list_trusted_certificates(const Exchange& exchange, ReadSources& sources);
net::Response show_trusted_certificate(const Exchange& exchange, ReadSources& sources);
void add_trusted_certificate(const SharedExchange& exchange, Service& service);
void delete_trusted_certificate(const SharedExchange& exchange, Service& service);
net::Response list_expiring_certificates(const Exchange& exchange, ReadSources& sources);
net::Response show_certificate_authority(const Exchange& exchange, Service& service);

}  // namespace ohm::api::rest
