#include "api/certificates/contract.hpp"

#include "pki/certificate.hpp"

namespace ohm::api {

void need_contract_roots(Needs& needs) { needs.certificates.contract_roots = true; }

std::optional<ContractVerdict> check_contract(const Handler& handler, std::string_view chain) {
    std::vector<pki::Certificate> roots;
    for (const std::string& pem : handler.work.shard.certificates.contract_roots)
        if (const auto read = pki::read_certificates(pem))
            roots.insert(roots.end(), read->begin(), read->end());
    if (roots.empty()) return std::nullopt;
    const auto read = pki::read_certificates(chain);
    if (!read) return ContractVerdict{"CertChainError", "Invalid"};
    switch (pki::verify_chain(*read, roots, handler.work.batch.now)) {
        case pki::ChainVerdict::valid: return ContractVerdict{"Accepted", ""};
        case pki::ChainVerdict::expired: return ContractVerdict{"CertificateExpired", "Expired"};
        case pki::ChainVerdict::bad_signature: return ContractVerdict{"SignatureError", "Invalid"};
        case pki::ChainVerdict::broken: break;
    }
    return ContractVerdict{"CertChainError", "Invalid"};
}

}  // namespace ohm::api
