// When the certificates that a server shows expire: an operator has to know before its stations do
// (quirk A10). Reads files; called when a listener starts and when it reads them again.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "net/server.hpp"

namespace ohm::net {

struct ServedCertificate {
    std::string subject;
    Utc expires_at{};
};

// Of the chains that are served and of the roots that clients are checked against. What cannot be
// read is left out: the listener itself says so.
std::vector<ServedCertificate> served_certificates(const Server::Tls& files);

}  // namespace ohm::net
