// Arbitrary text as certificate request and as certificates: what is taken can be described,
// written and read again, and the same order signs nothing that may not be signed.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "pki/authority.hpp"
#include "pki/request.hpp"

namespace {

using namespace ohm;

void require(bool condition) {
    if (!condition) std::abort();
}

const Utc now = utc_from_micros(1'767'225'600'000'000);

const pki::Authority& authority() {
    static const pki::Authority one = [] {
        const auto made = pki::make_authority("Acme", now);
        require(made.has_value());
        auto read = pki::Authority::read(made->intermediate, made->intermediate_key);
        require(read.has_value());
        return *read;
    }();
    return one;
}

void check_request(std::string_view text) {
    const auto read = pki::read_request(text);
    const auto made = authority().sign({.request = std::string{text},
                                        .serial = std::string(16, 'a'),
                                        .not_before = now,
                                        .lifetime = seconds{86'400}});
    require(read.has_value() == made.has_value());
    if (!made) return;
    require(is_utf8(read->common_name) && is_utf8(read->organization));
    const auto chain = pki::read_certificates(*made);
    require(chain && chain->size() == 2 && !chain->front().description().is_authority);
    require((*chain)[1].issued(chain->front()));
}

void check_certificates(std::string_view text) {
    const auto read = pki::read_certificates(text);
    if (!read) return;
    std::string again;
    for (const pki::Certificate& one : *read) {
        require(is_utf8(one.description().subject) && is_utf8(one.description().issuer));
        require(one.description().fingerprint.size() == 64);
        (void)pki::all_hash_data_of(one, *read);
        again += one.pem();
    }
    (void)pki::verify_chain(*read, authority().chain(), now);
    const auto second = pki::read_certificates(again);
    require(second && second->size() == read->size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    check_request(text);
    check_certificates(text);
    return 0;
}
