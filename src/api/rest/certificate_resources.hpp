// What REST shows and takes of certificates. Members that may be empty are null.
#pragma once

#include "api/rest/resources.hpp"

namespace ohm::api::rest {

// As the station named it; what it is, where its content is known here.
struct InstalledCertificateShown {
    std::string certificate_type, hash_algorithm, issuer_name_hash, issuer_key_hash, serial_number;
    NullableText parent_serial_number, subject, fingerprint;
    Nullable<Instant> not_after;
    Instant reported_at;
    FIELDS(certificate_type, hash_algorithm, issuer_name_hash, issuer_key_hash, serial_number,
           parent_serial_number, subject, fingerprint, not_after, reported_at)
};
struct IssuedCertificateShown {
    std::string fingerprint, request_id, certificate_type, serial_number, subject, issuer;
    Instant not_before, not_after;
    OneOf<"sent", "accepted", "refused"> state;  // the station's answer
    std::string command_id;
    bool in_use = false;  // by the station's newest connection
    Instant issued_at;
    Nullable<Instant> answered_at, used_at, revoked_at;
    NullableText revoked_by;
    std::string certificate_chain;
    FIELDS(fingerprint, request_id, certificate_type, serial_number, subject, issuer, not_before,
           not_after, state, command_id, in_use, issued_at, answered_at, used_at, revoked_at,
           revoked_by, certificate_chain)
};
struct CertificateSign {
    Optional<Text<65536, 1>> certificate_chain;  // PEM; absent: the authority may sign
    FIELDS(certificate_chain)
};
struct CertificateReject {
    Optional<Text<200>> reason;
    FIELDS(reason)
};

using TrustedType = OneOf<"csms_root", "manufacturer_root", "v2g_root", "mo_root", "station_ca">;

struct TrustedCertificateWrite {
    TrustedType certificate_type;
    Text<16384, 1> certificate;  // PEM, one
    Optional<Text<200>> name;
    FIELDS(certificate_type, certificate, name)
};
struct TrustedCertificateShown {
    std::string id, certificate_type;
    NullableText name;
    std::string fingerprint, subject, issuer, serial_number, key, signature;
    bool self_signed = false;
    Instant not_before, not_after;
    std::string certificate;
    Instant created_at;
    NullableText created_by;
    FIELDS(id, certificate_type, name, fingerprint, subject, issuer, serial_number, key, signature,
           self_signed, not_before, not_after, certificate, created_at, created_by)
};
struct ExpiringCertificateShown {
    OneOf<"issued", "installed", "connection", "trusted"> where;
    NullableText station_id;
    std::string certificate_type, fingerprint, subject;
    Instant not_after;
    FIELDS(where, station_id, certificate_type, fingerprint, subject, not_after)
};
struct CertificateAuthorityShown {
    OneOf<"manual", "local"> mode;
    NullableText subject, certificate_chain;
    Nullable<Instant> not_after;
    FIELDS(mode, subject, certificate_chain, not_after)
};

}  // namespace ohm::api::rest
