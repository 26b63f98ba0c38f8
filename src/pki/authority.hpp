// A certificate authority of our own, for installations without another one: an intermediate whose
// key signs what stations ask for. Made of files by main; used by the thread that signs. Its key
// never leaves this object.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/time.hpp"
#include "pki/certificate.hpp"

struct evp_pkey_st;

namespace ohm::pki {

// What goes into one certificate beside the request: everything that makes it the same one when it
// is made again.
struct Order {
    enum class Use : std::uint8_t { station, v2g };
    std::string request;  // PEM
    std::string serial;   // bytes; at most 16 count
    Use use = Use::station;
    Utc not_before;
    seconds lifetime{365 * 86'400};
};

class Authority {
public:
    // `chain`: its own certificate first, then those above it; `key`: PEM of a private key.
    // Refused: what read_certificates refuses, weak_key, not_an_authority, wrong_key.
    static Result<Authority> read(std::string_view chain, std::string_view key);

    // A chain for the station: its certificate, then this authority's and those above it, without
    // a self-signed root. Refused: what read_request refuses, authority_expired.
    Result<std::string> sign(const Order& order) const;
    const std::vector<Certificate>& chain() const { return chain_; }

private:
    Authority() = default;
    std::vector<Certificate> chain_;
    std::shared_ptr<evp_pkey_st> key_;
};

// A root and an intermediate under it, EC P-256. PEM.
struct NewAuthority {
    std::string root, root_key, intermediate, intermediate_key;
};
Result<NewAuthority> make_authority(std::string_view organization, Utc now);

}  // namespace ohm::pki
