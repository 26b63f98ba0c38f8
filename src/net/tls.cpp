#include "net/tls.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"

namespace ohm::net {
namespace {

constexpr const char* tls12_suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";

[[noreturn]] void fail(const std::string& what) {
    throw Fault{Fault::Kind::fatal, what + ": " + tls_failure()};
}

TlsContext make_context(const SSL_METHOD* method) {
    ERR_clear_error();
    TlsContext context{SSL_CTX_new(method)};
    if (!context) fail("TLS");
    SSL_CTX* raw = context.get();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(raw, 0);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (SSL_CTX_set_cipher_list(raw, tls12_suites) != 1) fail("TLS suites");
    return context;
}

void use_pair(SSL_CTX& context, const std::string& certificate_file, const std::string& key_file) {
    if (SSL_CTX_use_certificate_chain_file(&context, certificate_file.c_str()) != 1)
        fail("certificate " + certificate_file);
    if (SSL_CTX_use_PrivateKey_file(&context, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        fail("key " + key_file);
    if (SSL_CTX_check_private_key(&context) != 1)
        fail("key " + key_file + " does not belong to certificate " + certificate_file);
}

std::vector<std::string> file_names(const std::string& list) {
    std::vector<std::string> names;
    for (const std::string_view name : split(list, ',')) names.emplace_back(trim(name));
    return names;
}

bool is_address(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
           ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

IoResult result_of(const SSL& session, int returned) {
    if (returned > 0)
        return {.kind = IoResult::Kind::done, .bytes = static_cast<std::size_t>(returned)};
    switch (SSL_get_error(&session, returned)) {
        case SSL_ERROR_WANT_READ: return {.kind = IoResult::Kind::wants_read};
        case SSL_ERROR_WANT_WRITE: return {.kind = IoResult::Kind::wants_write};
        case SSL_ERROR_ZERO_RETURN: return {.kind = IoResult::Kind::ended};
        default: return {.kind = IoResult::Kind::failed};
    }
}

int clamp(std::size_t count) { return static_cast<int>(std::min<std::size_t>(count, 1 << 30)); }

}  // namespace

void TlsContextFree::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }
void TlsSessionFree::operator()(ssl_st* session) const { SSL_free(session); }

TlsContext make_server_context(const Server::Tls& files) {
    TlsContext context = make_context(TLS_server_method());
    const auto certificates = file_names(files.certificate_file);
    const auto keys = file_names(files.key_file);
    if (certificates.size() != keys.size())
        throw Fault{Fault::Kind::fatal, "certificate " + files.certificate_file +
                                            ": there must be as many keys as certificates"};
    for (std::size_t i = 0; i < certificates.size(); ++i)
        use_pair(*context, certificates[i], keys[i]);
    if (files.client_ca_file.empty()) return context;
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(files.client_ca_file.c_str());
    if (names == nullptr) fail("client CA " + files.client_ca_file);
    SSL_CTX_set_client_CA_list(context.get(), names);  // takes them over
    if (SSL_CTX_load_verify_locations(context.get(), files.client_ca_file.c_str(), nullptr) != 1)
        fail("client CA " + files.client_ca_file);
    // Requested, not required: whether a station may come without one is its security profile.
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    return context;
}

TlsContext make_client_context(const Endpoint& endpoint) {
    TlsContext context = make_context(TLS_client_method());
    const std::string& ca = endpoint.ca_file;
    if (ca == "-") {
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    } else {
        const bool loaded =
            ca.empty() ? SSL_CTX_set_default_verify_paths(context.get()) == 1
                       : SSL_CTX_load_verify_locations(context.get(), ca.c_str(), nullptr) == 1;
        if (!loaded) fail("CA " + ca);
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    }
    if (!endpoint.certificate_file.empty())
        use_pair(*context, endpoint.certificate_file, endpoint.key_file);
    return context;
}

TlsSession open_server_session(ssl_ctx_st& context, int descriptor) {
    TlsSession session{SSL_new(&context)};
    if (!session || SSL_set_fd(session.get(), descriptor) != 1) return nullptr;
    SSL_set_accept_state(session.get());
    return session;
}

TlsSession open_client_session(ssl_ctx_st& context, int descriptor, const std::string& host,
                               bool verify) {
    TlsSession session{SSL_new(&context)};
    if (!session || SSL_set_fd(session.get(), descriptor) != 1) return nullptr;
    const bool by_address = is_address(host);
    if (!by_address) SSL_set_tlsext_host_name(session.get(), host.c_str());
    if (verify && by_address)
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), host.c_str());
    if (verify && !by_address) SSL_set1_host(session.get(), host.c_str());
    SSL_set_connect_state(session.get());
    return session;
}

IoResult shake_hands(ssl_st& session) {
    ERR_clear_error();
    return result_of(session, SSL_do_handshake(&session));
}

IoResult tls_read(ssl_st& session, char* bytes, std::size_t room) {
    ERR_clear_error();
    return result_of(session, SSL_read(&session, bytes, clamp(room)));
}

IoResult tls_write(ssl_st& session, const char* bytes, std::size_t count) {
    ERR_clear_error();
    return result_of(session, SSL_write(&session, bytes, clamp(count)));
}

bool has_unread(const ssl_st& session) { return SSL_pending(&session) > 0; }

void say_goodbye(ssl_st& session) {
    ERR_clear_error();
    SSL_shutdown(&session);
}

std::string tls_failure() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0) return "connection lost";
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "error " + std::to_string(code);
}

namespace {

std::string text_of(const ASN1_STRING& entry) {
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, &entry);
    if (size < 0) return {};
    std::string text{reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size)};
    OPENSSL_free(utf8);
    return text;
}

std::string first_entry(const X509_NAME& subject, int nid) {
    const int index = X509_NAME_get_index_by_NID(&subject, nid, -1);
    if (index < 0) return {};
    return text_of(*X509_NAME_ENTRY_get_data(X509_NAME_get_entry(&subject, index)));
}

std::string only_entry(const X509_NAME& subject, int nid) {
    const int index = X509_NAME_get_index_by_NID(&subject, nid, -1);
    const bool has_several = index >= 0 && X509_NAME_get_index_by_NID(&subject, nid, index) >= 0;
    return has_several ? std::string{} : first_entry(subject, nid);
}

std::string serial_number_of(const X509& certificate) {
    BIGNUM* const number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(&certificate), nullptr);
    char* const hex = number ? BN_bn2hex(number) : nullptr;
    const std::string text = hex ? to_lower(hex) : std::string{};
    OPENSSL_free(hex);
    BN_free(number);
    const auto first = text.find_first_not_of('0');
    return first == std::string::npos ? std::string{} : text.substr(first);
}

std::int64_t end_of(const X509& certificate) {
    constexpr std::int64_t second_us = 1'000'000;
    std::tm parts{};
    if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &parts) != 1) return 0;
    return std::int64_t{::timegm(&parts)} * second_us;
}

}  // namespace

void describe_certificate(const ssl_st& session, Peer& peer) {
    const X509* certificate = SSL_get0_peer_certificate(&session);
    if (certificate == nullptr || SSL_get_verify_result(&session) != X509_V_OK) return;
    const X509_NAME& subject = *X509_get_subject_name(certificate);
    peer.certificate_common_name = first_entry(subject, NID_commonName);
    peer.certificate_organization = only_entry(subject, NID_organizationName);
    peer.certificate_serial_number = serial_number_of(*certificate);
    peer.certificate_not_after = end_of(*certificate);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) == 1)
        peer.certificate_fingerprint = to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace ohm::net
