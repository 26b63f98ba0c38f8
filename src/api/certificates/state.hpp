// What the handlers of a batch know of certificates: read for it, forgotten with it, because few
// messages need any of it. Filled and used by a shard.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"

namespace ohm::api {

// What a batch must have read.
struct CertificateNeeds {
    struct Request {
        std::int64_t station_no = 0, csr_hash = 0;
    };
    std::vector<Request> requests;          // the same one again?
    std::vector<std::int64_t> stations;     // what waits, and by which names they go
    std::vector<std::string> request_ids;   // ULID bytes
    std::vector<std::string> fingerprints;  // of client certificates
    bool contract_roots = false;
    std::vector<std::string> station_keys;  // as `stations`, of those that connect or are asked

    bool empty() const {
        return requests.empty() && stations.empty() && request_ids.empty() &&
               fingerprints.empty() && station_keys.empty() && !contract_roots;
    }
};

struct KnownRequest {
    std::int64_t station_no = 0, csr_hash = 0;
    Ulid id;
    std::string certificate_type, csr, state;
};
struct IssuedCertificate {
    std::int64_t station_no = 0;
    bool used = false, revoked = false;
};
struct NamedStation {
    std::string serial_number;         // as it booted last; "" where it said none
    std::int64_t chain_bytes_max = 0;  // 0: not said
    std::int64_t recent_requests = 0;  // within limits::certificate_request_span
    // Of the certificate that it connected with; "" where none.
    std::string client_serial_number, client_common_name;
    bool client_is_issued_here = false;
};

struct CertificateState {
    std::vector<KnownRequest> requests;
    std::map<std::string, std::vector<IssuedCertificate>> issued;  // by fingerprint
    std::map<std::int64_t, NamedStation> stations;                 // by station_no
    std::vector<std::string> contract_roots;                       // PEM

    KnownRequest* find(std::int64_t station_no, std::int64_t csr_hash) {
        for (KnownRequest& one : requests)
            if (one.station_no == station_no && one.csr_hash == csr_hash) return &one;
        return nullptr;
    }
    KnownRequest* find(std::int64_t station_no, const Ulid& id) {
        for (KnownRequest& one : requests)
            if (one.station_no == station_no && one.id == id) return &one;
        return nullptr;
    }
    void clear() { requests.clear(), issued.clear(), stations.clear(), contract_roots.clear(); }
};

}  // namespace ohm::api
